"""Draws through the batch core, with libroadrunner as the judge of what is close, open or audited."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from osteon.analysis.engine import NoCore, core_for
from osteon.evidence.claims import Check, Claim, ContrastCheck, StructureCheck
from osteon.evidence.criteria import shortfall
from osteon.experiments.runs import missing_words, readings_of
from osteon.simulation.batch.core import Core
from osteon.simulation.batch.readings import ManyReadings
from osteon.simulation.model import Model
from osteon.simulation.sampling import Draws
from osteon.simulation.vector import Vector
from osteon.verification.many import OUTCOMES, Outcomes, judge_many, verdicts
from osteon.verification.results import CheckResult

RESTLESS = "no resting state"


class Verdicts(Protocol):
    """What an audit gives; see `osteon.analysis.robustness.samples.JudgedSample`."""

    @property
    def verdicts(self) -> NDArray[np.uint8]:
        """One a claim."""

    @property
    def effects(self) -> Vector:
        """Two a check."""


class Drawn(Protocol):
    """What is judged; see `osteon.analysis.robustness.samples.Samples`."""

    model: Model
    claims: tuple[tuple[str, Claim], ...]
    number: int
    every: int

    @property
    def draws(self) -> Draws:
        """The parameters and their ranges."""

    @property
    def settled(self) -> tuple[tuple[CheckResult | None, ...], ...]:
        """What is the same in all draws."""

    def columns(self, items: Sequence[int]) -> Mapping[str, Vector]:
        """Return the values of some draws."""

    def judge(self, values: Mapping[str, float], *, audit: bool, parts: bool) -> Verdicts:
        """Judge every claim in libroadrunner."""

    def one(
        self, values: Mapping[str, float], *, audit: bool = False, parts: bool
    ) -> Callable[[Check, Claim], CheckResult]:
        """Return what judges single checks in libroadrunner."""


@dataclass(frozen=True)
class ManyJudged:
    """What some draws make of all claims.

    Attributes:
        verdicts: of shape (draws, claims), as numbers of `osteon.verification.many.VERDICTS`.
        held: of shape (draws, checks), whether each check holds.
        effects: two a check, of shape (draws, 2 checks); see `JudgedSample`.
        reasons: of each draw; see `JudgedSample`.
        again: how many verdicts of each draw libroadrunner passed again, and how many of those it passed otherwise; of
            shape (draws, 2).
        audits: of the draws that are audited, by their place.
    """

    verdicts: NDArray[np.uint8]
    held: NDArray[np.bool_]
    effects: Vector
    reasons: list[str]
    again: NDArray[np.int_]
    audits: Mapping[int, Verdicts]


def core_of(samples: Drawn) -> Core | NoCore:
    """Return the core that judges some samples, or the reason why libroadrunner does."""
    model = samples.model
    readings = [
        reading
        for _, claim in samples.claims
        for check in claim.checks
        if not missing_words(check, claim.setting, model.binding)
        for reading in readings_of(check, claim, model)
    ]
    return core_for(model, readings, samples.draws.filled, samples.number)


def judge_with(core: Core, samples: Drawn, items: Sequence[int]) -> ManyJudged:
    """Judge some draws in the core, and in libroadrunner what is close to a threshold, left open or audited."""
    audited = [place for place, item in enumerate(items) if item % samples.every == 0]
    return _Judge(core, samples, samples.columns(items), len(items)).judged(audited)


def shortfalls(core: Core, samples: Drawn, quantiles: Vector, claims: Sequence[int]) -> Vector:
    """Return how far some draws are from supporting some claims: the sum of what their checks fall short.

    Args:
        core: what simulates.
        samples: what is judged.
        quantiles: of the ranges, of shape (draws, parameters).
        claims: their places among the claims.
    """
    judge = _Judge(core, samples, samples.draws.columns(quantiles), len(quantiles))
    judge.judged([])
    return judge.shortfalls(frozenset(claims))


class _Judge:
    def __init__(self, core: Core, samples: Drawn, values: Mapping[str, Vector], draws: int) -> None:
        self._samples, self._values, self._draws = samples, values, draws
        self._readings = ManyReadings(core.with_draws(values, draws), samples.model.binding)
        self._checks = [
            (place, claim, check, known)
            for place, ((_, claim), settled) in enumerate(zip(samples.claims, samples.settled, strict=True))
            for check, known in zip(claim.checks, settled, strict=True)
        ]
        self._found = [self._judged(claim, check, known) for _, claim, check, known in self._checks]
        self._outcomes = np.array([one.outcome for one in self._found]).reshape(len(self._checks), draws)
        self._effects = np.array([one.effects for one in self._found]).reshape(len(self._checks), 2, draws)
        self._reasons: list[dict[int, str]] = [{} for _ in range(draws)]
        self._repeated = np.zeros(self._outcomes.shape, dtype=bool)
        lost = [one.open | (one.outcome == OUTCOMES.index("failed")) for one in self._found]
        # Where nothing is left open or broke in the core, the parts of the model answer as the whole does.
        self._whole = ~np.any(np.array(lost).reshape(self._outcomes.shape), axis=0, keepdims=True)[0]
        self._places = np.array([place for place, *_ in self._checks], dtype=int)

    def _judged(self, claim: Claim, check: Check, known: CheckResult | None) -> Outcomes:
        if known is None and not isinstance(check, StructureCheck):
            return judge_many(check, claim, self._samples.model, self._readings)
        draws = self._draws
        outcome = np.full(draws, OUTCOMES.index(known.outcome if known else "failed"), dtype=np.int8)
        never = np.zeros(draws, dtype=bool)
        return Outcomes(outcome, np.full((2, draws), np.nan), never, never)

    def judged(self, audited: Sequence[int]) -> ManyJudged:
        """Have libroadrunner judge what is close, open or audited, and return what became of everything."""
        first = self._verdicts()
        open_ = np.array([one.open for one in self._found]).reshape(self._outcomes.shape)
        near = np.array([one.near for one in self._found]).reshape(self._outcomes.shape)
        for draw in np.flatnonzero((open_ | near).any(axis=0)).tolist():
            self._repeat(draw, np.flatnonzero(open_[:, draw] | near[:, draw]).tolist())
        audits = {draw: self._audited(draw) for draw in audited}
        last = self._verdicts()
        again = self._over_claims(self._repeated)
        again[list(audits)] = True
        again &= ~self._over_claims(open_)
        reasons = [self._reason(draw) for draw in range(self._draws)]
        effects = self._effects.transpose(2, 0, 1).reshape(self._draws, 2 * len(self._checks))
        counts = np.stack([again.sum(axis=1), (again & (first != last)).sum(axis=1)], axis=1)
        held = (self._outcomes == OUTCOMES.index("holds")).T
        return ManyJudged(last, held, effects, reasons, counts, audits)

    def _reason(self, draw: int) -> str:
        """Say why the first check failed that did."""
        failed = np.flatnonzero(self._outcomes[:, draw] == OUTCOMES.index("failed")).tolist()
        if not failed:
            return ""
        return self._reasons[draw].get(failed[0], f"{self._samples.model.name}: {RESTLESS}")

    def _audited(self, draw: int) -> Verdicts:
        """Audit a draw; where the audit passes another verdict, libroadrunner judges with the model's tolerances."""
        whole = bool(self._whole[draw])
        # What has no rest is integrated for ten settling times; at the tightest tolerance that takes minutes.
        audit = self._samples.judge(self._draw(draw), audit=whole, parts=whole)
        other = np.flatnonzero(audit.verdicts != self._verdicts()[draw])
        left = np.isin(self._places, other) & ~self._repeated[:, draw]
        self._repeat(draw, np.flatnonzero(left).tolist())
        return audit

    def shortfalls(self, claims: frozenset[int]) -> Vector:
        """Return the sum of what the checks of some claims fall short, in each draw; see `judged`."""
        total = np.zeros(self._draws)
        for number, (place, _, check, _) in enumerate(self._checks):
            if place not in claims:
                continue
            for draw in np.flatnonzero(self._outcomes[number] != OUTCOMES.index("holds")).tolist():
                effects = [float(one) for one in self._effects[number, :, draw] if not np.isnan(one)]
                is_contrast = isinstance(check, ContrastCheck) and effects
                total[draw] += shortfall(check.expect, *effects) if is_contrast else 1.0
        return total

    def _verdicts(self) -> NDArray[np.uint8]:
        claims = range(len(self._samples.claims))
        found = [verdicts(self._outcomes[self._places == place]) for place in claims]
        return np.array(found, dtype=np.uint8).reshape(len(claims), self._draws).T

    def _over_claims(self, flags: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return for each draw and claim whether a flag is up for any of its checks."""
        claims = range(len(self._samples.claims))
        found = [flags[self._places == place].any(axis=0) for place in claims]
        return np.array(found, dtype=bool).reshape(len(claims), self._draws).T

    def _repeat(self, draw: int, numbers: Sequence[int]) -> None:
        """Let libroadrunner judge some checks in one draw."""
        one = self._samples.one(self._draw(draw), parts=bool(self._whole[draw]))
        for number in numbers:
            _, claim, check, known = self._checks[number]
            if known:
                continue
            result: CheckResult = one(check, claim)
            if not self._found[number].open[draw] and OUTCOMES.index(result.outcome) != self._outcomes[number, draw]:
                # Where several states are stable, its Newton's method may come to another rest than the model does.
                result = self._samples.one(self._draw(draw), audit=True, parts=bool(self._whole[draw]))(check, claim)
            self._outcomes[number, draw] = OUTCOMES.index(result.outcome)
            pair = (result.effect, result.second_effect)
            self._effects[number, :, draw] = [np.nan if effect is None else effect.log for effect in pair]
            if result.outcome == "failed":
                self._reasons[draw][number] = result.reason or ""
            self._repeated[number, draw] = True

    def _draw(self, draw: int) -> dict[str, float]:
        return {name: float(column[draw]) for name, column in self._values.items()}
