"""Verification: what a model makes of each claim, by simulating the reported experiments."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from math import log
from typing import Any

from osteon.bindings import Binding
from osteon.conditions import canonical
from osteon.errors import SimulationError
from osteon.evidence import (
    FEATURES,
    Check,
    Claim,
    ContrastCheck,
    OrderCheck,
    Reading,
    StructureCheck,
    readings,
    words,
)
from osteon.expectations import holds
from osteon.model import Model
from osteon.scorecard import CheckResult, ClaimResult, Scorecard, Verdict
from osteon.trajectory import Trajectory


class UndefinedError(Exception):
    """A check has no answer on this model, such as a fold change of nothing."""


def verify(model: Model, claims: Iterable[tuple[str, Claim]], step: Callable[[], None] | None = None) -> Scorecard:
    """Judge a model by its claims.

    Args:
        model: to be judged.
        claims: every claim with the id of its source.
        step: called after each claim, to show progress.

    Returns:
        One result a claim, in the order given.
    """
    claims = tuple(claims)
    experiments = Experiments(model, (claim for _, claim in claims))
    results = []
    for source, claim in claims:
        results.append(_judged(model, source, claim, experiments))
        if step is not None:
            step()
    return Scorecard(tuple(results))


def _judged(model: Model, source: str, claim: Claim, experiments: Experiments) -> ClaimResult:
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


def missing_words(check: Check, setting: str, model: Model) -> list[str]:
    """Return every word of a check that a model does not bind."""
    binding = model.binding
    missing = [word for kind, word in dict.fromkeys(words(check)) if word not in getattr(binding, kind)]
    if not isinstance(check, StructureCheck) and setting not in binding.settings:
        missing.append(setting)
    return missing or list(dict.fromkeys(_without_common_unit(check, binding)))


def _without_common_unit(check: Check, binding: Binding) -> Iterator[str]:
    """Yield what a check would need in order to compare two observables of different units."""
    if not isinstance(check, ContrastCheck):
        return
    for pair in (check.readings, check.second_readings or check.readings):
        first, second = (binding.observables[reading.observable] for reading in pair)
        if first.unit != second.unit:
            yield f"common unit of {pair[0].observable} and {pair[1].observable}"


def judge(check: Check, claim: Claim, model: Model, experiments: Experiments) -> CheckResult:
    """Judge one check of a claim."""
    missing = missing_words(check, claim.setting, model)
    if missing:
        return CheckResult(check, "not representable", reason=f"the model has no {', '.join(missing)}")
    try:
        if isinstance(check, StructureCheck):
            return _judge_structure(check, model)
        if isinstance(check, OrderCheck):
            return _judge_order(check, claim, experiments)
        return _judge_contrast(check, claim, experiments)
    except (SimulationError, UndefinedError) as error:
        return CheckResult(check, "failed", reason=str(error))


def _judge_contrast(check: ContrastCheck, claim: Claim, experiments: Experiments) -> CheckResult:
    values, effect = experiments.contrast(check.readings, claim)
    second = experiments.contrast(check.second_readings, claim)[1] if check.second_readings else None
    good = holds(check.expect, effect, second)
    return CheckResult(check, "holds" if good else "refused", values, effect, second)


def _judge_order(check: OrderCheck, claim: Claim, experiments: Experiments) -> CheckResult:
    trajectory = experiments.trajectory(check.condition, claim.setting)
    times = [trajectory.half_maximum(name) for name in (check.observable, check.before)]
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


class Experiments:
    """Runs each condition that claims ask for once, in each setting, and hands out what was read.

    Args:
        model: to be simulated.
        claims: whose readings will be wanted.
    """

    def __init__(self, model: Model, claims: Iterable[Claim]) -> None:
        self._model = model
        self._times: dict[tuple[str, str], set[float]] = {}
        self._whole: set[tuple[str, str]] = set()
        self._trajectories: dict[tuple[str, str], Trajectory | SimulationError] = {}
        self._resting: dict[tuple[str, str], Any] = {}
        for claim, check, reading in _wanted(claims, model):
            key = (claim.setting, canonical(reading.condition))
            instant = self._instant(reading, claim)
            if isinstance(check, OrderCheck) or instant in FEATURES:
                self._whole.add(key)
            else:
                self._times.setdefault(key, set()).add(model.binding.time(instant))

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
        instant = self._instant(reading, claim)
        if instant == "steady state":
            return float(self._steady(reading.condition, claim.setting)[reading.observable])
        trajectory = self.trajectory(reading.condition, claim.setting)
        if instant == "peak":
            return trajectory.peak(reading.observable)
        if instant == "mean":
            return trajectory.mean(reading.observable)
        return trajectory.at(reading.observable, self._model.binding.time(instant))

    def trajectory(self, condition: str, setting: str) -> Trajectory:
        """Return the time course of a condition, simulated on first use; see `value`."""
        key = (setting, canonical(condition))
        if key not in self._trajectories:
            self._trajectories[key] = self._simulated(*key)
        result = self._trajectories[key]
        if isinstance(result, SimulationError):
            raise result
        return result

    def _simulated(self, setting: str, condition: str) -> Trajectory | SimulationError:
        times = sorted(self._times.get((setting, condition), ()))
        end = max(times, default=0.0)
        if (setting, condition) in self._whole:
            times += self._model.feature_times(setting).tolist()
            end = max(end, self._model.binding.time(self._model.binding.settings[setting].horizon))
        try:
            return self._model.run(condition, times, setting=setting, until=end or self._model.binding.time("1 min"))
        except SimulationError as error:
            return error

    def _steady(self, condition: str, setting: str) -> Any:
        key = (setting, canonical(condition))
        if key not in self._resting:
            self._resting[key] = self._model.resting_state(condition, setting=setting)
        return self._resting[key]

    def _instant(self, reading: Reading, claim: Claim) -> str:
        return reading.at or claim.at or self._model.vocabulary.settings[claim.setting].readout


def _wanted(claims: Iterable[Claim], model: Model) -> Iterator[tuple[Claim, Check, Reading]]:
    for claim in claims:
        for check in claim.checks:
            if not missing_words(check, claim.setting, model):
                for reading in readings(check):
                    yield claim, check, reading
