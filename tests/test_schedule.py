"""How interventions compose, and when they act."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

import small
from osteon.errors import OsteonError, ProjectError, UnknownIdError
from osteon.evidence.bindings import InterventionBinding
from osteon.simulation.schedule import Change, Period, Schedule

ACTS = {
    "double": ("treatment", {"scale": {"boost": 2.0}}),
    "triple": ("treatment", {"scale": {"boost": 3.0}}),
    "set_five": ("treatment", {"set": {"boost": 5.0}}),
    "set_five_too": ("treatment", {"set": {"boost": 5.0}}),
    "set_seven": ("treatment", {"set": {"boost": 7.0}}),
    "set_seven_later": ("treatment", {"set": {"boost": 7.0}, "start": "5 d"}),
    "set_five_first": ("treatment", {"set": {"boost": 5.0}, "end": "5 d"}),
    "mutant": ("genotype", {"set": {"drain": 0.5}}),
    "late_mutant": ("genotype", {"set": {"drain": 0.5}, "start": "2 d", "end": "4 d"}),
    "before": ("treatment", {"scale": {"boost": 2.0}, "start": "-1 d"}),
}


def _schedule(*names: str) -> Schedule:
    return small.model(interventions=ACTS).schedule(names)


def test_factors_multiply() -> None:
    assert _schedule("double", "triple").periods[0].changes["boost"] == Change(None, 6.0)


@given(st.permutations(["double", "triple", "set_five", "mutant"]))
def test_order_does_not_matter(names: list[str]) -> None:
    period = _schedule(*names).periods[0]
    assert period.changes["boost"].applied(1.0) == 30.0
    assert period.changes["drain"].applied(1.0) == 0.5


def test_equal_values_agree() -> None:
    assert _schedule("set_five", "set_five_too").periods[0].changes["boost"].applied(1.0) == 5.0


def test_two_values_on_one_target_are_an_error() -> None:
    message = (
        "models/bindings/small.toml: set_five sets 'boost' to 5 and set_seven sets it to 7 at the same time; "
        "let one of them scale it, or give them windows that do not meet"
    )
    with pytest.raises(ProjectError) as caught:
        _schedule("set_five", "set_seven")
    assert str(caught.value) == message


def test_values_in_windows_that_do_not_meet_agree() -> None:
    periods = _schedule("set_five_first", "set_seven_later").periods
    assert [(period.start, period.end) for period in periods] == [(0, 5), (5, 10)]
    assert [period.changes["boost"].applied(1.0) for period in periods] == [5.0, 7.0]


@pytest.mark.parametrize(("start", "end"), [("5 d", "5 d"), ("5 d", "120 h"), (None, "0 h"), ("5 d", "4 d")])
def test_a_window_without_extent_is_refused(start: str | None, end: str) -> None:
    with pytest.raises(ValidationError, match=f"end '{end}' is not after start"):
        InterventionBinding(set={"boost": 5.0}, start=start, end=end, reason="example")


def test_a_window_may_be_short() -> None:
    bound = InterventionBinding(set={"boost": 5.0}, start="5 d", end="121 h", reason="example")
    assert (bound.start, bound.end) == ("5 d", "121 h")


def test_genotype_acts_before_equilibration_and_ever_after() -> None:
    schedule = _schedule("mutant")
    assert schedule.before["drain"] == Change(0.5)
    assert schedule.periods[0].changes["drain"] == Change(0.5)


def test_treatment_waits_for_its_start() -> None:
    schedule = _schedule("double")
    assert "boost" not in schedule.before
    assert schedule.periods[0].begun["boost"] == Change(None, 2.0)


def test_genotype_with_a_start_acts_in_its_window() -> None:
    schedule = _schedule("late_mutant")
    assert not schedule.before
    assert [(period.start, period.end, "drain" in period.changes) for period in schedule.periods] == [
        (0, 2, False),
        (2, 4, True),
        (4, 10, False),
    ]


def test_a_start_before_zero_begins_the_schedule_there() -> None:
    assert [(period.start, period.end) for period in _schedule("before").periods] == [(-1, 0), (0, 10)]


def test_unknown_setting_and_end() -> None:
    made = small.model(interventions=ACTS)
    with pytest.raises(UnknownIdError, match="no setting 'cultur'; did you mean 'culture'"):
        made.schedule((), "cultur")
    with pytest.raises(OsteonError, match="is not after t = 0"):
        made.schedule((), until=0.0)


@pytest.mark.parametrize(
    ("start", "end", "time", "kept"),
    [
        (0.0, 0.5, 1e-9, False),  # a billionth is a difference of rounding
        (0.0, 0.5, 1.1e-9, True),
        (0.0, 0.5, 0.5 - 0.9e-9, False),
        (0.0, 0.5, 0.5 - 1.1e-9, True),
        (0.0, 100.0, 100.0 - 0.9e-7, False),  # beyond one, of the boundary itself
        (0.0, 100.0, 100.0 - 1.1e-7, True),
        (-100.0, 0.0, -100.0 + 0.9e-7, False),
        (-100.0, 0.0, -100.0 + 1.1e-7, True),
        (0.0, 0.5, -0.1, False),
        (0.0, 0.5, 0.6, False),
    ],
)
def test_times_are_those_inside_and_the_boundaries(start: float, end: float, time: float, kept: bool) -> None:
    made = Schedule("control", {}, True, (Period(start, end, {}, {}),))
    middle = (start + end) / 2
    assert made.times([middle, time, end]) == sorted({start, middle, end, *([time] if kept else [])})


def test_a_time_within_rounding_of_a_boundary_is_the_boundary() -> None:
    period = Period(0.0, 10.0, {}, {})
    assert period.moments([3.0, 1.0, 3.0, 10.0, 0.0, -1.0, 11.0]) == [0.0, 1.0, 3.0, 10.0]
    assert period.moments([0.9e-8, 10.0 - 0.9e-8]) == [0.0, 10.0]
    assert period.moments([1.1e-8, 10.0 - 1.1e-8]) == [0.0, 1.1e-8, 10.0 - 1.1e-8, 10.0]
