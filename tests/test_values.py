"""One set of values: simulator, graph, draws and analyses read the same, whoever gave them."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import pytest

import small
from conftest import Command
from osteon.analysis.prediction import predict_over_draws, predict_over_values
from osteon.analysis.robustness.result import samples
from osteon.errors import OsteonError, UnknownIdError
from osteon.evidence.bindings import Act
from osteon.evidence.claims import Claim, StructureCheck
from osteon.simulation.model import Model
from osteon.verification.verify import verify

# S rests at boost/drain; twice follows from boost by formula, and T from S by the arm.
BODY = f"""{small.TURNOVER}
  twice = 2 dimensionless; arm = 1 dimensionless
  substanceOnly species T in cell = 1 dimensionless
  t_made: => T; k*arm*S
  t_lost: T => ; k*T
"""
ACTS = {"more": ("treatment", {"scale": {"boost": 3.0}})}
PARAMETERS = {
    "boost": small.parameter(0.5, 2.0),
    "drain": small.parameter(0.5, 2.0),
    "twice": small.parameter(0.0, 10.0, formula="2*boost"),
}


def _model(overrides: Act | None = None) -> Model:
    return small.model(
        BODY,
        interventions=ACTS,
        observables={"s": "S", "t": "T", "twice": "twice"},
        parameters=PARAMETERS,
        overrides=overrides,
    )


def test_what_a_user_sets_holds_in_every_draw() -> None:
    made = _model(Act(set={"boost": 0.7}, scale={"drain": 2.0}))
    assert made.draws.names == ()
    for values in _model().draws.take(3, 1):
        state = made.with_values(values).values("control", at="0 d")
        assert state["s"] == pytest.approx(0.35)
    frame = predict_over_draws(made, made.contrasts("more", observables=["s"], at="steady state"), draws=3, seed=1)
    assert frame.loc["s", "reference"] == pytest.approx(0.35)
    assert frame.loc["s", "agreeing"] == 3
    members = [{"boost": 1.9, "drain": 0.6}]
    asked = made.contrasts("more", observables=["s"], at="0 d")
    assert predict_over_values(made, members, asked).loc["s", "low"] == pytest.approx(1.0)


def test_only_what_a_user_left_alone_is_drawn() -> None:
    made = _model(Act(set={"boost": 1.0}))
    assert made.draws.names == ("drain",)
    assert all(set(values) == {"drain", "twice"} for values in made.draws.take(2, 1))


def test_derived_parameters_follow_what_is_overridden_and_what_is_drawn() -> None:
    assert _model(Act(set={"boost": 3.0})).values("control", at="0 d")["twice"] == pytest.approx(6.0)
    assert _model().with_values({"boost": 4.0, "twice": 8.0}).values("control", at="0 d")["twice"] == 8.0
    assert _model(Act(set={"twice": 5.0})).values("control", at="0 d")["twice"] == 5.0


def test_completing_values_leaves_no_trace() -> None:
    draws = _model().draws
    assert draws.completed({"boost": 4.0})["twice"] == 8.0
    assert draws.completed({})["twice"] == 2.0


@pytest.mark.parametrize("overrides", [Act(set={"arm": 0.0}), Act(scale={"arm": 0.0})])
def test_the_graph_reads_the_values_that_the_simulator_reads(overrides: Act) -> None:
    claim = _structural()
    assert verify(_model(), [("t", claim)]).results[0].verdict == "supported"
    assert verify(_model(overrides), [("t", claim)]).results[0].verdict == "contradicted"
    assert _model(overrides).values("control", at="steady state")["t"] == pytest.approx(0.0, abs=1e-9)


def test_a_model_with_other_values_leaves_the_first_as_it_was() -> None:
    made = _model()
    before = made.values("more")
    other = made.with_values({"boost": 2.0, "drain": 1.0})
    assert other.simulator is made.simulator
    assert other.values("more") != before
    assert made.values("more") == before
    assert other.values("control", at="0 d")["s"] == pytest.approx(2.0)
    assert made.values("control", at="0 d")["s"] == pytest.approx(1.0)


def test_values_travel_with_a_model() -> None:
    made = _model(Act(set={"boost": 2.0})).with_values({"drain": 0.5})
    copy = pickle.loads(pickle.dumps(made))
    assert copy.values("control", at="0 d") == made.values("control", at="0 d")
    assert copy.values("control", at="0 d")["s"] == pytest.approx(4.0)


def test_robustness_keeps_what_a_user_sets() -> None:
    tried = samples(_model(Act(set={"boost": 0.7})), [("t", _structural())], draws=2, seed=1)
    assert tried.draws.names == ("drain",)
    assert "boost" not in tried.values(0)


def test_what_the_model_does_not_have_is_refused() -> None:
    with pytest.raises(UnknownIdError, match="no parameter or species 'bost' to change; did you mean 'boost'"):
        _model(Act(set={"bost": 1.0})).values("control")


def test_a_parameter_that_a_user_set_cannot_be_scanned() -> None:
    from osteon.analysis.scan import scan

    with pytest.raises(OsteonError, match="--vary boost: this parameter has been given another value"):
        scan(_model(Act(set={"boost": 0.7})), {"boost": (1.0, 2.0)}, "control")


def test_the_command_draws_around_what_is_set(osteon: Command, tmp_path: Path) -> None:
    command = ["predict", "mitochondrial_lamin", "-c", "cccp", "-o", "lamin_b", "--json"]
    given = ["--set", "microrna_repression=0.9", "--set", "K_repression=1000"]
    plain = json.loads(osteon(*command, *given).out)["observables"]["lamin_b"]
    drawn = json.loads(osteon(*command, *given, "--draws", "4").out)["observables"]["lamin_b"]
    assert drawn["low"] > 0.9 * plain["fold_change"]


def _structural() -> Claim:
    check = StructureCheck(expect="influences", observable="s", on="t")
    return Claim(
        id="T-01",
        statement="x",
        place="x",
        kind="experiment",
        term="ECO:0000006",
        demand="must",
        setting="culture",
        checks=(check,),
    )


@pytest.mark.parametrize("declared", ["species $X = 1", "compartment X = 1"])
def test_a_user_may_set_what_is_no_parameter(declared: str) -> None:
    """An input that is held as a species, or the size of a compartment, in control and in every condition."""
    body = f"{declared}; species S = 1; J1: => S; X; J2: S => ; S"
    made = small.model(body, overrides=Act(set={"X": 3.0}))
    assert made.values("control", at="0 d")["s"] == pytest.approx(3.0, rel=1e-6)
    assert made.values("control", at="1 d")["s"] == pytest.approx(3.0, rel=1e-6)


def test_values_are_written_as_what_they_are() -> None:
    """A number in quotation marks is no number: what is strict here is lenient in no file."""
    with pytest.raises(ValueError, match="float"):
        Act.model_validate({"set": {"k": "3"}})
