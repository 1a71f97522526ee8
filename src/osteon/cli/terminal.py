"""What all commands share: the two consoles, the project option, and progress."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.text import Text

from osteon.api.arguments import no_assignment, opened
from osteon.cli import characters
from osteon.cli.grids import Paragraph
from osteon.errors import OsteonError
from osteon.evidence.project import Project

_CLOSED = 141  # what a shell says of a program whose reader went away
UNEXPECTED = 70  # EX_SOFTWARE of sysexits.h


class Terminal(Console):
    """A console on which text is text, ids stay whole at any width, and no failure to write is a traceback.

    Brackets in titles and paths mean nothing. Lines break between words only: a word that is longer than a line runs
    over its end, for the terminal to go on with.
    """

    def __init__(self, *, stderr: bool = False) -> None:
        super().__init__(stderr=stderr, markup=False, emoji=False, highlight=False)

    @property
    def encoding(self) -> str:
        """The encoding of the stream, which rich itself looks up for a given file only; lines are drawn by it."""
        return (getattr(self.file, "encoding", None) or "utf-8").lower()

    def print(self, *objects: Any, **how: Any) -> None:
        """Print as rich does, without cutting what is too wide; a string is one line, however long."""
        how.setdefault("overflow", "ignore")
        how.setdefault("crop", False)
        if all(isinstance(one, str) for one in objects):
            how.setdefault("soft_wrap", True)
        with self._written():
            super().print(*(Paragraph(one) if isinstance(one, Text) else one for one in objects), **how)

    def write(self, text: str) -> None:
        """Print a text with nothing done to it."""
        with self._written():
            characters.prepare(self.file)
            self.file.write(f"{text}\n")

    def finish(self) -> None:
        """Write what is held back.

        Raises:
            OsteonError: if it cannot be written; the program then ends without another try.
        """
        with self._written():
            self.file.flush()

    def on_broken_pipe(self) -> NoReturn:
        """End quietly: whoever read the output has enough of it."""
        self._forget()
        raise SystemExit(_CLOSED)

    @contextmanager
    def _written(self) -> Iterator[None]:
        characters.prepare(self.file)
        try:
            yield
        except BrokenPipeError:
            self.on_broken_pipe()
        except OSError as error:
            raise OsteonError(self.lost(error)) from None

    def lost(self, error: OSError) -> str:
        """Give up the stream, which cannot be written, and return a sentence that says why."""
        self._forget()
        name = "standard error" if self.stderr else "standard output"
        return f"{name} cannot be written: {error.strerror or error}"

    def _forget(self) -> None:
        """Let what is held back go nowhere, so that the interpreter does not fail on it at its end."""
        self.quiet = True
        with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
            os.dup2(nowhere.fileno(), 2 if self.stderr else 1)


output = Terminal()
errors = Terminal(stderr=True)

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
    """Print a value as JSON, undecorated; where the output cannot carry all characters, as JSON's own escapes."""
    unicode = output.encoding.replace("_", "-").startswith("utf")
    text = json.dumps(value, indent=2, ensure_ascii=not unicode, allow_nan=False)
    output.write(text)


@contextmanager
def progress(label: str, total: int, done: int = 0) -> Iterator[Callable[[], None]]:
    """Show a progress bar on a terminal's error stream; see `osteon.api.arguments.Progress`."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    if done:
        errors.print(f"{done} of {done + total} chunks are there from an earlier run")
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as bar:
        task = bar.add_task(label, total=total)
        yield lambda: bar.advance(task)
