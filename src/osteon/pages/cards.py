"""Cards: one claim of a source, with what each model makes of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from osteon.evidence.claims import Claim, Evidence, Vocabulary
from osteon.evidence.conditions import parse
from osteon.pages.links import address
from osteon.pages.panels import Panel, panel
from osteon.pages.timecourses import TimeCourses
from osteon.pages.wording import asked, expected, found, titled
from osteon.verification.results import CheckResult, ClaimResult


@dataclass(frozen=True)
class CheckCard:
    """One check on one model in words; with its panel and its address in "Try it", where it has them."""

    result: CheckResult
    title: str
    asked: str
    expected: str
    found: str
    panel: Panel | None
    address: str | None


@dataclass(frozen=True)
class Answer:
    """What one model makes of a claim.

    ``robustness`` and ``edges`` say what the ensemble and the ablation found, in words; ``None`` where not computed.
    """

    model: str
    result: ClaimResult
    findings: tuple[CheckCard, ...]
    robustness: str | None = None
    edges: str | None = None

    @property
    def drawn(self) -> tuple[CheckCard, ...]:
        """The findings that have a figure."""
        return tuple(finding for finding in self.findings if finding.panel is not None)

    @property
    def told(self) -> tuple[CheckCard, ...]:
        """The findings that have none: checks of structure, and those that could not be simulated."""
        return tuple(finding for finding in self.findings if finding.panel is None)


@dataclass(frozen=True)
class Card:
    """One claim, where it comes from, every intervention in it with its meaning, and every answer to it.

    ``linked`` has the ids of the claims that disagree with it and are laid out too; landmarks are not.
    """

    claim: Claim
    evidence: Evidence
    setting: str
    interventions: tuple[tuple[str, str], ...]
    answers: tuple[Answer, ...]
    linked: frozenset[str]

    @property
    def held_out(self) -> tuple[str, ...]:
        """The models from which the claim was held out."""
        return tuple(answer.model for answer in self.answers if answer.result.role == "held_out")


Notes = Mapping[tuple[str, str], tuple[str | None, str | None]]
"""Robustness and edges in words, by model and claim."""


def cards(
    sources: Iterable[Evidence],
    results: Sequence[ClaimResult],
    courses: Mapping[str, TimeCourses],
    vocabulary: Vocabulary,
    notes: Notes | None = None,
) -> list[Card]:
    """Lay out every claim of some sources.

    Args:
        sources: in the order wanted.
        results: verdicts; those of claims of other sources are left out.
        courses: of every model that the results name.
        vocabulary: the words.
        notes: robustness and edges, where computed.
    """
    sources = tuple(sources)
    by_claim: dict[str, list[ClaimResult]] = {}
    for result in results:
        by_claim.setdefault(result.claim.id, []).append(result)
    shown = {claim.id for evidence in sources for claim in evidence.claims if claim.id in by_claim}
    return [
        Card(
            claim,
            evidence,
            vocabulary.settings[claim.setting].meaning,
            _interventions(claim, vocabulary),
            tuple(_answer(result, courses[result.model], vocabulary, notes or {}) for result in by_claim[claim.id]),
            frozenset(shown.intersection(claim.conflicts_with)),
        )
        for evidence in sources
        for claim in evidence.claims
        if claim.id in by_claim
    ]


def _interventions(claim: Claim, vocabulary: Vocabulary) -> tuple[tuple[str, str], ...]:
    names = dict.fromkeys(name for condition in sorted(claim.conditions) for name in parse(condition))
    return tuple((name, vocabulary.interventions[name].meaning) for name in names)


def _answer(result: ClaimResult, courses: TimeCourses, vocabulary: Vocabulary, notes: Notes) -> Answer:
    robustness, edges = notes.get((result.model, result.claim.id), (None, None))
    findings = tuple(
        CheckCard(
            result=check,
            title=titled(check.check, vocabulary),
            asked=asked(check.check, result.claim, vocabulary),
            expected=expected(check.check, result.claim, vocabulary),
            found=found(check, courses.model.binding.protocol.time_unit),
            panel=panel(check, result.claim, courses),
            address=address(check.contrasts[0], courses.model) if check.contrasts else None,
        )
        for check in result.checks
    )
    return Answer(result.model, result, findings, robustness, edges)
