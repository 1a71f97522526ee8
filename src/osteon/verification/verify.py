"""Verification: what a model makes of each claim, by simulating the reported experiments."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from math import log
from typing import Protocol

from osteon.errors import SimulationError
from osteon.evidence.claims import Check, Claim, ContrastCheck, OrderCheck, Reading, StructureCheck
from osteon.evidence.conditions import canonical
from osteon.evidence.criteria import holds
from osteon.experiments.runs import STEADY_STATE, Run, instant, missing_words, runs
from osteon.simulation.model import Model
from osteon.simulation.timecourse import TimeCourse
from osteon.verification.scorecard import CheckResult, ClaimResult, Scorecard, Verdict, lack


class UndefinedError(Exception):
    """A check has no answer on this model, such as a fold change of nothing."""


def verify(
    model: Model,
    claims: Iterable[tuple[str, Claim]],
    step: Callable[[], None] | None = None,
    source: Simulations | None = None,
) -> Scorecard:
    """Judge a model by its claims.

    Args:
        model: to be judged.
        claims: every claim with the id of its source.
        step: called after each claim, to show progress.
        source: of the numbers; libroadrunner if not given.

    Returns:
        One result a claim, in the order given.
    """
    claims = tuple(claims)
    experiments = Readings(model, (claim for _, claim in claims), source)
    results = []
    for stem, claim in claims:
        results.append(_judged(model, stem, claim, experiments))
        if step is not None:
            step()
    return Scorecard(tuple(results))


def _judged(model: Model, source: str, claim: Claim, experiments: Readings) -> ClaimResult:
    checks = tuple(judge(check, claim, model, experiments) for check in claim.checks)
    return ClaimResult(
        model=model.name,
        source=source,
        claim=claim,
        verdict=verdict(checks),
        checks=checks,
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


def judge(check: Check, claim: Claim, model: Model, experiments: Readings) -> CheckResult:
    """Judge one check of a claim."""
    missing = missing_words(check, claim.setting, model.binding)
    if missing:
        return CheckResult(check, "not representable", reason=lack(missing), missing=tuple(missing))
    return judge_bound(check, claim, model, experiments)


def judge_bound(check: Check, claim: Claim, model: Model, experiments: Readings) -> CheckResult:
    """Judge one check of which the model binds every word."""
    try:
        if isinstance(check, StructureCheck):
            return _judge_structure(check, model)
        if isinstance(check, OrderCheck):
            return _judge_order(check, claim, experiments)
        return _judge_contrast(check, claim, experiments)
    except (SimulationError, UndefinedError) as error:
        return CheckResult(check, "failed", reason=str(error))


def _judge_contrast(check: ContrastCheck, claim: Claim, experiments: Readings) -> CheckResult:
    values, effect = experiments.contrast(check.readings, claim)
    second = experiments.contrast(check.second_readings, claim)[1] if check.second_readings else None
    good = holds(check.expect, effect, second)
    return CheckResult(check, "holds" if good else "refused", values, effect, second)


def _judge_order(check: OrderCheck, claim: Claim, experiments: Readings) -> CheckResult:
    time_course = experiments.time_course(check.condition, claim.setting)
    times = [time_course.half_maximum(name) for name in (check.observable, check.before)]
    for name, time in zip((check.observable, check.before), times, strict=True):
        if time is None:
            return CheckResult(check, "refused", reason=f"{name!r} does not change under {check.condition!r}")
    first, second = (float(time) for time in times if time is not None)
    return CheckResult(check, "holds" if first < second else "refused", (first, second))


def _judge_structure(check: StructureCheck, model: Model) -> CheckResult:
    ask = model.graph.directly if "directly" in check.expect else model.graph.influences
    found = ask(check.observable, check.on)
    good = found == ("not" not in check.expect)
    link = "a direct influence" if "directly" in check.expect else "a path of influences"
    return CheckResult(check, "holds" if good else "refused", reason=f"{link} {'is' if found else 'is not'} there")


def _effect(values: tuple[float, float], pair: tuple[Reading, Reading], least: float) -> float:
    """Return E; a value at or below the detection limit ``least`` is nothing."""
    value, reference = values
    if reference <= least:
        where = f"{pair[1].observable!r} under {pair[1].condition!r}"
        raise UndefinedError(f"{where} is nothing ({reference:.3g}), so there is no fold change")
    return log(value / reference) if value > least else float("-inf")


class Simulations(Protocol):
    """Whatever has the numbers of the runs that claims need: libroadrunner, or another program's results."""

    def time_course(self, readout: Run) -> TimeCourse:
        """Return the time course of a readout, with every time of `runs.times_of`.

        Raises:
            SimulationError: if the simulation broke.
        """

    def resting(self, readout: Run) -> Mapping[str, float]:
        """Return every observable in the steady state that a readout leads to; see `time_course`."""


class Simulated:
    """The source of numbers that simulates in libroadrunner."""

    def __init__(self, model: Model) -> None:
        self._model = model

    def time_course(self, readout: Run) -> TimeCourse:
        """Simulate a readout; see `Simulations`."""
        times, until = readout.wanted(self._model), readout.until(self._model)
        return self._model.run(readout.condition, times, setting=readout.setting, until=until)

    def resting(self, readout: Run) -> Mapping[str, float]:
        """Find a steady state; see `Simulations`."""
        return self._model.resting_state(readout.condition, setting=readout.setting)


class Readings:
    """Asks for each condition that claims need once, in each setting, and hands out what was read.

    Args:
        model: to be judged.
        claims: whose readings will be wanted.
        source: of the numbers; libroadrunner if not given.
    """

    def __init__(self, model: Model, claims: Iterable[Claim], source: Simulations | None = None) -> None:
        self._model = model
        self._source = source or Simulated(model)
        self._readouts = runs(model, claims)
        self._trajectories: dict[tuple[str, str], TimeCourse | SimulationError] = {}
        self._resting: dict[tuple[str, str], Mapping[str, float]] = {}

    def forget(self) -> None:
        """Ask for everything anew from now on, for the model has other values."""
        self._trajectories.clear()
        self._resting.clear()

    def contrast(self, pair: tuple[Reading, Reading], claim: Claim) -> tuple[tuple[float, float], float]:
        """Return two readings of a claim and the effect E between them.

        Raises:
            SimulationError: if a simulation broke.
            UndefinedError: if there is no fold change, for the reference is nothing.
        """
        values = (self.value(pair[0], claim), self.value(pair[1], claim))
        return values, _effect(values, pair, self._model.binding.protocol.detection_limit)

    def value(self, reading: Reading, claim: Claim) -> float:
        """Return one reading of a claim.

        Raises:
            SimulationError: if the simulation broke.
        """
        when = instant(reading, claim, self._model)
        if when == STEADY_STATE:
            return float(self._steady(reading.condition, claim.setting)[reading.observable])
        time_course = self.time_course(reading.condition, claim.setting)
        if when == "peak":
            return time_course.peak(reading.observable)
        if when == "mean":
            return time_course.mean(reading.observable)
        return time_course.at(reading.observable, self._model.binding.time(when))

    def time_course(self, condition: str, setting: str) -> TimeCourse:
        """Return the time course of a condition, asked for on first use; see `value`."""
        key = (setting, canonical(condition))
        if key not in self._trajectories:
            try:
                self._trajectories[key] = self._source.time_course(self._readouts[key])
            except SimulationError as error:
                self._trajectories[key] = error
        result = self._trajectories[key]
        if isinstance(result, SimulationError):
            raise result
        return result

    def _steady(self, condition: str, setting: str) -> Mapping[str, float]:
        key = (setting, canonical(condition))
        if key not in self._resting:
            self._resting[key] = self._source.resting(self._readouts[key])
        return self._resting[key]
