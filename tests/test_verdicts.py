"""What the outcomes of its checks make of a claim, and what of that comes as a surprise."""

from __future__ import annotations

from itertools import permutations

import pytest

from osteon.evidence.claims import Claim, ContrastCheck
from osteon.verification.scorecard import CheckOutcome, CheckResult, ClaimResult, Scorecard, Verdict
from osteon.verification.verify import verdict

CHECK = {"expect": "increase", "observable": "s", "condition": "more", "reference": "control", "at": "1 d"}
CLAIM = {
    "id": "T-01",
    "statement": "x",
    "place": "x",
    "kind": "experiment",
    "term": "ECO:0000001",
    "demand": "must",
    "setting": "culture",
    "checks": (CHECK,),
}


def _result(verdict: Verdict, because: str | None = None) -> ClaimResult:
    return ClaimResult("small", "t", Claim.model_validate(CLAIM), verdict, (), (), because)


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ((), "documented"),
        (("holds", "holds"), "supported"),
        (("holds", "refused"), "contradicted"),
        (("refused", "failed"), "contradicted"),
        (("refused", "not representable"), "contradicted"),
        (("holds", "failed"), "failed"),
        (("failed", "not representable"), "failed"),
        (("refused", "failed", "not representable", "holds"), "contradicted"),
        (("not representable",), "not representable"),
    ],
)
def test_the_worst_outcome_decides_in_any_order(outcomes: tuple[CheckOutcome, ...], expected: Verdict) -> None:
    check = ContrastCheck.model_validate(CHECK)
    for order in permutations(outcomes):
        assert verdict(tuple(CheckResult(check, outcome) for outcome in order)) == expected


def test_a_failed_claim_is_a_surprise_even_where_the_binding_has_a_reason() -> None:
    """The reason is why the claim would be contradicted; it is none for a simulation that breaks."""
    results = {
        name: _result(verdict, because)
        for name, verdict, because in (
            ("supported", "supported", None),
            ("contradicted", "contradicted", None),
            ("contradicted as on record", "contradicted", "It has no such limit."),
            ("failed", "failed", None),
            ("failed with a reason on record", "failed", "It has no such limit."),
            ("foreign", "not representable", None),
            ("documented", "documented", None),
        )
    }
    found = Scorecard(tuple(results.values())).surprises
    assert [next(name for name, each in results.items() if each is one) for one in found] == [
        "contradicted",
        "failed",
        "failed with a reason on record",
    ]


@pytest.mark.parametrize(
    ("verdict", "passed"),
    [
        ("supported", True),
        ("contradicted", False),
        ("failed", False),
        ("not representable", True),
        ("documented", True),
    ],
)
def test_a_card_passes_without_what_is_contradicted_or_failed(verdict: Verdict, passed: bool) -> None:
    assert Scorecard((_result("supported"), _result(verdict, "A reason."))).passed is passed
