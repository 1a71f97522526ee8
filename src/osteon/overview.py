"""The table of models in the README: what each reproduces, written between two marks."""

from __future__ import annotations

from collections.abc import Iterable

from osteon.errors import OsteonError
from osteon.evidence import Evidence
from osteon.scorecard import Scorecard

START, _END = "<!-- models:", "<!-- /models -->"
"""The marks around the table."""
_COLUMNS = ("model", "source", "species", "reactions", "supported", "contradicted", "documented", "held out")


def table(rows: Iterable[tuple[str, Iterable[Evidence], int, int, Scorecard]]) -> str:
    """Return the table in Markdown.

    Args:
        rows: for each model its id, its sources, how many species and reactions it has, and its scorecard.
    """
    lines = [f"| {' | '.join(_COLUMNS)} |", f"|{'---|' * 2}{'--:|' * (len(_COLUMNS) - 2)}"]
    for name, sources, species, reactions, card in rows:
        built_on, held_out = card.counts(role="construction"), card.counts(role="held_out")
        cells = (
            f"`{name}`",
            _sources(list(sources)),
            species,
            reactions,
            built_on["supported"],
            built_on["contradicted"] + built_on["failed"],
            built_on["documented"] + held_out["documented"],
            f"{held_out['supported']} of {held_out.total()}",
        )
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines)


def _sources(sources: list[Evidence]) -> str:
    if len(sources) == 1:
        return f"{sources[0].source.tag}: {sources[0].source.title}"
    return ", ".join(evidence.source.tag for evidence in sources)


def inserted(readme: str, block: str) -> str:
    """Return the README with the block between its marks.

    Raises:
        OsteonError: if a mark is missing.
    """
    head, start, rest = readme.partition(START)
    mark, newline, body = rest.partition("\n")
    _, end, tail = body.partition(_END)
    if not start or not end:
        raise OsteonError(f"README.md: the marks {START!r} and {_END!r} are missing")
    return f"{head}{start}{mark}{newline}\n{block}\n\n{end}{tail}"
