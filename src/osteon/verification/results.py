"""Results: what became of each check and of each claim on one model."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf, log
from typing import Any

from osteon.evidence.claims import Check, Claim, ContrastCheck, OrderCheck, Role, StructureCheck
from osteon.evidence.criteria import WORDS, band, margin, ratio, threshold
from osteon.evidence.questions import Question
from osteon.simulation.contrast import Contrast, Effect, plain
from osteon.verification.sizes import SizeResult, judge_size
from osteon.verification.strength import Strength
from osteon.verification.verdicts import CONTRADICTED, CheckOutcome, Verdict

_RANKS: dict[CheckOutcome, int] = {"refused": 0, "failed": 1, "holds": 2}
"""Which outcomes decide a verdict, the first that there is; what is not representable decides none."""


@dataclass(frozen=True)
class CheckResult:
    """One check on one model.

    Attributes:
        check: what was asked.
        outcome: what came out.
        contrasts: what was compared: one contrast, or two that were compared with each other; none for other checks.
        effects: what each of them came to.
        times: of half-maximum, for a check of order.
        reason: a sentence, where the outcome needs one.
        missing: the words of it that the model does not bind, where it is not representable.
        share: of the parameter sets on record, how many it holds in; ``None`` where that is not on record.
    """

    check: Check
    outcome: CheckOutcome
    contrasts: tuple[Contrast, ...] = ()
    effects: tuple[Effect, ...] = ()
    times: tuple[float, float] | None = None
    reason: str | None = None
    missing: tuple[str, ...] = ()
    share: float | None = None

    @property
    def effect(self) -> Effect | None:
        """The effect that is judged."""
        return self.effects[0] if self.effects else None

    @property
    def size(self) -> SizeResult | None:
        """How large the effect is beside the reported one, where the check carries a size and was simulated."""
        reported = self.check.size if isinstance(self.check, ContrastCheck) else None
        if reported is None or self.effect is None:
            return None
        return SizeResult(reported, self.effect.log, judge_size(reported, self.effect.log))

    @property
    def second_effect(self) -> Effect | None:
        """The effect that it is compared with, where the check asks for one."""
        return self.effects[1] if len(self.effects) > 1 else None

    @property
    def band(self) -> tuple[float, float] | None:
        """Between which effects E the word of the check holds; ``None`` where it judges no effect."""
        if self.effect is None or not WORDS[self.check.expect].interval:
            return None
        return band(self.check.expect, None if self.second_effect is None else self.second_effect.log)

    @property
    def margin(self) -> float:
        """How far the number lies inside of what the word demands, on the log scale; below zero where it does not hold.

        Infinite where no number decides, as in a check of structure.
        """
        if self.effects:
            return margin(self.check.expect, *(effect.log for effect in self.effects))
        if self.times is not None and min(self.times) > 0.0:
            return log(self.times[1] / self.times[0])
        return inf if self.outcome == "holds" else -inf

    @property
    def asked(self) -> str:
        """What was compared: an observable under a condition against another, or two observables."""
        check = self.check
        if isinstance(check, StructureCheck):
            return f"{check.observable} on {check.on}"
        if isinstance(check, OrderCheck):
            return f"{check.observable} before {check.before}, {check.condition}"
        return str(self.contrasts[0]) if self.contrasts else f"{check.observable}, {check.condition}"

    @property
    def found(self) -> str:
        """The number that came out, or the reason why there is none."""
        if self.times is not None:
            return "half-maximum at {:.3g} and {:.3g}".format(*self.times)
        if self.effect is None:
            return self.reason or "no number"
        if self.second_effect is None:
            return str(self.effect)
        told = f"{self.effect}, compared with {self.second_effect} of {self.contrasts[1]}"
        return told + (f", E/E' = {self.ratio:.3g}" if self.ratio is not None else "")

    @property
    def ratio(self) -> float | None:
        """E/E' where the check compares two effects, and the second is there to be compared with."""
        if self.effect is None or self.second_effect is None or self.second_effect.log == 0.0:
            return None
        return ratio(self.effect.log, self.second_effect.log)

    def __str__(self) -> str:
        """Say what was compared, what came out, and in which band it was expected."""
        if self.missing:
            return f"{self.check.observable}: {self.reason}"
        word = WORDS[self.check.expect]
        expected = f"{word.name} ({word.threshold})" if word.interval else word.name
        fault = "" if self.outcome == "holds" else f"{self.outcome}, expected "
        return f"{self.asked}: {self.found}; {fault}{expected}"

    def as_dict(self, claim: Claim) -> dict[str, Any]:
        """Return the result in the shape of ``osteon verify --json``."""
        check = self.check
        common: dict[str, Any] = {"observable": check.observable, "expect": check.expect, "outcome": self.outcome}
        common |= {"missing": list(self.missing), "share": self.share}
        if isinstance(check, StructureCheck):
            return common | {"on": check.on, "reason": self.reason}
        common |= {"condition": check.condition, "threshold": threshold(check.expect)}
        if isinstance(check, OrderCheck):
            first, second = self.times or (None, None)
            common |= {"reference": check.reference, "before": check.before}
            return common | {"value": first, "reference_value": second, "reason": self.reason}
        effect, other = self.effect, self.second_effect
        return common | {
            "reference": check.reference,
            "at": check.at or claim.at,
            "average": check.average or claim.average,
            "reference_observable": check.readings[1].observable,
            "reference_at": check.readings[1].at or claim.at,
            "compared_with": check.compared_with.model_dump(exclude_none=True) if check.compared_with else None,
            "value": effect.value if effect else None,
            "reference_value": effect.reference if effect else None,
            "effect": plain(effect.log) if effect and effect.path else None,
            "word": effect.word if effect else None,
            "second_effect": plain(other.log) if other and other.path else None,
            "band": [plain(end) for end in self.band] if self.band else None,
            "size": self.size.as_dict() if self.size else None,
            "reason": self.reason,
        }


@dataclass(frozen=True)
class ClaimResult:
    """One claim on one model.

    Attributes:
        model: its id.
        source: the id of the source, or of the theme of a landmark.
        claim: what is reported.
        verdict: what became of it.
        checks: what became of each of its checks.
        questions: what each check asks; checks of several claims that ask the same are one reported experiment.
        role: of the claim for this model; a model that is composed of others was built with all claims in view.
        because: why a contradicted claim is contradicted, where the binding knows.
        strength: of the verdict; ``None`` where it neither supports nor contradicts.
    """

    model: str
    source: str
    claim: Claim
    verdict: Verdict
    checks: tuple[CheckResult, ...]
    questions: tuple[Question, ...]
    role: Role = "construction"
    because: str | None = None
    strength: Strength | None = None

    @property
    def is_landmark(self) -> bool:
        """Whether it is a published finding beside the sources, which is counted apart."""
        return self.role == "landmark"

    @property
    def is_contradicted(self) -> bool:
        """Whether at least one of its checks does not hold."""
        return self.verdict in CONTRADICTED

    @property
    def deciding(self) -> CheckResult | None:
        """The check that decides the verdict: one that does not hold, else the one nearest to its threshold.

        Of several that do not hold the one furthest from its threshold. A check without a number, such as one of
        structure, decides only where no other does.
        """
        asked = [check for check in self.checks if check.outcome in _RANKS]
        return min(asked, key=_precedence, default=None)

    @property
    def part(self) -> str | None:
        """How many of its checks the model can be asked, such as ``2 of 3 checks``; nothing where it is all or none."""
        asked = sum(not check.missing for check in self.checks)
        return f"{asked} of {len(self.checks)} checks" if 0 < asked < len(self.checks) else None

    def __str__(self) -> str:
        told = f"{self.verdict} ({self.part})" if self.part else self.verdict
        if self.strength is None:
            return told
        name = self.strength.name
        if name.startswith("contradicted"):
            return told + name.removeprefix("contradicted")
        return f"{told}, {name if self.strength.share is not None else f'strength: {name}'}"

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
            "strength": self.strength.as_dict() if self.strength else None,
            "part": {"asked": sum(not check.missing for check in self.checks), "checks": len(self.checks)},
            "deciding": self.checks.index(self.deciding) if self.deciding else None,
            "statement": claim.statement,
            "place": claim.place,
            "kind": claim.kind,
            "demand": claim.demand,
            "role": self.role,
            "by_construction": claim.by_construction,
            "setting": claim.setting,
            "conflicts_with": list(claim.conflicts_with),
            "because": self.because or claim.documented,
            "checks": [result.as_dict(claim) for result in self.checks],
        }


def _precedence(check: CheckResult) -> tuple[int, bool, float]:
    """Return the key by which checks decide a verdict, the least first."""
    return _RANKS[check.outcome], not (check.effects or check.times), check.margin


def lack(words: Iterable[str]) -> str:
    """Say which words a model does not bind."""
    return f"the model has no {', '.join(words)}"
