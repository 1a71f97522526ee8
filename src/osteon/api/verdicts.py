"""Models judged by the evidence: ``verify`` and ``score``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from osteon.api.arguments import Place, Progress, named, opened, overriding, silent
from osteon.errors import OsteonError, ProjectError, UnknownIdError, listing, suggestion

if TYPE_CHECKING:
    from osteon.evidence.bindings import Act
    from osteon.evidence.project import Project
    from osteon.simulation.model import Model
    from osteon.verification.scorecard import Scorecard


def verify(
    *models: str,
    overrides: Mapping[str, float] | None = None,
    scale: Mapping[str, float] | None = None,
    counterfactual: str | None = None,
    engine: str = "roadrunner",
    project: Place = None,
    progress: Progress | None = None,
) -> Scorecard:
    """Simulate every reported experiment and say, claim by claim, whether the models agree with it.

    Args:
        models: ids of models; all of the project if none.
        overrides: other values of parameters, by name.
        scale: factors by which parameters are multiplied, by name.
        counterfactual: name of a set of values in the binding, under which an excluded mechanism acts; instead of
            ``overrides`` and ``scale``.
        engine: what simulates, ``"roadrunner"`` or ``"copasi"``; the rule is the same.
        project: as in `models`.
        progress: see `osteon.api.arguments.Progress`.

    Returns:
        A scorecard, which draws itself in a notebook; ``.passed`` says whether nothing has failed and no claim of a
        source is contradicted.

    Raises:
        OsteonError: as in `load`.
    """
    from osteon.simulation.model import load, require_engine

    require_engine(engine)
    opened_ = opened(project)
    names = named(opened_, models)
    change = overriding(overrides, scale)
    asked = [load(opened_, name, _overrides(opened_, name, change, counterfactual)) for name in names]
    loaded = [model.replace(engine=engine) for model in asked]
    return _scorecard(opened_, loaded, progress)


def score(
    file: str | Path,
    binding: str | Path,
    *,
    beside: Sequence[str] = (),
    project: Place = None,
    progress: Progress | None = None,
) -> Scorecard:
    """Judge any SBML model by the same evidence, through a binding of its own.

    Args:
        file: the model, in SBML or Antimony; it may be compressed or in an archive, as ``archive.omex/model.xml``.
        binding: the file that says what the words of the evidence mean in that model.
        beside: ids of models of the project to judge too.
        project: as in `models`.
        progress: as in `verify`.

    Returns:
        As `verify`. Claims that need a quantity the model lacks are *not representable* and are not counted against it.

    Raises:
        OsteonError: if a file cannot be read, or the binding does not fit the model; the message lists every fault.
    """
    from osteon import sbml
    from osteon.curation.lint import binding_findings
    from osteon.sbml.files import open_model
    from osteon.simulation.model import Model, load, ranged_parameters

    opened_ = opened(project)
    bound = opened_.read_binding(Path(binding))
    model = open_model(Path(file), str(file))
    document = sbml.read(model.text, model.shown)
    findings = list(binding_findings(bound, document, str(binding)))
    if findings:
        raise ProjectError(findings)
    others = [load(opened_, name) for name in beside]
    parameters = ranged_parameters(opened_, bound, document, str(binding))
    judged = Model(model.text, bound, opened_.vocabulary, shown=model.shown, parameters=parameters)
    return _scorecard(opened_, [judged, *others], progress)


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


def _scorecard(project: Project, models: list[Model], progress: Progress | None) -> Scorecard:
    from osteon.verification.scorecard import Scorecard
    from osteon.verification.verify import verify

    claims = [list(project.answers(model.binding)) for model in models]
    with (progress or silent)("Simulating reported experiments", sum(map(len, claims))) as step:
        cards = [
            verify(model, answers, step, record=project.shares.get(model.name))
            for model, answers in zip(models, claims, strict=True)
        ]
    return Scorecard(tuple(result for card in cards for result in card.results))
