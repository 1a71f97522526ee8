"""Verification: what a model makes of each claim, by simulating the reported experiments."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from osteon.errors import SimulationError
from osteon.evidence.claims import Check, Claim, ContrastCheck, OrderCheck, StructureCheck
from osteon.evidence.criteria import WORDS, holds
from osteon.evidence.questions import question
from osteon.experiments.runs import missing_words, runs
from osteon.simulation.contrast import contrasts
from osteon.simulation.model import Model
from osteon.simulation.readings import Readings, Simulations, UndefinedError
from osteon.verification.scorecard import CheckResult, ClaimResult, Scorecard, Verdict, lack


def verify(
    model: Model,
    claims: Iterable[tuple[str, Claim]],
    step: Callable[[], None] | None = None,
    simulations: Simulations | None = None,
) -> Scorecard:
    """Judge a model by its claims.

    Args:
        model: to be judged.
        claims: every claim with the id of its source.
        step: called after each claim, to show progress.
        simulations: where the numbers come from; the model itself, in libroadrunner, if not given.

    Returns:
        One result a claim, in the order given.
    """
    claims = tuple(claims)
    wanted = runs(model, (claim for _, claim in claims))
    readings = Readings(model.binding, wanted, simulations or model, model.limit, model.paths.lead)
    results = []
    for stem, claim in claims:
        results.append(_judged(model, stem, claim, readings))
        if step is not None:
            step()
    return Scorecard(tuple(results))


def _judged(model: Model, source: str, claim: Claim, readings: Readings) -> ClaimResult:
    checks = tuple(judge(check, claim, model, readings) for check in claim.checks)
    return ClaimResult(
        model=model.name,
        source=source,
        claim=claim,
        verdict=verdict(checks),
        checks=checks,
        questions=tuple(question(check, claim, model.vocabulary) for check in claim.checks),
        because=model.binding.unmet.get(claim.id),
    )


def verdict(checks: tuple[CheckResult, ...]) -> Verdict:
    """Return what the outcomes of its checks make of a claim: one refused check contradicts it."""
    outcomes = {result.outcome for result in checks}
    if not outcomes:
        return "documented"
    if "refused" in outcomes:
        return "contradicted"
    if "failed" in outcomes:
        return "failed"
    return "not representable" if "not representable" in outcomes else "supported"


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
