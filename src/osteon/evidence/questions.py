"""Questions: what a check asks, whatever claim asks it; two checks with one question are one reported experiment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from osteon.evidence import durations
from osteon.evidence.claims import Check, Claim, OrderCheck, StructureCheck, Vocabulary
from osteon.evidence.conditions import canonical
from osteon.evidence.features import FEATURES
from osteon.evidence.reading import Reading

Question = tuple[str | float, ...]
"""The word, the setting and every reading of a check, each in one spelling."""


def question(check: Check, claim: Claim, vocabulary: Vocabulary) -> Question:
    """Return what a check of a claim asks of a model."""
    if isinstance(check, StructureCheck):
        return (check.expect, check.observable, check.on)
    if isinstance(check, OrderCheck):
        condition = canonical(check.condition)
        return (check.expect, claim.setting, condition, canonical(check.reference), check.observable, check.before)
    usual = claim.at or vocabulary.settings[claim.setting].readout
    pairs = (*check.readings, *(check.second_readings or ()))
    made = [one.made_at(usual, claim.average) for one in pairs]
    return (check.expect, claim.setting, *(part for one in made for part in _read(one)))


def _read(reading: Reading) -> tuple[str | float, ...]:
    at = str(reading.at)
    when = at if at in FEATURES else durations.convert(at, "s")
    over = () if reading.average is None else (durations.convert(reading.average, "s"),)
    return reading.observable, canonical(reading.condition), when, *over


def without_own_check(claims: Iterable[Claim], vocabulary: Vocabulary) -> Iterator[Claim]:
    """Yield every held-out claim whose checks are all asked by claims of construction too.

    A model that was built to meet those claims has met the held-out one with them, whatever it says.
    """
    claims = tuple(claims)
    seen = {
        question(check, claim, vocabulary) for claim in claims if claim.role == "construction" for check in claim.checks
    }
    for claim in claims:
        if claim.role == "held_out" and all(question(check, claim, vocabulary) in seen for check in claim.checks):
            yield claim
