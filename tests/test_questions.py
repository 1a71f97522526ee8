"""Whether two checks ask the same, on claims written for the purpose."""

from __future__ import annotations

from typing import Any

import pytest

import small
from osteon.evidence.claims import Claim
from osteon.evidence.questions import question, without_own_check

WORDS = small.vocabulary({"a": "treatment", "b": "treatment"}, ("s", "t"))
CHECK = {"observable": "s", "condition": "a+b", "reference": "control", "expect": "increase"}


def _claim(*checks: dict[str, Any], number: int = 1, **fields: Any) -> Claim:
    return small.claim(*(checks or (CHECK,)), id=f"T-{number:02}", **fields)


def _question(check: dict[str, Any], **fields: Any) -> Any:
    claim = _claim(check, **fields)
    return question(claim.checks[0], claim, WORDS)


@pytest.mark.parametrize(
    ("check", "fields"),
    [
        (CHECK | {"condition": "b + a"}, {}),
        (CHECK | {"at": "24 h"}, {}),
        (CHECK, {"at": "1 d"}),
        (CHECK | {"reference_observable": "s"}, {}),
        (CHECK | {"size": {"fold": 2.0, "range": (1.5, 3.0), "basis": "x", "citation": "K"}}, {}),
    ],
)
def test_spellings_of_one_question_are_one(check: dict[str, Any], fields: dict[str, Any]) -> None:
    assert _question(check, **fields) == _question(CHECK)


@pytest.mark.parametrize(
    ("check", "fields"),
    [
        (CHECK | {"expect": "decrease"}, {}),
        (CHECK | {"condition": "a"}, {}),
        (CHECK | {"observable": "t"}, {}),
        (CHECK | {"reference": "b"}, {}),
        (CHECK, {"at": "2 d"}),
        (CHECK, {"setting": "dish"}),
        (CHECK | {"at": "peak"}, {}),
        (CHECK | {"expect": "weaker", "compared_with": {"condition": "b"}}, {}),
        ({"observable": "s", "expect": "precedes", "before": "t", "condition": "a"}, {}),
        ({"observable": "s", "expect": "influences", "on": "t"}, {}),
    ],
)
def test_another_question_is_another(check: dict[str, Any], fields: dict[str, Any]) -> None:
    words = WORDS.model_copy(update={"settings": {**WORDS.settings, "dish": WORDS.settings["culture"]}})
    claim = _claim(check, **fields)
    assert question(claim.checks[0], claim, words) != _question(CHECK)


def test_the_structure_of_a_model_is_the_same_in_every_setting() -> None:
    check = {"observable": "s", "expect": "influences", "on": "t"}
    assert _question(check, setting="dish") == _question(check)


def test_a_claim_is_held_out_only_with_a_check_of_its_own() -> None:
    other = CHECK | {"observable": "t"}
    built = _claim()
    shared = _claim(number=2, role="held_out")
    own = _claim(CHECK, other, number=3, role="held_out")
    assert list(without_own_check([built, shared, own], WORDS)) == [shared]
    assert list(without_own_check([shared, own], WORDS)) == []
