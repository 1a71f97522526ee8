"""The command that builds the site: ``site``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from osteon.cli.terminal import ProjectOption, output, progress


def register(app: typer.Typer) -> None:
    """Add this command to the application."""
    app.command()(site)


def site(
    models: Annotated[list[str] | None, typer.Argument(metavar="[MODEL]...", help="Models; all if none.")] = None,
    out: Annotated[Path, typer.Option(help="Folder to write to; an earlier site there is replaced.")] = Path(
        "build/site"
    ),
    without_engine: Annotated[
        bool, typer.Option("--without-engine", help="Leave COPASI out: the pages show reported experiments only.")
    ] = False,
    vendored: Annotated[
        Path, typer.Option(help="Folder that keeps the third-party files which npm and pip bring.")
    ] = Path("build/vendored"),
    folder: ProjectOption = None,
) -> None:
    """Write a static site: scorecard, models, sources, documents, and pages on which COPASI runs in the browser."""
    import osteon

    osteon.build_site(
        *(models or ()),
        out=out,
        without_engine=without_engine,
        vendored=vendored,
        project=folder,
        progress=progress,
    )
    output.print(f"wrote the site to {out}")
