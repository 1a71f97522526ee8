"""What the whole site tells: every source, model and verdict, judged once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from osteon.evidence.claims import Evidence, natural_order
from osteon.evidence.project import Project
from osteon.pages.cards import Card, Notes, cards
from osteon.pages.matrices import Matrix, landmark_matrices, matrices
from osteon.pages.report import Portrait, judged, portrait, themes
from osteon.pages.summaries import Sizes, Summary, sizes, summaries
from osteon.pages.support import support
from osteon.pages.timecourses import TimeCourses
from osteon.simulation.model import Model
from osteon.site.pictures import Picture, picture
from osteon.verification.results import ClaimResult
from osteon.verification.scorecard import Scorecard


@dataclass(frozen=True)
class SiteResults:
    """The verdicts of a project, with all that its pages show of sources and models, by id."""

    project: Project
    models: tuple[Model, ...]
    sources: tuple[Evidence, ...]
    card: Scorecard
    cards: tuple[Card, ...]
    portraits: Mapping[str, Portrait]
    pictures: Mapping[str, Picture | None]

    @property
    def matrices(self) -> list[Matrix]:
        """The scorecard, a section for each source."""
        return matrices(self.sources, self.card)

    @property
    def landmarks(self) -> list[Matrix]:
        """The landmarks, a section for each theme."""
        return landmark_matrices(themes(self.project, self.models), self.card)

    @property
    def summaries(self) -> list[Summary]:
        """What `osteon verify` says at its end of each model."""
        return summaries(self.card)

    @property
    def sizes(self) -> Sizes | None:
        """Reported and simulated sizes."""
        return sizes(self.card)


def findings(project: Project, models: Sequence[Model], step: Callable[[], None]) -> SiteResults:
    """Judge models and gather what pages tell of them; ``step`` is called after each model."""
    # A mechanism of one source comes before the one that joins it with others.
    models = tuple(sorted(models, key=lambda model: len(model.binding.sources)))
    named = dict.fromkeys(source for model in models for source in model.binding.sources)
    sources = tuple(sorted((project.evidence(name) for name in named), key=lambda one: natural_order(one.source.tag)))
    results: list[ClaimResult] = []
    notes: Notes = {}
    courses = {model.name: TimeCourses(model) for model in models}
    portraits, pictures = {}, {}
    for model in models:
        results += judged(project, model).results
        notes = {**notes, **support(project, model)}
        portraits[model.name] = portrait(project, model)
        pictures[model.name] = picture(model, courses[model.name])
        step()
    laid_out = tuple(cards(sources, results, courses, project.vocabulary, notes))
    return SiteResults(project, models, sources, Scorecard(tuple(results)), laid_out, portraits, pictures)
