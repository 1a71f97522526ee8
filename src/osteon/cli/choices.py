"""Help that lists choices, such as formats, which are looked up only when help is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from typer.core import TyperCommand


def listing_command(title: str, choices: Callable[[], Iterable[tuple[str, str]]]) -> type[TyperCommand]:
    """Return a class of commands whose help ends with a list of names, each with one line."""

    class ListingCommand(TyperCommand):
        def format_epilog(self, ctx: Any, formatter: Any) -> None:
            with formatter.section(title):
                formatter.write_dl(list(choices()))
            super().format_epilog(ctx, formatter)

    return ListingCommand
