"""The command that takes models apart: ``ablate``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from osteon.cli.computing import ResultsOption, Scheduler, Workers
from osteon.cli.frames import Parquet, write_parquet
from osteon.cli.grids import Column, Grid
from osteon.cli.terminal import AsJson, ProjectOption, errors, open_project, output, print_json, progress
from osteon.errors import OsteonError

if TYPE_CHECKING:
    from osteon.analysis.ablation.result import Ablation
    from osteon.evidence.project import Project


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
    results: ResultsOption = None,
    json: AsJson = False,
    folder: ProjectOption = None,
) -> None:
    """Remove each reaction and each influence, reverse each influence, and list the claims that fall.

    An edge that no claim falls without is untested mechanism. A run that is stopped goes on where it was.
    """
    import osteon
    from osteon.pictures.plotting import refuse_unknown_format, save

    project = open_project(folder)
    if record:
        project.require_own("ablate --record")
    names = _chosen(project, models, all_)
    if len(names) > 1 and (plot or parquet):
        raise OsteonError("--plot and --parquet hold one model; name one")
    if plot is not None:
        refuse_unknown_format(plot)
    found = [
        osteon.ablate(
            name,
            record=record,
            workers=workers,
            scheduler=scheduler,
            results=results,
            project=project,
            progress=progress,
        )
        for name in names
    ]
    for ablation in found:
        if record:
            files = project.files(ablation.model)
            errors.print(f"wrote {files.shown(files.result('ablation'))}")
        if plot is not None:
            save(osteon.plot(ablation), plot)
        if parquet is not None:
            write_parquet(ablation.to_frame(), parquet)
        if not json:
            _print(ablation)
    if json:
        print_json({"models": [ablation.as_dict() for ablation in found]})


def _chosen(project: Project, models: list[str] | None, all_: bool) -> list[str]:
    if bool(models) == all_:
        raise OsteonError("name the models to take apart, or give --all for every one of them")
    for name in models or ():
        project.known_files(name)
    return list(project.model_names) if all_ else list(dict.fromkeys(models or ()))


def _print(ablation: Ablation) -> None:
    from osteon.analysis.ablation.result import STANDINGS

    heads = ("edge", "support", "removed", "reversed")
    table = Grid(f"{ablation.model}: its edges, one by one", [Column(head) for head in heads])
    for edge in ablation.edges:
        told = {change: ablation.statement(outcome) for change, outcome in ablation.of(edge).items()}
        table.add(str(edge), ablation.support(edge), told["removed"], told.get("reversed", ""))
    output.print(table)
    standings = [ablation.support(edge) for edge in ablation.edges]
    for name, meaning in STANDINGS.items():
        if name in standings:
            output.print(f"{standings.count(name):4} {name}: {meaning}")
    if ablation.unbreakable():
        output.print(f"no change contradicts these: {', '.join(ablation.unbreakable())}")
