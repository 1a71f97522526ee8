"""Predictions over draws of the parameters: reproducible, inside the ranges, and leaving nothing behind."""

from __future__ import annotations

import json

import numpy as np
import pytest

import small
from conftest import MODELS, Command, model
from osteon.analysis.prediction import predict_over_draws, predict_over_values
from osteon.simulation.sampling import Draws

NAME = "mitochondrial_lamin"


def _draws(name: str) -> Draws:
    return model(name).draws


@pytest.mark.parametrize("name", MODELS)
def test_draws_lie_in_their_ranges_and_follow_the_seed(name: str) -> None:
    entries = model(name).parameters
    first, again, other = (list(_draws(name).take(5, seed)) for seed in (7, 7, 8))
    assert first == again
    assert first != other
    for values in first:
        for parameter, value in values.items():
            entry = entries[parameter]
            if entry.formula is None:
                assert entry.range[0] <= value <= entry.range[1]


def test_derived_parameters_follow_in_every_draw() -> None:
    for values in _draws(NAME).take(3, 3):
        expected = values["isr_basal"] + values["K_dysfunction"] ** values["h_dysfunction"] / (
            values["K_dysfunction"] ** values["h_dysfunction"] + 1
        )
        assert values["isr_rest"] == pytest.approx(expected)


def test_derived_parameters_may_build_on_derived_ones_in_any_order() -> None:
    body = "substanceOnly species S in cell = 1 dimensionless; a = 0; b = 0; c = 0; d = 1"
    formulas = {"a": "2*b", "b": "3*c", "c": "d + 1", "d": None}
    entries = {name: small.parameter(0.0, 9.0, formula) for name, formula in formulas.items()}
    made = small.model(f"{body} dimensionless; made: => S; a*b*c*d", parameters=entries)
    assert made.draws.completed({"d": 4.0}) == {"a": 30.0, "b": 15.0, "c": 5.0, "d": 4.0}


def test_own_values_give_the_derived_ones_of_the_file() -> None:
    drawn = _draws(NAME)
    assert drawn.completed({})["nuclear_rest"] == pytest.approx(1.01535, rel=1e-4)


def test_a_prediction_carries_its_confidence_and_leaves_the_model_as_it_was() -> None:
    """Twice the synthesis raises S whatever its loss; a loss above the model's own is below that of some draws."""
    acts = {"double": ("treatment", {"set": {"boost": 2.0}}), "drained": ("treatment", {"set": {"drain": 1.3}})}
    made = small.model(interventions=acts, parameters={"drain": small.parameter(0.5, 2.0)})
    before = made.values("double")
    frame = predict_over_draws(made, made.contrasts("double"), draws=8, seed=2)
    assert frame.attrs["failed"] == 0
    assert frame.loc["s", "direction"] == "increase"
    assert frame.loc["s", "agreeing"] == 8
    assert frame.loc["s", "low"] < frame.loc["s", "fold_change"] < frame.loc["s", "high"]
    assert made.values("double") == before
    drained = predict_over_draws(made, made.contrasts("drained"), draws=8, seed=2)
    assert 0 < drained.loc["s", "agreeing"] < 8


def test_a_broken_draw_counts_as_not_agreeing() -> None:
    body = "substanceOnly species S in cell = 1 dimensionless; g = 0 per_day; grow: => S; g*S^2"
    acts = {"double": ("treatment", {"set": {"S": 2.0}})}
    made = small.model(body, interventions=acts, equilibrate=False, parameters={"g": small.parameter(5.0, 6.0)})
    frame = predict_over_draws(made, made.contrasts("double"), draws=3, seed=1)  # S is infinite within a day.
    assert frame.loc["s", "direction"] == "increase"
    assert frame.attrs["failed"] == 3
    assert frame.loc["s", "agreeing"] == 0
    assert np.isnan(frame.loc["s", "low"])


GIVEN = """
  substanceOnly species S in cell = 1 dimensionless
  k = 5 per_day; base = 1 dimensionless; gain = 1 dimensionless; on = 0 dimensionless
  made: => S; k*(base*(1 - on) + gain*on)
  lost: S => ; k*S
"""
"""S rests at ``base``, and at ``gain`` where it is on."""


@pytest.mark.parametrize(
    ("values", "low", "high"),
    [
        ([(1.0, 2.0)], 2.0, 2.0),
        ([(1.0, 1.0), (1.0, 2.0)], 2**0.05, 2**0.95),  # on the logarithmic scale
        ([(1.0, 2.0), (1.0, 4.0), (1.0, 16.0)], 2 ** (1 + 0.1), 2 ** (2 + 2 * 0.9)),
        ([(1.0, 0.0), (1.0, 1.0)], 0.0, 1.0),  # between something and nothing the nearer one counts
        ([(0.0, 1.0), (1.0, 2.0)], 2.0, np.inf),
        ([(1.0, 0.0), (0.0, 1.0)], 0.0, np.inf),
        ([(1.0, 0.0), (1.0, 0.0)], 0.0, 0.0),
    ],
)
def test_quantiles_of_fold_changes(values: list[tuple[float, float]], low: float, high: float) -> None:
    made = small.model(GIVEN, interventions={"on": ("genotype", {"set": {"on": 1.0}})})
    members = [{"base": base, "gain": gain} for base, gain in values]
    frame = predict_over_values(made, members, made.contrasts("on", at="0 d"))
    assert frame.loc["s", ["low", "high"]].tolist() == pytest.approx([low, high], rel=1e-6)
    assert (frame.attrs["draws"], frame.attrs["failed"]) == (len(values), 0)


def test_members_agree_that_move_as_the_model_does() -> None:
    made = small.model(GIVEN, interventions={"on": ("genotype", {"set": {"on": 1.0}})})
    members = [{"gain": gain} for gain in (1.0, 1.05, 1.2, 0.5)]
    steps: list[int] = []
    frame = predict_over_values(made, members, made.contrasts("on", at="0 d"), step=lambda: steps.append(1))
    assert (frame.loc["s", "direction"], frame.loc["s", "agreeing"]) == ("little change", 2)
    assert len(steps) == 4


def test_command(osteon: Command) -> None:
    command = ["predict", NAME, "-c", "cccp+si_lmna", "-o", "sost", "--draws", "5", "--seed", "4"]
    answers = [json.loads(osteon(*command, "--json").out) for _ in range(2)]
    assert answers[0] == answers[1]
    assert answers[0]["draws"] == 5
    assert "agreeing" in answers[0]["observables"]["sost"]
    assert "of 5" in osteon(*command).out
