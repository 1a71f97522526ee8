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
    open_project,
    output,
    overrides,
    print_json,
    progress,
)
from osteon.errors import OsteonError, ProjectError, UnknownIdError, listing, suggestion

if TYPE_CHECKING:
    from osteon.evidence.bindings import Act
    from osteon.evidence.project import Project
    from osteon.simulation.model import Model
    from osteon.verification.scorecard import Scorecard


EngineOption = Annotated[
    str, typer.Option(metavar="NAME", help="What simulates: roadrunner, or copasi; the rule is the same.")
]
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
    engine: EngineOption = "roadrunner",
    matrix: MatrixOption = False,
    json: AsJson = False,
    verbose: VerboseOption = False,
    folder: ProjectOption = None,
) -> None:
    """Simulate every reported experiment and say, claim by claim, what the model makes of it.

    Exits 1 if any claim is contradicted or failed.
    """
    from osteon.simulation.model import load

    project = open_project(folder)
    names = models or list(project.model_names)
    if not names:
        raise OsteonError(f"{project.root}: the project has no models; `osteon new NAME` starts one")
    change = overrides(set_, scale)
    asked = [load(project, name, _overrides(project, name, change, counterfactual)) for name in names]
    loaded = [model.replace(engine=engine) for model in asked]
    card = _scorecard(project, loaded)
    _show(card, json, verbose, matrix)
    if card.surprises or not (card.passed or accept_unmet):
        raise typer.Exit(1)


def score(
    file: Annotated[Path, typer.Argument(help="An SBML file: your own model, or a published one.")],
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
    from osteon import sbml
    from osteon.curation.lint import binding_findings
    from osteon.simulation.model import Model, load, read_text

    project = open_project(folder)
    bound = project.read_binding(binding)
    text = read_text(file, str(file))
    findings = list(binding_findings(bound, sbml.read(text, str(file)), str(binding)))
    if findings:
        raise ProjectError(findings)
    others = [load(project, name) for name in beside or ()]
    card = _scorecard(project, [Model(text, bound, project.vocabulary, shown=str(file)), *others])
    _show(card, json, verbose, matrix)
    if not card.passed:
        raise typer.Exit(1)


def _overrides(project: Project, name: str, change: Act | None, counterfactual: str | None) -> Act | None:
    if counterfactual is None:
        return change
    if change is not None:
        raise OsteonError("--counterfactual is a set of values of its own; give it without --set and --scale")
    known = project.binding(name).counterfactuals
    if counterfactual not in known:
        hint = suggestion(counterfactual, known) or f"; it has {listing(tuple(known)) or 'none'}"
        raise UnknownIdError(f"model {name!r} has no counterfactual {counterfactual!r}{hint}")
    return known[counterfactual]


def _scorecard(project: Project, models: list[Model]) -> Scorecard:
    from osteon.verification.scorecard import Scorecard
    from osteon.verification.verify import verify

    claims = [list(project.claims(model.binding)) for model in models]
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
