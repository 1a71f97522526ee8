"""The application: global options, and the one place where errors become messages and exit codes."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from osteon.cli import (
    ablation,
    archives,
    authoring,
    browsing,
    exporting,
    publishing,
    reporting,
    running,
    uncertainty,
    varying,
    verifying,
    vocabulary,
)
from osteon.cli.terminal import errors
from osteon.errors import OsteonError, StoppedError
from osteon.version import __version__

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

    It exits 1 if a claim is contradicted or failed, 2 if something is wrong with the input, and 130 if it is stopped.
    """
    try:
        app()
    except StoppedError as stop:
        errors.print(str(stop), markup=False, highlight=False, soft_wrap=True)
        sys.exit(130)
    except OsteonError as error:
        errors.print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)
        sys.exit(2)
