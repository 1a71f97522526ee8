"""Commands that vary what a model is made of: ``sensitivity`` and ``scan``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from osteon.cli.computing import ResultsOption, Scheduler, Workers
from osteon.cli.frames import Csv, Parquet, write_csv, write_parquet
from osteon.cli.running import (
    At,
    ConditionOption,
    Name,
    Observables,
    Reference,
    ReferenceAt,
    ReferenceObservable,
    SettingOption,
    changed,
    compared,
)
from osteon.cli.terminal import AsJson, ProjectOption, errors, open_project, output, print_json
from osteon.errors import OsteonError

if TYPE_CHECKING:
    import pandas as pd

_SHOWN = 20


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command()(sensitivity)
    app.command()(scan)


def sensitivity(
    model: Name,
    condition: ConditionOption,
    observable: Annotated[list[str], typer.Option("--observable", "-o", help="Observables; may be repeated.")],
    reference: Reference = "control",
    at: At = None,
    reference_at: ReferenceAt = None,
    reference_observable: ReferenceObservable = None,
    setting: SettingOption = None,
    method: Annotated[str, typer.Option(help="morris, to screen, or sobol, for shares of the variance.")] = "morris",
    draws: Annotated[int, typer.Option(help="TimeCourses (morris), or blocks: a power of two (sobol).")] = 16,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the sampling.")] = 1,
    plot: Annotated[Path | None, typer.Option(help="Draw a tornado to this PNG or SVG file.")] = None,
    parquet: Parquet = None,
    workers: Workers = None,
    scheduler: Scheduler = None,
    results: ResultsOption = None,
    json: AsJson = False,
    folder: ProjectOption = None,
) -> None:
    """Rank the parameters by how much the effect of a condition hangs on them, over their plausible ranges."""
    from osteon.analysis.sensitivity import design, job, ranking
    from osteon.cli.computing import computed
    from osteon.pictures.plotting import refuse_unknown_format
    from osteon.simulation.model import load

    project = open_project(folder)
    if plot is not None:
        refuse_unknown_format(plot)
    loaded = load(project, model)
    asked = loaded.contrasts(
        condition,
        reference,
        observables=list(dict.fromkeys(observable)),
        at=at,
        reference_at=reference_at,
        reference_observable=reference_observable,
        setting=setting,
    )
    plan = design(loaded, asked, method=method, size=draws, seed=seed)
    columns = computed(job(plan), "Varying parameters", workers=workers, scheduler=scheduler, results=results)
    table = ranking(plan, columns)
    if parquet is not None:
        write_parquet(table, parquet)
    if plot is not None:
        from osteon.pictures.charts import draw_tornado

        draw_tornado(table, plot)
    if json:
        print_json({**table.attrs, "parameters": _records(table)})
    else:
        _print_ranking(table)


def scan(
    model: Name,
    vary: Annotated[
        list[str],
        typer.Option(metavar="NAME=FROM..TO", help="Intervention of the condition, or parameter; twice for a grid."),
    ],
    condition: ConditionOption = "control",
    reference: Reference = "control",
    observable: Observables = None,
    at: At = None,
    reference_at: ReferenceAt = None,
    reference_observable: ReferenceObservable = None,
    setting: SettingOption = None,
    points: Annotated[int, typer.Option(min=2, help="Values of each, evenly spaced.")] = 11,
    log: Annotated[bool, typer.Option("--log", help="Space the values evenly on the logarithmic scale.")] = False,
    csv: Csv = None,
    plot: Annotated[Path | None, typer.Option(help="Draw the response to this PNG or SVG file.")] = None,
    parquet: Parquet = None,
    workers: Workers = None,
    scheduler: Scheduler = None,
    results: ResultsOption = None,
    json: AsJson = False,
    folder: ProjectOption = None,
) -> None:
    """Follow the response to a condition over the dose of an intervention, or the value of a parameter."""
    from osteon.analysis import scan as scans
    from osteon.cli.computing import computed
    from osteon.pictures.plotting import refuse_unknown_format
    from osteon.simulation.model import load

    project = open_project(folder)
    if plot is not None:
        refuse_unknown_format(plot)
    loaded = load(project, model)
    bounds = [(text, *_bounds(text)) for text in vary]
    varied = {name: scans.grid(low, high, points, log, text) for text, name, low, high in bounds}
    plan = scans.scan(
        loaded,
        varied,
        condition,
        reference,
        observables=observable,
        at=at,
        reference_at=reference_at,
        reference_observable=reference_observable,
        setting=setting,
    )
    columns = computed(scans.job(plan), "Scanning", workers=workers, scheduler=scheduler, results=results)
    table = scans.response(plan, columns)
    if csv is not None:
        write_csv(table.set_index(table.columns[0]), csv)
    if parquet is not None:
        write_parquet(table, parquet)
    if plot is not None:
        from osteon.pictures.charts import draw_response

        draw_response(table, plot)
    if json:
        print_json({**table.attrs, "points": _records(table)})
    elif csv is None and plot is None and parquet is None:
        _print_response(table)
    _tell_failures(table, "points")


def _bounds(text: str) -> tuple[str, float, float]:
    name, equals, span = text.partition("=")
    low, dots, high = span.partition("..")
    try:
        if not (equals and dots):
            raise ValueError
        return name.strip(), float(low), float(high)
    except ValueError:
        raise OsteonError(
            f"--vary {text!r} is not NAME=FROM..TO, such as anti_rankl=0..2 or lamin_threshold=0.5..1.5"
        ) from None


def _records(table: pd.DataFrame) -> list[Any]:
    from osteon.simulation.contrast import plain

    rows = table.astype(object).where(table.notna(), None).to_dict(orient="records")
    return [{name: plain(value) if isinstance(value, float) else value for name, value in row.items()} for row in rows]


def _tell_failures(table: pd.DataFrame, what: str) -> None:
    if table.attrs["failed"]:
        errors.print(f"{table.attrs['failed']} {what} could not be simulated", highlight=False, soft_wrap=True)


def _print_ranking(table: pd.DataFrame) -> None:
    from rich.table import Table

    from osteon.simulation.contrast import percent

    said = table.attrs
    indices = [name for name in table.columns if name not in ("observable", "parameter", "low", "high")]
    indices = [name for name in indices if not name.endswith("_conf")]
    groups = "trajectories" if said["method"] == "morris" else "blocks"
    for name, rows in table.groupby("observable", sort=False):
        shown = Table(title=f"{name}: {compared(said)}", title_justify="left")
        shown.add_column("parameter", no_wrap=True)
        for head in [*indices, "at low end", "at high end"]:
            shown.add_column(head, justify="right", overflow="fold")
        for _, row in rows.head(_SHOWN).iterrows():
            ends = ["-" if row[end] != row[end] else percent(row[end]) for end in ("low", "high")]
            shown.add_row(row["parameter"], *(_index(row, index) for index in indices), *ends)
        output.print(shown)
        used, drawn = said["used"][name], said["draws"]
        left_out = "" if used == drawn else "; the others hold a run without an effect and are left out"
        output.print(
            f"first {min(_SHOWN, len(rows))} of {len(rows)} parameters; {used} of {drawn} {groups} are whole{left_out}",
            highlight=False,
            soft_wrap=True,
        )


def _index(row: Any, name: str) -> str:
    """Return an index in digits, with the half-width of its interval of 95 % where it has one."""
    if row[name] != row[name]:
        return "-"
    doubt = row.get(f"{name}_conf")
    return f"{row[name]:.3f}" if doubt is None else f"{row[name]:.3f} ± {doubt:.3f}"


def _print_response(table: pd.DataFrame) -> None:
    from rich.table import Table

    axes = [axis["name"] for axis in table.attrs["axes"]]
    shown = Table(title=compared(table.attrs), title_justify="left")
    for head in [*axes, "observable", "value", "reference", "change"]:
        shown.add_column(head, justify="left" if head == "observable" else "right")
    for _, row in table.sort_values("observable", kind="stable").iterrows():
        numbers = ["-" if row[name] != row[name] else f"{row[name]:.4g}" for name in ("value", "reference")]
        shown.add_row(*(f"{row[name]:.4g}" for name in axes), row["observable"], *numbers, changed(row))
    output.print(shown)
