"""Scorecards: what became of each check and each claim, and how that is told to scripts and notebooks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from osteon.evidence.claims import Check, Claim, ContrastCheck, OrderCheck, StructureCheck
from osteon.evidence.criteria import threshold
from osteon.evidence.questions import Question
from osteon.simulation.contrast import Contrast, Effect, plain
from osteon.verification.sizes import SizeResult, judge_size
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
        because: why a contradicted claim is contradicted, where the binding knows.
    """

    model: str
    source: str
    claim: Claim
    verdict: Verdict
    checks: tuple[CheckResult, ...]
    questions: tuple[Question, ...]
    because: str | None = None

    @property
    def is_landmark(self) -> bool:
        """Whether it is a published finding beside the sources, which is counted apart."""
        return self.claim.role == "landmark"

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
            "by_construction": claim.by_construction,
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
        told = (f"{model}: {_counted(self.documents.counts(model))}" for model in self.models)
        return f"<Scorecard {'; '.join(told) or 'without claims'}>"

    @property
    def models(self) -> tuple[str, ...]:
        """The models that were judged, in the order asked for."""
        return tuple(dict.fromkeys(result.model for result in self.results))

    @property
    def passed(self) -> bool:
        """Whether nothing has failed and no claim of a source is contradicted."""
        return not any(
            result.verdict == "failed" or (result.verdict == "contradicted" and not result.is_landmark)
            for result in self.results
        )

    @property
    def surprises(self) -> tuple[ClaimResult, ...]:
        """Every claim that failed, and every claim of a source that is contradicted without a reason in the binding."""
        return tuple(
            result
            for result in self.results
            if result.verdict == "failed"
            or (result.verdict == "contradicted" and result.because is None and not result.is_landmark)
        )

    @property
    def landmarks(self) -> Scorecard:
        """The landmarks alone."""
        return Scorecard(tuple(result for result in self.results if result.is_landmark))

    @property
    def documents(self) -> Scorecard:
        """All but the landmarks."""
        return Scorecard(tuple(result for result in self.results if not result.is_landmark))

    def counts(self, model: str | None = None, role: str | None = None) -> Counter[str]:
        """Return how many claims have each verdict, of one model or role where given."""
        chosen = (r for r in self.results if model in (None, r.model) and role in (None, r.claim.role))
        return Counter(result.verdict for result in chosen)

    def effects(self) -> dict[str, dict[str, list[float | str | None]]]:
        """Return the effect E of every check of a source, by model and claim; ``None`` for checks without one."""
        found: dict[str, dict[str, list[float | str | None]]] = {}
        for result in self.documents.results:
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
            "summary": {model: dict(sorted(self.documents.counts(model).items())) for model in self.models},
            "landmarks": {model: dict(sorted(self.landmarks.counts(model).items())) for model in self.models},
            "experiments": {model: tally(self, model).as_dict() for model in self.models},
            "claims": [result.as_dict() for result in self.results],
        }

    def _repr_html_(self) -> str:
        """Draw the scorecard in a notebook: claims of the sources down, the verdict in words."""
        from html import escape

        rows = "".join(
            f"<tr><td>{escape(r.model)}</td><td>{escape(r.claim.id)}</td><td>{escape(r.claim.statement)}</td>"
            f"<td>{escape(r.verdict)}</td></tr>"
            for r in self.documents.results
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


@dataclass(frozen=True)
class Count:
    """Distinct reported experiments by what became of them; a check that several claims share counts once.

    Attributes:
        reproduced: as reported.
        contradicted: otherwise than reported, or the simulation failed.
        not_representable: the model lacks a word of it.
    """

    reproduced: int = 0
    contradicted: int = 0
    not_representable: int = 0

    @property
    def asked(self) -> int:
        """All of which the model has every word."""
        return self.reproduced + self.contradicted

    def as_dict(self) -> dict[str, int]:
        """Return the counts in the shape of ``osteon verify --json``."""
        return asdict(self)


@dataclass(frozen=True)
class Tally:
    """What one model makes of the evidence, in numbers that can be quoted.

    Attributes:
        findings: experiments of the sources.
        by_construction: those among checks of the sources that cannot fail; counted here and not there.
        landmarks: experiments of the landmarks.
        sizes: reported sizes within the range or within a factor of two, and all that could be compared.
    """

    findings: Count
    by_construction: Count
    landmarks: Count
    sizes: tuple[int, int]

    def as_dict(self) -> dict[str, Any]:
        """Return the tally in the shape of ``osteon verify --json``."""
        agreeing, compared = self.sizes
        return {
            "findings": self.findings.as_dict(),
            "by_construction": self.by_construction.as_dict(),
            "landmarks": self.landmarks.as_dict(),
            "sizes": {"agreeing": agreeing, "compared": compared},
        }


def tally(card: Scorecard, model: str) -> Tally:
    """Count the distinct reported experiments of one model.

    A question that a claim asks by construction is no finding, whatever other claims ask it too. One that a source asks
    is not counted again where a landmark asks it.
    """
    asked = [
        (result, check, question)
        for result in card.results
        if result.model == model
        for check, question in zip(result.checks, result.questions, strict=True)
    ]
    outcomes = {question: check.outcome for _, check, question in asked}
    forced = {question for result, _, question in asked if result.claim.by_construction is not None}
    found = {question for result, _, question in asked if not result.is_landmark} - forced
    sizes = {question: check.size for _, check, question in asked if check.size is not None}
    return Tally(
        findings=_count(found, outcomes),
        by_construction=_count(forced, outcomes),
        landmarks=_count({question for *_, question in asked} - found - forced, outcomes),
        sizes=(sum(size.agrees for size in sizes.values() if size), len(sizes)),
    )


def _count(questions: Iterable[Question], outcomes: Mapping[Question, CheckOutcome]) -> Count:
    found = Counter(outcomes[question] for question in questions)
    return Count(found["holds"], found["refused"] + found["failed"], found["not representable"])


def lack(words: Iterable[str]) -> str:
    """Say which words a model does not bind."""
    return f"the model has no {', '.join(words)}"
