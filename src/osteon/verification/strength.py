"""Strength: whether a verdict holds at the reference values alone, or in nearly all parameter sets on record.

The record is what `osteon robustness` found for the model. One of another state of the model or of its claims says
nothing about the model as it is, and so no verdict has a strength by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from osteon.evidence.claims import Claim
from osteon.simulation.model import Model
from osteon.verification.fingerprint import changes, fingerprint
from osteon.verification.verdicts import CONTRADICTED, SUPPORTED, Verdict

ROBUST = 0.95
"""Least share of the parameter sets on record in which a claim holds that is called robust."""

StrengthName = Literal[
    "robust",
    "at reference values",
    "contradicted",
    "contradicted, met elsewhere",
    "not on record",
    "record of another model",
]


@dataclass(frozen=True)
class Strength:
    """How far a verdict holds beyond the reference values of the parameters.

    Attributes:
        name: ``robust``, ``at reference values``, ``contradicted`` or ``contradicted, met elsewhere``; where no
            parameter sets can be counted ``not on record``, or ``record of another model``, an earlier state of it.
        count: in how many parameter sets on record the claim holds; ``None`` where nothing is on record.
        draws: how many sets are on record.
        reason: why nothing is on record, such as that the record is of another state of the model.
    """

    name: StrengthName
    count: int | None = None
    draws: int | None = None
    reason: str | None = None

    @property
    def share(self) -> float | None:
        """The share of the parameter sets on record in which the claim holds; ``None`` where there is none."""
        return None if self.count is None or not self.draws else self.count / self.draws

    def __str__(self) -> str:
        if self.share is None:
            return f"{self.name}: {self.reason}"
        return f"{self.name}: holds in {percentage(self.share)} of {self.draws} parameter sets"

    def as_dict(self) -> dict[str, Any]:
        """Return the strength in the shape of ``osteon verify --json``."""
        return {
            "name": self.name,
            "count": self.count,
            "draws": self.draws,
            "share": self.share,
            "reason": self.reason,
        }


def percentage(share: float) -> str:
    """Return a share as a percentage that reads 0 or 100 only where it is all or nothing."""
    shown = f"{100 * share:.3g}"
    if shown == "100" and share < 1.0:
        shown = "99.9"
    return f"{shown} %"


@dataclass(frozen=True)
class Record:
    """What is on record of the robustness of one model.

    Attributes:
        draws: how many parameter sets.
        claims: in how many of them each claim holds, by id.
        checks: in how many each of its checks holds, by id of the claim.
        missing: what a strength is called where nothing is on record.
        reason: why nothing is on record; there are no claims and checks then.
    """

    draws: int = 0
    claims: Mapping[str, int] | None = None
    checks: Mapping[str, tuple[int, ...]] | None = None
    missing: StrengthName = "not on record"
    reason: str | None = None

    def strength(self, claim: Claim, verdict: Verdict) -> Strength | None:
        """Return the strength of a verdict; nothing for verdicts that neither support nor contradict."""
        if verdict not in SUPPORTED | CONTRADICTED:
            return None
        count = (self.claims or {}).get(claim.id)
        if count is None:
            if claim.role == "landmark":
                return Strength("not on record", reason="parameter sets are judged by claims of the sources alone")
            return Strength(self.missing, reason=self.reason or "the record does not have the claim")
        return Strength(_name(verdict, count, self.draws), count, self.draws)

    def share(self, claim: Claim, place: int) -> float | None:
        """Return the share of parameter sets in which a check of a claim holds; ``None`` where it is not on record."""
        counts = (self.checks or {}).get(claim.id)
        return None if counts is None else counts[place] / self.draws


def _name(verdict: Verdict, count: int, draws: int) -> StrengthName:
    if verdict in CONTRADICTED:
        return "contradicted, met elsewhere" if count else "contradicted"
    return "robust" if count >= ROBUST * draws else "at reference values"


def recorded(model: Model, claims: Iterable[tuple[str, Claim]], found: Mapping[str, Any] | None) -> Record:
    """Return what a record says of a model as it is.

    Args:
        model: with its overrides; a record is of the reference values unless it says otherwise.
        claims: that the model is judged by; landmarks among them are no part of a record.
        found: the model's entry in the JSON of ``osteon robustness``; ``None`` where there is none.
    """
    if found is None:
        return Record(reason="no robustness of this model has been computed")
    own = [(source, claim) for source, claim in claims if claim.role != "landmark"]
    changed = changes(found.get("fingerprint", {}), fingerprint("robustness", model, claims=own))
    if changed is not None:
        return Record(missing="record of another model", reason=changed)
    try:
        draws = int(found["draws"])
        counts = {one["claim"]: int(one["count"]) for one in found["claims"]}
        checks = {one["claim"]: tuple(map(int, one["checks"])) for one in found["claims"]}
    except (KeyError, TypeError, ValueError):
        return Record(reason="the record is not one that `osteon robustness` wrote")
    return Record(draws, counts, checks) if draws else Record(reason="the record has no parameter sets")
