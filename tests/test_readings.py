"""When a run is read, and until when it is simulated."""

from __future__ import annotations

import numpy as np
import pytest

import small
from osteon.simulation.readings import Run, feature_times


@pytest.mark.parametrize(
    ("times", "whole", "until"),
    [
        ((0.5,), False, 0.5),
        ((-2.0, 3.0), False, 3.0),
        ((3.0,), True, 10.0),
        ((12.0,), True, 12.0),
        ((), True, 10.0),
        ((0.0,), False, 1 / 1440),
        ((-2.0,), False, 1 / 1440),
        ((), False, 1 / 1440),
    ],
)
def test_a_run_ends_with_its_last_reading_but_after_the_beginning(
    times: tuple[float, ...], whole: bool, until: float
) -> None:
    """The horizon is 10 d; a time course needs an end after t = 0, and a minute is as good as any."""
    assert Run("culture", "more", times, whole, resting=False).until(small.model().binding) == pytest.approx(until)


def test_what_is_wanted_of_a_run() -> None:
    binding = small.model().binding
    assert Run("culture", "more", (1.0, 3.0), whole=False, resting=True).wanted(binding) == [1.0, 3.0]
    wanted = Run("culture", "more", (1.0, 3.0), whole=True, resting=False).wanted(binding)
    assert wanted == [1.0, 3.0, *feature_times(binding, "culture").tolist()]
    simulated = [Run("culture", "more", *how).simulated for how in (((), False, True), ((1.0,), False, False))]
    assert simulated == [False, True]
    assert Run("culture", "more", (), whole=True, resting=False).simulated


def test_features_are_read_evenly_and_densely_near_the_beginning() -> None:
    """Two hundred even steps up to the horizon of 10 d, and two hundred of one factor from a 1e-5th of it on."""
    times = feature_times(small.model().binding, "culture")
    assert len(times) == 399  # both have 0.1 d, 1 d and 10 d
    assert (times[0], times[-1]) == (0.0, 10.0)
    assert np.isin(np.linspace(0.0, 10.0, 201), times).all()
    assert times[1] == pytest.approx(1e-4)
    factor = 1e5 ** (1 / 200)
    assert times[2] / times[1] == pytest.approx(factor)
    assert times[3] / times[2] == pytest.approx(factor)
