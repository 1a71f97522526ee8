"""Verification: what a model makes of each claim, by simulating the reported experiments."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from osteon.errors import SimulationError
from osteon.evidence.claims import Check, Claim, ContrastCheck, OrderCheck, StructureCheck
from osteon.evidence.criteria import WORDS, holds
from osteon.evidence.questions import question
from osteon.experiments.runs import missing_words, runs
from osteon.simulation.contrast import contrasts
from osteon.simulation.model import Model
from osteon.simulation.readings import Readings, Simulations, UndefinedError
from osteon.verification.results import CheckResult, ClaimResult, lack
from osteon.verification.scorecard import Scorecard
from osteon.verification.strength import Record, recorded
from osteon.verification.verdicts import verdict


def verify(
    model: Model,
    claims: Iterable[tuple[str, Claim]],
    step: Callable[[], None] | None = None,
    simulations: Simulations | None = None,
    record: Mapping[str, Any] | None = None,
) -> Scorecard:
    """Judge a model by its claims.

    Args:
        model: to be judged.
        claims: every claim with the id of its source.
        step: called after each claim, to show progress.
        simulations: where the numbers come from; the model itself, in libroadrunner, if not given.
        record: the robustness on record of the model, from which verdicts have their strength; see `Project.shares`.

    Returns:
        One result a claim, in the order given.
    """
    claims = tuple(claims)
    wanted = runs(model, (claim for _, claim in claims))
    readings = Readings(model.binding, wanted, simulations or model, model.limit, model.paths.lead)
    known = recorded(model, claims, record)
    results = []
    for stem, claim in claims:
        results.append(_judged(model, stem, claim, readings, known))
        if step is not None:
            step()
    return Scorecard(tuple(results))


def _judged(model: Model, source: str, claim: Claim, readings: Readings, known: Record) -> ClaimResult:
    checks = tuple(
        replace(judge(check, claim, model, readings), share=known.share(claim, place))
        for place, check in enumerate(claim.checks)
    )
    found = verdict(check.outcome for check in checks)
    return ClaimResult(
        model=model.name,
        source=source,
        claim=claim,
        verdict=found,
        checks=checks,
        questions=tuple(question(check, claim, model.vocabulary) for check in claim.checks),
        role=model.binding.role(claim),
        because=model.binding.unmet.get(claim.id),
        strength=known.strength(claim, found),
    )


def judge(check: Check, claim: Claim, model: Model, readings: Readings) -> CheckResult:
    """Judge one check of a claim."""
    missing = missing_words(check, claim.setting, model.binding)
    if missing:
        return CheckResult(check, "not representable", reason=lack(missing), missing=tuple(missing))
    return judge_bound(check, claim, model, readings)


def judge_bound(check: Check, claim: Claim, model: Model, readings: Readings) -> CheckResult:
    """Judge one check of which the model binds every word."""
    try:
        if isinstance(check, StructureCheck):
            return _judge_structure(check, model)
        if isinstance(check, OrderCheck):
            return _judge_order(check, claim, readings)
        return _judge_contrast(check, claim, model, readings)
    except (SimulationError, UndefinedError) as error:
        return CheckResult(check, "failed", reason=str(error))


def _judge_contrast(check: ContrastCheck, claim: Claim, model: Model, readings: Readings) -> CheckResult:
    compared = contrasts(check, claim, model.vocabulary)
    effects = tuple(readings.effect(contrast) for contrast in compared)
    good = holds(check.expect, *(effect.log for effect in effects))
    return CheckResult(check, "holds" if good else "refused", compared, effects)


def _judge_order(check: OrderCheck, claim: Claim, readings: Readings) -> CheckResult:
    try:
        first, second = (readings.value(claim.setting, reading) for reading in check.readings)
    except UndefinedError as error:
        return CheckResult(check, "refused", reason=str(error))
    return CheckResult(check, "holds" if first < second else "refused", times=(first, second))


def _judge_structure(check: StructureCheck, model: Model) -> CheckResult:
    word = WORDS[check.expect]
    ask = model.graph.directly if word.direct else model.graph.influences
    found = ask(check.observable, check.on)
    good = found != word.absent
    link = "a direct influence" if word.direct else "a path of influences"
    return CheckResult(check, "holds" if good else "refused", reason=f"{link} {'is' if found else 'is not'} there")
