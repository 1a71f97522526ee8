"""Scorecards: what became of each check and each claim, and how that is told to scripts and notebooks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from osteon.evidence.claims import Check, Claim, OrderCheck, StructureCheck
from osteon.evidence.criteria import threshold
from osteon.simulation.contrast import Contrast, Effect, plain
from osteon.version import __version__

if TYPE_CHECKING:
    import pandas as pd

Verdict = Literal["supported", "contradicted", "not representable", "failed", "documented"]
CheckOutcome = Literal["holds", "refused", "not representable", "failed"]


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
    """

    check: Check
    outcome: CheckOutcome
    contrasts: tuple[Contrast, ...] = ()
    effects: tuple[Effect, ...] = ()
    times: tuple[float, float] | None = None
    reason: str | None = None
    missing: tuple[str, ...] = ()

    @property
    def effect(self) -> Effect | None:
        """The effect that is judged."""
        return self.effects[0] if self.effects else None

    @property
    def second_effect(self) -> Effect | None:
        """The effect that it is compared with, where the check asks for one."""
        return self.effects[1] if len(self.effects) > 1 else None

    def as_dict(self, claim: Claim) -> dict[str, Any]:
        """Return the result in the shape of ``osteon verify --json``."""
        check = self.check
        common: dict[str, Any] = {"observable": check.observable, "expect": check.expect, "outcome": self.outcome}
        common["missing"] = list(self.missing)
        if isinstance(check, StructureCheck):
            return common | {"on": check.on, "reason": self.reason}
        common |= {"condition": check.condition, "threshold": threshold(check.expect)}
        if isinstance(check, OrderCheck):
            first, second = self.times or (None, None)
            return common | {"before": check.before, "value": first, "reference_value": second, "reason": self.reason}
        effect, other = self.effect, self.second_effect
        return common | {
            "reference": check.reference,
            "at": check.at or claim.at,
            "reference_observable": check.readings[1].observable,
            "reference_at": check.readings[1].at or claim.at,
            "compared_with": check.compared_with.model_dump(exclude_none=True) if check.compared_with else None,
            "value": effect.value if effect else None,
            "reference_value": effect.reference if effect else None,
            "effect": plain(effect.log) if effect else None,
            "word": effect.word if effect else None,
            "second_effect": plain(other.log) if other else None,
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


@dataclass(frozen=True, repr=False)
class Scorecard:
    """Every claim on every model asked for."""

    results: tuple[ClaimResult, ...]

    def __repr__(self) -> str:
        told = (f"{model}: {_counted(self.counts(model))}" for model in self.models)
        return f"<Scorecard {'; '.join(told) or 'without claims'}>"

    @property
    def models(self) -> tuple[str, ...]:
        """The models that were judged, in the order asked for."""
        return tuple(dict.fromkeys(result.model for result in self.results))

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
                logs = [None if check.effect is None else check.effect.log for check in result.checks]
                numbers = [None if number is None else plain(round(number, 4)) for number in logs]
                found.setdefault(result.model, {})[result.claim.id] = numbers
        return found

    def to_frame(self) -> pd.DataFrame:
        """Return one row a check; a claim on record only, which has no check, has a row of its own.

        Returns:
            Columns ``model``, ``source``, ``claim``, ``role``, ``verdict`` (of the claim), ``outcome`` (of the check),
            ``observable``, ``condition``, ``reference``, ``expect``, ``value``, ``reference_value``, ``effect`` (the
            natural logarithm of the fold change), ``word`` (what the effect is) and ``reason``; empty where a check has
            no such thing.
        """
        import pandas as pd

        rows = [row for result in self.results for row in _rows(result)]
        frame = pd.DataFrame(rows, columns=list(_COLUMNS))
        numbers = ["value", "reference_value", "effect"]
        frame[numbers] = frame[numbers].astype(float)
        return frame

    def as_dict(self) -> dict[str, Any]:
        """Return the scorecard in the shape of ``osteon verify --json``."""
        return {
            "osteon": __version__,
            "passed": self.passed,
            "summary": {model: dict(sorted(self.counts(model).items())) for model in self.models},
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


_COLUMNS = (
    *("model", "source", "claim", "role", "verdict", "outcome"),
    *("observable", "condition", "reference", "expect", "value", "reference_value", "effect", "word", "reason"),
)


def _rows(result: ClaimResult) -> list[dict[str, Any]]:
    """Return what `Scorecard.to_frame` says of one claim; numbers are numbers, infinite ones too."""
    claim = result.claim
    common = {"model": result.model, "source": result.source, "claim": claim.id, "role": claim.role}
    common["verdict"] = result.verdict
    rows = []
    for check in result.checks:
        told = {name: value for name, value in check.as_dict(claim).items() if name in _COLUMNS}
        effect = {} if check.effect is None else {"effect": check.effect.log}
        rows.append(common | told | effect)
    return rows or [common | {"reason": claim.documented}]


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{counts[verdict]} {verdict}" for verdict in get_args(Verdict) if counts.get(verdict))


def lack(words: Iterable[str]) -> str:
    """Say which words a model does not bind."""
    return f"the model has no {', '.join(words)}"
