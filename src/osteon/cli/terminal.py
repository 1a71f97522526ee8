"""What all commands share: the two consoles, the project option, and progress."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from osteon.errors import OsteonError
from osteon.evidence.bindings import Act
from osteon.evidence.project import Project, find_project

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
    return Project(folder if folder is not None else find_project(Path.cwd()))


def overrides(values: list[str] | None, factors: list[str] | None) -> Act | None:
    """Return the changes of ``--set`` and ``--scale`` as an act that holds throughout.

    Raises:
        OsteonError: if one is not a name, an equals sign and a number.
    """
    if not values and not factors:
        return None
    return Act(set=dict(map(_pair, values or ())), scale=dict(map(_pair, factors or ())))


def _pair(text: str) -> tuple[str, float]:
    name, _, number = text.partition("=")
    try:
        return name.strip(), float(number)
    except ValueError:
        raise OsteonError(f"{text!r} is not NAME=NUMBER, such as lamin_threshold=0.75") from None


def print_json(value: Any) -> None:
    """Print a value as JSON, undecorated."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False))


@contextmanager
def progress(label: str, total: int) -> Iterator[Callable[[], None]]:
    """Show a progress bar on a terminal's error stream; yield the call that moves it one step."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as bar:
        task = bar.add_task(label, total=total)
        yield lambda: bar.advance(task)
