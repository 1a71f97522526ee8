"""Verdicts on many draws at once: `osteon.verification.verify` with arrays in the place of numbers.

What it leaves open, and what comes close to a threshold, libroadrunner decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from osteon.evidence.claims import Claim, ContrastCheck, OrderCheck
from osteon.evidence.criteria import held
from osteon.simulation.batch.readings import ManyReadings
from osteon.simulation.contrast import contrasts, logs
from osteon.simulation.model import Model
from osteon.simulation.vector import Vector
from osteon.verification.scorecard import CheckOutcome, Verdict

OUTCOMES: tuple[CheckOutcome, ...] = get_args(CheckOutcome)
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
"""Outcomes and verdicts, by the numbers that stand for them in arrays."""
NEAR = 0.01
"""What lies within this share of a threshold, libroadrunner decides."""

_HOLDS, _REFUSED = OUTCOMES.index("holds"), OUTCOMES.index("refused")


@dataclass(frozen=True)
class Outcomes:
    """One check in many draws.

    Attributes:
        outcome: of each draw, as a number of `OUTCOMES`.
        effects: E and E', of shape (2, draws); NaN where there is none.
        unknown: the draws in which the core has no answer.
        near: those in which a number lies close to a threshold.
    """

    outcome: NDArray[np.int8]
    effects: Vector
    unknown: NDArray[np.bool_]
    near: NDArray[np.bool_]


def judge_many(check: ContrastCheck | OrderCheck, claim: Claim, model: Model, readings: ManyReadings) -> Outcomes:
    """Judge one check, of which the model binds every word, in many draws."""
    if isinstance(check, OrderCheck):
        return _order(check, claim, readings)
    unknown, near = (np.zeros(readings.draws, dtype=bool) for _ in range(2))
    effects = np.full((2, readings.draws), np.nan)
    limit = model.limit
    for row, contrast in enumerate(contrasts(check, claim, model.vocabulary)):
        pair = [readings.value(*reading) for reading in contrast.readings]
        for values, lost in pair:
            unknown |= lost | np.isnan(values)
            near |= np.abs(values - limit) <= NEAR * limit
        effects[row] = logs(pair[0][0], pair[1][0], limit)
    good, close = held(check.expect, effects[0], None if check.compared_with is None else effects[1], share=NEAR)
    outcome = np.where(good, _HOLDS, _REFUSED).astype(np.int8)
    return Outcomes(outcome, effects, unknown, (near | close) & ~unknown)


def _order(check: OrderCheck, claim: Claim, readings: ManyReadings) -> Outcomes:
    (first, lost), (second, gone) = (readings.value(claim.setting, reading) for reading in check.readings)
    # What has no half-maximum is as near to a threshold as can be seen from here.
    unknown = lost | gone | np.isnan(first) | np.isnan(second)
    near = np.abs(first - second) <= NEAR * np.abs(second)
    outcome = np.where(first < second, _HOLDS, _REFUSED).astype(np.int8)
    return Outcomes(outcome, np.full((2, readings.draws), np.nan), unknown, near & ~unknown)


def verdicts(outcomes: NDArray[np.int8]) -> NDArray[np.uint8]:
    """Return the verdicts on one claim, from the outcomes of its checks of shape (checks, draws)."""
    found = np.full(outcomes.shape[1], VERDICTS.index("supported"), dtype=np.uint8)
    for outcome, verdict in (
        ("not representable", "not representable"),
        ("failed", "failed"),
        ("refused", "contradicted"),
    ):
        found[(outcomes == OUTCOMES.index(outcome)).any(axis=0)] = VERDICTS.index(verdict)
    return found
