"""Commands that run a model: ``simulate`` and ``predict``."""

from __future__ import annotations

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
    reference: Annotated[str, typer.Option("--reference", "-r", help="Condition to compare with.")] = "control",
    observable: Observables = None,
    at: Annotated[str | None, typer.Option(help="When: a duration such as 72h, or 'steady state'.")] = None,
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
    from osteon.simulation.model import load

    project = open_project(folder)
    loaded = load(project, model, overrides(set_, scale))
    if draws and ensemble:
        raise OsteonError("give either --draws, from all of the ranges, or --ensemble, from what the evidence allows")
    how: dict[str, Any] = {"observables": observable, "at": at, "setting": setting}
    if draws:
        from osteon.analysis.prediction import predict_over_draws

        provenance = {**project.inherited(loaded.binding), **loaded.binding.parameters}
        with progress("Drawing parameters", draws) as step:
            frame = predict_over_draws(
                loaded, provenance, condition, reference, draws=draws, seed=seed, step=step, **how
            )
    elif ensemble:
        from osteon.analysis import inference
        from osteon.analysis.prediction import predict_over_values

        # What the user changes in the model is part of the question, not of what the ensemble was found for.
        filed = load(project, model)
        provenance = {**project.inherited(filed.binding), **filed.binding.parameters}
        found = inference.read(ensemble, filed, project.claims(filed.binding), provenance)
        with progress("Asking each member", len(found)) as step:
            frame = predict_over_values(loaded, found.members(), condition, reference, step=step, **how)
        frame.attrs["ensemble"] = ensemble.as_posix()
    else:
        frame = loaded.predict(condition, reference, **how)
    if json:
        rows = frame.astype(object).where(frame.notna(), None).to_dict(orient="index")
        print_json({**frame.attrs, "observables": rows})
    else:
        _print_prediction(frame)


def _print_prediction(frame: pd.DataFrame) -> None:
    from rich.table import Table

    from osteon.verification.scorecard import percent

    said = frame.attrs
    title = f"{said['model']}: {said['condition']} against {said['reference']}, {said['setting']}, {said['at']}"
    heads = ["observable", "change", "fold change", "value", "reference"]
    table = Table(title=title)
    asked = "members" if "ensemble" in said else "draws"
    for head in heads + [f"{asked} that agree", f"90 % of {asked}"] * ("draws" in said):
        table.add_column(head, justify="left" if head == "observable" else "right")
    for name, row in frame.iterrows():
        change = percent(row["effect"]) if row["effect"] == row["effect"] else "-"
        cells = [str(name), change, *(f"{row[column]:.4g}" for column in ("fold_change", "value", "reference"))]
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
