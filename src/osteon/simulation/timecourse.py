"""Time courses: what a simulation returns, one value an observable and time."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from osteon.errors import OsteonError
from osteon.evidence.features import Feature

if TYPE_CHECKING:
    import pandas as pd

    from osteon.simulation.vector import Vector


def place_of(times: Vector, time: float) -> int | None:
    """Return which of some times, in ascending order, a time is but for rounding; nothing if it is none."""
    margin = 1e-9 * max(1.0, abs(time))
    index = bisect_left(times, time - margin)
    return None if index == len(times) or abs(times[index] - time) > margin else index


@dataclass(frozen=True)
class TimeCourse:
    """One condition over time: ``times`` of shape (n,), and for each observable its values of shape (n,).

    Arrays of numpy, or lists in the page "Try it", where there is none.
    """

    condition: str
    times: Vector
    values: Mapping[str, Vector]
    time_unit: str

    def at(self, observable: str, time: float) -> float:
        """Return the value at one of the simulated times.

        Raises:
            OsteonError: if that time was not simulated; values are never interpolated.
        """
        index = place_of(self.times, time)
        if index is None:
            raise OsteonError(f"{observable!r} was not simulated at t = {time:g} {self.time_unit}")
        return float(self.values[observable][index])

    def _without(self, observable: str, times: list[float], values: list[float]) -> tuple[list[float], list[float]]:
        """Return the values of another time course without what an observable does here in the meantime."""
        found = ((time, value, place_of(self.times, time)) for time, value in zip(times, values, strict=True))
        both = [
            (time, value, float(self.values[observable][place])) for time, value, place in found if place is not None
        ]
        return [time for time, _, _ in both], [value - (own - both[0][2]) for _, value, own in both]

    def feature(self, feature: Feature, observable: str, beside: TimeCourse | None = None) -> float:
        """Return a feature of one observable, from t = 0 on; NaN where the time course has none.

        Args:
            feature: to be read.
            observable: id of the observable.
            beside: a time course whose changes since t = 0 are taken off, at each time that both have; none if not
                given.

        Raises:
            ValueError: if the feature is not one of a time course.
        """
        if feature.of is None:
            raise ValueError(f"{feature.name!r} is not read of a time course")
        start = bisect_left(self.times, 0.0)
        times, values = (
            [float(number) for number in column[start:]] for column in (self.times, self.values[observable])
        )
        if beside is not None:
            times, values = beside._without(observable, times, values)
        return feature.of(times, values)

    def frame(self) -> pd.DataFrame:
        """Return the time course as a table: one row a time, one column an observable."""
        import pandas as pd

        frame = pd.DataFrame(dict(self.values), index=pd.Index(self.times, name="time"))
        frame.attrs["condition"] = self.condition
        frame.attrs["time_unit"] = self.time_unit
        return frame
