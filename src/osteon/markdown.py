"""Tables in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

_ALIGNED = {"l": "---", "r": "--:"}


def table(heads: Sequence[str], align: str, rows: Iterable[Iterable[object]]) -> str:
    """Return a table in Markdown.

    Args:
        heads: of the columns.
        align: for each column ``l`` or ``r``, whether its cells stand left or right.
        rows: the cells of each row.
    """
    rules = (_ALIGNED[side] for side in align)
    return "\n".join([_line(heads), f"|{'|'.join(rules)}|", *map(_line, rows)])


def _line(cells: Iterable[object]) -> str:
    return f"| {' | '.join(map(str, cells))} |"
