"""The table of models in the README: what each reproduces, written between two marks."""

from __future__ import annotations

from collections.abc import Iterable

from osteon import markdown
from osteon.errors import OsteonError
from osteon.evidence.bindings import Binding
from osteon.evidence.claims import Evidence
from osteon.verification.scorecard import Scorecard
from osteon.verification.summary import HEADS, cells, tally

START = "<!-- models:"
"""The mark before the table."""
_COLUMNS = ("model", *HEADS, "documented", "species", "reactions", "source")


def table(models: Iterable[tuple[Binding, Iterable[Evidence], int, int, Scorecard]]) -> str:
    """Return the table in Markdown.

    Args:
        models: for each its binding, its sources, how many species and reactions it has, and its scorecard.
    """
    rows = []
    for binding, sources, species, reactions, card in models:
        found = (
            f"`{binding.id}`",
            *cells(tally(card.results, binding.id)),
            card.documents.counts()["documented"],
            species,
            reactions,
            _sources(list(sources)),
        )
        rows.append(found)
    return markdown.table(_COLUMNS, f"l{'r' * (len(_COLUMNS) - 2)}l", rows)


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
