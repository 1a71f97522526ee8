"""Commands for those who write models: ``build``, ``check`` and ``new``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from osteon.cli.terminal import ProjectOption, open_project, output
from osteon.errors import ProjectError


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command()(build)
    app.command()(check)
    app.command()(new)


def build(
    models: Annotated[list[str] | None, typer.Argument(metavar="[MODEL]...", help="Models; all if none.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail if a tracked file is stale.")] = False,
    folder: ProjectOption = None,
) -> None:
    """Compile Antimony to SBML, and write the JSON Schemas by which editors complete the TOML files."""
    import osteon

    project = open_project(folder)
    files = osteon.build(*(models or ()), check=check, project=project)
    if check:
        output.print(f"{len(files)} generated files are up to date")
        return
    for path in files:
        output.print(f"wrote {path.relative_to(project.root).as_posix()}")


def check(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Id of a mechanism.")], folder: ProjectOption = None
) -> None:
    """Find faults in the files of a mechanism: model, binding and evidence."""
    import osteon

    findings = osteon.check(name, project=folder)
    faults = [one for one in findings if one.severity == "fault"]
    if faults:
        raise ProjectError(faults)
    for warning in findings:
        output.print(str(warning), soft_wrap=True)
    output.print(f"{name}: no faults found")


def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Id of the new mechanism: lower case, digits, _.")],
    project: Annotated[
        Path | None, typer.Option("--project", help="Folder of a project; made if it does not exist yet.")
    ] = None,
) -> None:
    """Start a mechanism: a small model, binding and evidence that already run, to be replaced by your own."""
    import osteon

    for shown in osteon.new(name, project=project):
        output.print(f"wrote {shown}")
    output.print(f"next: `osteon build {name}`, `osteon verify {name}`")
