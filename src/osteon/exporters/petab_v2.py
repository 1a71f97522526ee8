"""PEtab version 2: each condition of the evidence as an experiment, with one period for each of its periods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import inf

from osteon import sbml
from osteon.evidence.conditions import parse
from osteon.exporters.bundle import File
from osteon.exporters.estimation import Measurement, Problem, measured, noise
from osteon.exporters.tables import table
from osteon.simulation.schedule import Change, Changes, Schedule

_CONFIGURATION = """format_version: "2.0.0"
parameter_files: [parameters.tsv]
model_files:
  {name}:
    location: {name}.xml
    language: sbml
condition_files: [conditions.tsv]
experiment_files: [experiments.tsv]
observable_files: [observables.tsv]
measurement_files: [measurements.tsv]
"""

_PARAMETERS = (
    "parameterId",
    "lowerBound",
    "upperBound",
    "nominalValue",
    "estimate",
    "priorDistribution",
    "priorParameters",
)
_OBSERVABLES = ("observableId", "observableName", "observableFormula", "noiseFormula", "noiseDistribution")

CellValues = Mapping[str, float | str]


@dataclass(frozen=True)
class _Period:
    """A stretch of an experiment: when it begins, and what is changed then; ``-inf`` is until rest."""

    start: float
    changes: CellValues


@dataclass(frozen=True)
class _Experiment:
    id: str
    periods: tuple[_Period, ...]


def files(problem: Problem) -> Iterator[File]:
    """Yield the files of version 2."""
    model = problem.bundle.model
    experiments = {one: _experiment(problem, one) for one in problem.measurements}
    listed = sorted({experiment.id: experiment for experiment in experiments.values()}.items())
    periods = [(_condition(name, number), period) for name, one in listed for number, period in enumerate(one.periods)]
    yield File.text("v2/problem.yaml", _CONFIGURATION.format(name=model.name))
    yield File.text(f"v2/{model.name}.xml", sbml.with_rules(model.sbml, problem.derived, model.shown))
    yield table("v2/parameters.tsv", _PARAMETERS, _parameters(problem))
    yield table("v2/observables.tsv", _OBSERVABLES, _observables(problem))
    yield table(
        "v2/conditions.tsv",
        ("conditionId", "targetId", "targetValue"),
        (
            {"conditionId": condition, "targetId": target, "targetValue": value}
            for condition, period in periods
            for target, value in sorted(period.changes.items())
        ),
    )
    yield table(
        "v2/experiments.tsv",
        ("experimentId", "time", "conditionId"),
        (
            {
                "experimentId": name,
                "time": period.start,
                "conditionId": _condition(name, number) if period.changes else "",
            }
            for name, one in listed
            for number, period in enumerate(one.periods)
        ),
    )
    yield table(
        "v2/measurements.tsv",
        ("observableId", "experimentId", "time", "measurement"),
        (
            {
                "observableId": measured(one.observable),
                "experimentId": experiments[one].id,
                "time": one.time,
                "measurement": one.value,
            }
            for one in problem.measurements
        ),
    )


def _condition(experiment: str, number: int) -> str:
    return f"{experiment}__{number}"


def _parameters(problem: Problem) -> Iterator[Mapping[str, object]]:
    """Yield free parameters with the prior by which Osteon draws them, and those with a single value."""
    for name in sorted([*problem.free, *problem.fixed]):
        entry = problem.free.get(name)
        low, high = (entry and entry.range) or ("", "")
        yield {
            "parameterId": name,
            "lowerBound": low,
            "upperBound": high,
            "nominalValue": problem.values[name],
            "estimate": "true" if entry else "false",
            "priorDistribution": ("log-uniform" if entry.is_logarithmic else "uniform") if entry else "",
            "priorParameters": f"{low};{high}" if entry else "",
        }


def _observables(problem: Problem) -> Iterator[Mapping[str, object]]:
    bound = problem.bundle.model.binding.observables
    for name in sorted({one.observable for one in problem.measurements}):
        yield {
            "observableId": measured(name),
            "observableName": name.replace("_", " "),
            "observableFormula": bound[name].mathematics,
            "noiseFormula": noise(problem, name),
            "noiseDistribution": "normal",
        }


def _experiment(problem: Problem, one: Measurement) -> _Experiment:
    """Return the experiment that a measurement is made in.

    A period begins with its changes, while a reading at the boundary of two periods is one before the change. Such a
    reading is made in an experiment of its own, which ends there; and so is one before anything is done.
    """
    model = problem.bundle.model
    laid_out = model.schedule(parse(one.condition), one.setting, inf)
    periods = tuple(_periods(problem, laid_out))
    name = f"{one.setting}__{one.condition.replace('+', '__')}"
    if one.time < laid_out.periods[0].start:
        resting = tuple(period for period in periods if period.start == -inf)
        return _Experiment(f"{name}__{-one.time:g}_before".replace(".", "_"), (*resting, _Period(one.time, {})))
    if not any(period.start == one.time and period.changes for period in periods):
        return _Experiment(name, periods)
    earlier = tuple(period for period in periods if period.start < one.time)
    if all(period.start == -inf for period in earlier):
        before = {} if laid_out.equilibrate else _values(laid_out.before, laid_out.before, problem.values)
        earlier = (*earlier, _Period(one.time, before))
    number = next(number for number, period in enumerate(periods) if period.start == one.time)
    return _Experiment(f"{name}__before_{number}", earlier)


def _periods(problem: Problem, laid_out: Schedule) -> Iterator[_Period]:
    own = problem.values
    before = _values(laid_out.before, laid_out.before, own)
    if laid_out.equilibrate:
        yield _Period(-inf, before)
    former: Changes = laid_out.before
    for number, period in enumerate(laid_out.periods):
        values = _values(period.changes, period.begun, own)
        ended = {target: own[target] for target in former if target in own and target not in period.changes}
        new = {target: value for target, value in values.items() if period.changes[target] != former.get(target)}
        begun = {target: value for target, value in values.items() if target in period.begun and target not in own}
        start = {} if laid_out.equilibrate or number else before
        yield _Period(period.start, {**start, **ended, **new, **begun})
        former = period.changes


def _values(changes: Changes, begun: Changes, own: Mapping[str, float]) -> dict[str, float | str]:
    """Return what changes make of parameters, and of the species that they begin to change."""
    return {
        target: change.applied(own[target]) if target in own else _species(target, change)
        for target, change in changes.items()
        if target in own or target in begun
    }


def _species(target: str, change: Change) -> float | str:
    return f"{change.factor!r} * {target}" if change.value is None else change.value * change.factor
