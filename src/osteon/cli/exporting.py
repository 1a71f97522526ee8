"""The command that writes files for other tools: ``export``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from osteon.api.arguments import named
from osteon.cli.choices import listing_command
from osteon.cli.terminal import ProjectOption, open_project, output, progress
from osteon.errors import OsteonError, PluginError


def register(app: typer.Typer) -> None:
    """Add this command to the application."""
    app.command(cls=listing_command("Formats", _formats))(export)


def _formats() -> Iterator[tuple[str, str]]:
    from osteon.exporters import EXPORTERS

    return EXPORTERS.described()


def export(
    models: Annotated[list[str] | None, typer.Argument(metavar="[MODEL]...", help="Models to export.")] = None,
    all_: Annotated[bool, typer.Option("--all", help="Export every model.")] = False,
    to: Annotated[str, typer.Option(help="Formats joined by commas, or 'all'; they are listed below.")] = "all",
    out: Annotated[Path, typer.Option(help="Folder to write to; files of the same names are replaced.")] = Path(
        "build/export"
    ),
    folder: ProjectOption = None,
) -> None:
    """Write files for other people's tools: COPASI, tellurium, PEtab tools, PyBNF and more."""
    import osteon
    from osteon import exporters

    project = open_project(folder)
    if bool(models) == all_:
        raise OsteonError("name the models to export, or give --all for every one of them")
    names = named(project, models or ())
    formats = exporters.chosen([name.strip() for name in to.split(",") if name.strip()])
    try:
        osteon.export(*names, to=formats, out=out, project=project, progress=progress)
    except PluginError as error:
        _tell([name for name in formats if name not in error.names], names, out)
        raise
    _tell(formats, names, out)


def _tell(formats: Sequence[str], names: Sequence[str], out: Path) -> None:
    if formats:
        output.print(f"wrote {', '.join(formats)} of {', '.join(names)} to {out}")
