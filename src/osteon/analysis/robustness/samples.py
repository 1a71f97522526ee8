"""Samples: one model judged by its claims again and again, each time with other values of its parameters.

The verdicts are those of `osteon.verification.verify`; what does not depend on the values is worked out once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from osteon.evidence.claims import Claim, StructureCheck
from osteon.experiments.runs import missing_words, runs
from osteon.jobs.job import Chunk, Columns
from osteon.simulation.engine import Accuracy
from osteon.simulation.model import Model
from osteon.simulation.readings import Readings
from osteon.simulation.sampling import Draws, quantiles
from osteon.simulation.vector import Vector
from osteon.verification.results import CheckResult
from osteon.verification.verdicts import Verdict, verdict
from osteon.verification.verify import judge, judge_bound

VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
"""Verdicts, by the numbers that stand for them in columns."""

TIGHT = Accuracy(1e-11, 1e-15, by_integration=True)
"""How closely an audit integrates, resting states included."""


@dataclass(frozen=True)
class JudgedSample:
    """What one set of values makes of the claims.

    ``verdicts`` has one entry a claim, ``held`` one a check, whether it holds, and ``effects`` two a check, E and E',
    NaN where there is none; ``reason`` says why the first claim failed, if one did.
    """

    verdicts: NDArray[np.uint8]
    held: NDArray[np.bool_]
    effects: Vector
    reason: str


class Samples:
    """A model and its claims, ready to be judged many times; also what the chunks of a job share.

    Args:
        model: to be judged.
        claims: every claim with the id of its source; those without checks are left out, and so are landmarks, which no
            value was chosen or drawn for.
        sampler: see `osteon.simulation.sampling.quantiles`.
        number: of draws.
        seed: of the draws.
        every: of how many draws one is audited.
    """

    def __init__(
        self,
        model: Model,
        claims: Iterable[tuple[str, Claim]],
        *,
        sampler: str,
        number: int,
        seed: int,
        every: int = 50,
    ) -> None:
        self.claims = tuple((source, claim) for source, claim in claims if claim.checks and claim.role != "landmark")
        self.sampler, self.number, self.seed, self.every = sampler, number, seed, every
        self.model = model

    def __getstate__(self) -> dict[str, Any]:
        made = ("draws", "quantiles", "_judges", "_settled")
        return {name: value for name, value in vars(self).items() if name not in made}

    def prepare(self) -> None:
        """Compile the models, of draws and of the audit, and make the draws."""
        for model, _ in self._judges:
            _ = model.simulator
        _, _ = self._settled, self.quantiles

    @cached_property
    def draws(self) -> Draws:
        """The parameters and their ranges."""
        return self.model.draws

    @cached_property
    def quantiles(self) -> Vector:
        """Every draw, as quantiles of the ranges: shape (draws, parameters)."""
        return quantiles(self.sampler, self.number, len(self.draws.names), self.seed)

    def values(self, item: int) -> dict[str, float]:
        """Return the values of all drawn and derived parameters in one draw."""
        return self.draws.placed(self.quantiles[item])

    def judge(self, values: Mapping[str, float], *, audit: bool = False) -> JudgedSample:
        """Judge every claim with these values of the parameters.

        Args:
            values: by parameter; those not named keep their own.
            audit: whether to find resting states by integration, and to integrate at the tightest tolerance.
        """
        results = self.results(values, audit=audit)
        verdicts = [verdict(check.outcome for check in checks) for checks in results]
        reason = next((check.reason or "" for checks in results for check in checks if check.outcome == "failed"), "")
        return JudgedSample(
            np.array([VERDICTS.index(each) for each in verdicts], dtype=np.uint8),
            np.array([check.outcome == "holds" for checks in results for check in checks], dtype=np.bool_),
            np.array([pair for checks in results for check in checks for pair in _effects(check)], dtype=np.float64),
            reason,
        )

    def is_representable(self, place: int) -> bool:
        """Say whether the model has words for any check of a claim, by its place in ``claims``."""
        return any(known is None or known.outcome != "not representable" for known in self._settled[place])

    def results(self, values: Mapping[str, float], *, audit: bool = False) -> list[tuple[CheckResult, ...]]:
        """Return what becomes of every check of every claim with these values; see `sample`."""
        own, empty = self._judges[audit]
        model = own.with_values(values)
        readings = empty.of(model)
        return [
            tuple(
                known or judge_bound(check, claim, model, readings)
                for check, known in zip(claim.checks, settled, strict=True)
            )
            for (_, claim), settled in zip(self.claims, self._settled, strict=True)
        ]

    @cached_property
    def _judges(self) -> tuple[tuple[Model, Readings], tuple[Model, Readings]]:
        """Return model and readings of the draws, and those of the audit."""
        claims = [claim for _, claim in self.claims]
        models = self.model, self.model.replace(accuracy=TIGHT)
        first, second = ((model, Readings(model.binding, runs(model, claims), model, model.limit)) for model in models)
        return first, second

    @cached_property
    def _settled(self) -> tuple[tuple[CheckResult | None, ...], ...]:
        """Judge once what is the same in all draws: checks of structure, and what the model has no words for.

        Which influences are switched off is the same in all draws, for only a range of a single value switches one off.
        """
        drawn = self.model.with_values(self.values(0) if self.number else {})
        readings = Readings(drawn.binding, {}, drawn)
        return tuple(
            tuple(
                judge(check, claim, drawn, readings)
                if isinstance(check, StructureCheck) or missing_words(check, claim.setting, drawn.binding)
                else None
                for check in claim.checks
            )
            for _, claim in self.claims
        )


def judged(samples: Samples, chunk: Chunk) -> Columns:
    """Judge the draws of a chunk; every so many of them once more, for the audit."""
    done = [samples.judge(samples.values(item)) for item in chunk.items]
    audited = [item % samples.every == 0 for item in chunk.items]
    again = [
        samples.judge(samples.values(item), audit=True) if audit else sample
        for item, audit, sample in zip(chunk.items, audited, done, strict=True)
    ]
    return {
        "verdicts": np.array([sample.verdicts for sample in done]),
        "held": np.array([sample.held for sample in done]),
        "effects": np.array([sample.effects for sample in done]),
        "reason": np.array([sample.reason for sample in done]),
        "audited": np.array(audited),
        "audit_verdicts": np.array([sample.verdicts for sample in again]),
        "audit_effects": np.array([sample.effects for sample in again]),
    }


def _effects(result: CheckResult) -> tuple[float, float]:
    return tuple(np.nan if effect is None else effect.log for effect in (result.effect, result.second_effect))  # type: ignore[return-value]
