"""The geometry of the figure of one check.

A panel shows the condition against the reference over time, from zero upwards. Where the check is read there is a dot
on either curve and a bar, the band of values in which the word of the check would hold: the check holds when the dot of
the condition lies inside. A steady state, a peak or a mean is read in a margin to the right of the time axis.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp, inf, isfinite
from typing import Any

import numpy as np

from osteon.evidence.claims import Claim, ContrastCheck, OrderCheck
from osteon.evidence.features import FEATURES
from osteon.evidence.reading import Reading
from osteon.pages.timecourses import TimeCourses
from osteon.pages.wording import told
from osteon.simulation.timecourse import TimeCourse
from osteon.simulation.vector import Vector
from osteon.verification.results import CheckResult

WIDTH, HEIGHT = 320, 190
"""Size of a panel in the units of its drawing."""
LEFT, RIGHT, TOP, BOTTOM = 38, 278, 22, 152
"""Where the axes lie; a feature of the whole course is read in the margin between `RIGHT` and `WIDTH`."""
_MARGIN = 298


@dataclass(frozen=True)
class Curve:
    """One curve: its part in the check, which is its CSS class too, its name, and the points of an SVG polyline."""

    part: str
    name: str
    points: str


@dataclass(frozen=True)
class Dot:
    """One reading, in the coordinates of the drawing."""

    part: str
    x: float
    y: float


@dataclass(frozen=True)
class Tick:
    """One mark of an axis and its number."""

    at: float
    label: str


@dataclass(frozen=True)
class Band:
    """Where a word holds: a bar from ``top`` to ``bottom`` around ``x``."""

    x: float
    top: float
    bottom: float


@dataclass(frozen=True)
class Panel:
    """Everything that ``panel.svg`` draws."""

    curves: tuple[Curve, ...]
    dots: tuple[Dot, ...]
    across: tuple[Tick, ...]
    upwards: tuple[Tick, ...]
    band: Band | None
    time_unit: str
    unit: str
    margin: str | None = None
    """The feature that is read in the margin, where one is."""


def panel(result: CheckResult, claim: Claim, courses: TimeCourses) -> Panel | None:
    """Draw one check; nothing for a check without a time course, or whose simulation broke."""
    if isinstance(result.check, ContrastCheck) and result.effects:
        return _contrast(result, result.check, claim, courses)
    if isinstance(result.check, OrderCheck) and result.times is not None:
        return _order(result.check, result.times, claim, courses)
    return None


def overlay(
    observable: str, curves: Sequence[tuple[str, str, TimeCourse]], end: float, unit: str, time_unit: str
) -> Panel:
    """Draw one observable under several conditions.

    Args:
        observable: its id.
        curves: part, name and course of each.
        end: last time to show.
        unit: of the observable.
        time_unit: of the courses.
    """
    start = min(float(course.times[0]) for _, _, course in curves)
    top = max(float(course.values[observable][course.times <= end].max()) for _, _, course in curves)
    scale = _Scale(start, end, 1.08 * max(top, 1e-12))
    drawn = (scale.curve(part, name, course.times, course.values[observable]) for part, name, course in curves)
    return Panel(tuple(drawn), (), scale.across(), scale.upwards(), None, time_unit, unit)


@dataclass(frozen=True)
class _Scale:
    """From time and value to the coordinates of the drawing."""

    start: float
    end: float
    top: float

    def x(self, time: Any) -> Any:
        return LEFT + (time - self.start) / (self.end - self.start) * (RIGHT - LEFT)

    def y(self, value: Any) -> Any:
        return BOTTOM - value / self.top * (BOTTOM - TOP)

    def curve(self, part: str, name: str, times: Vector, values: Vector) -> Curve:
        shown = (times >= self.start) & (times <= self.end)
        return Curve(part, name, _simplified(self.x(times[shown]), self.y(values[shown])))

    def across(self) -> tuple[Tick, ...]:
        return tuple(Tick(round(self.x(t), 1), f"{t:g}") for t in _ticks(self.start, self.end))

    def upwards(self) -> tuple[Tick, ...]:
        return tuple(Tick(round(self.y(value), 1), f"{value:g}") for value in _ticks(0.0, self.top))


def _contrast(result: CheckResult, check: ContrastCheck, claim: Claim, courses: TimeCourses) -> Panel | None:
    binding, (compared, *_) = courses.model.binding, result.contrasts
    values = (result.effects[0].value, result.effects[0].reference)
    whens = [str(reading.at) for _, reading in compared.readings]
    times = [None if when in FEATURES else binding.time(when) for when in whens]
    drawn = list(_drawn(check, claim, courses, max((time for time in times if time is not None), default=0.0)))
    if not drawn:
        return None
    start = min(float(course.times[0]) for _, _, _, course in drawn)
    end = _end([time for time in times if time is not None], float(drawn[0][3].times[-1]))
    curves = (course.values[name][course.times <= end].max() for _, _, name, course in drawn)
    edges = (values[1] * exp(effect) for effect in result.band or () if isfinite(effect))
    scale = _Scale(start, end, 1.08 * max(*values, *curves, *edges, 1e-12))
    places = [_MARGIN if time is None else scale.x(time) for time in times]
    parts = ("condition", "reference")
    return Panel(
        curves=tuple(scale.curve(part, name, course.times, course.values[key]) for part, name, key, course in drawn),
        dots=tuple(
            Dot(part, round(x, 1), round(scale.y(value), 1))
            for part, x, value in zip(parts, places, values, strict=True)
        ),
        across=scale.across(),
        upwards=scale.upwards(),
        band=_band(result, places[0], scale),
        time_unit=binding.protocol.time_unit,
        unit=binding.observables[check.observable].unit,
        margin=next((when for when in whens if when in FEATURES), None),
    )


def _drawn(
    check: ContrastCheck, claim: Claim, courses: TimeCourses, last: float
) -> Iterable[tuple[str, str, str, TimeCourse]]:
    """Yield each curve once: its part, its name, its observable and its course, as far as it could be simulated.

    The second contrast is drawn where it is about the same observable, for others have an axis of their own.
    """
    readings = list(zip(("condition", "reference"), check.readings, strict=True))
    second = check.second_readings or ()
    readings += [("second", reading) for reading in second if reading.observable == check.observable]
    seen: set[tuple[str, str]] = set()
    several = check.readings[0].observable != check.readings[1].observable
    for part, reading in readings:
        key = (reading.condition, reading.observable)
        course = courses.course(reading.condition, claim.setting, last)
        if key not in seen and course is not None:
            seen.add(key)
            yield part, _name(reading, several), reading.observable, course


def _name(reading: Reading, several: bool) -> str:
    return f"{told(reading.condition)}: {reading.observable}" if several else told(reading.condition)


def _end(times: Sequence[float], horizon: float) -> float:
    """Return the last time to show: twice the last reading, so that it lies in sight, within the horizon."""
    last = max(times, default=0.0)
    return min(horizon, 2 * last) if last > 0 else horizon


def _band(result: CheckResult, x: float, scale: _Scale) -> Band | None:
    low, high = result.band or (-inf, inf)
    reference = result.effects[0].reference
    bottom = min(scale.y(reference * exp(low)) if isfinite(low) else BOTTOM, BOTTOM)
    top = max(scale.y(reference * exp(high)) if isfinite(high) else TOP, TOP)
    return Band(round(x, 1), round(top, 1), round(bottom, 1)) if top < bottom else None


def _order(check: OrderCheck, halves: tuple[float, float], claim: Claim, courses: TimeCourses) -> Panel | None:
    course = courses.course(check.condition, claim.setting)
    if course is None:
        return None
    scale = _Scale(0.0, _end([2 * max(halves)], float(course.times[-1])), 1.08)
    pairs = (("condition", check.observable, halves[0]), ("reference", check.before, halves[1]))
    times = course.times[course.times >= 0]
    return Panel(
        curves=tuple(scale.curve(part, name, times, _share(course, name)) for part, name, _ in pairs),
        dots=tuple(Dot(part, round(scale.x(half), 1), round(scale.y(0.5), 1)) for part, _, half in pairs),
        across=scale.across(),
        upwards=scale.upwards(),
        band=None,
        time_unit=courses.model.binding.protocol.time_unit,
        unit="share of greatest change",
    )


def _share(course: TimeCourse, observable: str) -> Vector:
    """Return the change since t = 0 as a share of the greatest one."""
    values = course.values[observable][course.times >= 0]
    change = np.abs(values - values[0])
    return np.asarray(change / change.max())


def _ticks(low: float, high: float) -> list[float]:
    from matplotlib.ticker import MaxNLocator

    marks = MaxNLocator(nbins=4, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    return [float(mark) for mark in marks if low <= mark <= high]


def _simplified(across: Vector, upwards: Vector) -> str:
    """Return the points of a polyline without those that no eye would miss."""
    from matplotlib.path import Path

    path = Path(np.column_stack([across, upwards])).cleaned(simplify=True)
    kept = np.asarray(path.vertices)[np.asarray(path.codes) != Path.STOP]
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in kept)
