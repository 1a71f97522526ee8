"""Durations as people write them ("72 h", "6 weeks"), turned into a model's own time unit."""

from __future__ import annotations

import re
from functools import cache

SECONDS = {"s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0, "week": 604800.0, "month": 2629800.0, "year": 31557600.0}
"""Seconds in each unit of time; a month is a twelfth of a year of 365.25 days."""

_PATTERN = re.compile(r"(-?\d+(?:\.\d+)?)\s*(s|min|h|d|day|week|month|year)s?")


@cache
def parse(text: str) -> tuple[float, str]:
    """Split a duration into its number and its unit.

    Raises:
        ValueError: if the text is not a number and a unit of time.
    """
    match = _PATTERN.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a duration; write a number and s, min, h, d, week, month or year: '72 h'")
    unit = "d" if match[2] == "day" else match[2]
    return float(match[1]), unit


def convert(text: str, unit: str) -> float:
    """Return the duration ``text`` in ``unit`` (a key of `SECONDS`)."""
    number, own = parse(text)
    return number * SECONDS[own] / SECONDS[unit]
