"""Verdicts on many draws at once: `osteon.verification.verify` with arrays in the place of numbers.

What it leaves open, and what comes close to a threshold, libroadrunner decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from osteon.evidence.claims import Claim, ContrastCheck, OrderCheck
from osteon.evidence.criteria import held
from osteon.simulation.batch.readings import ManyReadings, Read
from osteon.simulation.contrast import UNREAD, contrasts, logs
from osteon.simulation.model import Model
from osteon.simulation.vector import Vector
from osteon.verification.verdicts import SUPPORTED, CheckOutcome, Verdict, verdict

OUTCOMES: tuple[CheckOutcome, ...] = get_args(CheckOutcome)
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
"""Outcomes and verdicts, by the numbers that stand for them in arrays."""
NEAR = 0.01
"""What lies within this share of a threshold, libroadrunner decides."""

_HOLDS, _REFUSED, _FAILED = (OUTCOMES.index(one) for one in ("holds", "refused", "failed"))
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Outcomes:
    """One check in many draws.

    Attributes:
        outcome: of each draw, as a number of `OUTCOMES`.
        effects: E and E', of shape (2, draws); NaN where there is none.
        open: the draws in which the core has no answer.
        near: those in which a number lies close to a threshold.
    """

    outcome: NDArray[np.int8]
    effects: Vector
    open: Flags
    near: Flags


def judge_many(check: ContrastCheck | OrderCheck, claim: Claim, model: Model, readings: ManyReadings) -> Outcomes:
    """Judge one check, of which the model binds every word, in many draws."""
    if isinstance(check, OrderCheck):
        return _order(check, claim, readings)
    effects = np.full((2, readings.draws), np.nan)
    near = np.zeros(readings.draws, dtype=bool)
    made: list[Read] = []
    for row, contrast in enumerate(contrasts(check, claim, model.vocabulary)):
        value, reference = (readings.value(*reading) for reading in contrast.readings)
        effects[row] = logs(value.values, reference.values, model.limit)
        if not model.paths.lead(contrast):
            effects[row][np.abs(effects[row]) < UNREAD] = 0.0
        made += value, reference
    for one in made:
        near |= np.abs(one.values - model.limit) <= NEAR * model.limit
    good, close = held(check.expect, effects[0], None if check.compared_with is None else effects[1], share=NEAR)
    return _outcomes(made, good, near | close, effects)


def _order(check: OrderCheck, claim: Claim, readings: ManyReadings) -> Outcomes:
    first, second = (readings.value(claim.setting, reading) for reading in check.readings)
    near = np.abs(first.values - second.values) <= NEAR * np.abs(second.values)
    return _outcomes([first, second], first.values < second.values, near, np.full((2, readings.draws), np.nan))


def _outcomes(made: Sequence[Read], good: Flags, near: Flags, effects: Vector) -> Outcomes:
    """Put an outcome together; what is not defined is left open."""
    restless = np.any([one.restless for one in made], axis=0)
    open_ = np.any([one.open | np.isnan(one.values) for one in made], axis=0) & ~restless
    outcome = np.where(restless, _FAILED, np.where(good, _HOLDS, _REFUSED)).astype(np.int8)
    lost = open_ | restless
    return Outcomes(outcome, np.where(lost, np.nan, effects), open_, near & ~lost)


def supported(verdicts: NDArray[Any]) -> Flags:
    """Say which verdicts, as numbers of `VERDICTS`, support their claim, be it in part."""
    return np.isin(verdicts, [VERDICTS.index(one) for one in SUPPORTED])


def verdicts(outcomes: NDArray[np.int8]) -> NDArray[np.uint8]:
    """Return the verdicts on one claim, from the outcomes of its checks of shape (checks, draws); see `verdict`."""
    sets = np.bitwise_or.reduce(1 << outcomes.astype(np.int64), axis=0, initial=0)
    found = np.zeros(outcomes.shape[1], dtype=np.uint8)
    for each in np.unique(sets).tolist():
        there = [outcome for number, outcome in enumerate(OUTCOMES) if each >> number & 1]
        found[sets == each] = VERDICTS.index(verdict(there))
    return found
