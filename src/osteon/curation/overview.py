"""The table of models in the README: what each reproduces, written between two marks."""

from __future__ import annotations

from collections.abc import Iterable

from osteon.errors import OsteonError
from osteon.evidence.bindings import Binding
from osteon.evidence.claims import Evidence
from osteon.verification.scorecard import Count, Scorecard, tally

START = "<!-- models:"
"""The mark before the table."""
_COLUMNS = (
    "model",
    "reproduced",
    "contradicted",
    "not representable",
    "by construction",
    "held out",
    "documented",
    "landmarks",
    "species",
    "reactions",
    "source",
)


def table(rows: Iterable[tuple[Binding, Iterable[Evidence], int, int, Scorecard]]) -> str:
    """Return the table in Markdown.

    Args:
        rows: for each model its binding, its sources, how many species and reactions it has, and its scorecard.
    """
    lines = [f"| {' | '.join(_COLUMNS)} |", f"|---|{'--:|' * (len(_COLUMNS) - 2)}---|"]
    for binding, sources, species, reactions, card in rows:
        numbers = tally(card, binding.id)
        cells = (
            f"`{binding.id}`",
            numbers.findings.reproduced,
            numbers.findings.contradicted,
            numbers.findings.not_representable,
            numbers.by_construction.asked,
            _held_out(binding, card),
            card.documents.counts()["documented"],
            _landmarks(numbers.landmarks),
            species,
            reactions,
            _sources(list(sources)),
        )
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines)


def _held_out(binding: Binding, card: Scorecard) -> str:
    """Return how many held-out claims are supported; nothing for a composed model, written with all claims in view."""
    found = card.counts(role="held_out")
    return "" if binding.parts else f"{found['supported']} of {found.total()}"


def _landmarks(count: Count) -> str:
    return f"{count.reproduced} of {count.asked}" if count != Count() else ""


def _sources(sources: list[Evidence]) -> str:
    if len(sources) == 1:
        return f"{sources[0].source.tag}: {sources[0].source.title}"
    return ", ".join(evidence.source.tag for evidence in sources)


def inserted(text: str, block: str, name: str = "models") -> str:
    """Return a document with a block between the marks ``<!-- NAME: ... -->`` and ``<!-- /NAME -->``.

    Raises:
        OsteonError: if a mark is missing.
    """
    begin, finish = f"<!-- {name}:", f"<!-- /{name} -->"
    head, start, rest = text.partition(begin)
    mark, newline, body = rest.partition("\n")
    _, end, tail = body.partition(finish)
    if not start or not end:
        raise OsteonError(f"the marks {begin!r} and {finish!r} are missing in the document")
    return f"{head}{start}{mark}{newline}\n{block}\n\n{end}{tail}"
