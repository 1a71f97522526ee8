"""Commands that judge a model by the evidence: ``verify`` and ``score``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from osteon.cli.terminal import (
    AsJson,
    FactorsOption,
    ProjectOption,
    ValuesOption,
    assigned,
    output,
    print_json,
    progress,
)

if TYPE_CHECKING:
    from osteon.verification.scorecard import Scorecard


MatrixOption = Annotated[bool, typer.Option("--matrix", help="Show claims down and models across.")]
VerboseOption = Annotated[bool, typer.Option("--verbose", "-v", help="Show every check of every claim.")]


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command()(verify)
    app.command()(score)


def verify(
    models: Annotated[list[str] | None, typer.Argument(metavar="[MODEL]...", help="Models; all if none.")] = None,
    set_: ValuesOption = None,
    scale: FactorsOption = None,
    counterfactual: Annotated[
        str | None, typer.Option(help="Judge the model in one where an excluded mechanism acts.")
    ] = None,
    accept_unmet: Annotated[
        bool,
        typer.Option("--accept-unmet", help="Exit 0 if every contradicted claim has its reason on record."),
    ] = False,
    engine: Annotated[
        str, typer.Option(metavar="NAME", help="What simulates: roadrunner, or copasi; the rule is the same.")
    ] = "roadrunner",
    matrix: MatrixOption = False,
    json: AsJson = False,
    verbose: VerboseOption = False,
    folder: ProjectOption = None,
) -> None:
    """Simulate every reported experiment and say, claim by claim, what the model makes of it.

    Exits 1 if any claim is contradicted or failed.
    """
    import osteon

    card = osteon.verify(
        *(models or ()),
        overrides=assigned(set_),
        scale=assigned(scale),
        counterfactual=counterfactual,
        engine=engine,
        project=folder,
        progress=progress,
    )
    _show(card, json, verbose, matrix)
    if card.surprises or not (card.passed or accept_unmet):
        raise typer.Exit(1)


def score(
    file: Annotated[
        Path,
        typer.Argument(help="A model in SBML or Antimony: your own, or a published one; compressed or in an archive."),
    ],
    binding: Annotated[Path, typer.Option(help="The binding: what the words of the evidence mean in that model.")],
    beside: Annotated[
        list[str] | None, typer.Option(metavar="MODEL", help="Judge this model of the project too; may be repeated.")
    ] = None,
    matrix: MatrixOption = False,
    json: AsJson = False,
    verbose: VerboseOption = False,
    folder: ProjectOption = None,
) -> None:
    """Judge any SBML model by the same evidence, through a binding of its own.

    Exits 1 if any claim is contradicted or failed; what the model has no part for is not representable, and no fault.
    """
    import osteon

    card = osteon.score(file, binding, beside=beside or (), project=folder, progress=progress)
    _show(card, json, verbose, matrix)
    if not card.passed:
        raise typer.Exit(1)


def _show(card: Scorecard, json: bool, verbose: bool, matrix: bool) -> None:
    if json:
        print_json(card.as_dict())
    else:
        from osteon.cli import tables

        output.print(tables.matrix(card) if matrix else tables.claims_table(card, verbose))
        if not (matrix or verbose) and (told := tables.unasked(card)):
            output.print(told)
        if not matrix and (sizes := tables.sizes_table(card)):
            output.print(sizes)
        output.print(tables.summary(card))
