"""The command that takes models apart: ``ablate``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from osteon.cli.computing import Results, Scheduler, Workers
from osteon.cli.frames import Parquet, write_parquet
from osteon.cli.terminal import AsJson, Project, errors, open_library, output, print_json
from osteon.errors import OsteonError

if TYPE_CHECKING:
    from osteon.ensembles.necessity import Necessity
    from osteon.inputs.library import Library


def register(app: typer.Typer) -> None:
    """Add this command to the application."""
    app.command()(ablate)


def ablate(
    models: Annotated[list[str] | None, typer.Argument(metavar="[MODEL]...", help="Models to take apart.")] = None,
    all_: Annotated[bool, typer.Option("--all", help="Take every model apart.")] = False,
    record: Annotated[
        bool, typer.Option("--record", help="Keep the result in models/results, where `osteon show` reads it.")
    ] = False,
    plot: Annotated[Path | None, typer.Option(help="Draw the matrix of edges and claims; one model only.")] = None,
    parquet: Parquet = None,
    workers: Workers = None,
    scheduler: Scheduler = None,
    results: Results = None,
    json: AsJson = False,
    project: Project = None,
) -> None:
    """Remove each reaction and each influence, reverse each influence, and list the claims that fall.

    An edge that no claim falls without is untested mechanism. A run that is stopped goes on where it was.
    """
    from osteon.pictures.plotting import refuse_unknown_format

    library = open_library(project)
    names = _chosen(library, models, all_)
    if len(names) > 1 and (plot or parquet):
        raise OsteonError("--plot and --parquet hold one model; name one")
    if plot is not None:
        refuse_unknown_format(plot)
    found = [_dissected(library, name, workers, scheduler, results) for name in names]
    for necessity in found:
        if record:
            _record(library, necessity)
        if plot is not None:
            from osteon.pictures.charts import draw_necessity

            draw_necessity(necessity, plot)
        if parquet is not None:
            write_parquet(necessity.frame(), parquet)
        if not json:
            _print(necessity)
    if json:
        print_json({"models": [necessity.as_dict() for necessity in found]})


def _chosen(library: Library, models: list[str] | None, all_: bool) -> list[str]:
    if bool(models) == all_:
        raise OsteonError("name the models to take apart, or give --all for every one of them")
    for name in models or ():
        library.known_files(name)
    return list(library.model_names) if all_ else list(dict.fromkeys(models or ()))


def _dissected(
    library: Library, name: str, workers: int | None, scheduler: str | None, results: Path | None
) -> Necessity:
    from osteon.cli.computing import computed
    from osteon.dynamics.model import load
    from osteon.ensembles.dissection import dissection, job, necessity

    model = load(library, name)
    whole = dissection(model, library.claims(model.binding))
    label = f"Taking {name} apart"
    return necessity(whole, computed(job(whole), label, workers=workers, scheduler=scheduler, results=results))


def _record(library: Library, necessity: Necessity) -> None:
    from osteon.authoring import building

    files = library.files(necessity.model)
    building.write(files.result("ablation"), necessity.text())
    errors.print(f"wrote {files.shown(files.result('ablation'))}", highlight=False, soft_wrap=True)


def _print(necessity: Necessity) -> None:
    from rich.table import Table

    from osteon.ensembles.necessity import STANDINGS

    table = Table(title=f"{necessity.model}: its edges, one by one", title_justify="left", title_style="bold")
    for column in ("edge", "standing", "removed", "reversed"):
        table.add_column(column, overflow="fold")
    for edge in necessity.edges:
        told = {change: necessity.statement(outcome) for change, outcome in necessity.of(edge).items()}
        table.add_row(str(edge), necessity.standing(edge), told["removed"], told.get("reversed", ""))
    output.print(table)
    standings = [necessity.standing(edge) for edge in necessity.edges]
    for name, meaning in STANDINGS.items():
        if name in standings:
            output.print(f"{standings.count(name):4} {name}: {meaning}", highlight=False, soft_wrap=True)
    if necessity.unbreakable():
        output.print(
            f"no change contradicts these: {', '.join(necessity.unbreakable())}", highlight=False, soft_wrap=True
        )
