"""Commands that judge a model by the evidence: ``verify`` and ``score``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from osteon.cli.terminal import AsJson, Factors, Project, Values, open_library, output, print_json, progress, world
from osteon.errors import OsteonError, ProjectError, UnknownIdError, listing, suggestion

if TYPE_CHECKING:
    from osteon.dynamics.model import Model
    from osteon.inputs.bindings import Act
    from osteon.inputs.library import Library
    from osteon.verdicts.scorecard import Scorecard


Matrix = Annotated[bool, typer.Option("--matrix", help="Show claims down and models across.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Show every check of every claim.")]


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command()(verify)
    app.command()(score)


def verify(
    models: Annotated[list[str] | None, typer.Argument(metavar="[MODEL]...", help="Models; all if none.")] = None,
    set_: Values = None,
    scale: Factors = None,
    counterfactual: Annotated[
        str | None, typer.Option(help="Judge the model in a world where an excluded mechanism acts.")
    ] = None,
    accept_unmet: Annotated[
        bool,
        typer.Option("--accept-unmet", help="Exit 0 if every contradicted claim has its reason on record."),
    ] = False,
    matrix: Matrix = False,
    json: AsJson = False,
    verbose: Verbose = False,
    project: Project = None,
) -> None:
    """Simulate every reported experiment and say, claim by claim, what the model makes of it.

    Exits 1 if any claim is contradicted or failed.
    """
    from osteon.dynamics.model import load

    library = open_library(project)
    names = models or list(library.model_names)
    if not names:
        raise OsteonError(f"{library.root}: the project has no models; `osteon new NAME` starts one")
    change = world(set_, scale)
    loaded = [load(library, name, _world(library, name, change, counterfactual)) for name in names]
    card = _scorecard(library, loaded)
    _show(card, json, verbose, matrix)
    if card.surprises or not (card.passed or accept_unmet):
        raise typer.Exit(1)


def score(
    file: Annotated[Path, typer.Argument(help="An SBML file: your own model, or a published one.")],
    binding: Annotated[Path, typer.Option(help="The binding: what the words of the evidence mean in that model.")],
    beside: Annotated[
        list[str] | None, typer.Option(metavar="MODEL", help="Judge this model of the project too; may be repeated.")
    ] = None,
    matrix: Matrix = False,
    json: AsJson = False,
    verbose: Verbose = False,
    project: Project = None,
) -> None:
    """Judge any SBML model by the same evidence, through a binding of its own.

    Exits 1 if any claim is contradicted or failed; what the model has no part for is not representable, and no fault.
    """
    from osteon.authoring.curation import binding_findings
    from osteon.dynamics.model import Model, load, read_text
    from osteon.mechanisms import sbml

    library = open_library(project)
    bound = library.read_binding(binding)
    text = read_text(file, str(file))
    findings = list(binding_findings(bound, sbml.read(text, str(file)), str(binding)))
    if findings:
        raise ProjectError(findings)
    others = [load(library, name) for name in beside or ()]
    card = _scorecard(library, [Model(text, bound, library.vocabulary, shown=str(file)), *others])
    _show(card, json, verbose, matrix)
    if not card.passed:
        raise typer.Exit(1)


def _world(library: Library, name: str, change: Act | None, counterfactual: str | None) -> Act | None:
    if counterfactual is None:
        return change
    if change is not None:
        raise OsteonError("--counterfactual is a set of values of its own; give it without --set and --scale")
    known = library.binding(name).counterfactuals
    if counterfactual not in known:
        hint = suggestion(counterfactual, known) or f"; it has {listing(tuple(known)) or 'none'}"
        raise UnknownIdError(f"model {name!r} has no counterfactual {counterfactual!r}{hint}")
    return known[counterfactual]


def _scorecard(library: Library, models: list[Model]) -> Scorecard:
    from osteon.verdicts.scorecard import Scorecard
    from osteon.verdicts.verification import verify

    claims = [list(library.claims(model.binding)) for model in models]
    with progress("Simulating reported experiments", sum(map(len, claims))) as step:
        cards = [verify(model, answers, step) for model, answers in zip(models, claims, strict=True)]
    return Scorecard(tuple(result for card in cards for result in card.results))


def _show(card: Scorecard, json: bool, verbose: bool, matrix: bool) -> None:
    if json:
        print_json(card.as_dict())
    else:
        from osteon.cli import tables

        output.print(tables.matrix(card) if matrix else tables.claims_table(card, verbose))
        if not (matrix or verbose) and (told := tables.unasked(card)):
            output.print(told, highlight=False)
        output.print(tables.summary(card), highlight=False, soft_wrap=True)
