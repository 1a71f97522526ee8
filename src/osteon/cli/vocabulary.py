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
    """List the words in which evidence is written, with what they mean and how many models have them."""
    from rich.table import Column, Table

    from osteon.curation import vocabulary

    project = open_project(folder)
    if wanted:
        ranked = vocabulary.wanted(project, models or ())
        if json:
            print_json({"words": [word.as_dict() for word in ranked]})
            return
        table = Table(Column("word", no_wrap=True), "kind", "opens", "needed by", "claims it opens")
        for word in ranked:
            shown = (word.word, word.kind, str(len(word.opens)), str(word.needed), ", ".join(word.opens))
            table.add_row(*shown)
    else:
        listed = vocabulary.listed(project, models or ())
        if json:
            print_json({"words": [word.as_dict() for word in listed]})
            return
        table = Table(Column("word", no_wrap=True), "kind", "meaning", "term", "models")
        for entry in listed:
            table.add_row(entry.word, entry.kind, entry.meaning, entry.term, str(len(entry.models)))
    output.print(table)
