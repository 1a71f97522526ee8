"""References: whether what one file names is there in another, and whether each tag and claim id names one thing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator

from osteon.errors import Finding, suggestion
from osteon.evidence.bindings import Binding, Figure
from osteon.evidence.claims import Claim, Evidence, Intervention, Vocabulary, words
from osteon.evidence.conditions import meaningless, parse
from osteon.evidence.landmarks import Landmarks
from osteon.evidence.questions import without_own_check


def shown_evidence(name: str) -> str:
    """Return the file of a source as the user knows it."""
    return f"evidence/{name}.toml"


def shown_theme(name: str) -> str:
    """Return the file of a theme of landmarks as the user knows it."""
    return f"evidence/landmarks/{name}.toml"


def claims_of(sources: Iterable[Evidence], themes: Iterable[Landmarks]) -> Iterator[Claim]:
    """Yield every claim of some sources, then every landmark of some themes."""
    for evidence in sources:
        yield from evidence.claims
    for landmarks in themes:
        yield from landmarks.claims


def _unknown(shown: str, place: str, word: str, known: Iterable[str]) -> Finding:
    return Finding(f"{shown}: {place}", f"unknown {word!r}{suggestion(word, known)}")


def unknown_in_evidence(evidence: Evidence, vocabulary: Vocabulary, name: str) -> Iterator[Finding]:
    """Yield every word of a source that the vocabulary lacks; ``name`` is the stem of its file."""
    shown = shown_evidence(name)
    if evidence.source.id != name:
        yield Finding(f"{shown}: source.id", f"{evidence.source.id!r} is not the file's name")
    yield from _unknown_in_claims(evidence.claims, vocabulary, shown)


def unknown_in_theme(landmarks: Landmarks, vocabulary: Vocabulary, name: str) -> Iterator[Finding]:
    """Yield every word of a theme that the vocabulary lacks; ``name`` is the stem of its file."""
    shown = shown_theme(name)
    if landmarks.theme.id != name:
        yield Finding(f"{shown}: theme.id", f"{landmarks.theme.id!r} is not the file's name")
    yield from _unknown_in_claims(landmarks.claims, vocabulary, shown)


def _unknown_in_claims(claims: Iterable[Claim], vocabulary: Vocabulary, shown: str) -> Iterator[Finding]:
    for number, claim in enumerate(claims):
        if claim.setting not in vocabulary.settings:
            yield _unknown(shown, f"claims[{number}].setting", claim.setting, vocabulary.settings)
        for index, check in enumerate(claim.checks):
            place = f"claims[{number}].checks[{index}]"
            for kind, word in dict.fromkeys(words(check)):
                known = getattr(vocabulary, kind)
                if word not in known:
                    yield _unknown(shown, f"{place}.{kind[:-1]}", word, known)
                elif kind == "interventions":
                    yield from _meaningless(f"{shown}: {place}", [word], claim.setting, vocabulary)


def _meaningless(where: str, names: Iterable[str], setting: str, vocabulary: Vocabulary) -> Iterator[Finding]:
    """Yield every intervention that means nothing in a setting; only those that the vocabulary has."""
    for name in names:
        known = vocabulary.interventions.get(name)
        fault = None if known is None else meaningless(name, known.settings, setting)
        if fault is not None:
            yield Finding(where, fault)


def unknown_in_binding(
    binding: Binding, vocabulary: Vocabulary, sources: tuple[str, ...], themes: tuple[str, ...], shown: str
) -> Iterator[Finding]:
    """Yield every source or theme that a binding names and the project lacks, and every word the vocabulary lacks."""
    for name in binding.sources:
        if name not in sources:
            yield _unknown(shown, "sources", name, sources)
    for name in binding.landmarks:
        if name not in themes:
            yield _unknown(shown, "landmarks", name, themes)
    for kind in ("settings", "interventions", "observables"):
        known = getattr(vocabulary, kind)
        for word in getattr(binding, kind):
            if word not in known:
                yield _unknown(shown, kind, word, known)
    yield from _said_twice(binding, vocabulary, shown)
    if binding.figure is not None:
        drawn = {name for condition in binding.figure.conditions for name in parse(condition)}
        yield from _meaningless(f"{shown}: figure", sorted(drawn), binding.figure.setting, vocabulary)
        yield from _figure_findings(binding, binding.figure, shown)


def _said_twice(binding: Binding, vocabulary: Vocabulary, shown: str) -> Iterator[Finding]:
    """Yield every time that a binding gives to an intervention although the vocabulary gives it."""
    for name, act in binding.interventions.items():
        word = vocabulary.interventions.get(name)
        for field, verb in (("start", "begins"), ("end", "ends")):
            said = None if word is None or getattr(act, field) is None else _when(word, field)
            if said is not None:
                yield Finding(
                    f"{shown}: interventions.{name}.{field}",
                    f"the vocabulary says when {name!r} {verb}, {said}; leave {field!r} out, so that it is the same "
                    "in every model",
                )


def _when(word: Intervention, field: str) -> str | None:
    """Return how the vocabulary itself says when an intervention begins or ends; nothing where it leaves that open."""
    found = {
        "start": [("start", word.start), ("onset", word.onset), ("age", word.age)],
        "end": [("end", word.end)],
    }
    return next((f"{name} = {value!r}" for name, value in found[field] if value is not None), None)


def _figure_findings(binding: Binding, figure: Figure, shown: str) -> Iterator[Finding]:
    drawn = [name for condition in figure.conditions for name in parse(condition)]
    for kind, words_ in (
        ("settings", [figure.setting]),
        ("interventions", drawn),
        ("observables", figure.observables),
    ):
        known = getattr(binding, kind)
        for word in words_:
            if word not in known:
                yield _unknown(shown, "figure", word, known)


def tag_findings(sources: Iterable[Evidence], of: Collection[str] | None = None) -> Iterator[Finding]:
    """Yield every tag that two sources have, and every claim number that is used twice because of it.

    Args:
        sources: of the project.
        of: ids of the sources whose faults are wanted; all if not given.
    """
    by_tag: dict[str, list[Evidence]] = {}
    for evidence in sources:
        by_tag.setdefault(evidence.source.tag, []).append(evidence)
    for group in by_tag.values():
        for evidence in group:
            others = [other for other in group if other.source.id != evidence.source.id]
            if others and (of is None or evidence.source.id in of):
                yield from _clashes(evidence, others)


def _clashes(evidence: Evidence, others: Iterable[Evidence]) -> Iterator[Finding]:
    shown, tag = shown_evidence(evidence.source.id), evidence.source.tag
    for other in others:
        there = shown_evidence(other.source.id)
        yield Finding(f"{shown}: source.tag", f"{tag!r} is the tag of {there} too; give one of them another tag")
        numbers = {claim.number for claim in other.claims}
        for index, claim in enumerate(evidence.claims):
            if claim.number in numbers:
                yield Finding(f"{shown}: claims[{index}].id", f"the number of {claim.id!r} is used in {there} too")


def conflict_findings(
    sources: Iterable[Evidence], of: Collection[str], themes: Iterable[Landmarks] = (), *, complete: bool
) -> Iterator[Finding]:
    """Yield every ``conflicts_with`` of a source that leads to no claim of the project.

    Args:
        sources: of the project.
        of: ids of the sources whose faults are wanted.
        themes: of landmarks, of the project.
        complete: whether these are all sources and themes. If one could not be read, a claim may be there whose tag
            none has.
    """
    sources = tuple(sources)
    known = [claim.id for claim in claims_of(sources, themes)]
    tags = {evidence.source.tag for evidence in sources}
    for evidence in sources:
        if evidence.source.id not in of:
            continue
        for index, claim in enumerate(evidence.claims):
            for name in _lost(claim, known):
                if complete or name.rpartition("-")[0] in tags:
                    where = f"{shown_evidence(evidence.source.id)}: claims[{index}].conflicts_with"
                    yield Finding(where, f"no source of the project has claim {name!r}{suggestion(name, known)}")


def held_out_findings(sources: Iterable[Evidence], of: Collection[str], vocabulary: Vocabulary) -> Iterator[Finding]:
    """Yield every claim that is called held out and asks nothing that claims of construction do not ask.

    Args:
        sources: of the project; all of their words are known.
        of: ids of the sources whose faults are wanted.
        vocabulary: of the project.
    """
    sources = tuple(sources)
    found = {claim.id for claim in without_own_check((c for one in sources for c in one.claims), vocabulary)}
    for evidence in sources:
        for index, claim in enumerate(evidence.claims):
            if evidence.source.id in of and claim.id in found:
                yield Finding(
                    f"{shown_evidence(evidence.source.id)}: claims[{index}].role",
                    f"{claim.id!r} is held out, but claims of construction ask all of its checks; "
                    "give it a check of its own, or the role 'construction'",
                )


def landmark_findings(
    themes: Iterable[Landmarks], sources: Iterable[Evidence], of: Collection[str], *, complete: bool
) -> Iterator[Finding]:
    """Yield every landmark whose id another claim has, and every disagreement that the other side does not name.

    Args:
        themes: of the project.
        sources: of the project.
        of: ids of the themes whose faults are wanted.
        complete: whether these are all themes and sources; if not, a claim that is missing may be in another.
    """
    themes = tuple(themes)
    claims = list(claims_of(sources, themes))
    counted, by_id = Counter(claim.id for claim in claims), {claim.id: claim for claim in claims}
    for landmarks in themes:
        for index, claim in enumerate(landmarks.claims if landmarks.theme.id in of else ()):
            where = f"{shown_theme(landmarks.theme.id)}: claims[{index}]"
            if counted[claim.id] > 1:
                yield Finding(f"{where}.id", f"{claim.id!r} is the id of another claim too; give it another number")
            for name in claim.conflicts_with:
                if name not in by_id:
                    if complete:
                        hint = suggestion(name, by_id)
                        yield Finding(f"{where}.conflicts_with", f"the project has no claim {name!r}{hint}")
                elif claim.id not in by_id[name].conflicts_with:
                    yield Finding(
                        f"{where}.conflicts_with", f"claim {name!r} does not name {claim.id!r} under its own; link both"
                    )


def _lost(claim: Claim, known: Collection[str]) -> Iterator[str]:
    yield from (name for name in claim.conflicts_with if name not in known)
