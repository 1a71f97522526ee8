"""Commands over draws of the parameters: ``robustness`` and ``infer``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from osteon.api.arguments import named
from osteon.cli.computing import ResultsOption, Scheduler, Workers
from osteon.cli.terminal import AsJson, ProjectOption, open_project, output, print_json, progress

if TYPE_CHECKING:
    from osteon.analysis.robustness.result import Robustness

DrawsOption = Annotated[int, typer.Option(help="How many draws of the parameters.")]
Seed = Annotated[int, typer.Option(help="The same seed gives the same draws.")]
SamplerName = Annotated[str, typer.Option("--sampler", help="How draws are spread: sobol, lhs or random.")]
VerboseOption = Annotated[bool, typer.Option("--verbose", "-v", help="Show every claim, not the fragile ones only.")]


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command()(robustness)
    app.command()(infer)


def robustness(
    models: Annotated[list[str] | None, typer.Argument(metavar="[MODEL]...", help="Models; all if none.")] = None,
    draws: DrawsOption = 1000,
    seed: Seed = 1,
    sampler: SamplerName = "sobol",
    workers: Workers = None,
    scheduler: Scheduler = None,
    results: ResultsOption = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for robustness.json, a Parquet table a model, and a picture.")
    ] = None,
    json: AsJson = False,
    verbose: VerboseOption = False,
    folder: ProjectOption = None,
) -> None:
    """Say how often each claim is supported over all plausible values of the parameters.

    Values are drawn from ranges that were measured or that belong to classes of quantities, and know no claim. A
    stopped run goes on where it was when the same command is given again.
    """
    import osteon
    from osteon.analysis.robustness.result import as_dict
    from osteon.jobs.parquet import require_parquet

    if out is not None:
        require_parquet()
    project = open_project(folder)
    found = [
        osteon.robustness(
            name,
            draws=draws,
            seed=seed,
            sampler=sampler,
            workers=workers,
            scheduler=scheduler,
            results=results,
            project=project,
            progress=progress,
        )
        for name in named(project, models or ())
    ]
    whole = as_dict(found)
    if out is not None:
        _write(found, whole, out)
    if json:
        print_json(whole)
    else:
        from osteon.cli.robustness import robustness_summary, robustness_tables

        output.print(robustness_tables(found, verbose))
        output.print(robustness_summary(found))


def infer(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="Id of a model, as `osteon list` shows it.")],
    draws: DrawsOption = 1000,
    seed: Seed = 1,
    sampler: SamplerName = "sobol",
    out: Annotated[
        Path | None, typer.Option(help="Parquet file for the ensemble; build/ensembles/MODEL.parquet if not given.")
    ] = None,
    live: Annotated[int, typer.Option(help="Live points of each run of nested sampling, at least 10.")] = 50,
    islands: Annotated[int, typer.Option(help="Runs of nested sampling, apart from each other.")] = 8,
    workers: Workers = None,
    scheduler: Scheduler = None,
    results: ResultsOption = None,
    json: AsJson = False,
    folder: ProjectOption = None,
) -> None:
    """Keep the values of the parameters with which a model supports every claim that it was built on.

    Draws that do are kept. Where fewer than one in a thousand do, nested sampling finds them; it takes much longer.
    `osteon predict --ensemble` asks what they make of an experiment.
    """
    import osteon
    from osteon.jobs.parquet import require_parquet

    require_parquet()
    found = osteon.infer(
        model,
        draws=draws,
        seed=seed,
        sampler=sampler,
        live=live,
        islands=islands,
        workers=workers,
        scheduler=scheduler,
        results=results,
        project=folder,
        progress=progress,
    )
    path = found.save(out or Path("build", "ensembles", f"{model}.parquet"))
    if json:
        print_json({**found.about, "members": len(found), "file": path.as_posix()})
        return
    about = found.about
    output.print(
        f"{len(found)} sets of values support all {len(about['claims'])} claims that {model} was built on; "
        f"by {about['method']}, a share of {about['share']:.3g} of all draws does\nwrote {path}",
    )


def _write(found: Sequence[Robustness], whole: dict[str, Any], out: Path) -> None:
    """Write what was found to a folder: all as JSON, one table of draws a model, and a picture."""
    from json import dumps

    import osteon
    from osteon.cli.frames import parquet_of
    from osteon.files import write_file
    from osteon.pictures.plotting import save

    for one in found:
        write_file(out / f"{one.about['model']}.parquet", parquet_of(one.draws_to_frame()))
    write_file(out / "robustness.json", dumps(whole, indent=1, allow_nan=False) + "\n")
    save(osteon.plot(found), out / "robustness.svg")
