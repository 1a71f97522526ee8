"""Axes of fold changes, which are logarithmic."""

from __future__ import annotations

from math import ceil, floor, log10
from typing import Any

from matplotlib.ticker import FixedLocator, NullLocator

_FEWEST = 3
"""Marks below which those at 1, 2 and 5 are too far apart to read a number between them."""


def mark(axis: Any, low: float, high: float) -> None:
    """Label an axis at 1, 2 and 5 times the powers of ten, or, where that gives hardly any, as matplotlib does.

    Args:
        axis: of matplotlib, on a logarithmic scale.
        low: its lower limit.
        high: its upper limit.
    """
    powers = range(floor(log10(low)), ceil(log10(high)) + 1)
    marks = [step * 10.0**power for power in powers for step in (1, 2, 5) if low <= step * 10.0**power <= high]
    axis.set_major_formatter("{x:.3g}")
    if len(marks) < _FEWEST:
        axis.set_minor_formatter("{x:.3g}")
        return
    axis.set_major_locator(FixedLocator(marks))
    axis.set_minor_locator(NullLocator())
