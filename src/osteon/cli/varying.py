"""Commands that vary what a model is made of: ``sensitivity`` and ``scan``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from osteon.api.arguments import no_span
from osteon.cli.computing import ResultsOption, Scheduler, Workers
from osteon.cli.frames import Csv, Parquet, write_csv, write_parquet
from osteon.cli.running import (
    At,
    Average,
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
from osteon.cli.terminal import AsJson, ProjectOption, errors, output, print_json, progress

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
    average: Average = None,
    reference_observable: ReferenceObservable = None,
    setting: SettingOption = None,
    method: Annotated[str, typer.Option(help="morris, to screen, or sobol, for shares of the variance.")] = "morris",
    draws: Annotated[int, typer.Option(help="Trajectories (morris), or blocks: a power of two (sobol).")] = 16,
    seed: Annotated[int, typer.Option(help="Seed of the sampling.")] = 1,
    plot: Annotated[Path | None, typer.Option(help="Draw a tornado to this PNG or SVG file.")] = None,
    parquet: Parquet = None,
    workers: Workers = None,
    scheduler: Scheduler = None,
    results: ResultsOption = None,
    json: AsJson = False,
    folder: ProjectOption = None,
) -> None:
    """Rank the parameters by how much the effect of a condition hangs on them, over their plausible ranges."""
    import osteon
    from osteon.pictures.plotting import refuse_unknown_format, save

    if plot is not None:
        refuse_unknown_format(plot)
    table = osteon.sensitivity(
        model,
        condition,
        observable,
        reference,
        at=at,
        reference_at=reference_at,
        average=average,
        reference_observable=reference_observable,
        setting=setting,
        method=method,
        draws=draws,
        seed=seed,
        workers=workers,
        scheduler=scheduler,
        results=results,
        project=folder,
        progress=progress,
    )
    if parquet is not None:
        write_parquet(table, parquet)
    if plot is not None:
        save(osteon.plot(table), plot)
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
    average: Average = None,
    reference_observable: ReferenceObservable = None,
    setting: SettingOption = None,
    points: Annotated[int, typer.Option(help="Values of each, evenly spaced.")] = 11,
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
    import osteon
    from osteon.pictures.plotting import refuse_unknown_format, save

    if plot is not None:
        refuse_unknown_format(plot)
    table = osteon.scan(
        model,
        dict(map(_span, vary)),
        condition,
        reference,
        observables=observable,
        at=at,
        reference_at=reference_at,
        average=average,
        reference_observable=reference_observable,
        setting=setting,
        points=points,
        log=log,
        workers=workers,
        scheduler=scheduler,
        results=results,
        project=folder,
        progress=progress,
    )
    if csv is not None:
        write_csv(table.set_index(table.columns[0]), csv)
    if parquet is not None:
        write_parquet(table, parquet)
    if plot is not None:
        save(osteon.plot(table), plot)
    if json:
        print_json({**table.attrs, "points": _records(table)})
    elif csv is None and plot is None and parquet is None:
        _print_response(table)
    _tell_failures(table, "points")


def _span(text: str) -> tuple[str, tuple[float, float]]:
    name, equals, span = text.partition("=")
    low, dots, high = span.partition("..")
    try:
        if not (equals and dots):
            raise ValueError
        return name.strip(), (float(low), float(high))
    except ValueError:
        raise no_span(text) from None


def _records(table: pd.DataFrame) -> list[Any]:
    from osteon.simulation.contrast import plain

    rows = table.astype(object).where(table.notna(), None).to_dict(orient="records")
    return [{name: plain(value) if isinstance(value, float) else value for name, value in row.items()} for row in rows]


def _tell_failures(table: pd.DataFrame, what: str) -> None:
    if table.attrs["failed"]:
        errors.print(f"{table.attrs['failed']} {what} could not be simulated")


def _print_ranking(table: pd.DataFrame) -> None:
    from osteon.cli.grids import Grid, exact, number
    from osteon.simulation.contrast import percent

    said = table.attrs
    indices = [name for name in table.columns if name not in ("observable", "parameter", "low", "high")]
    indices = [name for name in indices if not name.endswith("_conf")]
    groups = "trajectories" if said["method"] == "morris" else "blocks"
    for name, rows in table.groupby("observable", sort=False):
        heads = [*indices, "at low end", "at high end"]
        shown = Grid(f"{name}: {compared(said)}", [exact("parameter"), *map(number, heads)])
        for _, row in rows.head(_SHOWN).iterrows():
            ends = ["-" if row[end] != row[end] else percent(row[end]) for end in ("low", "high")]
            shown.add(row["parameter"], *(_index(row, index) for index in indices), *ends)
        output.print(shown)
        used, drawn = said["used"][name], said["draws"]
        left_out = "" if used == drawn else "; the others hold a run without an effect and are left out"
        output.print(
            f"first {min(_SHOWN, len(rows))} of {len(rows)} parameters; {used} of {drawn} {groups} are whole{left_out}",
        )


def _index(row: Any, name: str) -> str:
    """Return an index in digits, with the half-width of its interval of 95 % where it has one."""
    if row[name] != row[name]:
        return "-"
    doubt = row.get(f"{name}_conf")
    return f"{row[name]:.3f}" if doubt is None else f"{row[name]:.3f} ± {doubt:.3f}"


def _print_response(table: pd.DataFrame) -> None:
    from osteon.cli.grids import Grid, exact, number

    axes = [axis["name"] for axis in table.attrs["axes"]]
    columns = [*map(number, axes), exact("observable"), *map(number, ("value", "reference", "change"))]
    shown = Grid(compared(table.attrs), columns)
    for _, row in table.sort_values("observable", kind="stable").iterrows():
        numbers = ["-" if row[name] != row[name] else f"{row[name]:.4g}" for name in ("value", "reference")]
        shown.add(*(f"{row[name]:.4g}" for name in axes), row["observable"], *numbers, changed(row))
    output.print(shown)
