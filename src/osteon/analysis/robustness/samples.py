"""Samples: one model judged by its claims again and again, each time with other values of its parameters.

The verdicts are those of `osteon.verification.verify`; what does not depend on the values is worked out once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from osteon.analysis.engine import NoCore
from osteon.analysis.robustness.core import core_of, judge_with
from osteon.errors import OsteonError
from osteon.evidence.claims import Check, Claim, StructureCheck
from osteon.experiments.runs import missing_words, runs
from osteon.jobs.job import Chunk, Columns
from osteon.simulation.batch.core import Core
from osteon.simulation.batch.judge import Parts
from osteon.simulation.engine import Accuracy
from osteon.simulation.model import Model
from osteon.simulation.readings import Readings
from osteon.simulation.sampling import Draws, quantiles
from osteon.simulation.vector import Vector
from osteon.verification.many import VERDICTS
from osteon.verification.results import CheckResult
from osteon.verification.verdicts import verdict
from osteon.verification.verify import judge, judge_bound

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
        self._decided: bool | None = None

    def __getstate__(self) -> dict[str, Any]:
        made = ("draws", "quantiles", "_judges", "_parts", "settled", "core")
        kept = {name: value for name, value in vars(self).items() if name not in made}
        return kept | {"_decided": self.in_core}

    @cached_property
    def core(self) -> Core | NoCore:
        """The batch core that judges the draws, or the reason why libroadrunner does.

        Raises:
            OsteonError: if it is to be used, for so it was decided where the job began, and cannot be here.
        """
        if self._decided is False:
            return NoCore("so it was decided where the job began")
        found = core_of(self)
        if self._decided and isinstance(found, NoCore):
            raise OsteonError(f"this worker cannot use the batch core, with which the job began: {found.reason}")
        return found

    @property
    def why(self) -> str:
        """Why libroadrunner judges the draws alone, where another installation would go faster."""
        return "" if self._decided is not None or isinstance(self.core, Core) else self.core.hint

    @property
    def in_core(self) -> bool:
        """Whether the batch core judges the draws."""
        return self._decided if self._decided is not None else isinstance(self.core, Core)

    def prepare(self) -> None:
        """Compile the models, of draws and of the audit, and make the draws."""
        for model, _ in self._judges:
            _ = model.simulator
        _, _, _ = self.settled, self.quantiles, self.core
        for parts in self._parts or ():
            _ = parts.models

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

    def columns(self, items: Sequence[int]) -> dict[str, Vector]:
        """Return the values of some draws, one array a parameter; see `values`."""
        return self.draws.columns(self.quantiles[list(items)])

    def judge(self, values: Mapping[str, float], *, audit: bool = False, parts: bool = False) -> JudgedSample:
        """Judge every claim with these values of the parameters.

        Args:
            values: by parameter; those not named keep their own.
            audit: whether to find resting states by integration, and to integrate at the tightest tolerance.
            parts: as in `one`.
        """
        results = self.results(values, audit=audit, parts=parts)
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
        return any(known is None or known.outcome != "not representable" for known in self.settled[place])

    def results(
        self, values: Mapping[str, float], *, audit: bool = False, parts: bool = False
    ) -> list[tuple[CheckResult, ...]]:
        """Return what becomes of every check of every claim with these values; see `sample`."""
        one = self.one(values, audit=audit, parts=parts)
        return [
            tuple(known or one(check, claim) for check, known in zip(claim.checks, settled, strict=True))
            for (_, claim), settled in zip(self.claims, self.settled, strict=True)
        ]

    def one(
        self, values: Mapping[str, float], *, audit: bool = False, parts: bool = False
    ) -> Callable[[Check, Claim], CheckResult]:
        """Return what judges single checks with these values in libroadrunner; runs that they share are shared.

        Args:
            values: as in `judge`.
            audit: as in `judge`.
            parts: whether each run may be that of the part of the model that answers it.
        """
        own, empty = self._judges[audit]
        model = own.with_values(values)
        readings = empty.of(self._parts[audit].of(values) if parts and self._parts else model)
        return lambda check, claim: judge_bound(check, claim, model, readings)

    @cached_property
    def _parts(self) -> tuple[Parts, Parts] | None:
        """Return the model in parts, for draws and for the audit, where the core has taken it apart."""
        if not isinstance(self.core, Core) or self.core.excluded:
            return None
        first, second = (Parts(model, self.core.needed) for model, _ in self._judges)
        return first, second

    @cached_property
    def _judges(self) -> tuple[tuple[Model, Readings], tuple[Model, Readings]]:
        """Return model and readings of the draws, and those of the audit."""
        claims = [claim for _, claim in self.claims]
        models = self.model, self.model.replace(accuracy=TIGHT)
        lead = self.model.paths.lead  # The structure is that of the model's own values, in draws as well.
        first, second = (
            (model, Readings(model.binding, runs(model, claims), model, model.limit, lead)) for model in models
        )
        return first, second

    @cached_property
    def settled(self) -> tuple[tuple[CheckResult | None, ...], ...]:
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
    core = samples.core
    if isinstance(core, Core):
        found = judge_with(core, samples, chunk.items)
        done = [
            JudgedSample(*one) for one in zip(found.verdicts, found.held, found.effects, found.reasons, strict=True)
        ]
        audits, again = found.audits, found.again
    else:
        done = [samples.judge(samples.values(item)) for item in chunk.items]
        audits = {
            place: samples.judge(samples.values(item), audit=True)
            for place, item in enumerate(chunk.items)
            if item % samples.every == 0
        }
        again = np.zeros((len(done), 2), dtype=np.int_)
    once_more = [audits.get(place, sample) for place, sample in enumerate(done)]
    return {
        "verdicts": np.array([sample.verdicts for sample in done]),
        "held": np.array([sample.held for sample in done]),
        "effects": np.array([sample.effects for sample in done]),
        "reason": np.array([sample.reason for sample in done]),
        "again": again,
        "audited": np.array([place in audits for place in range(len(done))]),
        "audit_verdicts": np.array([sample.verdicts for sample in once_more]),
        "audit_effects": np.array([sample.effects for sample in once_more]),
    }


def _effects(result: CheckResult) -> tuple[float, float]:
    return tuple(np.nan if effect is None else effect.log for effect in (result.effect, result.second_effect))  # type: ignore[return-value]
