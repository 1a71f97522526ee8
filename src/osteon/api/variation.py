"""Effects over doses and values of parameters: ``scan`` and ``sensitivity``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from osteon.api.arguments import MOST_DRAWS, Place, Progress, opened, spans, whole
from osteon.api.computation import computed
from osteon.extras import require

if TYPE_CHECKING:
    import pandas as pd


def scan(
    model: str,
    vary: Mapping[str, Sequence[float]],
    condition: str = "control",
    reference: str = "control",
    *,
    observables: Sequence[str] | None = None,
    at: str | None = None,
    reference_at: str | None = None,
    average: str | None = None,
    reference_observable: str | None = None,
    setting: str | None = None,
    points: int = 11,
    log: bool = False,
    workers: int | None = None,
    scheduler: str | None = None,
    results: str | Path | None = None,
    project: Place = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Follow the response to a condition over the dose of an intervention, or the value of a parameter.

    Args:
        model: id of a model.
        vary: the lowest and the highest value of an intervention of the condition, or of a parameter, by name, such as
            ``{"cccp": (0.1, 100)}``; two of them for a grid.
        condition: interventions joined by ``+``, or ``control``.
        reference: the condition to compare with.
        observables: as in `predict`, like ``at`` to ``setting``.
        at: when the condition is read.
        reference_at: when the reference is read.
        average: the period up to each time over which it is averaged, such as ``"1 d"``; the value at it if not
            given.
        reference_observable: what is read of the reference.
        setting: such as ``"mouse"``.
        points: number of values of each, evenly spaced.
        log: whether they are evenly spaced on the logarithmic scale.
        workers: number of processes; one for each core if not given.
        scheduler: address of a Dask scheduler that does the work instead.
        results: folder for finished chunks, from which a stopped run goes on; the user's cache if not given.
        project: as in `models`.
        progress: as in `verify`.

    Returns:
        One row for each point and observable: a column for each thing varied, ``observable``, then the columns of
        `predict`; NaN where the simulation broke. ``.attrs`` has what was asked, fingerprint and versions.

    Raises:
        OsteonError: as in `predict`, and if something cannot be varied.
    """
    from osteon.analysis import scan as scans
    from osteon.simulation.model import load

    points = whole("points", points, 2, MOST_DRAWS)
    loaded = load(opened(project), model)
    varied = {
        name: scans.grid(low, high, points, log, f"{name}={low:g}..{high:g}")
        for name, (low, high) in spans(vary).items()
    }
    plan = scans.scan(
        loaded,
        varied,
        condition,
        reference,
        observables=observables,
        at=at,
        reference_at=reference_at,
        average=average,
        reference_observable=reference_observable,
        setting=setting,
    )
    columns = computed(
        scans.job(plan), "Scanning", workers=workers, scheduler=scheduler, results=results, progress=progress
    )
    return scans.response(plan, columns)


def sensitivity(
    model: str,
    condition: str,
    observables: Sequence[str],
    reference: str = "control",
    *,
    at: str | None = None,
    reference_at: str | None = None,
    average: str | None = None,
    reference_observable: str | None = None,
    setting: str | None = None,
    method: str = "morris",
    draws: int = 16,
    seed: int = 1,
    workers: int | None = None,
    scheduler: str | None = None,
    results: str | Path | None = None,
    project: Place = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Rank the parameters that most influence an effect, over their plausible ranges.

    Args:
        model: id of a model.
        condition: interventions joined by ``+``.
        observables: the effects on these are looked at.
        reference: the condition to compare with.
        at: as in `predict`, like the three that follow.
        reference_at: when the reference is read.
        average: the period up to each time over which it is averaged, such as ``"1 d"``; the value at it if not
            given.
        reference_observable: what is read of the reference.
        setting: such as ``"mouse"``.
        method: ``"morris"``, to screen, or ``"sobol"``, for shares of the variance.
        draws: number of trajectories (Morris), or of blocks, a power of two (Sobol).
        seed: of the sampling.
        workers: as in `scan`, like the four that follow.
        scheduler: address of a Dask scheduler.
        results: folder for finished chunks.
        project: as in `models`.
        progress: as in `verify`.

    Returns:
        One row for each observable and parameter, the most influential first: the indices of the method, and the effect
        with the parameter at either end of its range (``low``, ``high``). ``.attrs`` has what was asked.

    Raises:
        OsteonError: as in `predict`, and if the method or the number of draws does not serve.
    """
    from osteon.analysis.sensitivity import design, job, ranking
    from osteon.simulation.model import load

    require("sensitivity", "ensemble", ("SALib",))
    draws = whole("draws", draws, 1, MOST_DRAWS)
    seed = whole("seed", seed, 0)
    loaded = load(opened(project), model)
    asked = loaded.contrasts(
        condition,
        reference,
        observables=list(dict.fromkeys(observables)),
        at=at,
        reference_at=reference_at,
        average=average,
        reference_observable=reference_observable,
        setting=setting,
    )
    plan = design(loaded, asked, method=method, size=draws, seed=seed)
    columns = computed(
        job(plan), "Varying parameters", workers=workers, scheduler=scheduler, results=results, progress=progress
    )
    return ranking(plan, columns)
