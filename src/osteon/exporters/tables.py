"""Tables of tab-separated values, as PEtab has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from osteon.exporters.bundle import File


def table(path: str, rows: Iterable[Mapping[str, object]]) -> File:
    """Return a table with the columns of its first row."""
    rows = list(rows)
    columns = list(rows[0])
    lines = [columns, *([_cell(row[column]) for column in columns] for row in rows)]
    return File.text(path, "".join("\t".join(line) + "\n" for line in lines))


def _cell(value: object) -> str:
    return repr(value) if isinstance(value, float) else str(value)
