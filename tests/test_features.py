"""Features of time courses, against what follows from a few numbers."""

from __future__ import annotations

from math import isnan

import pytest

from osteon.evidence.features import FEATURES, HALF_MAXIMUM, STEADY_STATE


def _read(name: str, times: list[float], values: list[float]) -> float:
    of = FEATURES[name].of
    assert of is not None
    return of(times, values)


def test_the_features_and_which_of_them_a_time_course_has() -> None:
    assert {name: feature.of is None for name, feature in FEATURES.items()} == {
        STEADY_STATE: True,
        "peak": False,
        "mean": False,
        HALF_MAXIMUM: False,
    }
    assert all(feature.name == name and feature.meaning for name, feature in FEATURES.items())


def test_the_peak_is_the_greatest_value() -> None:
    assert _read("peak", [0.0, 1.0, 3.0], [2.0, 5.0, 4.0]) == 5.0


def test_the_mean_is_the_area_over_the_time() -> None:
    """Two trapeziums: (2 + 6)/2 * 1 and (6 + 0)/2 * 3, over the four days from 1 to 5."""
    assert _read("mean", [1.0, 2.0, 5.0], [2.0, 6.0, 0.0]) == pytest.approx((4.0 + 9.0) / 4.0)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1.0, 2.0, 5.0, 5.0], 2.0),  # 3 lies a third of the way from 2 to 5
        ([5.0, 4.0, 1.0, 1.0], 2.0),
        ([1.0, 3.0, 5.0, 1.0], 1.0),
        ([1.0, 9.0, 1.0, 5.0], 0.5),
        ([0.0, 1.0, 1.0, 1.0], 0.5),
    ],
)
def test_the_half_maximum_is_where_half_of_the_greatest_change_is_first_reached(
    values: list[float], expected: float
) -> None:
    assert _read(HALF_MAXIMUM, [0.0, 1.0, 4.0, 5.0], values) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("values", "nothing"),
    [
        ([100.0, 102.0], False),  # exactly two per cent
        ([100.0, 101.9], True),
        ([-100.0, -98.1], True),
        ([-100.0, -98.0], False),
        ([0.0, 0.0], True),
        ([0.0, 1e-9], False),
    ],
)
def test_what_changes_by_less_than_two_per_cent_has_no_half_maximum(values: list[float], nothing: bool) -> None:
    assert isnan(_read(HALF_MAXIMUM, [0.0, 1.0], values)) is nothing
