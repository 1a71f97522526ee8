"""The rule by which models are brought to rest, over an engine whose every answer is given."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from math import inf, nan

import numpy as np
import pytest

from osteon.errors import SimulationError
from osteon.simulation.engine import IntegrationError
from osteon.simulation.schedule import Period, Schedule
from osteon.simulation.simulator import Simulator

RESTING = Schedule("control", {}, True, (Period(0.0, 1.0, {}, {}),))
SETTLE = 100.0
NEWTON, INTEGRATED = 2.0, 3.0
"""Where the solver goes, and where integration goes, from one."""


@dataclass(frozen=True)
class Rows:
    """A table of given rows."""

    found: tuple[tuple[float, tuple[float, ...]], ...]

    def is_sound(self, least: Sequence[float]) -> bool:
        return False  # so that each row is looked at

    def rows(self) -> Iterator[tuple[float, tuple[float, ...]]]:
        return iter(self.found)


@dataclass
class Given:
    """An engine with one state, ``s``, that answers what it is told."""

    newton: float | None = NEWTON
    spectrum: list[complex] | None = field(default_factory=lambda: [-1.0 + 0j])
    rate: Callable[[Given], float] = lambda engine: 0.0
    size: float = 1.0
    solves_near: bool = False
    breaks: bool = False
    now: float = 1.0
    spans: list[float] = field(default_factory=list)
    times: list[Sequence[float]] = field(default_factory=list)
    clock: float = 0.0
    solved: int = 0

    observables = ("s_read",)
    species = moving = ("s",)
    positive = frozenset({"s"})
    settable = frozenset({"s"})

    @property
    def sizes(self) -> dict[str, float]:
        return {"s": self.size}

    conserved = 0

    @property
    def initials(self) -> dict[str, str]:
        return {}

    @property
    def filed(self) -> dict[str, float]:
        return {}

    def reset(self, values: object) -> None:
        self.now = 1.0

    def level(self, species: str) -> float:
        return self.now

    def set_level(self, species: str, value: float) -> None:
        self.now = value

    def set_time(self, time: float) -> None:
        self.clock = time

    def state(self) -> list[float]:
        return [self.now]

    def set_state(self, state: Sequence[float]) -> None:
        (self.now,) = state

    def begin_rest(self) -> None: ...

    def end_rest(self) -> None: ...

    def rates(self) -> list[float]:
        return [self.rate(self)]

    def solve(self) -> bool:
        self.solved += 1
        if self.newton is None:
            return False
        self.now = self.newton
        return True

    def eigenvalues(self) -> list[complex] | None:
        return self.spectrum

    def present(self) -> Rows:
        return Rows(((self.clock, (self.now, self.now)),))

    def integrate(self, times: Sequence[float]) -> Rows:
        if self.breaks:
            raise IntegrationError("it stopped", 0.5)
        self.times.append(times)
        self.spans.append(times[-1] - times[0])
        self.now = INTEGRATED
        return Rows(tuple((time, (self.now, self.now)) for time in times))

    def joined(self, tables: Sequence[Rows]) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        first, *others = tables
        rows = [*first.found, *(row for table in others for row in table.found[1:])]
        return np.array([time for time, _ in rows]), {"s_read": np.array([values[0] for _, values in rows])}


def _simulator(engine: Given, **how: bool) -> Simulator:
    return Simulator(engine, name="given", time_unit="d", settle=SETTLE, **how)  # type: ignore[arg-type]


def _rest(engine: Given, **how: bool) -> float:
    (state,) = _simulator(engine, **how).rest(RESTING)
    return state


@pytest.mark.parametrize(
    "spectrum",
    [
        [-1.0 + 0j],
        [],
        [0.0 + 5j, 0.0 - 5j],
        [1e-7 + 0j],
        [-64.0 + 0j, 64 * 1e-7 + 0j],  # over the largest
        [32j, 32 * 1e-7 + 0j],
    ],
)
def test_the_answer_of_the_solver_is_taken_where_it_is_stable(spectrum: list[complex]) -> None:
    assert _rest(Given(spectrum=spectrum)) == NEWTON


@pytest.mark.parametrize("spectrum", [None, [1.1e-7 + 0j], [-1.0 + 0j, 1.0 + 0j], [-100.0 + 0j, 1.1e-5 + 0j]])
def test_else_the_model_is_integrated(spectrum: list[complex] | None) -> None:
    assert _rest(Given(spectrum=spectrum)) == INTEGRATED


@pytest.mark.parametrize("newton", [None, nan, inf, -1.1e-6, -5.0])
def test_so_it_is_where_the_solver_finds_nothing_sound(newton: float | None) -> None:
    assert _rest(Given(newton=newton)) == INTEGRATED


@pytest.mark.parametrize("newton", [0.0, -1e-6, -0.9e-6])
def test_a_little_below_zero_is_noise_of_the_solver(newton: float) -> None:
    assert _rest(Given(newton=newton)) == newton


def test_what_is_small_has_noise_of_its_own_size() -> None:
    assert _rest(Given(newton=-2e-15, size=1e-9)) == INTEGRATED
    assert _rest(Given(newton=-1e-15, size=1e-9)) == -1e-15


def test_nothing_is_left_of_a_trace() -> None:
    assert _rest(Given(newton=0.9e-15)) == 0.0
    assert _rest(Given(newton=1e-15)) == 1e-15
    assert _rest(Given(newton=1e-15, size=1e-3)) == 1e-15
    assert _rest(Given(newton=0.9e-18, size=1e-3)) == 0.0


@pytest.mark.parametrize(
    ("newton", "rate", "rests"),
    [
        (2.0, 2e-8, True),  # a millionth of its value in a settling time of 100 d
        (2.0, -2e-8, True),
        (2.0, 2.1e-8, False),
        (1e-3, 1e-11, True),
        (0.0, 1e-11, True),  # what is smaller than a thousandth counts as that
        (0.0, 1.1e-11, False),
    ],
)
def test_a_model_rests_that_changes_by_a_millionth_in_a_settling_time(newton: float, rate: float, rests: bool) -> None:
    engine = Given(newton=newton, rate=lambda engine: rate if engine.now == newton else 0.0)
    assert (_rest(engine) == newton) is rests


def test_by_integration_the_solver_is_never_asked() -> None:
    engine = Given()
    assert _rest(engine, by_integration=True) == INTEGRATED
    assert engine.solved == 0
    assert engine.spans == [SETTLE]


@pytest.mark.parametrize(("by_integration", "factor"), [(False, 1.0), (True, 4.0)])
def test_what_never_rests_is_given_up_after_ten_settling_times(by_integration: bool, factor: float) -> None:
    """To confirm what is reached after any time takes as long as that, so that each try is longer."""
    engine = Given(rate=lambda engine: 1.0)
    with pytest.raises(SimulationError, match="no resting state after 1000 d; 's' still moves"):
        _rest(engine, by_integration=by_integration)
    assert engine.spans[:10] == [SETTLE * factor**turn for turn in range(10)]


def test_a_solver_that_finds_what_is_near_is_asked_again() -> None:
    asked_late = Given(rate=lambda engine: 0.0 if len(engine.spans) >= 3 and engine.now == NEWTON else 1.0)
    asked_late.solves_near = True
    assert _rest(asked_late) == NEWTON
    assert (asked_late.solved, len(asked_late.spans)) == (4, 3)


@pytest.mark.parametrize(("turns", "how"), [(5, "still moves"), (6, "oscillates; read it from a time course")])
def test_six_turns_in_a_settling_time_make_an_oscillation(turns: int, how: str) -> None:
    def rate(engine: Given) -> float:
        looks = len(engine.spans) - 10
        return 0.5 if looks <= 0 else 0.5 * (-1.0) ** min(looks, turns)

    engine = Given(rate=rate)
    with pytest.raises(SimulationError, match=f"'s' {how}"):
        _rest(engine)
    assert engine.spans[10:] == [SETTLE / 200] * 200


def test_a_failing_rest_is_found_once_and_told_for_each_condition() -> None:
    engine = Given(newton=None, breaks=True)
    made = _simulator(engine)
    for condition in ("control", "other"):
        with pytest.raises(SimulationError, match=f"condition '{condition}', while equilibrating: it stopped"):
            made.rest(Schedule(condition, {}, True, RESTING.periods))
    assert engine.solved == 1


@pytest.mark.parametrize(
    ("begins", "rests"),
    [
        (None, True),
        (0.0, True),
        (-SETTLE, False),
        (-SETTLE / 200**4, False),  # the first look; the next are further and further away
        (-0.99 * SETTLE / 200**4, True),
    ],
)
def test_rates_that_change_before_the_beginning_have_no_rest(begins: float | None, rests: bool) -> None:
    """A rate that is another before some time; it is looked at 200 times, back to a settling time before t = 0."""

    def rate(engine: Given) -> float:
        before = begins is not None and begins <= engine.clock < 0.0 and engine.clock == begins
        return 1e-9 if before else 0.0

    engine = Given(rate=rate)
    if rests:
        assert _rest(engine, timed=True) == NEWTON
    else:
        with pytest.raises(SimulationError, match="its rates depend on time, so it has no resting state"):
            _rest(engine, timed=True)
    assert engine.clock == 0.0


@pytest.mark.parametrize(
    ("end", "near", "kept"),
    [(0.5, 0.9e-9, False), (0.5, 1.1e-9, True), (100.0, 0.9e-7, False), (100.0, 1.1e-7, True)],
)
def test_a_time_within_a_billionth_of_a_boundary_is_the_boundary(end: float, near: float, kept: bool) -> None:
    engine = Given()
    made = _simulator(engine)
    made.run(Schedule("control", {}, False, (Period(0.0, end, {}, {}),)), [near, end / 2, end / 2, end - near])
    inside = [near, end / 2, end - near] if kept else [end / 2]
    assert engine.times == [[0.0, *inside, end]]


def test_the_margin_of_a_period_is_that_of_its_larger_end() -> None:
    engine = Given()
    _simulator(engine).run(
        Schedule("control", {}, False, (Period(-100.0, -50.0, {}, {}),)), [-99.99999995, -99.9999998]
    )
    assert engine.times == [[-100.0, -99.9999998, -50.0]]


def test_whatever_is_not_finite_or_negative_is_refused_with_the_time() -> None:
    broken = Schedule("control", {}, False, (Period(0.0, 1.0, {}, {}),))
    for values, reason in (
        ((nan, 1.0), "at t = 0.25.*'s_read' is not a finite number"),
        ((1.0, inf), "at t = 0.25.*'s' is not a finite number"),
        ((1.0, -1.1e-6), r"at t = 0.25.*species 's' is negative \(-1.1e-06\)"),
    ):
        engine = Given()
        engine.integrate = lambda times, values=values: Rows(((0.0, (1.0, 1.0)), (0.25, values)))  # type: ignore[method-assign]
        with pytest.raises(SimulationError, match=reason):
            _simulator(engine).run(broken, [0.25])
    engine = Given()
    engine.integrate = lambda times: Rows(((0.0, (-9.0, 1.0)), (1.0, (-9.0, -1e-6))))  # type: ignore[method-assign]
    assert _simulator(engine).run(broken, []).values["s_read"].tolist() == [1.0, -9.0]


@pytest.mark.parametrize(("size", "expected"), [(1.0, 1.0), (1e-9, 1e-9)])
def test_the_size_of_a_model_is_that_of_its_largest_part(size: float, expected: float) -> None:
    assert _simulator(Given(size=size)).size == expected
