"""Readings: the runs that some readings need, each simulated once, and the values that are read of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from math import fsum
from typing import TYPE_CHECKING, Protocol, TypeVar

from osteon.errors import OsteonError, SimulationError
from osteon.evidence.conditions import canonical, parse
from osteon.evidence.features import FEATURES
from osteon.evidence.reading import Reading
from osteon.simulation.bound import Bound
from osteon.simulation.contrast import UNREAD, Contrast, Effect
from osteon.simulation.timecourse import TimeCourse

if TYPE_CHECKING:
    from osteon.simulation.vector import Vector

_STEPS = 100
"""Into how many steps the period of an average is cut."""

Found = TypeVar("Found")
Key = tuple[str, str]
"""Setting and canonical condition: what tells one run of a model from another."""


class UndefinedError(OsteonError):
    """A time course has no such feature, as a half-maximum of what does not change."""


@dataclass(frozen=True)
class Run:
    """One condition in one setting, and when it is read, in the model's time unit.

    ``times`` are the instants, ``whole`` says that features of the whole time course are wanted as well, ``resting``
    that the steady state is.
    """

    setting: str
    condition: str
    times: tuple[float, ...]
    whole: bool
    resting: bool

    @property
    def names(self) -> tuple[str, ...]:
        """The interventions of the condition."""
        return parse(self.condition)

    @property
    def simulated(self) -> bool:
        """Whether a time course is needed, and not the steady state alone."""
        return self.whole or bool(self.times)

    def wanted(self, binding: Bound) -> list[float]:
        """Return the times on which a time course is wanted, those of features included."""
        return [*self.times, *(feature_times(binding, self.setting).tolist() if self.whole else ())]

    @property
    def since(self) -> float:
        """The first time of its time course at the latest: before t = 0 where it is read there."""
        return min([0.0, *self.times])

    def until(self, binding: Bound) -> float:
        """Return the last time of its time course: after t = 0 also where it is only read there or before."""
        horizon = binding.time(binding.settings[self.setting].horizon) if self.whole else 0.0
        return max([0.0, horizon, *self.times]) or binding.time("1 min")


def feature_times(binding: Bound, setting: str) -> Vector:
    """Return the times on which features are read: even ones up to the horizon, and ones dense near t = 0."""
    import numpy as np

    end = binding.time(binding.settings[setting].horizon)
    return np.unique(np.concatenate([np.linspace(0.0, end, 201), np.geomspace(end * 1e-5, end, 201)]))


def averaged(binding: Bound, reading: Reading) -> list[float]:
    """Return the times over which a reading is averaged, evenly spaced; without an average that time alone."""
    end = binding.time(instant(reading))
    if reading.average is None:
        return [end]
    period = binding.time(reading.average)
    return [end - period * (1.0 - step / _STEPS) for step in range(_STEPS + 1)]


def runs(binding: Bound, readings: Iterable[tuple[str, Reading]]) -> dict[Key, Run]:
    """Return every run that readings need, each reading with its setting and with the instant at which it is made."""
    times: dict[Key, set[float]] = {}
    features: dict[Key, set[str]] = {}
    for setting, reading in readings:
        when = instant(reading)
        for key in keys(setting, reading):
            times.setdefault(key, set())
            features.setdefault(key, set())
            if when in FEATURES:
                features[key].add(when)
            else:
                times[key].update(averaged(binding, reading))
    return {
        key: Run(
            *key,
            times=tuple(sorted(times[key])),
            whole=any(FEATURES[name].of is not None for name in features[key]),
            resting=any(FEATURES[name].of is None for name in features[key]),
        )
        for key in times
    }


def keys(setting: str, reading: Reading) -> list[Key]:
    """Return the keys of the runs that a reading needs: its condition, and the one whose values are taken off."""
    conditions = [reading.condition, *([] if reading.against is None else [reading.against])]
    return [(setting, canonical(condition)) for condition in conditions]


class Simulations(Protocol):
    """Whatever has the numbers of runs: a model, or what another program made of it."""

    def time_course(self, run: Run) -> TimeCourse:
        """Return the time course of a run, with every time of `Run.wanted`.

        Raises:
            SimulationError: if the simulation broke.
        """

    def resting(self, run: Run) -> Mapping[str, float]:
        """Return every observable in the steady state that a run leads to; see `time_course`."""


class Readings:
    """Simulates each run once, when it is first read, and keeps what came of it, a failure included.

    Args:
        binding: of the model.
        wanted: every run that may be asked for; see `runs`.
        simulations: where the numbers come from.
        limit: detection limit; that of the binding if not given.
        lead: says whether a path of influence leads to what a contrast reads; always if not given.
    """

    def __init__(
        self,
        binding: Bound,
        wanted: Mapping[Key, Run],
        simulations: Simulations,
        limit: float | None = None,
        lead: Callable[[Contrast], bool] = lambda _: True,
    ) -> None:
        self._binding, self._runs, self._simulations, self._lead = binding, wanted, simulations, lead
        self._limit = binding.protocol.detection_limit if limit is None else limit
        self._time_courses: dict[Key, TimeCourse | SimulationError] = {}
        self._resting: dict[Key, Mapping[str, float] | SimulationError] = {}

    def of(self, simulations: Simulations) -> Readings:
        """Return the readings of the same runs from elsewhere, such as from the model with other values."""
        return Readings(self._binding, self._runs, simulations, self._limit, self._lead)

    def effect(self, contrast: Contrast) -> Effect:
        """Return what a contrast comes to.

        Raises:
            SimulationError: if a simulation broke.
            UndefinedError: if a time course has no such feature.
        """
        value, reference = (self.value(*reading) for reading in contrast.readings)
        return where_it_can(Effect(value, reference, self._limit), contrast, self._lead)

    def value(self, setting: str, reading: Reading) -> float:
        """Return one reading; see `effect`."""
        key, *others = keys(setting, reading)
        feature = FEATURES.get(instant(reading))
        if feature is None:
            return self._at(key, reading)
        if feature.of is None:
            return float(self._steady_state(key)[reading.observable])
        beside = self._time_course(others[0]) if others else None
        found = self._time_course(key).feature(feature, reading.observable, beside)
        if found != found:
            than = "" if reading.against is None else f" other than under {reading.against!r}"
            raise UndefinedError(f"{reading.observable!r} does not change under {reading.condition!r}{than}")
        return found

    def _at(self, key: Key, reading: Reading) -> float:
        """Return the value at a time, or its average over the period up to it, by the trapezoidal rule."""
        course, times = self._time_course(key), averaged(self._binding, reading)
        first, *others = [course.at(reading.observable, time) for time in times]
        return fsum((*others[:-1], (first + others[-1]) / 2)) / len(others) if others else first

    def _time_course(self, key: Key) -> TimeCourse:
        if key not in self._time_courses:
            try:
                self._time_courses[key] = self._simulations.time_course(self._runs[key])
            except SimulationError as error:
                self._time_courses[key] = error
        return _whole(self._time_courses[key])

    def _steady_state(self, key: Key) -> Mapping[str, float]:
        if key not in self._resting:
            try:
                self._resting[key] = self._simulations.resting(self._runs[key])
            except SimulationError as error:
                self._resting[key] = error
        return _whole(self._resting[key])


def where_it_can(effect: Effect, contrast: Contrast, lead: Callable[[Contrast], bool]) -> Effect:
    """Return an effect, marked where no path of influence leads to what is read; one that shows has a path."""
    return effect if abs(effect.log) >= UNREAD or lead(contrast) else replace(effect, path=False)


def _whole(found: Found | SimulationError) -> Found:
    """Return what a simulation gave; raise the error that it gave instead."""
    if isinstance(found, SimulationError):
        raise found
    return found


def instant(reading: Reading) -> str:
    """Return when a reading is made; every one that gets here says so."""
    if reading.at is None:
        raise ValueError(f"the reading of {reading.observable!r} does not say when it is made")
    return reading.at
