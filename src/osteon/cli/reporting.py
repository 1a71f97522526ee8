"""The command that writes pages for people to look at: ``report``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from osteon.cli.terminal import ProjectOption, output, progress


def register(app: typer.Typer) -> None:
    """Add this command to the application."""
    app.command()(report)


def report(
    models: Annotated[list[str] | None, typer.Argument(metavar="[MODEL]...", help="Models; all if none.")] = None,
    out: Annotated[Path, typer.Option(help="Folder to write report.html to.")] = Path("build/report"),
    against: Annotated[
        Path | None, typer.Option(metavar="OLD.json", help="A saved `osteon verify --json`; show what changed since.")
    ] = None,
    folder: ProjectOption = None,
) -> None:
    """Write one HTML file with every verdict, figure, parameter and equation; it opens without a network."""
    import osteon

    path = osteon.report(*(models or ()), out=out, against=against, project=folder, progress=progress)
    output.print(f"wrote {path}")
