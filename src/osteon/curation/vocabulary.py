"""The vocabulary beside the models: which words no model binds, and what each would open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from osteon.evidence.bindings import Binding
from osteon.evidence.claims import Claim
from osteon.evidence.project import Project
from osteon.experiments.runs import missing_words

_KINDS = ("settings", "interventions", "observables")


@dataclass(frozen=True)
class WantedWord:
    """One word that models lack.

    Attributes:
        word: its id, or what a check needs besides words, such as a common unit.
        kind: ``intervention``, ``observable`` or ``setting``; nothing for what is no word of the vocabulary.
        opens: ids of the claims that could be judged if a model had this word, and lack no other.
        needed: how many claims lack it, alone or with others.
    """

    word: str
    kind: str
    opens: tuple[str, ...]
    needed: int

    def as_dict(self) -> dict[str, Any]:
        """Return the word in the shape of ``osteon words --wanted --json``."""
        return asdict(self)


@dataclass(frozen=True)
class ListedWord:
    """One word of the vocabulary, and the models that bind it."""

    word: str
    kind: str
    meaning: str
    term: str
    models: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the word in the shape of ``osteon words --json``."""
        return asdict(self)


def listed(project: Project, names: Iterable[str] = ()) -> list[ListedWord]:
    """Return every word of the vocabulary, in its order, with the models that bind it.

    Args:
        project: whose vocabulary it is.
        names: of models; all of the project if none.

    Raises:
        UnknownIdError: if there is no such model.
        ProjectError: if a file is wrong.
    """
    bindings = [project.binding(name) for name in names or project.model_names]
    return [
        ListedWord(
            word, kind[:-1], entry.meaning, entry.term, tuple(one.id for one in bindings if word in getattr(one, kind))
        )
        for kind in _KINDS
        for word, entry in getattr(project.vocabulary, kind).items()
    ]


def wanted(project: Project, names: Iterable[str] = ()) -> list[WantedWord]:
    """Rank the words that models lack by how many claims each would open.

    A claim is open where one model has all of its words. Of a claim that none has, the words count that the model
    nearest to it lacks.

    Args:
        project: with its sources and landmarks.
        names: of models; all of the project if none.

    Returns:
        The word that opens most claims first; then the one that most claims lack; then by name.

    Raises:
        UnknownIdError: if there is no such model.
        ProjectError: if a file is wrong.
    """
    bindings = [project.binding(name) for name in names or project.model_names]
    lacking: dict[str, frozenset[str]] = {}
    for binding in bindings:
        for claim, missing in _missing(project, binding):
            lacking[claim.id] = min(lacking.get(claim.id, missing), missing, key=len)
    words = sorted({word for missing in lacking.values() for word in missing})
    found = [
        WantedWord(
            word,
            _kind(project, word),
            tuple(claim for claim, missing in lacking.items() if missing == {word}),
            sum(word in missing for missing in lacking.values()),
        )
        for word in words
    ]
    return sorted(found, key=lambda one: (-len(one.opens), -one.needed))


def _missing(project: Project, binding: Binding) -> Iterator[tuple[Claim, frozenset[str]]]:
    """Yield every claim with checks that a model answers to, with the words of it that the model lacks."""
    for _, claim in project.answers(binding):
        if claim.checks:
            lacks = (missing_words(check, claim.setting, binding) for check in claim.checks)
            yield claim, frozenset(word for words in lacks for word in words)


def _kind(project: Project, word: str) -> str:
    return next((kind[:-1] for kind in _KINDS if word in getattr(project.vocabulary, kind)), "")
