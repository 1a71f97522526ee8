"""Models over draws of their parameters: ``robustness`` and ``infer``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from osteon.api.arguments import MOST_DRAWS, Place, Progress, opened, whole
from osteon.api.computation import computed
from osteon.errors import UnknownIdError, suggestion
from osteon.extras import require

if TYPE_CHECKING:
    from osteon.analysis.inference import Ensemble
    from osteon.analysis.robustness.result import Robustness
    from osteon.analysis.robustness.samples import Samples


def robustness(
    model: str,
    *,
    draws: int = 1000,
    seed: int = 1,
    sampler: str = "sobol",
    workers: int | None = None,
    scheduler: str | None = None,
    results: str | Path | None = None,
    project: Place = None,
    progress: Progress | None = None,
) -> Robustness:
    """Say how often each claim is supported over all plausible values of the parameters.

    Values are drawn from ranges that were measured or that belong to classes of quantities, and know no claim.

    Args:
        model: id of a model.
        draws: how many draws of the parameters.
        seed: the same seed gives the same draws.
        sampler: how draws are spread: ``"sobol"``, ``"lhs"`` or ``"random"``.
        workers: as in `scan`, like the four that follow.
        scheduler: address of a Dask scheduler.
        results: folder for finished chunks.
        project: as in `models`.
        progress: as in `verify`.

    Returns:
        A result with ``to_frame()`` (one row a claim), ``draws_to_frame()`` (one row a draw) and ``as_dict()``.

    Raises:
        OsteonError: as in `load`, and if the sampler or the number of draws does not serve.
    """
    from osteon.analysis.robustness import result

    made = _samples(model, draws, seed, sampler, project)
    columns = computed(
        result.job(made),
        f"Judging {model}",
        workers=workers,
        scheduler=scheduler,
        results=results,
        progress=progress,
    )
    return result.robustness(made, columns)


def infer(
    model: str,
    *,
    draws: int = 1000,
    seed: int = 1,
    sampler: str = "sobol",
    live: int = 50,
    islands: int = 8,
    workers: int | None = None,
    scheduler: str | None = None,
    results: str | Path | None = None,
    project: Place = None,
    progress: Progress | None = None,
) -> Ensemble:
    """Find the values of the parameters with which a model supports every claim that it was built on.

    Draws that do are kept. Where fewer than one in a thousand do, nested sampling finds them; it takes much longer.

    Args:
        model: id of a model.
        draws: how many draws of the parameters.
        seed: the same seed gives the same draws.
        sampler: how draws are spread: ``"sobol"``, ``"lhs"`` or ``"random"``.
        live: live points of each run of nested sampling.
        islands: runs of nested sampling, apart from each other.
        workers: as in `scan`, like the four that follow.
        scheduler: address of a Dask scheduler.
        results: folder for finished chunks.
        project: as in `models`.
        progress: as in `verify`.

    Returns:
        An ensemble with ``to_frame()`` (one row a member), ``save(path)`` and ``about``; `predict` asks its members.

    Raises:
        OsteonError: as in `robustness`, and if the model answers to no claim of construction.
    """
    from osteon.analysis import inference
    from osteon.analysis.robustness import result

    require("infer", "ensemble", ("dynesty",))
    live = whole("live", live, 10)
    islands = whole("islands", islands, 1)
    made = _samples(model, draws, seed, sampler, project)
    inference.criterion(made)
    columns = computed(
        result.job(made),
        f"Judging {model}",
        workers=workers,
        scheduler=scheduler,
        results=results,
        progress=progress,
    )
    found = inference.kept(made, columns)
    if found.about["share"] >= inference.THIN:
        return found
    columns = computed(
        inference.job(made, live=live, islands=islands, seed=made.seed),
        f"Only {len(found)} of {draws} draws support all claims; sampling {model}",
        workers=workers,
        scheduler=scheduler,
        results=results,
        progress=progress,
    )
    return inference.ensemble(made, columns, live=live, islands=islands, seed=made.seed)


def _samples(name: str, draws: int, seed: int, sampler: str, project: Place) -> Samples:
    """Return one of the project's models, ready to be judged over draws."""
    from osteon.analysis.robustness.result import samples
    from osteon.simulation.model import load
    from osteon.simulation.sampling import SAMPLERS

    draws = whole("draws", draws, 1, MOST_DRAWS)
    seed = whole("seed", seed, 0)
    if sampler not in SAMPLERS:
        raise UnknownIdError(f"--sampler {sampler!r} is none of {', '.join(SAMPLERS)}{suggestion(sampler, SAMPLERS)}")
    opened_ = opened(project)
    model = load(opened_, name)
    return samples(model, opened_.claims(model.binding), draws=draws, seed=seed, sampler=sampler)
