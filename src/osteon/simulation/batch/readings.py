"""Readings of many draws at once: the values that `osteon.simulation.readings.Readings` reads one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from osteon.evidence.conditions import canonical
from osteon.evidence.features import FEATURES, HALF_MAXIMUM, Feature
from osteon.evidence.reading import Reading
from osteon.simulation.batch.core import Answers, Courses
from osteon.simulation.readings import Key, instant
from osteon.simulation.vector import Vector

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Read:
    """One reading of some draws: NaN where it is not defined, with the draws in which it is open or has no rest."""

    values: Vector
    open: Flags
    restless: Flags


class ManyReadings:
    """Readings of the experiments of a core; see `Readings`.

    Args:
        answers: the experiments.
        time: gives a duration in the model's time unit.
    """

    def __init__(self, answers: Answers, time: Callable[[str], float]) -> None:
        self._answers, self._time, self.draws = answers, time, answers.draws
        self._courses: dict[tuple[Key, bool], Courses | None] = {}

    def value(self, setting: str, reading: Reading) -> Read:
        """Return one reading of every draw."""
        key, when = (setting, canonical(reading.condition)), instant(reading)
        feature = FEATURES.get(when)
        resting = feature is not None and feature.of is None
        if (key, resting) not in self._courses:
            self._courses[key, resting] = self._answers.resting(key) if resting else self._answers.courses(key)
        found = self._courses[key, resting]
        if found is None:
            never = np.zeros(self.draws, dtype=bool)
            return Read(np.full(self.draws, np.nan), ~never, never)
        if feature is None:
            values = found.at(reading.observable, self._time(when))
        elif resting:
            values = found.values[reading.observable]
        else:
            start = int(np.searchsorted(found.times, 0.0))
            lost = found.open | found.restless
            course = np.where(lost, 1.0, found.values[reading.observable][start:])
            values = np.where(lost, np.nan, features(feature, found.times[start:], course))
        return Read(values, found.open, found.restless)


def features(feature: Feature, times: Vector, values: Vector) -> Vector:
    """Return a feature of many time courses, of shape (times, draws); see `Feature.of`."""
    if feature.name in _MANY:
        return _MANY[feature.name](times, values)
    if feature.of is None:
        raise ValueError(f"{feature.name!r} is not read of a time course")
    return np.array([feature.of(times.tolist(), column) for column in values.T.tolist()])


def _mean(times: Vector, values: Vector) -> Vector:
    return np.asarray(np.trapezoid(values, times, axis=0) / (times[-1] - times[0]))


def _half_maximum(times: Vector, values: Vector) -> Vector:
    """Return the time of half-maximum by `Feature.of`, which sees nothing but the few points around it."""
    change = np.abs(values - values[0])
    half = change.max(axis=0) / 2
    place = np.maximum(1, (change >= half).argmax(axis=0))
    largest = change.argmax(axis=0)
    of = FEATURES[HALF_MAXIMUM].of
    found = np.full(values.shape[1], np.nan)
    for draw, (here, top) in enumerate(zip(place.tolist(), largest.tolist(), strict=True)):
        rows = [0, here - 1, here, top]
        if of is not None:
            found[draw] = of(times[rows].tolist(), values[rows, draw].tolist())
    return found


_MANY: Mapping[str, Callable[[Vector, Vector], Vector]] = MappingProxyType(
    {"peak": lambda _, values: np.asarray(values.max(axis=0)), "mean": _mean, HALF_MAXIMUM: _half_maximum}
)
"""Features that are quicker for all draws together; any other is computed draw by draw."""
