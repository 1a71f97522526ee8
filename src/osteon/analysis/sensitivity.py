"""Sensitivity: which parameters an effect hangs on, over the ranges that the binding declares, through SALib.

The effect is E, the natural logarithm of the fold change of an observable between two conditions; a value below the
detection limit counts as that limit, so that what appears or is gone has an effect too. A parameter is moved on
the logarithmic scale where its range is positive, and derived parameters follow in every run.

SALib needs whole designs, and the simulation of a run can break. A Morris design consists of trajectories, a Sobol
design of blocks, each drawn independently of the others. One with a failed run is left out whole, and counted; so the
indices speak of that part of the ranges in which the model can be simulated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from osteon.analysis.prediction import effects_of
from osteon.errors import OsteonError
from osteon.jobs.job import Chunk, Columns, Job
from osteon.simulation.contrast import Contrast, said
from osteon.simulation.model import Model
from osteon.simulation.sampling import Draws
from osteon.simulation.vector import Vector
from osteon.verification import fingerprint

if TYPE_CHECKING:
    import pandas as pd

Method = Literal["morris", "sobol"]
METHODS: tuple[str, ...] = get_args(Method)
RANKED_BY = {"morris": "mu_star", "sobol": "ST"}
"""The index that parameters are ranked by."""
_LEVELS = 4
_CHUNK = 20
_FEWEST = 4
_STILL = 1e-9


@dataclass(frozen=True)
class SamplingPlan:
    """The runs that answer a question.

    Attributes:
        model: to be run.
        asked: the effects that are looked at, one an observable; see `Model.contrasts`.
        method: which indices are wanted.
        size: number of trajectories (Morris) or of blocks (Sobol).
        seed: of the sampling, and of the confidence intervals.
        points: sampled points, of shape (runs, parameters): how far up its range each parameter is; see `Draws.placed`.
    """

    model: Model
    asked: tuple[Contrast, ...]
    method: Method
    size: int
    seed: int
    points: Vector

    def prepare(self) -> None:
        """Compile the model."""
        _ = self.model.simulator

    def effects(self, number: int) -> list[float]:
        """Return the effect on each observable in one run, `Effect.bounded`; NaN where the simulation breaks.

        After the sampled points come the model as it is, and the two ends of each parameter's range.
        """
        found = effects_of(self.model.with_values(self._values(number)), self.asked)
        return [np.nan for _ in self.asked] if found is None else [effect.bounded for effect in found]

    def _values(self, number: int) -> dict[str, float]:
        draws = self.model.draws
        beyond = number - len(self.points)
        if beyond < 0:
            return draws.placed(self.points[number])
        if beyond == 0:
            return {}
        name, end = draws.names[(beyond - 1) // 2], (beyond - 1) % 2
        return draws.completed({**draws.own, name: draws.ranges[name][end]})

    @property
    def runs(self) -> int:
        """Number of runs: those of the sample, the model as it is, and two for each parameter."""
        return len(self.points) + 1 + 2 * int(self.points.shape[1])


def _problem(draws: Draws) -> dict[str, Any]:
    """Return SALib's account of the sample: each parameter from one end of its range to the other, as zero to one."""
    return {"num_vars": len(draws.names), "names": list(draws.names), "bounds": [[0.0, 1.0]] * len(draws.names)}


def design(
    model: Model,
    asked: tuple[Contrast, ...],
    *,
    method: str = "morris",
    size: int,
    seed: int,
) -> SamplingPlan:
    """Lay out the runs of an analysis.

    Args:
        model: to be asked.
        asked: the effects that are looked at, one an observable; see `Model.contrasts`.
        method: ``morris``, one step of one parameter after another, or ``sobol``, quantiles of the variance.
        size: number of trajectories of as many runs as there are parameters and one more (Morris), or of blocks of as
            many runs as there are parameters and two more (Sobol); a power of two for Sobol.
        seed: the same seed gives the same runs.

    Raises:
        OsteonError: if the method is unknown, the size does not fit it, SALib is missing, or nothing has a range.
    """
    if method not in METHODS:
        raise OsteonError(f"unknown method {method!r}; expected {' or '.join(METHODS)}")
    if size < _FEWEST or (method == "sobol" and size & (size - 1)):
        demand = "a power of two, such as 64 or 256" if method == "sobol" else f"at least {_FEWEST}"
        raise OsteonError(f"--draws {size} does not fit method {method!r}: expected {demand}")
    draws = model.draws
    if not draws.names:
        raise OsteonError(f"model {model.name!r} declares no range for any parameter; its binding says where")
    points = _sampled(_problem(draws), method, size, seed)
    return SamplingPlan(model, asked, method, size, seed, points)  # type: ignore[arg-type]


def _sampled(problem: dict[str, Any], method: str, size: int, seed: int) -> Vector:
    if method == "morris":
        from SALib.sample import morris

        return np.asarray(morris.sample(problem, size, num_levels=_LEVELS, seed=seed))
    from SALib.sample import sobol

    return np.asarray(sobol.sample(problem, size, calc_second_order=False, seed=seed))


def job(plan: SamplingPlan) -> Job:
    """Return the runs of a design as a job for `osteon.jobs.run`."""
    key = fingerprint.key(_fingerprint(plan))
    return Job("sensitivity", _done, plan, size=plan.runs, chunk_size=_CHUNK, seed=plan.seed, key=key)


def _fingerprint(plan: SamplingPlan) -> dict[str, str]:
    question = [contrast.as_dict() for contrast in plan.asked]
    asked = {"question": question, "method": plan.method, "size": plan.size, "seed": plan.seed}
    return fingerprint.fingerprint("sensitivity", plan.model, request=asked)


def _done(plan: SamplingPlan, chunk: Chunk) -> Columns:
    return {"effect": np.array([plan.effects(item) for item in chunk.items])}


def ranking(plan: SamplingPlan, columns: Columns) -> pd.DataFrame:
    """Return the indices of every parameter for every observable, the greatest first.

    Args:
        plan: the design.
        columns: what its job gave.

    Returns:
        One row for each observable and parameter. For Morris ``mu_star``, its confidence ``mu_star_conf``, ``mu`` and
        ``sigma``, in units of E over the whole range; for Sobol ``S1`` and ``ST`` with ``S1_conf`` and ``ST_conf``, NaN
        where the effect does not vary. ``low`` and ``high`` are E at the two ends of the range, all else as in the
        model. ``.attrs`` carries what was asked, ``effect`` of the model as it is, ``failed`` runs, the ``groups``
        (trajectories or blocks) that were ``used`` for each observable, fingerprint and versions.

    Raises:
        OsteonError: if too few groups are left without a failed run.
    """
    import pandas as pd

    draws = plan.model.draws
    sampled, rest = np.split(columns["effect"], [len(plan.points)])
    names = [contrast.reading.observable for contrast in plan.asked]
    frames, used = [], {}
    for index, name in enumerate(names):
        indices, used[name] = _indices(plan, sampled[:, index], name, draws)
        ends = rest[1:, index].reshape(-1, 2)
        frame = pd.DataFrame({**indices, "low": ends[:, 0], "high": ends[:, 1]}, index=list(draws.names))
        frame = frame.sort_values(RANKED_BY[plan.method], ascending=False, kind="stable", na_position="last")
        frame.insert(0, "observable", name)
        frames.append(frame.rename_axis("parameter").reset_index())
    table = pd.concat(frames, ignore_index=True)
    table.attrs |= {
        **fingerprint.record(plan.model, _fingerprint(plan)),
        **said(plan.asked[0]),
        "method": plan.method,
        "draws": plan.size,
        "seed": plan.seed,
        "runs": plan.runs,
        "failed": int(np.isnan(sampled).any(axis=1).sum()),
        "used": used,
        "effect": {name: float(rest[0, index]) for index, name in enumerate(names)},
        "ranges": {name: list(draws.ranges[name]) for name in draws.names},
    }
    return table


def _indices(plan: SamplingPlan, found: Vector, name: str, draws: Draws) -> tuple[dict[str, Vector], int]:
    """Return the indices of one observable, and how many groups without a failed run they rest on."""
    groups = found.reshape(plan.size, -1)
    whole = ~np.isnan(groups).any(axis=1)
    used = int(whole.sum())
    if used < _FEWEST:
        raise OsteonError(
            f"{plan.asked[0].reading.condition!r} could not be simulated in {int(np.isnan(found).sum())} of "
            f"{found.size} runs, which leaves {used} of {plan.size} {_GROUPS[plan.method]} whole; at least {_FEWEST} "
            "are needed: give more --draws, or narrower ranges"
        )
    kept = groups[whole].ravel()
    problem = _problem(draws)
    if plan.method == "morris":
        points = plan.points.reshape(plan.size, -1, problem["num_vars"])[whole].reshape(-1, problem["num_vars"])
        return _morris(problem, points, kept, plan.seed), used
    return _sobol(problem, kept, plan.seed), used


_GROUPS = {"morris": "trajectories", "sobol": "blocks"}


def _morris(problem: dict[str, Any], points: Vector, found: Vector, seed: int) -> dict[str, Vector]:
    from SALib.analyze import morris

    analysed = morris.analyze(problem, points, found, num_levels=_LEVELS, seed=seed)
    return {name: np.asarray(analysed[name], dtype=np.float64) for name in ("mu_star", "mu_star_conf", "mu", "sigma")}


def _sobol(problem: dict[str, Any], found: Vector, seed: int) -> dict[str, Vector]:
    from SALib.analyze import sobol

    names = ("S1", "S1_conf", "ST", "ST_conf")
    if np.std(found) < _STILL:
        return {name: np.full(problem["num_vars"], np.nan) for name in names}
    analysed = sobol.analyze(problem, found, calc_second_order=False, seed=seed)
    return {name: np.asarray(analysed[name], dtype=np.float64) for name in names}
