"""A model as a problem of parameter estimation: what is free, what is known, and reference data.

The data are what the model itself gives for everything that the claims read: numbers by which a program that imports
the problem can be checked, and a form to put real measurements into.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from math import inf

import numpy as np

from osteon import sbml
from osteon.evidence.bindings import ParameterBinding
from osteon.evidence.conditions import canonical
from osteon.evidence.features import FEATURES, STEADY_STATE
from osteon.evidence.reading import Reading
from osteon.experiments.runs import missing_words, readings_of
from osteon.exporters.bundle import Bundle
from osteon.simulation.model import Model
from osteon.simulation.readings import averaged

GRID = 25
"""Number of evenly spaced times at which an observable is recorded whose peak, mean or half-maximum a claim reads."""
NOISE_SHARE, NOISE_FLOOR = 0.1, 0.01
"""The standard deviation of an observable: this share of its mean measurement, plus this in its unit."""


@dataclass(frozen=True)
class Measurement:
    """One simulated number: an observable under a condition at a model time, which is infinite in the steady state."""

    setting: str
    condition: str
    observable: str
    time: float
    value: float


@dataclass(frozen=True)
class Problem:
    """A model with what is to be estimated.

    ``derived`` parameters follow from others by a formula; ``free`` ones have a range; ``fixed`` ones are single
    values. What a condition changes is none of the three; ``closed`` are those among it that have a range. ``values``
    are those of all parameters in the model's file.
    """

    bundle: Bundle
    derived: Mapping[str, str]
    free: Mapping[str, ParameterBinding]
    fixed: tuple[str, ...]
    closed: tuple[str, ...]
    values: Mapping[str, float]
    measurements: tuple[Measurement, ...]


def measured(observable: str) -> str:
    """Return the id of an observable in the tables; the plain one may be that of a symbol of the model."""
    return f"measured_{observable}"


def noise(problem: Problem, observable: str) -> float:
    """Return the standard deviation of an observable; one number each, since few programs read more than that."""
    values = [abs(one.value) for one in problem.measurements if one.observable == observable]
    return NOISE_SHARE * sum(values) / len(values) + NOISE_FLOOR


def problem(bundle: Bundle) -> Problem:
    """Lay out the problem of one model.

    Raises:
        SimulationError: if a simulation of the reference data breaks.
    """
    return replace(unmeasured(bundle), measurements=_measurements(bundle))


def unmeasured(bundle: Bundle) -> Problem:
    """Lay out the problem of one model without reference data; nothing is simulated."""
    model = bundle.model
    document = sbml.read(model.sbml, model.shown)
    listed = [one for one in sbml.symbols(document.getModel()) if one.kind == "parameter"]
    values = {one.id: one.value for one in listed if one.value is not None}
    known = {name: entry for name, entry in sorted(bundle.provenance.items()) if name in values}
    derived = {name: entry.formula for name, entry in known.items() if entry.formula is not None}
    changed = _changed(bundle)
    left = {name: entry for name, entry in known.items() if name not in derived and name not in changed}
    return Problem(
        bundle=bundle,
        derived=derived,
        free={name: entry for name, entry in left.items() if entry.is_free},
        fixed=tuple(name for name, entry in left.items() if not entry.is_free),
        closed=tuple(name for name in known if name in changed and known[name].is_free),
        values=values,
        measurements=(),
    )


def _changed(bundle: Bundle) -> frozenset[str]:
    """Return every symbol that a setting or an intervention changes."""
    binding = bundle.model.binding
    acts = [*binding.settings.values(), *binding.interventions.values()]
    starts = [set(place.set_at_start) for place in binding.settings.values()]
    return frozenset[str]().union(*(act.targets for act in acts), *starts)


def _measurements(bundle: Bundle) -> tuple[Measurement, ...]:
    """Simulate everything that the claims read, sorted by experiment, time and observable."""
    wanted: dict[tuple[str, str], dict[float, set[str]]] = {}
    for setting, condition, observable, time in _wanted(bundle):
        wanted.setdefault((setting, condition), {}).setdefault(time, set()).add(observable)
    return tuple(
        Measurement(setting, condition, observable, time, values[observable])
        for (setting, condition), times in sorted(wanted.items())
        for time, values in _simulated(bundle.model, setting, condition, sorted(times))
        for observable in sorted(times[time])
    )


def _simulated(
    model: Model, setting: str, condition: str, times: list[float]
) -> Iterator[tuple[float, Mapping[str, float]]]:
    finite = [time for time in times if time < inf]
    if finite:
        end = max(finite[-1], 0.0) or model.binding.time("1 min")
        time_course = model.run(condition, finite, setting=setting, until=end, since=min(0.0, finite[0]))
        for time in finite:
            yield time, {name: time_course.at(name, time) for name in model.formulas}
    if inf in times:
        yield inf, model.resting_state(condition, setting=setting)


def _wanted(bundle: Bundle) -> Iterator[tuple[str, str, str, float]]:
    for _, claim in bundle.claims:
        for check in claim.checks:
            if not missing_words(check, claim.setting, bundle.model.binding):
                for setting, reading in readings_of(check, claim, bundle.model):
                    for condition in (reading.condition, reading.against):
                        for time in _times(reading, setting, bundle.model) if condition is not None else ():
                            yield setting, canonical(str(condition)), reading.observable, time


def _times(reading: Reading, setting: str, model: Model) -> list[float]:
    when = str(reading.at)
    if when in FEATURES and when != STEADY_STATE:
        horizon = model.binding.time(model.binding.settings[setting].horizon)
        return [float(time) for time in np.linspace(0.0, horizon, GRID)]
    return [inf] if when == STEADY_STATE else averaged(model.binding, reading)
