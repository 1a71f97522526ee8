"""Tables of tab-separated values, as PEtab has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from osteon.exporters.bundle import File


def table(path: str, columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> File:
    """Return a table of these columns, with a header where there are no rows too."""
    lines = [list(columns), *([_cell(row[column]) for column in columns] for row in rows)]
    return File.text(path, "".join("\t".join(line) + "\n" for line in lines))


def _cell(value: object) -> str:
    return repr(value) if isinstance(value, float) else str(value)
