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
    open_project,
    output,
    overrides,
    print_json,
    progress,
)
from osteon.errors import OsteonError

if TYPE_CHECKING:
    import pandas as pd

    from osteon.simulation.model import Model

Name = Annotated[str, typer.Argument(metavar="MODEL", help="Id of a model, as `osteon list` shows it.")]
ConditionOption = Annotated[
    str, typer.Option("--condition", "-c", help="Interventions joined by +, such as cccp+si_atf4.")
]
SettingOption = Annotated[str | None, typer.Option(help="Setting, such as mouse; the model's own choice if not given.")]
Reference = Annotated[str, typer.Option("--reference", "-r", help="Condition to compare with.")]
At = Annotated[str | None, typer.Option(help="When: a duration such as 72h, or a feature such as 'steady state'.")]
ReferenceAt = Annotated[str | None, typer.Option(help="When the reference is read; as --at if not given.")]
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
    from osteon.simulation.model import load

    loaded = load(open_project(folder), model, overrides(set_, scale))
    names = loaded.chosen(observable)
    frame = loaded.simulate(condition, until=until, setting=setting)[names]
    if csv is not None:
        _write(csv, frame.to_csv())
    if plot is not None:
        from osteon.pictures.plotting import draw_time_courses

        courses = {"control": loaded.simulate("control", until=until, setting=setting)[names], condition: frame}
        draw_time_courses(courses, title=loaded.binding.title, path=plot)
    for path in (csv, plot):
        if path is not None and not json:
            output.print(f"wrote {path}", highlight=False)
    if json:
        print_json(_time_course(frame, loaded, condition))
    elif csv is None and plot is None:
        _print_time_course(frame)


def predict(
    model: Name,
    condition: ConditionOption,
    reference: Reference = "control",
    observable: Observables = None,
    at: At = None,
    reference_at: ReferenceAt = None,
    reference_observable: ReferenceObservable = None,
    setting: SettingOption = None,
    draws: Annotated[int, typer.Option(min=0, help="Repeat over this many draws of all parameters.")] = 0,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the draws.")] = 1,
    ensemble: Annotated[
        Path | None, typer.Option(help="Repeat over the members of this ensemble, as `osteon infer` wrote it.")
    ] = None,
    set_: ValuesOption = None,
    scale: FactorsOption = None,
    json: AsJson = False,
    folder: ProjectOption = None,
) -> None:
    """Say how each observable changes under any combination of interventions, reported or not."""
    from osteon.simulation.contrast import plain
    from osteon.simulation.model import load

    project = open_project(folder)
    loaded = load(project, model, overrides(set_, scale))
    if draws and ensemble:
        raise OsteonError("give either --draws, from all of the ranges, or --ensemble, from what the evidence allows")
    how: dict[str, Any] = {
        "observables": observable,
        "at": at,
        "reference_at": reference_at,
        "reference_observable": reference_observable,
        "setting": setting,
    }
    if draws:
        from osteon.analysis.prediction import predict_over_draws

        with progress("Drawing parameters", draws) as step:
            asked = loaded.contrasts(condition, reference, **how)
            frame = predict_over_draws(loaded, asked, draws=draws, seed=seed, step=step)
    elif ensemble:
        from osteon.analysis import inference
        from osteon.analysis.prediction import predict_over_values

        found = inference.read(ensemble, loaded, project.claims(loaded.binding))
        with progress("Asking each member", len(found)) as step:
            asked = loaded.contrasts(condition, reference, **how)
            frame = predict_over_values(loaded, found.members(), asked, step=step)
        frame.attrs["ensemble"] = ensemble.as_posix()
    else:
        frame = loaded.predict(condition, reference, **how)
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
    return f"{said['model']}: {said['condition']}{when} against {reference}, {said['setting']}, {said['at']}"


def changed(row: Any) -> str:
    """Return the change in a row of such a table as people say it."""
    from osteon.simulation.contrast import percent

    if row["effect"] != row["effect"]:
        return "-"
    return str(row["change"]) if row["change"] in ("appears", "gone", "absent") else percent(row["effect"])


def _print_prediction(frame: pd.DataFrame) -> None:
    from rich.table import Table

    said = frame.attrs
    heads = ["observable", "change", "fold change", "value", "reference"]
    table = Table(title=compared(said))
    asked = "members" if "ensemble" in said else "draws"
    for head in heads + [f"{asked} that agree", f"90 % of {asked}"] * ("draws" in said):
        table.add_column(head, justify="left" if head == "observable" else "right")
    for name, row in frame.iterrows():
        cells = [str(name), changed(row), *(f"{row[column]:.4g}" for column in ("fold_change", "value", "reference"))]
        if "draws" in said:
            cells += [f"{row['agreeing']} of {said['draws']}", f"{row['low']:.3g} to {row['high']:.3g}"]
        table.add_row(*cells)
    output.print(table)
    if said.get("failed"):
        output.print(f"{said['failed']} of {said['draws']} {asked} broke and count as not agreeing", highlight=False)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OsteonError(f"{path}: cannot be written: {error.strerror}") from None


def _time_course(frame: pd.DataFrame, model: Model, condition: str) -> dict[str, object]:
    return {
        "model": model.name,
        "condition": condition,
        "time_unit": frame.attrs["time_unit"],
        "time": frame.index.tolist(),
        "observables": {name: frame[name].tolist() for name in frame},
    }


def _print_time_course(frame: pd.DataFrame, columns: int = 6) -> None:
    from rich.table import Table

    table = Table(title=f"{frame.attrs['condition']}; time in {frame.attrs['time_unit']}")
    table.add_column("time", no_wrap=True)
    shown = sorted({round(k * (len(frame) - 1) / (columns - 1)) for k in range(columns)})
    for index in shown:
        table.add_column(f"{frame.index[index]:.3g}", justify="right", no_wrap=True)
    for name in frame:
        table.add_row(str(name), *(f"{frame[name].iloc[index]:.3g}" for index in shown))
    output.print(table)
