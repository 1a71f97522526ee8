"""Scorecards: what became of each check and each claim, and how that is told to scripts and notebooks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import exp, isfinite, isinf
from typing import Any, Literal

from osteon.evidence.claims import Check, Claim, OrderCheck, StructureCheck
from osteon.evidence.criteria import threshold
from osteon.version import __version__

Verdict = Literal["supported", "contradicted", "not representable", "failed", "documented"]
CheckOutcome = Literal["holds", "refused", "not representable", "failed"]
_UNREAD = 5e-4
"""An effect below this size shows as none: a twentieth of a per cent is no difference to read."""


@dataclass(frozen=True)
class CheckResult:
    """One check on one model: the outcome, the two values, the effect E, and the second effect E' where asked.

    ``missing`` are the words of it that the model does not bind, where it is not representable.
    """

    check: Check
    outcome: CheckOutcome
    values: tuple[float, float] | None = None
    effect: float | None = None
    second_effect: float | None = None
    reason: str | None = None
    missing: tuple[str, ...] = ()

    def as_dict(self, claim: Claim) -> dict[str, Any]:
        """Return the result in the shape of ``osteon verify --json``."""
        check = self.check
        pair = self.values or (None, None)
        common: dict[str, Any] = {"observable": check.observable, "expect": check.expect, "outcome": self.outcome}
        common["missing"] = list(self.missing)
        if isinstance(check, StructureCheck):
            return common | {"on": check.on, "reason": self.reason}
        common |= {"condition": check.condition, "threshold": threshold(check.expect)}
        if isinstance(check, OrderCheck):
            return common | {
                "before": check.before,
                "value": pair[0],
                "reference_value": pair[1],
                "reason": self.reason,
            }
        return common | {
            "reference": check.reference,
            "at": check.at or claim.at,
            "compared_with": check.compared_with.model_dump(exclude_none=True) if check.compared_with else None,
            "value": pair[0],
            "reference_value": pair[1],
            "effect": plain(self.effect),
            "second_effect": plain(self.second_effect),
            "reason": self.reason,
        }


@dataclass(frozen=True)
class ClaimResult:
    """One claim on one model; ``because`` says why a contradicted claim is contradicted, where the binding knows."""

    model: str
    source: str
    claim: Claim
    verdict: Verdict
    checks: tuple[CheckResult, ...]
    because: str | None = None

    @property
    def missing(self) -> tuple[str, ...]:
        """Every word of its checks that the model does not bind."""
        return tuple(dict.fromkeys(word for check in self.checks for word in check.missing))

    @property
    def is_foreign(self) -> bool:
        """Whether the claim has checks, and the model lacks a word of every one."""
        return bool(self.checks) and all(check.missing for check in self.checks)

    def as_dict(self) -> dict[str, Any]:
        """Return the result in the shape of ``osteon verify --json``."""
        claim = self.claim
        return {
            "model": self.model,
            "source": self.source,
            "claim": claim.id,
            "verdict": self.verdict,
            "statement": claim.statement,
            "place": claim.place,
            "kind": claim.kind,
            "demand": claim.demand,
            "role": claim.role,
            "setting": claim.setting,
            "conflicts_with": list(claim.conflicts_with),
            "because": self.because or claim.documented,
            "checks": [result.as_dict(claim) for result in self.checks],
        }


@dataclass(frozen=True)
class Scorecard:
    """Every claim on every model asked for."""

    results: tuple[ClaimResult, ...]

    @property
    def passed(self) -> bool:
        """Whether nothing is contradicted or failed."""
        return not any(result.verdict in ("contradicted", "failed") for result in self.results)

    @property
    def surprises(self) -> tuple[ClaimResult, ...]:
        """Every claim that failed, or is contradicted without a reason in the model's binding."""
        bad = (result for result in self.results if result.verdict in ("contradicted", "failed"))
        return tuple(result for result in bad if result.verdict == "failed" or result.because is None)

    def counts(self, model: str | None = None, role: str | None = None) -> Counter[str]:
        """Return how many claims have each verdict, of one model or role where given."""
        chosen = (r for r in self.results if model in (None, r.model) and role in (None, r.claim.role))
        return Counter(result.verdict for result in chosen)

    def effects(self) -> dict[str, dict[str, list[float | str | None]]]:
        """Return the effect E of every check, by model and claim; ``None`` for checks without one."""
        found: dict[str, dict[str, list[float | str | None]]] = {}
        for result in self.results:
            if result.checks:
                numbers = [check.effect if check.effect is None else round(check.effect, 4) for check in result.checks]
                found.setdefault(result.model, {})[result.claim.id] = [plain(number) for number in numbers]
        return found

    def as_dict(self) -> dict[str, Any]:
        """Return the scorecard in the shape of ``osteon verify --json``."""
        models = list(dict.fromkeys(result.model for result in self.results))
        return {
            "osteon": __version__,
            "passed": self.passed,
            "summary": {model: dict(sorted(self.counts(model).items())) for model in models},
            "claims": [result.as_dict() for result in self.results],
        }

    def _repr_html_(self) -> str:
        """Draw the scorecard in a notebook: claims down, the verdict in words."""
        from html import escape

        rows = "".join(
            f"<tr><td>{escape(r.model)}</td><td>{escape(r.claim.id)}</td><td>{escape(r.claim.statement)}</td>"
            f"<td>{escape(r.verdict)}</td></tr>"
            for r in self.results
        )
        head = "<tr><th>model</th><th>claim</th><th>statement</th><th>verdict</th></tr>"
        return f"<table>{head}{rows}</table>"


def lack(words: Iterable[str]) -> str:
    """Say which words a model does not bind."""
    return f"the model has no {', '.join(words)}"


def plain(number: float | None) -> float | str | None:
    """Return a number as JSON has it: infinities, for which JSON has no number, as words."""
    return number if number is None or isfinite(number) else "-inf" if number < 0 else "inf"


def percent(effect: float) -> str:
    """Return an effect as people say it: a percentage, or a fold change where it is large."""
    if isinf(effect):
        return "gone"
    if abs(effect) < _UNREAD:
        return "0 %"
    fold = exp(effect)
    return f"x{float(f'{fold:.3g}'):g}" if fold >= 2 else f"{100 * (fold - 1):+.3g} %"
