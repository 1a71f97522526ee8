"""One contrast and one effect: the same answer in verification, predictions, draws, scans and sensitivity."""

from __future__ import annotations

import json
from math import inf, log
from pathlib import Path

import pytest

import small
from conftest import Command
from osteon.analysis.prediction import predict_over_draws
from osteon.analysis.scan import job, response, scan
from osteon.analysis.sensitivity import design, ranking
from osteon.analysis.sensitivity import job as sensitivity_job
from osteon.errors import OsteonError
from osteon.evidence.claims import Claim, ContrastCheck
from osteon.jobs.run import run_job
from osteon.simulation.contrast import Contrast, Effect, contrasts
from osteon.simulation.model import Model
from osteon.verification.verify import verify

LIMIT = 1e-6
# S is made at k*boost and lost at k*drain; T follows only where it is switched on.
BODY = f"""{small.TURNOVER}
  substanceOnly species T in cell = 0 dimensionless
  on = 0 dimensionless
  t_made: => T; k*on
  t_lost: T => ; k*T
"""
ACTS = {
    "knock_out": ("genotype", {"set": {"boost": 0.0}}),
    "switch": ("treatment", {"set": {"on": 1.0}}),
    "double": ("treatment", {"set": {"boost": 2.0}}),
}


def _model() -> Model:
    return small.model(
        BODY,
        interventions=ACTS,
        observables={"s": "S", "t": "T"},
        parameters={"k": small.parameter(0.4, 0.6), "drain": small.parameter(0.9, 1.1)},
    )


@pytest.mark.parametrize(
    ("value", "reference", "effect", "fold", "word", "direction"),
    [
        (2.0, 1.0, log(2.0), 2.0, "increase", "increase"),
        (0.5, 1.0, -log(2.0), 0.5, "decrease", "decrease"),
        (1.05, 1.0, log(1.05), 1.05, "little change", "little change"),
        (1.0, 0.0, inf, inf, "appears", "increase"),
        (1.0, LIMIT, inf, inf, "appears", "increase"),
        (0.0, 1.0, -inf, 0.0, "gone", "decrease"),
        (LIMIT, 1.0, -inf, 0.0, "gone", "decrease"),
        (0.0, 0.0, 0.0, 1.0, "absent", "little change"),
        (LIMIT, LIMIT, 0.0, 1.0, "absent", "little change"),
        (2 * LIMIT, LIMIT, inf, inf, "appears", "increase"),
    ],
)
def test_an_effect(value: float, reference: float, effect: float, fold: float, word: str, direction: str) -> None:
    found = Effect(value, reference, LIMIT)
    assert found.log == pytest.approx(effect)
    assert found.fold == pytest.approx(fold)
    assert (found.word, found.direction) == (word, direction)


def test_beyond_the_detection_limit_an_effect_is_at_least_so_large() -> None:
    assert Effect(0.0, 1.0, LIMIT).bounded == pytest.approx(log(LIMIT))
    assert Effect(1.0, 0.0, LIMIT).bounded == pytest.approx(-log(LIMIT))
    assert Effect(2.0, 1.0, LIMIT).bounded == pytest.approx(log(2.0))
    assert Effect(0.0, 0.0, LIMIT).bounded == 0.0


@pytest.mark.parametrize(
    ("condition", "observable", "expect", "outcome"),
    [
        ("switch", "t", "increase", "holds"),
        ("switch", "t", "slight increase", "refused"),
        ("switch", "t", "unchanged", "refused"),
        ("knock_out", "s", "decrease", "holds"),
        ("knock_out", "s", "abolished", "holds"),
        ("knock_out", "t", "unchanged", "holds"),
        ("knock_out", "t", "abolished", "refused"),
    ],
)
def test_nothing_and_something_in_verification(condition: str, observable: str, expect: str, outcome: str) -> None:
    card = verify(_model(), [("t", _claim(expect, observable, condition))])
    assert card.results[0].checks[0].outcome == outcome


@pytest.mark.parametrize(("condition", "observable", "word"), [("switch", "t", "appears"), ("knock_out", "s", "gone")])
def test_all_ways_of_asking_give_one_effect(condition: str, observable: str, word: str, tmp_path: Path) -> None:
    made = _model()
    check = verify(made, [("t", _claim("increase", observable, condition))]).results[0].checks[0]
    asked = made.contrasts(condition, observables=[observable])
    assert check.contrasts == asked
    assert check.effect is not None
    expected = (check.effect.log, check.effect.fold, word)

    row = made.predict(condition, observables=[observable]).loc[observable]
    assert (row["effect"], row["fold_change"], row["change"]) == expected

    drawn = predict_over_draws(made, asked, draws=6, seed=1).loc[observable]
    assert (drawn["effect"], drawn["fold_change"], drawn["change"]) == expected
    assert drawn["agreeing"] == 6
    assert (drawn["low"], drawn["high"]) == (expected[1], expected[1])

    plan = scan(made, {"k": (0.4, 0.6)}, condition, observables=[observable])
    table = response(plan, run_job(job(plan), results=tmp_path / "scan", workers=1))
    assert table["change"].tolist() == [word, word]
    assert table["effect"].tolist() == [expected[0]] * 2

    screen = design(made, asked, size=4, seed=1)
    ranked = ranking(screen, run_job(sensitivity_job(screen), results=tmp_path / "screen", workers=1))
    assert ranked.attrs["failed"] == 0
    assert abs(ranked.attrs["effect"][observable]) > log(1 / LIMIT) - 10


def test_a_contrast_keeps_instant_and_observable_of_its_reference() -> None:
    made = _model()
    other = {"reference": "double", "reference_observable": "s", "reference_at": "peak"}
    claim = _claim("decrease", "t", "control", at="1 d", **other)
    check = claim.checks[0]
    assert isinstance(check, ContrastCheck)
    (found,) = contrasts(check, claim, made.vocabulary)
    assert (found.reference.observable, found.reference.at, found.reading.at) == ("s", "peak", "1 d")
    assert str(found) == "t, control at 1 d against s, double at peak"
    asked = made.contrasts(
        "control", "double", observables=["t"], at="1 d", reference_at="peak", reference_observable="s"
    )
    assert asked == (found,)
    assert made.effects(asked)[0] == verify(made, [("t", claim)]).results[0].checks[0].effect
    frame = made.predict("control", "control", observables=["s"], at="1 d", reference_at="0 d")
    assert frame.attrs["reference_at"] == "0 d"


def test_an_instant_that_is_none_is_refused_with_what_there_is() -> None:
    with pytest.raises(OsteonError, match=r"'soon' is not a duration.*steady state, peak, mean, half-maximum"):
        _model().contrasts("double", at="soon")


def test_features_in_a_prediction() -> None:
    frame = _model().predict("double", observables=["s"], at="peak")
    assert frame.loc["s", "fold_change"] == pytest.approx(2.0, rel=0.01)
    assert frame.attrs["at"] == "peak"


def test_the_commands_say_what_is_compared_and_that_it_is_gone(osteon: Command) -> None:
    command = ["predict", "rankl_reverse_signaling", "-c", "rankl_ko", "--setting", "mouse", "-o", "osteoclasts"]
    told = json.loads(osteon(*command, "--draws", "3", "--json").out)["observables"]["osteoclasts"]
    assert told["change"] == "gone"
    assert told["effect"] == "-inf"
    assert told["agreeing"] == 3
    assert (told["fold_change"], told["low"], told["high"]) == (0.0, 0.0, 0.0)
    assert "gone" in osteon(*command).out
    apart = ["predict", "mitochondrial_lamin", "-c", "control", "-o", "sost", "--at", "2 d", "--reference-at", "0 d"]
    assert "control at 2 d against control at 0 d" in " ".join(osteon(*apart).out.split())


def _claim(expect: str, observable: str, condition: str, *, reference: str = "control", **more: str) -> Claim:
    check = {"expect": expect, "observable": observable, "condition": condition, "reference": reference, **more}
    return small.claim(check)


def test_a_contrast_is_a_value() -> None:
    asked = _model().contrasts("switch", observables=["t"])
    assert len({*asked, *_model().contrasts("switch", observables=["t"])}) == 1
    assert isinstance(asked[0], Contrast)


@pytest.mark.parametrize(
    ("value", "reference", "label"),
    [
        (LIMIT, 1.0, "gone"),
        (1.0, LIMIT, "appears"),
        (LIMIT, LIMIT, "absent"),
        (2.0, 1.0, "increase"),
        (0.5, 1.0, "decrease"),
        (0.001, 1.0, "abolished"),
        (1.0, 1.0, "unchanged"),
    ],
)
def test_an_effect_has_one_label(value: float, reference: float, label: str) -> None:
    assert Effect(value, reference, LIMIT).label == label
