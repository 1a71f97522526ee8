"""Commands over draws of the parameters: ``robustness`` and ``infer``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from osteon.cli.computing import ResultsOption, Scheduler, Workers, computed
from osteon.cli.terminal import AsJson, ProjectOption, errors, open_project, output, print_json
from osteon.errors import UnknownIdError, suggestion

if TYPE_CHECKING:
    from osteon.analysis.robustness.samples import Samples
    from osteon.evidence.project import Project

DrawsOption = Annotated[int, typer.Option(min=1, max=1_000_000, help="How many draws of the parameters.")]
Seed = Annotated[int, typer.Option(min=0, help="The same seed gives the same draws.")]
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

    Values are drawn from the ranges that bindings declare: log-uniformly where a range is positive, else uniformly. A
    stopped run goes on where it was when the same command is given again.
    """
    from osteon.analysis.robustness import result as analysis

    project = open_project(folder)
    found, tables = [], {}
    for name in dict.fromkeys(models or project.model_names):
        made = samples(project, name, draws, seed, sampler)
        columns = computed(analysis.job(made), f"Judging {name}", workers=workers, scheduler=scheduler, results=results)
        found.append(analysis.robustness(made, columns))
        tables[name] = columns
        if out is not None:
            _write_table(made, columns, found[-1].as_dict(), out / f"{name}.parquet")
    whole = analysis.as_dict(found)
    if out is not None:
        _write_whole(whole, out)
    if json:
        print_json(whole)
    else:
        from osteon.cli.robustness import robustness_summary, robustness_tables

        output.print(robustness_tables(found, verbose))
        output.print(robustness_summary(found), highlight=False, soft_wrap=True)


def infer(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="Id of a model, as `osteon list` shows it.")],
    draws: DrawsOption = 1000,
    seed: Seed = 1,
    sampler: SamplerName = "sobol",
    out: Annotated[
        Path | None, typer.Option(help="Parquet file for the ensemble; build/ensembles/MODEL.parquet if not given.")
    ] = None,
    live: Annotated[int, typer.Option(min=10, help="Live points of each run of nested sampling.")] = 50,
    islands: Annotated[int, typer.Option(min=1, help="Runs of nested sampling, apart from each other.")] = 8,
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
    from osteon.analysis import inference
    from osteon.analysis.robustness import result as analysis
    from osteon.files import write_file

    made = samples(open_project(folder), model, draws, seed, sampler)
    inference.criterion(made)
    columns = computed(analysis.job(made), f"Judging {model}", workers=workers, scheduler=scheduler, results=results)
    found = inference.kept(made, columns)
    if found.about["share"] < inference.THIN:
        errors.print(f"{len(found)} of {draws} draws support all claims; nested sampling goes on", highlight=False)
        work = inference.job(made, live=live, islands=islands, seed=seed)
        columns = computed(work, f"Sampling {model}", workers=workers, scheduler=scheduler, results=results)
        found = inference.ensemble(made, columns, live=live, islands=islands, seed=seed)
    path = out or Path("build", "ensembles", f"{model}.parquet")
    write_file(path, inference.saved(found))
    if json:
        print_json({**found.about, "members": len(found), "file": path.as_posix()})
        return
    about = found.about
    output.print(
        f"{len(found)} sets of values support all {len(about['claims'])} claims that {model} was built on; "
        f"by {about['method']}, a share of {about['share']:.3g} of all draws does\nwrote {path}",
        highlight=False,
        soft_wrap=True,
    )


def samples(project: Project, name: str, draws: int, seed: int, sampler: str) -> Samples:
    """Return one of the project's models, ready to be judged over draws."""
    from osteon.analysis.robustness.result import samples
    from osteon.simulation.model import load
    from osteon.simulation.sampling import SAMPLERS

    if sampler not in SAMPLERS:
        raise UnknownIdError(f"--sampler {sampler!r} is none of {', '.join(SAMPLERS)}{suggestion(sampler, SAMPLERS)}")
    model = load(project, name)
    return samples(model, project.claims(model.binding), draws=draws, seed=seed, sampler=sampler)


def _write_table(made: Samples, columns: Any, about: dict[str, Any], path: Path) -> None:
    """Write one row a draw: the values of the parameters, and the verdict on each claim."""
    import numpy as np

    from osteon.analysis.robustness.samples import VERDICTS
    from osteon.files import write_file
    from osteon.jobs import parquet

    values = [made.values(item) for item in range(made.number)]
    table = {name: np.array([each[name] for each in values]) for name in (values[0] if values else ())}
    words = np.array(VERDICTS)[columns["verdicts"]]
    table |= {claim.id: words[:, index] for index, (_, claim) in enumerate(made.claims)}
    kept = ("model", "overrides", "fingerprint", "versions", "draws", "seed", "sampler", "ranges")
    write_file(path, parquet.encoded(table, {name: about[name] for name in kept}))


def _write_whole(whole: dict[str, Any], out: Path) -> None:
    from json import dumps

    from osteon.files import write_file
    from osteon.pictures.robustness import draw_robustness

    write_file(out / "robustness.json", dumps(whole, indent=1, allow_nan=False) + "\n")
    draw_robustness(whole["models"], out / "robustness.svg")
