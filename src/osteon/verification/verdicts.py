"""Verdicts: what the outcomes of its checks make of a claim."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

Verdict = Literal[
    "supported",
    "partly supported",
    "contradicted",
    "partly contradicted",
    "not representable",
    "failed",
    "documented",
]
CheckOutcome = Literal["holds", "refused", "not representable", "failed"]

SUPPORTED: frozenset[Verdict] = frozenset({"supported", "partly supported"})
"""The verdicts on claims of which every check that the model can be asked holds."""
CONTRADICTED: frozenset[Verdict] = frozenset({"contradicted", "partly contradicted"})
"""The verdicts on claims of which at least one check does not hold."""


def verdict(outcomes: Iterable[CheckOutcome]) -> Verdict:
    """Return what the outcomes of its checks make of a claim.

    One check that does not hold contradicts the claim, whatever became of the others. Where the model lacks a word of
    some checks, the others decide, and the claim is only *partly* supported or contradicted.
    """
    found = set(outcomes)
    partly = "not representable" in found
    if not found:
        return "documented"
    if "refused" in found:
        return "partly contradicted" if partly else "contradicted"
    if "failed" in found:
        return "failed"
    if "holds" not in found:
        return "not representable"
    return "partly supported" if partly else "supported"
