"""Rest: how long a model must run before it stands where its resting states are.

The simulator finds a resting state by Newton's method, in no time of the model; other programs have to run there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from math import ceil, floor, log10

import numpy as np

from osteon import sbml
from osteon.errors import OsteonError
from osteon.experiments import own_time
from osteon.simulation.model import Model
from osteon.simulation.readings import Run
from osteon.simulation.schedule import Period, Schedule
from osteon.simulation.timecourse import TimeCourse

NEAR = 1e-8
"""How near to its resting value an observable must be, relative to it."""
_NOISE = 1e-5  # of the detection limit: what is that near to nothing is nothing
_TRIED = np.geomspace(1.0, 256.0, 33)
"""Multiples of the binding's settling time; one settling time is rested always."""


def needed(model: Model, runs: Iterable[Run]) -> float:
    """Return how long every experiment needs to come to rest, in the model's time unit; two digits suffice.

    The rest before any treatment counts, and the one after it where the steady state is read.

    Args:
        model: to be run.
        runs: the experiments.

    Raises:
        OsteonError: if one is not there after 256 times the binding's settling time.
    """
    settle = model.binding.time(model.binding.protocol.settle)
    least = max((_arrival(run, resting, model) for run, resting in _approaches(model, runs, settle)), default=settle)
    step = 10.0 ** (floor(log10(least)) - 1)
    return ceil(least / step) * step


def _approaches(model: Model, runs: Iterable[Run], settle: float) -> Iterator[tuple[TimeCourse, Mapping[str, float]]]:
    """Yield each way to a rest as a run over the times tried, with the resting state itself."""
    times = (settle * _TRIED).tolist()
    seen, standing = set(), _standing(model)
    for run in runs:
        laid_out = model.schedule(run.names, run.setting)
        before = tuple(laid_out.before.items())
        if laid_out.equilibrate and before not in seen:
            seen.add(before)
            alone = replace(laid_out, periods=(Period(0.0, times[-1], laid_out.before, {}),))
            course = standing.simulator.run(replace(alone, equilibrate=False), times)
            yield _after(course, 0.0), model.simulator.resting_state(alone)
        if run.resting:
            yield _lasting(model, laid_out, times), model.simulator.resting_state(laid_out)


def _standing(model: Model) -> Model:
    """Return the model as it rests in other programs: its own time stands at 0, and its events wait."""
    if not own_time.has_own_time(sbml.read(model.sbml, model.shown).getModel()):
        return model
    return model.replace(text=own_time.standing(model.sbml, model.shown), cached=False)


def _lasting(model: Model, laid_out: Schedule, times: list[float]) -> TimeCourse:
    """Run a condition on past its horizon; times count from there."""
    last = laid_out.periods[-1]
    longer = replace(laid_out, periods=(*laid_out.periods[:-1], replace(last, end=last.end + times[-1])))
    return _after(model.simulator.run(longer, [last.end + time for time in times]), last.end)


def _after(run: TimeCourse, start: float) -> TimeCourse:
    """Return what comes after a time, with times counted from there."""
    kept = run.times > start
    values = {name: column[kept] for name, column in run.values.items()}
    return replace(run, times=run.times[kept] - start, values=values)


def _arrival(run: TimeCourse, resting: Mapping[str, float], model: Model) -> float:
    """Return the first of the run's times from which on every observable is at rest."""
    nothing = _NOISE * model.limit
    far = np.zeros(len(run.times), dtype=bool)
    for name, value in resting.items():
        far |= np.abs(run.values[name] - value) > max(NEAR * abs(value), nothing)
    if far[-1]:
        raise OsteonError(
            f"model {model.name!r}, condition {run.condition!r}: not at rest after {run.times[-1]:g} {run.time_unit}; "
            "let protocol.settle in its binding say how long it takes"
        )
    return float(run.times[int(np.flatnonzero(far)[-1]) + 1 if far.any() else 0])
