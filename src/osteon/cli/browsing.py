"""Commands that show what is there: ``list`` and ``show``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from osteon.cli.terminal import AsJson, ProjectOption, open_project, output, print_json
from osteon.errors import Finding, ProjectError
from osteon.evidence.bindings import Binding
from osteon.evidence.claims import Evidence
from osteon.evidence.project import readable

if TYPE_CHECKING:
    from osteon.curation.describe import Description


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command("list")(list_)
    app.command()(show)


def list_(json: AsJson = False, folder: ProjectOption = None) -> None:
    """List models, sources and how many claims each source holds.

    Files with faults are left out of the list; their faults are shown after it, and the exit code is 2.
    """
    project = open_project(folder)
    models, faults = readable(project.binding, project.model_names)
    sources, more = readable(project.evidence, project.source_names)
    findings = tuple(dict.fromkeys([*faults, *more]))
    _print_list(models, sources, findings, json)
    if findings:
        raise ProjectError(findings)


def _print_list(
    models: Sequence[Binding], sources: Sequence[Evidence], findings: Sequence[Finding], json: bool
) -> None:
    if json:
        print_json(
            {
                "models": [
                    {"id": m.id, "title": m.title, "sources": list(m.sources), "settings": list(m.settings)}
                    for m in models
                ],
                "sources": [
                    {
                        "id": s.source.id,
                        "tag": s.source.tag,
                        "title": s.source.title,
                        "claims": [c.id for c in s.claims],
                    }
                    for s in sources
                ],
                "findings": [{"where": finding.where, "what": finding.what} for finding in findings],
            }
        )
        return
    from osteon.cli.grids import Column, Grid, exact, number

    table = Grid("Models", [exact("model"), Column("title"), Column("answers to"), Column("settings")])
    for model in models:
        table.add(model.id, model.title, ", ".join(model.sources), ", ".join(model.settings))
    output.print(table)
    table = Grid("Sources", [exact("tag"), exact("source"), Column("title"), number("claims"), number("checked")])
    for evidence in sources:
        checked = sum(bool(claim.checks) for claim in evidence.claims)
        source = evidence.source
        table.add(source.tag, source.id, source.title, str(len(evidence.claims)), str(checked))
    output.print(table)


def show(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="Id of a model, as `osteon list` shows it.")],
    json: AsJson = False,
    folder: ProjectOption = None,
) -> None:
    """Show one model: its parts, equations, parameters with provenance and range, words, and claims."""
    import osteon

    description = osteon.show(model, project=folder)
    if json:
        print_json(description.as_dict())
    else:
        _print(description)


def _print(description: Description) -> None:
    from rich.text import Text

    from osteon.cli.grids import Column, Grid

    output.print(Text.assemble((description.id, "bold"), f": {description.title}"))
    for paragraph in description.prose:
        output.print(Text(f"\n{paragraph}"))
    for section in description.sections():
        table = Grid(f"\n{section.title}", [Column(head) for head in section.columns])
        for row in section.rows:
            table.add(*row)
        output.print(table)
