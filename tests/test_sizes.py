"""Sizes: what is large enough, on effects that are worked out by hand."""

from __future__ import annotations

from math import exp, inf, log

import pytest
from pydantic import ValidationError

import small
from osteon.evidence.claims import Claim, Size
from osteon.verification.results import CheckResult
from osteon.verification.sizes import SizeResult, judge_size
from osteon.verification.verify import verify


def _size(fold: float, low: float, high: float) -> Size:
    return Size(fold=fold, range=(low, high), basis="x", citation="K")


@pytest.mark.parametrize(
    ("fold", "simulated", "verdict"),
    [
        (0.33, 0.25, "within the reported range"),
        (0.33, 0.40, "within the reported range"),
        (0.33, 0.41, "within a factor of two"),
        (0.33, exp(log(0.33) / 2 * 1.001), "within a factor of two"),
        (0.33, exp(log(0.33) / 2 * 0.999), "too small"),
        (0.33, exp(log(0.33) * 2 * 0.999), "within a factor of two"),
        (0.33, exp(log(0.33) * 2 * 1.001), "too large"),
        (0.33, 1.0, "too small"),
        (0.33, 3.0, "too small"),
        (0.33, 0.0, "too large"),
    ],
)
def test_a_size_is_compared_on_the_log_scale(fold: float, simulated: float, verdict: str) -> None:
    effect = log(simulated) if simulated else -inf
    assert judge_size(_size(fold, 0.25, 0.40), effect) == verdict


def test_a_rise_is_judged_as_a_fall_is() -> None:
    assert [judge_size(_size(3.0, 2.5, 4.0), sign * log(2.0)) for sign in (1, -1)] == [
        "within a factor of two",
        "too small",
    ]


def test_what_disappears_and_what_stays() -> None:
    gone, same = _size(0.0, 0.0, 0.1), _size(1.0, 0.95, 1.05)
    assert judge_size(gone, -inf) == "within the reported range"
    assert judge_size(gone, log(0.5)) == "too small"
    assert judge_size(same, log(1.04)) == "within the reported range"
    assert judge_size(same, log(1.2)) == "too large"


@pytest.mark.parametrize("values", [{"fold": 0.5, "range": (0.6, 0.7)}, {"fold": 0.0, "range": (0.0, 0.0)}])
def test_a_size_that_makes_no_sense_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Size.model_validate({**values, "basis": "x", "citation": "K"})


def _check(boost: float) -> CheckResult:
    """Return what becomes of an increase reported as twofold, where production is multiplied."""
    model = small.model(interventions={"more": ("treatment", {"set": {"boost": boost}})})
    check = {
        "observable": "s",
        "condition": "more",
        "reference": "control",
        "expect": "increase",
        "at": "steady state",
        "size": {"fold": 2.0, "range": (1.8, 2.2), "basis": "x", "citation": "K"},
    }
    claim = Claim.model_validate(
        {
            "id": "T-01",
            "statement": "x",
            "place": "x",
            "kind": "experiment",
            "term": "ECO:0000006",
            "demand": "must",
            "setting": "culture",
            "checks": (check,),
        }
    )
    return verify(model, [("t", claim)]).results[0].checks[0]


def test_a_size_does_not_change_the_outcome() -> None:
    right, large, wrong = _check(2.0), _check(9.0), _check(0.5)
    assert [check.outcome for check in (right, large, wrong)] == ["holds", "holds", "refused"]
    assert [check.size.verdict for check in (right, large, wrong) if check.size] == [
        "within the reported range",
        "too large",
        "too small",
    ]


def test_json_of_a_size_is_plain() -> None:
    found = SizeResult(_size(0.0, 0.0, 0.1), -inf, "within the reported range").as_dict()
    assert found["simulated"] == 0.0
    assert SizeResult(_size(2.0, 1.0, 3.0), inf, "too large").as_dict()["simulated"] == "inf"
