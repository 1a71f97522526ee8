"""Tables that no width cuts: columns side by side where words fit, else the cells of each row below each other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

_BETWEEN = 3  # a line and a space on either side


@dataclass(frozen=True)
class Paragraph:
    """A text that breaks between words only: a word that is longer than a line runs over its end."""

    text: Text
    indent: int = 0

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield it line by line."""
        for line in self.text.split("\n", allow_blank=True):
            for part in line.divide(_breaks(line.plain, options.max_width - self.indent)):
                part.rstrip()
                whole = Text(" " * self.indent) + part
                whole.overflow = "ignore"
                yield whole


def _breaks(line: str, width: int) -> list[int]:
    """Return where to break a line, so that each part has as many words as fit, or one."""
    places, used = [], 0
    for word in re.finditer(r"\s*\S+\s*", line):
        if used and used + cell_len(word[0].rstrip()) > width:
            places.append(word.start())
            used = 0
        used += cell_len(word[0])
    return places


@dataclass(frozen=True)
class Column:
    """One column; what is ``exact``, such as an id or a number, is never broken over lines."""

    head: str
    exact: bool = False
    justify: Literal["left", "right"] = "left"


def number(head: str) -> Column:
    """Return a column of numbers."""
    return Column(head, exact=True, justify="right")


def exact(head: str) -> Column:
    """Return a column of ids."""
    return Column(head, exact=True)


@dataclass(frozen=True)
class Grid:
    """A table with a title; a string in it is text, whatever signs it has."""

    title: str
    columns: Sequence[Column]
    rows: list[tuple[Text, ...]] = field(default_factory=list)

    def add(self, *cells: str | Text) -> None:
        """Add a row."""
        self.rows.append(tuple(cell if isinstance(cell, Text) else Text(cell) for cell in cells))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield a table, or, where not even every longest word has room beside the others, a list."""
        least = [self._width(place, column.exact) for place, column in enumerate(self.columns)]
        room = options.max_width - 1 - _BETWEEN * len(self.columns)
        if self.columns and sum(least) <= room:
            most = [self._width(place, True) for place in range(len(self.columns))]
            yield self._table(_shared(least, most, room))
        else:
            yield from self._list()

    def _width(self, place: int, whole: bool) -> int:
        head = max(map(cell_len, self.columns[place].head.split()), default=0)
        lines = [line for row in self.rows for line in row[place].plain.splitlines()]
        parts = lines if whole else [word for line in lines for word in line.split()]
        if whole and not self.columns[place].exact:
            head = cell_len(self.columns[place].head)
        return max([head, *map(cell_len, parts)])

    def _table(self, widths: Sequence[int]) -> Table:
        table = Table(title=Text(self.title, style="bold"), title_justify="left")
        for column, width in zip(self.columns, widths, strict=True):
            table.add_column(
                Text(column.head), width=width, no_wrap=column.exact, justify=column.justify, overflow="fold"
            )
            # A head may wrap where cells must not; rich has one rule for both, so heads are wrapped here.
            table.columns[-1].header = Text("\n").join(Text(column.head).wrap(_WRAPPING, width))
        for row in self.rows:
            table.add_row(*row)
        return table

    def _list(self) -> RenderResult:
        yield Paragraph(Text(self.title, style="bold"))
        for row in self.rows:
            for place, (column, cell) in enumerate(zip(self.columns, row, strict=True)):
                said = Text()
                said.append(f"{column.head}: " if place and column.head else "", style="dim")
                yield Paragraph(said + cell, indent=2 if place else 0)


_WRAPPING = Console(width=1000)
"""Only for `Text.wrap`, which asks a console for nothing but its tabs."""


def _shared(least: Sequence[int], most: Sequence[int], room: int) -> list[int]:
    """Return the widths of columns: what each needs, and an equal part of what is left, but no more than it can use.

    So a column of short cells is as wide as they are, and those of prose share the rest.
    """
    widths, left = list(least), room - sum(least)
    wanted = sorted(range(len(least)), key=lambda place: most[place] - least[place])
    for done, place in enumerate(wanted):
        more = min(most[place] - least[place], left // (len(wanted) - done))
        widths[place] += more
        left -= more
    return widths
