"""The command ``words``: the vocabulary, and which of its words models lack."""

from __future__ import annotations

from typing import Annotated

import typer

from osteon.cli.terminal import AsJson, ProjectOption, open_project, output, print_json


def register(app: typer.Typer) -> None:
    """Add this command to the application."""
    app.command()(words)


def words(
    models: Annotated[list[str] | None, typer.Argument(metavar="[MODEL]...", help="Models; all if none.")] = None,
    wanted: Annotated[
        bool, typer.Option("--wanted", help="Rank the words that the models lack by how many claims each would open.")
    ] = False,
    json: AsJson = False,
    folder: ProjectOption = None,
) -> None:
    """List the words in which evidence is written, with what they mean and the models that have them."""
    from osteon.api import contents
    from osteon.cli.grids import Column, Grid, exact

    frame = contents.words(*(models or ()), wanted=wanted, project=open_project(folder)).reset_index()
    if json:
        print_json({"words": frame.to_dict(orient="records")})
        return
    table = Grid("", [exact("word"), *(Column(str(head)) for head in frame.columns[1:])])
    for row in frame.itertuples(index=False):
        table.add(*(", ".join(cell) if isinstance(cell, tuple) else str(cell) for cell in row))
    output.print(table)
