"""Commands that run a model: ``simulate`` and ``predict``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from osteon.cli.terminal import (
    AsJson,
    FactorsOption,
    ProjectOption,
    ValuesOption,
    assigned,
    open_project,
    output,
    print_json,
    progress,
)

if TYPE_CHECKING:
    import pandas as pd

Name = Annotated[str, typer.Argument(metavar="MODEL", help="Id of a model, as `osteon list` shows it.")]
ConditionOption = Annotated[
    str, typer.Option("--condition", "-c", help="Interventions joined by +, such as cccp+si_atf4.")
]
SettingOption = Annotated[str | None, typer.Option(help="Setting, such as mouse; the model's own choice if not given.")]
Reference = Annotated[str, typer.Option("--reference", "-r", help="Condition to compare with.")]
At = Annotated[str | None, typer.Option(help="When: a duration such as 72h, or a feature such as 'steady state'.")]
ReferenceAt = Annotated[str | None, typer.Option(help="When the reference is read; as --at if not given.")]
Average = Annotated[
    str | None, typer.Option(help="Period up to each time over which it is averaged, such as 1d, for what oscillates.")
]
ReferenceObservable = Annotated[
    str | None, typer.Option(help="What is read of the reference; the same observable if not given.")
]
Observables = Annotated[
    list[str] | None, typer.Option("--observable", "-o", help="Only these observables; may be repeated.")
]


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command()(simulate)
    app.command()(predict)


def simulate(
    model: Name,
    condition: ConditionOption = "control",
    until: Annotated[
        str | None, typer.Option(help="Duration, such as 14d; the setting's horizon if not given.")
    ] = None,
    setting: SettingOption = None,
    observable: Observables = None,
    csv: Annotated[Path | None, typer.Option(help="Write the time course to this CSV file.")] = None,
    plot: Annotated[Path | None, typer.Option(help="Draw condition and control to this PNG or SVG file.")] = None,
    set_: ValuesOption = None,
    scale: FactorsOption = None,
    json: AsJson = False,
    folder: ProjectOption = None,
) -> None:
    """Run a condition over time."""
    import osteon
    from osteon.files import write_file

    project = open_project(folder)
    changes: dict[str, Any] = {"overrides": assigned(set_), "scale": assigned(scale)}
    how: dict[str, Any] = {"until": until, "setting": setting, "observables": observable}
    frame = osteon.simulate(model, condition, **how, **changes, project=project)
    if csv is not None:
        write_file(csv, frame.to_csv(lineterminator="\n"))
    if plot is not None:
        from osteon.pictures.plotting import save

        save(osteon.plot(osteon.load(model, **changes, project=project), condition, **how), plot)
    for path in (csv, plot):
        if path is not None and not json:
            output.print(f"wrote {path}")
    if json:
        print_json(_time_course(frame, model, condition))
    elif csv is None and plot is None:
        _print_time_course(frame)


def predict(
    model: Name,
    condition: ConditionOption,
    reference: Reference = "control",
    observable: Observables = None,
    at: At = None,
    reference_at: ReferenceAt = None,
    average: Average = None,
    reference_observable: ReferenceObservable = None,
    setting: SettingOption = None,
    draws: Annotated[int, typer.Option(help="Repeat over this many draws of all parameters.")] = 0,
    seed: Annotated[int, typer.Option(help="Seed of the draws.")] = 1,
    ensemble: Annotated[
        Path | None, typer.Option(help="Repeat over the members of this ensemble, as `osteon infer` wrote it.")
    ] = None,
    set_: ValuesOption = None,
    scale: FactorsOption = None,
    json: AsJson = False,
    folder: ProjectOption = None,
) -> None:
    """Say how each observable changes under any combination of interventions, reported or not."""
    import osteon
    from osteon.simulation.contrast import plain

    frame = osteon.predict(
        model,
        condition,
        reference,
        observables=observable,
        at=at,
        reference_at=reference_at,
        average=average,
        reference_observable=reference_observable,
        setting=setting,
        draws=draws,
        seed=seed,
        ensemble=ensemble,
        overrides=assigned(set_),
        scale=assigned(scale),
        project=folder,
        progress=progress,
    )
    if json:
        rows = [
            {name: plain(value) if isinstance(value, float) else value for name, value in row.items()}
            for row in frame.astype(object).where(frame.notna(), None).to_dict(orient="records")
        ]
        print_json({**frame.attrs, "observables": dict(zip(frame.index, rows, strict=True))})
    else:
        _print_prediction(frame)


def compared(said: Mapping[Any, Any]) -> str:
    """Return the title of a table of effects: model, both readings and setting."""
    then = said.get("reference_at")
    other = "".join(f"{said[name]}, " for name in ("reference_observable",) if name in said)
    when = f" at {said['at']}" if then else ""
    reference = f"{other}{said['reference']}{f' at {then}' if then else ''}"
    over = f", average over {said['average']}" if "average" in said else ""
    return f"{said['model']}: {said['condition']}{when} against {reference}, {said['setting']}, {said['at']}{over}"


def changed(row: Any) -> str:
    """Return the change in a row of such a table as people say it."""
    from osteon.simulation.contrast import SPOKEN, percent

    if row["change"] in SPOKEN:
        return str(row["change"])
    return "-" if row["effect"] != row["effect"] else percent(row["effect"])


def _print_prediction(frame: pd.DataFrame) -> None:
    from osteon.cli.grids import Grid, exact, number

    said = frame.attrs
    heads = ["observable", "change", "fold change", "value", "reference"]
    asked = "members" if "ensemble" in said else "draws"
    heads += [f"{asked} that agree", f"90 % of {asked}"] * ("draws" in said)
    table = Grid(compared(said), [exact(heads[0]), *map(number, heads[1:])])
    for name, row in frame.iterrows():
        numbers = (row[column] for column in ("fold_change", "value", "reference"))
        cells = [str(name), changed(row), *("-" if one != one else f"{one:.4g}" for one in numbers)]
        if "draws" in said:
            span = "-" if row["low"] != row["low"] else f"{row['low']:.3g} to {row['high']:.3g}"
            cells += [f"{row['agreeing']} of {said['draws']}", span]
        table.add(*cells)
    output.print(table)
    if said.get("failed"):
        output.print(f"{said['failed']} of {said['draws']} {asked} broke and count as not agreeing")


def _time_course(frame: pd.DataFrame, model: str, condition: str) -> dict[str, object]:
    return {
        "model": model,
        "condition": condition,
        "time_unit": frame.attrs["time_unit"],
        "time": frame.index.tolist(),
        "observables": {name: frame[name].tolist() for name in frame},
    }


def _print_time_course(frame: pd.DataFrame, columns: int = 6) -> None:
    from osteon.cli.grids import Grid, exact, number

    shown = sorted({round(k * (len(frame) - 1) / (columns - 1)) for k in range(columns)})
    times = [number(f"{frame.index[index]:.3g}") for index in shown]
    table = Grid(f"{frame.attrs['condition']}; time in {frame.attrs['time_unit']}", [exact("time"), *times])
    for name in frame:
        table.add(str(name), *(f"{frame[name].iloc[index]:.3g}" for index in shown))
    output.print(table)
