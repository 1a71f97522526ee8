"""The report: what a set of models makes of the evidence, as one HTML file that asks nothing of the network."""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from osteon.curation.describe import Section, describe
from osteon.evidence.claims import Evidence, natural_order
from osteon.evidence.landmarks import Landmarks
from osteon.evidence.project import Project
from osteon.pages.cards import Card, Notes, cards
from osteon.pages.equations import Equations, equations
from osteon.pages.matrices import landmark_matrices, matrices
from osteon.pages.rendering import render
from osteon.pages.summaries import sizes, summaries
from osteon.pages.support import support
from osteon.pages.timecourses import TimeCourses
from osteon.pages.wording import thresholds
from osteon.simulation.model import Model
from osteon.verification.diff import changes
from osteon.verification.scorecard import Scorecard
from osteon.verification.verify import verify

_SHOWN = ("Parameters", "Interventions", "Observables")
"""The tables of a model's description that the report has no other place for."""


@dataclass(frozen=True)
class Count:
    """How many claims of one role have each verdict on one model."""

    model: str
    role: str
    counts: Counter[str]


@dataclass(frozen=True)
class Portrait:
    """One model for people to look at: prose, tables, equations, and the address of its diagram where there is one."""

    id: str
    title: str
    prose: tuple[str, ...]
    tables: tuple[Section, ...]
    equations: Equations
    diagram: str | None


def report(
    project: Project,
    models: Sequence[Model],
    earlier: Mapping[str, Any] | None = None,
    step: Callable[[], None] | None = None,
) -> str:
    """Judge models and lay out everything found.

    Args:
        project: the project of the models.
        models: to be judged.
        earlier: a saved run to compare with, in the shape of ``osteon verify --json``.
        step: called after each model, to show progress.

    Returns:
        The HTML text.
    """
    # A mechanism of one source comes before the one that joins it with others.
    models = sorted(models, key=lambda model: len(model.binding.sources))
    sources = _sources(project, models)
    scorecards, portraits, courses = [], [], {}
    notes: Notes = {}
    for model in models:
        scorecards.append(judged(project, model))
        portraits.append(portrait(project, model))
        courses[model.name] = TimeCourses(model)
        notes = {**notes, **support(project, model)}
        if step is not None:
            step()
    card = Scorecard(tuple(result for part in scorecards for result in part.results))
    laid_out = cards(sources, card.results, courses, project.vocabulary, notes)
    return render(
        "report.html",
        title=_title(portraits),
        run=card.as_dict(),
        sources=sources,
        matrices=matrices(sources, card),
        landmarks=landmark_matrices(themes(project, models), card),
        summaries=summaries(card),
        sizes=sizes(card),
        counts=counts(card),
        apart=lambda evidence: apart(evidence, laid_out),
        conflicts=conflicts(laid_out),
        portraits=portraits,
        thresholds=thresholds(),
        vocabulary=project.vocabulary,
        changes=changes(earlier, card.as_dict()) if earlier is not None else None,
    )


def judged(project: Project, model: Model) -> Scorecard:
    """Judge a model by its claims and landmarks, with the strength that is on record."""
    return verify(model, project.answers(model.binding), record=project.shares.get(model.name))


def themes(project: Project, models: Iterable[Model]) -> list[Landmarks]:
    """Return the themes of landmarks that any of some models is compared with."""
    return [project.theme(name) for name in sorted({name for model in models for name in model.binding.landmarks})]


def _title(portraits: Sequence[Portrait]) -> str:
    if len(portraits) == 1:
        return f"{portraits[0].title}: report"
    return f"{len(portraits)} models against their evidence"


def apart(evidence: Evidence, laid_out: Iterable[Card]) -> list[tuple[str, list[Card]]]:
    """Return the claims of a source under headings: what was built on, what was held out, what cannot be simulated.

    A claim counts as held out where it was from any model that is shown.
    """
    own = [card for card in laid_out if card.evidence.source.id == evidence.source.id]
    checked = [card for card in own if card.claim.documented is None]
    return [
        ("Claims the models were built on", [card for card in checked if not card.held_out]),
        ("Held-out claims", [card for card in checked if card.held_out]),
        ("On record only: no simulation can test them", [card for card in own if card.claim.documented is not None]),
    ]


def _sources(project: Project, models: Iterable[Model]) -> list[Evidence]:
    named = dict.fromkeys(source for model in models for source in model.binding.sources)
    return sorted((project.evidence(name) for name in named), key=lambda evidence: natural_order(evidence.source.tag))


def counts(card: Scorecard) -> list[Count]:
    """Return how many claims have each verdict; those built on, those held out and landmarks apart."""
    rows = []
    for model in dict.fromkeys(result.model for result in card.results):
        for role, name in (("construction", "built on"), ("held_out", "held out"), ("landmark", "landmarks")):
            found = card.counts(model, role)
            if found:
                rows.append(Count(model, name, found))
    return rows


def conflicts(laid_out: Iterable[Card]) -> list[tuple[Card, ...]]:
    """Return the claims that disagree, each group once."""
    by_id = {card.claim.id: card for card in laid_out}
    groups: list[set[str]] = []
    for card in by_id.values():
        group = {card.claim.id, *card.claim.conflicts_with} & by_id.keys()
        if len(group) > 1:
            joined = [other for other in groups if other & group]
            groups = [other for other in groups if not other & group]
            groups.append(group.union(*joined))
    return [tuple(card for name, card in by_id.items() if name in group) for group in groups]


def portrait(project: Project, model: Model) -> Portrait:
    """Describe one model for a page."""
    described = describe(project, model.name)
    return Portrait(
        id=model.name,
        title=described.title,
        prose=described.prose,
        tables=tuple(section for section in described.sections() if section.title.startswith(_SHOWN)),
        equations=equations(model.sbml, model.shown),
        diagram=_diagram(project, model.name),
    )


def _diagram(project: Project, name: str) -> str | None:
    """Return the network diagram as a data address: as an image, nothing in it can run."""
    path = project.root / "docs" / "diagrams" / f"{name}.svg"
    return f"data:image/svg+xml;base64,{b64encode(path.read_bytes()).decode()}" if path.is_file() else None
