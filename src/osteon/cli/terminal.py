"""What all commands share: the two consoles, the project option, and progress."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from osteon.api.arguments import no_assignment, opened
from osteon.evidence.project import Project

output = Console()
errors = Console(stderr=True)

ProjectOption = Annotated[
    Path | None,
    typer.Option("--project", help="Folder of a project; the one around the current folder if not given."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for scripts instead of a table.")]
ValuesOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="Give a parameter another value; may be repeated."),
]
FactorsOption = Annotated[
    list[str] | None,
    typer.Option("--scale", metavar="NAME=FACTOR", help="Multiply a parameter; may be repeated."),
]


def open_project(folder: Path | None) -> Project:
    """Return the project that the user named or stands in, or the shipped one."""
    return opened(folder)


def assigned(texts: list[str] | None) -> dict[str, float]:
    """Return what ``--set`` or ``--scale`` gives to each parameter.

    Raises:
        OsteonError: if one is not a name, an equals sign and a number.
    """
    found = {}
    for text in texts or ():
        name, _, number = text.partition("=")
        try:
            found[name.strip()] = float(number)
        except ValueError:
            raise no_assignment(text) from None
    return found


def print_json(value: Any) -> None:
    """Print a value as JSON, undecorated."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False))


@contextmanager
def progress(label: str, total: int, done: int = 0) -> Iterator[Callable[[], None]]:
    """Show a progress bar on a terminal's error stream; see `osteon.api.arguments.Progress`."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    if done:
        errors.print(f"{done} of {done + total} chunks are there from an earlier run", highlight=False)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as bar:
        task = bar.add_task(label, total=total)
        yield lambda: bar.advance(task)
