"""The command that writes pages for people to look at: ``report``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from osteon.cli.terminal import ProjectOption, open_project, output, progress
from osteon.errors import OsteonError


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
    from osteon.files import write_file
    from osteon.pages.report import report as lay_out
    from osteon.simulation.model import load
    from osteon.verification.diff import read_run

    project = open_project(folder)
    names = list(dict.fromkeys(models or project.model_names))
    if not names:
        raise OsteonError(f"{project.root}: the project has no models; `osteon new NAME` starts one")
    earlier = read_run(against) if against is not None else None
    loaded = [load(project, name) for name in names]
    with progress("Reporting", len(loaded)) as step:
        text = lay_out(project, loaded, earlier, step)
    write_file(out / "report.html", text)
    output.print(f"wrote {out / 'report.html'}", highlight=False, soft_wrap=True)
