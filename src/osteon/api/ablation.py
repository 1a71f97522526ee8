"""The interactions that claims depend on: ``ablate``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from osteon.api.arguments import Place, Progress, opened
from osteon.api.computation import computed

if TYPE_CHECKING:
    from osteon.analysis.ablation.result import Ablation


def ablate(
    model: str,
    *,
    record: bool = False,
    workers: int | None = None,
    scheduler: str | None = None,
    results: str | Path | None = None,
    project: Place = None,
    progress: Progress | None = None,
) -> Ablation:
    """Remove each reaction and each influence, reverse each influence, and list the claims that are lost.

    An interaction that no claim depends on is untested mechanism.

    Args:
        model: id of a model.
        record: whether to keep the result in ``models/results`` of the project, where `show` reads it.
        workers: as in `scan`, like the four that follow.
        scheduler: address of a Dask scheduler.
        results: folder for finished chunks.
        project: as in `models`.
        progress: as in `verify`.

    Returns:
        A result with ``to_frame()`` (one row for each change of an edge), ``support(edge)`` and ``as_dict()``.

    Raises:
        OsteonError: as in `load`.
    """
    from osteon.analysis.ablation.run import ablation, ablation_plan, job
    from osteon.files import write_file
    from osteon.simulation.model import load

    opened_ = opened(project)
    if record:
        opened_.require_own("ablate --record")
    loaded = load(opened_, model)
    plan = ablation_plan(loaded, opened_.claims(loaded.binding))
    columns = computed(
        job(plan),
        f"Taking {model} apart",
        workers=workers,
        scheduler=scheduler,
        results=results,
        progress=progress,
    )
    found = ablation(plan, columns)
    if record:
        write_file(opened_.files(model).result("ablation"), found.text())
    return found
