"""What the outcomes of its checks make of a claim, and what of that comes as a surprise."""

from __future__ import annotations

from itertools import permutations

import pytest

from osteon.evidence.claims import Claim, ContrastCheck
from osteon.simulation.contrast import Effect
from osteon.verification.results import CheckResult, ClaimResult
from osteon.verification.scorecard import Scorecard
from osteon.verification.summary import Count
from osteon.verification.verdicts import CheckOutcome, Verdict, verdict

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
    return ClaimResult("small", "t", Claim.model_validate(CLAIM), verdict, (), (), because=because)


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ((), "documented"),
        (("holds", "holds"), "supported"),
        (("holds", "refused"), "contradicted"),
        (("refused", "failed"), "contradicted"),
        (("refused", "not representable"), "partly contradicted"),
        (("holds", "not representable"), "partly supported"),
        (("holds", "failed"), "failed"),
        (("failed", "not representable"), "failed"),
        (("refused", "failed", "not representable", "holds"), "partly contradicted"),
        (("not representable",), "not representable"),
    ],
)
def test_the_worst_outcome_decides_in_any_order(outcomes: tuple[CheckOutcome, ...], expected: Verdict) -> None:
    for order in permutations(outcomes):
        assert verdict(order) == expected


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
        ("partly supported", True),
        ("contradicted", False),
        ("partly contradicted", False),
        ("failed", False),
        ("not representable", True),
        ("documented", True),
    ],
)
def test_a_card_passes_without_what_is_contradicted_or_failed(verdict: Verdict, passed: bool) -> None:
    assert Scorecard((_result("supported"), _result(verdict, "A reason."))).passed is passed


def test_effects_are_kept_to_four_digits_by_model_and_claim() -> None:
    checks = tuple(
        CheckResult(ContrastCheck.model_validate(CHECK), "holds", effects=effects)
        for effects in ((Effect(2.0, 1.0, 1e-6), Effect(9.0, 1.0, 1e-6)), (Effect(0.0, 1.0, 1e-6),), ())
    )
    claim = Claim.model_validate({**CLAIM, "checks": (CHECK,) * 3})
    documented = Claim.model_validate({**CLAIM, "id": "T-02", "checks": (), "documented": "x"})
    results = (
        ClaimResult("one", "t", claim, "supported", checks, ()),
        ClaimResult("one", "t", documented, "documented", (), ()),
        ClaimResult("two", "t", claim, "supported", checks[:1], ()),
    )
    assert Scorecard(results).effects() == {"one": {"T-01": [0.6931, "-inf", None]}, "two": {"T-01": [0.6931]}}


def test_a_check_has_the_effect_that_is_judged_and_the_one_it_is_compared_with() -> None:
    check = ContrastCheck.model_validate(CHECK)
    first, second = Effect(2.0, 1.0, 1e-6), Effect(9.0, 1.0, 1e-6)
    found = [CheckResult(check, "holds", effects=effects) for effects in ((), (first,), (first, second))]
    assert [(one.effect, one.second_effect) for one in found] == [(None, None), (first, None), (first, second)]


def test_a_claim_is_foreign_of_which_every_check_lacks_a_word() -> None:
    check, claim = ContrastCheck.model_validate(CHECK), Claim.model_validate(CLAIM)
    lacking, whole = CheckResult(check, "not representable", missing=("s", "more")), CheckResult(check, "holds")
    for checks, foreign in (((lacking, lacking), True), ((lacking, whole), False), ((), False)):
        result = ClaimResult("one", "t", claim, "not representable", checks, ())
        assert result.is_foreign is foreign
        assert result.missing == (("s", "more") if lacking in checks else ())


def test_verdicts_are_counted_by_model_and_role() -> None:
    held_out = Claim.model_validate({**CLAIM, "id": "T-02", "role": "held_out"})
    results = (
        _result("supported"),
        _result("contradicted"),
        ClaimResult("other", "t", held_out, "supported", (), (), "held_out"),
    )
    card = Scorecard(results)
    assert card.models == ("small", "other")
    assert card.counts() == {"supported": 2, "contradicted": 1}
    assert card.counts("small") == {"supported": 1, "contradicted": 1}
    assert card.counts(role="held_out") == {"supported": 1}
    assert card.counts("small", "held_out") == {}
    assert card.as_dict()["summary"] == {"small": {"contradicted": 1, "supported": 1}, "other": {"supported": 1}}


def test_a_check_in_json_says_when_each_side_is_read() -> None:
    claim = Claim.model_validate({**CLAIM, "at": "3 d"})
    own = ContrastCheck.model_validate({**CHECK, "at": "1 d", "reference_at": "2 d"})
    told = CheckResult(own, "holds").as_dict(claim)
    assert (told["at"], told["reference_at"]) == ("1 d", "2 d")
    silent = ContrastCheck.model_validate({name: value for name, value in CHECK.items() if name != "at"})
    told = CheckResult(silent, "holds").as_dict(claim)
    assert (told["at"], told["reference_at"]) == ("3 d", "3 d")


def test_nothing_is_counted_before_it_is() -> None:
    assert set(Count().as_dict().values()) == {0}
    assert Count().share == ""
