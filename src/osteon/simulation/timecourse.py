"""TimeCourses: what a simulation returns, and the features that claims read off it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from osteon.errors import OsteonError

if TYPE_CHECKING:
    import pandas as pd

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class TimeCourse:
    """One condition over time: ``times`` of shape (n,), and for each observable its values of shape (n,)."""

    condition: str
    times: Vector
    values: Mapping[str, Vector]
    time_unit: str

    def at(self, observable: str, time: float) -> float:
        """Return the value at one of the simulated times.

        Raises:
            OsteonError: if that time was not simulated; values are never interpolated.
        """
        margin = 1e-9 * max(1.0, abs(time))
        index = int(np.searchsorted(self.times, time - margin))
        if index == len(self.times) or abs(self.times[index] - time) > margin:
            raise OsteonError(f"{observable!r} was not simulated at t = {time:g} {self.time_unit}")
        return float(self.values[observable][index])

    def peak(self, observable: str) -> float:
        """Return the greatest value from t = 0 on."""
        return float(self._after_start(observable)[1].max())

    def mean(self, observable: str) -> float:
        """Return the time average from t = 0 on, by the trapezoidal rule."""
        times, values = self._after_start(observable)
        return float(np.trapezoid(values, times) / (times[-1] - times[0]))

    def half_maximum(self, observable: str) -> float | None:
        """Return when the observable first reaches half of its greatest change since t = 0.

        The crossing is interpolated linearly between simulated times. ``None`` where it changes by less than 2 %.
        """
        times, values = self._after_start(observable)
        change = np.abs(values - values[0])
        half = change.max() / 2
        if half < 0.01 * abs(values[0]) or half == 0.0:
            return None
        index = int(np.argmax(change >= half))
        before, after = change[index - 1], change[index]
        share = (half - before) / (after - before)
        return float(times[index - 1] + share * (times[index] - times[index - 1]))

    def frame(self) -> pd.DataFrame:
        """Return the time course as a table: one row a time, one column an observable."""
        import pandas as pd

        frame = pd.DataFrame(dict(self.values), index=pd.Index(self.times, name="time"))
        frame.attrs["condition"] = self.condition
        frame.attrs["time_unit"] = self.time_unit
        return frame

    def _after_start(self, observable: str) -> tuple[Vector, Vector]:
        from_start = self.times >= 0.0
        return self.times[from_start], self.values[observable][from_start]
