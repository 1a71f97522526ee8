"""The command that writes files for other tools: ``export``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

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
    from osteon import exporters
    from osteon.exporters.bundle import bundle
    from osteon.files import write_file

    project = open_project(folder)
    if bool(models) == all_:
        raise OsteonError("name the models to export, or give --all for every one of them")
    names = list(project.model_names) if all_ else list(dict.fromkeys(models or ()))
    formats = exporters.chosen([name.strip() for name in to.split(",") if name.strip()])
    gathered = [bundle(project, name) for name in names]
    broken: dict[str, PluginError] = {}
    with progress("Exporting", len(gathered) * len(formats)) as step:
        for one in gathered:
            for name in formats:
                try:
                    files = list(exporters.export(one, [name]))
                except PluginError as error:
                    broken[name], files = error, []
                for file in files:
                    write_file(out / file.path, file.content)
                step()
    written = [name for name in formats if name not in broken]
    if written:
        output.print(f"wrote {', '.join(written)} of {', '.join(names)} to {out}", highlight=False, soft_wrap=True)
    if broken:
        raise PluginError("\n".join(map(str, broken.values())))
