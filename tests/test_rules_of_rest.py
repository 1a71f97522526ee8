"""What counts as resting, as negative and as nothing: each rule on a model with a known solution."""

from __future__ import annotations

from typing import Any

import pytest

import small
from osteon.errors import SimulationError
from osteon.simulation.engine import Accuracy
from osteon.simulation.model import Model

BY_INTEGRATION = Accuracy(1e-10, 1e-14, by_integration=True)


def _drifting(share: float) -> Model:
    """Return a model whose S grows by a share of one in a settling time of 200 d, and never rests."""
    return small.model(f"substanceOnly species S in cell = 1 dimensionless; k = {share / 200!r} per_day; made: => S; k")


@pytest.mark.parametrize("accuracy", [None, BY_INTEGRATION])
def test_what_changes_by_more_than_a_millionth_in_a_settling_time_does_not_rest(accuracy: Accuracy | None) -> None:
    made = _drifting(2e-5).replace(accuracy=accuracy)
    with pytest.raises(SimulationError, match="no resting state after 2000 d; 'S' still moves"):
        made.values("control")


def test_what_changes_by_less_rests() -> None:
    assert _drifting(2e-7).values("control", at="0 d")["s"] == pytest.approx(1.0, abs=1e-5)


def _falling(end: float) -> Model:
    """Return a model whose S falls steadily from 1e-5, to ``end`` after one day."""
    body = f"substanceOnly species S in cell = 1e-5 dimensionless; k = {1e-5 - end!r} per_day; lost: S => ; k"
    return small.model(body, equilibrate=False)


def test_a_species_below_minus_a_millionth_is_an_error() -> None:
    with pytest.raises(SimulationError, match=r"species 'S' is negative \(-1e-05\)"):
        _falling(-1e-5).values("control", at="1 d")


def test_a_species_just_below_zero_is_noise() -> None:
    assert _falling(-5e-7).values("control", at="1 d")["s"] == pytest.approx(-5e-7, rel=1e-3)


@pytest.mark.parametrize("accuracy", [None, BY_INTEGRATION])
def test_nothing_is_left_of_what_vanishes(accuracy: Accuracy | None) -> None:
    acts: dict[str, tuple[str, dict[str, Any]]] = {"without": ("genotype", {"set": {"boost": 0.0}})}
    made = small.model(interventions=acts).replace(accuracy=accuracy)
    assert made.run("without", [1.0]).at("s", 0.0) == 0.0


def test_an_unstable_state_is_no_rest() -> None:
    """S' = k S (S - 1) stands still at one, where Newton's method stays, but falls to zero from just below."""
    body = "substanceOnly species S in cell = 0.999 dimensionless; k = 0.5 per_day; change: => S; k*S*(S - 1)"
    assert small.model(body).values("control", at="0 d")["s"] == pytest.approx(0.0, abs=1e-6)
