"""Long computations: cut into chunks, done by all cores or a cluster, each finished chunk kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from osteon.api.arguments import Progress, silent, whole

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from osteon.jobs.job import Job


def computed(
    job: Job,
    label: str,
    *,
    workers: int | None,
    scheduler: str | None,
    results: str | Path | None,
    progress: Progress | None,
) -> dict[str, NDArray[Any]]:
    """Do a job; see `osteon.jobs.run.run_job`.

    Args:
        job: what to do.
        label: what it is, for people.
        workers: number of processes; one for each core if not given.
        scheduler: address of a Dask scheduler that does the work instead.
        results: folder for finished chunks, from which a stopped run goes on; the user's cache if not given.
        progress: shows how far it is.
    """
    from osteon import cache
    from osteon.jobs.run import chunks_left, run_job

    workers = None if workers is None else whole("workers", workers, 1)
    place = cache.folder() / "results" if results is None else Path(results)
    todo = len(chunks_left(job, place))
    with (progress or silent)(label, todo, len(job.chunks) - todo) as step:
        return run_job(job, results=place, workers=workers, scheduler=scheduler, step=step)
