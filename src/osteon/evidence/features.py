"""Features: what a claim can read of an experiment besides the value of an observable at one time.

A feature is an entry of `FEATURES`: evidence refuses every other word, simulations read it, pages say its meaning. To
add one is to add an entry.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import fsum, nan

_LEAST_CHANGE = 0.02
"""An observable that never changes by this share of its first value has no half-maximum."""


@dataclass(frozen=True)
class Feature:
    """Something that is read of a whole experiment.

    Attributes:
        name: as evidence and the command line write it.
        meaning: what it is, in a few words, for pages and error messages.
        of: computes it from the times and the values of a time course from t = 0 on; NaN where the time course has no
            such feature. ``None`` for the state that the experiment leads to, which no time course ends at.
    """

    name: str
    meaning: str
    of: Callable[[Sequence[float], Sequence[float]], float] | None = None


def _peak(_times: Sequence[float], values: Sequence[float]) -> float:
    return max(values)


def _mean(times: Sequence[float], values: Sequence[float]) -> float:
    """Return the time average, by the trapezoidal rule."""
    points = zip(times, values, strict=True)
    area = fsum((y1 + y2) / 2 * (t2 - t1) for (t1, y1), (t2, y2) in pairwise(points))
    return area / (times[-1] - times[0])


def _half_maximum(times: Sequence[float], values: Sequence[float]) -> float:
    """Return when half of the greatest change since t = 0 is first reached, interpolated between the times."""
    change = [abs(value - values[0]) for value in values]
    half = max(change) / 2
    if half < _LEAST_CHANGE / 2 * abs(values[0]) or half == 0.0:
        return nan
    index = next(place for place, size in enumerate(change) if size >= half)
    before, after = change[index - 1], change[index]
    share = (half - before) / (after - before)
    return times[index - 1] + share * (times[index] - times[index - 1])


STEADY_STATE = "steady state"
HALF_MAXIMUM = "half-maximum"

FEATURES: dict[str, Feature] = {
    feature.name: feature
    for feature in (
        Feature(STEADY_STATE, "the state that the experiment leads to"),
        Feature("peak", "the greatest value from t = 0 on", _peak),
        Feature("mean", "the average over time from t = 0 on", _mean),
        Feature(HALF_MAXIMUM, "the time at which half of the greatest change since t = 0 is reached", _half_maximum),
    )
}
"""Every feature, by its name."""
