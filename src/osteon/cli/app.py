"""The application: global options, and the one place where errors become messages and exit codes."""

from __future__ import annotations

import errno
import os
import sys
from typing import Annotated

import typer

from osteon.cli import (
    ablation,
    archives,
    authoring,
    browsing,
    characters,
    exporting,
    publishing,
    reporting,
    running,
    uncertainty,
    varying,
    verifying,
    vocabulary,
)
from osteon.cli.terminal import UNEXPECTED, errors, output
from osteon.errors import OsteonError, StoppedError
from osteon.version import __version__

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EBADF)

app = typer.Typer(
    name="osteon",
    help="An executable evidence base for bone biology: reported experiments, simulated and judged claim by claim.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback(invoke_without_command=True)
def version(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.", is_eager=True)] = False,
) -> None:
    """Take the options that stand before a command."""
    if version:
        typer.echo(f"osteon {__version__}")
        raise typer.Exit


for module in (
    verifying,
    running,
    uncertainty,
    ablation,
    varying,
    browsing,
    vocabulary,
    authoring,
    exporting,
    archives,
    reporting,
    publishing,
):
    module.register(app)


def main() -> None:
    """Run the command line.

    It exits 1 if a claim is contradicted or failed, 2 if something is wrong with the input or its output cannot be
    written, 70 if the program itself is at fault, 130 if it is stopped, and 141 if nobody reads its output any more.
    """
    try:
        code = _run()
    except OsteonError:  # not even a message can be written
        code = 2
    sys.exit(code)


def _run() -> int:
    try:
        code = _finished()
    except StoppedError as stop:
        errors.print(str(stop))
        return 130
    except OsteonError as error:
        errors.print(str(error), style="red")
        return 2
    except OSError as error:
        # Files have sentences of their own; what comes this far is the text of a help, for which there is no room.
        if error.errno not in _NO_ROOM or error.filename is not None:
            return _fault(error)
        errors.print(output.lost(error), style="red")
        return 2
    except MemoryError:
        errors.print("not enough memory for that; ask for less at once, such as fewer --draws", style="red")
        return 2
    except Exception as error:  # a fault of this program: one sentence, and the rest for who reports it
        return _fault(error)
    return code


def _fault(error: Exception) -> int:
    if os.environ.get("OSTEON_TRACEBACK") == "1":
        raise error
    errors.print(_unexpected(error), style="red")
    return UNEXPECTED


def _finished() -> int:
    """Run the command and write all that it said; return its exit code."""
    for console in (output, errors):
        characters.prepare(console.file)
    try:
        app()
        code: int | str | None = 0
    except SystemExit as stop:
        code = stop.code
    output.finish()
    return code if isinstance(code, int) else int(code is not None)


def _unexpected(error: Exception) -> str:
    said = " ".join(str(error).split())[:300]
    return (
        f"osteon {__version__} failed unexpectedly: {type(error).__name__}{f': {said}' if said else ''}. This is a "
        "fault of the program: please report this line and the command; OSTEON_TRACEBACK=1 in the environment shows "
        "where it is"
    )
