"""Readings of many draws at once: the values that `osteon.simulation.readings.Readings` reads one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from osteon.evidence.features import FEATURES, HALF_MAXIMUM, Feature
from osteon.evidence.reading import Reading
from osteon.simulation.batch.core import Answers, Courses
from osteon.simulation.bound import Bound
from osteon.simulation.readings import Key, averaged, instant, keys
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
        binding: of the model.
    """

    def __init__(self, answers: Answers, binding: Bound) -> None:
        self._answers, self._binding, self.draws = answers, binding, answers.draws
        self._courses: dict[tuple[Key, bool], Courses | None] = {}

    def value(self, setting: str, reading: Reading) -> Read:
        """Return one reading of every draw."""
        feature = FEATURES.get(instant(reading))
        resting = feature is not None and feature.of is None
        found = [self._found(key, resting) for key in keys(setting, reading)]
        made = [one for one in found if one is not None]
        if len(made) < len(found):
            never = np.zeros(self.draws, dtype=bool)
            return Read(np.full(self.draws, np.nan), ~never, never)
        restless = np.any([one.restless for one in made], axis=0)
        lost = np.any([one.open for one in made], axis=0) & ~restless
        return Read(np.where(lost | restless, np.nan, self._value(reading, feature, made)), lost, restless)

    def _found(self, key: Key, resting: bool) -> Courses | None:
        if (key, resting) not in self._courses:
            self._courses[key, resting] = self._answers.resting(key) if resting else self._answers.courses(key)
        return self._courses[key, resting]

    def _value(self, reading: Reading, feature: Feature | None, made: Sequence[Courses]) -> Vector:
        course, *others = made
        if feature is None:
            values = course.at(reading.observable, averaged(self._binding, reading))
            return values[0] if len(values) == 1 else np.asarray(np.trapezoid(values, axis=0) / (len(values) - 1))
        if feature.of is None:
            return course.values[reading.observable]
        start = int(np.searchsorted(course.times, 0.0))
        times, values = course.times[start:], course.values[reading.observable][start:]
        for other in others:
            both = [other.has(time) for time in times.tolist()]
            times, values = times[both], values[both]
            beside = other.at(reading.observable, times.tolist())
            values = values - (beside - beside[0])
        return features(feature, times, np.where(np.isfinite(values).all(axis=0), values, 1.0))


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
