"""Durations as people write them."""

from __future__ import annotations

import pytest

from osteon.evidence.durations import SECONDS, convert, parse


@pytest.mark.parametrize(
    ("text", "number", "unit"),
    [
        ("30 s", 30.0, "s"),
        ("5min", 5.0, "min"),
        ("72 h", 72.0, "h"),
        ("1.5 d", 1.5, "d"),
        ("1 day", 1.0, "d"),
        ("2 days", 2.0, "d"),
        (" 6 weeks ", 6.0, "week"),
        ("3 months", 3.0, "month"),
        ("-1 year", -1.0, "year"),
    ],
)
def test_a_duration_is_a_number_and_a_unit(text: str, number: float, unit: str) -> None:
    assert parse(text) == (number, unit)


@pytest.mark.parametrize("text", ["", "h", "72", "72 hours", "1,5 d", "72 h later", "1. d"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration; write a number and s, min, h, d, week, month or year"):
        parse(text)


def test_units_in_seconds() -> None:
    year = 365.25 * 24 * 60 * 60
    assert {
        "s": 1,
        "min": 60,
        "h": 3600,
        "d": 24 * 3600,
        "week": 7 * 24 * 3600,
        "month": year / 12,
        "year": year,
    } == SECONDS


def test_durations_in_another_unit() -> None:
    assert convert("36 h", "d") == 1.5
    assert convert("1 d", "h") == 24.0
    assert convert("2 days", "week") == pytest.approx(2 / 7)
