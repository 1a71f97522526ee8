"""Long computations: cut into chunks, done by all cores or a cluster, each finished chunk kept."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
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
        results: folder for finished chunks, from which a stopped run goes on; the user's cache if not given, and where
            that cannot be written to, one that is removed afterwards.
        progress: shows how far it is.
    """
    from osteon.jobs.run import chunks_left, run_job

    workers = None if workers is None else whole("workers", workers, 1)
    with _place(results) as place:
        todo = len(chunks_left(job, place))
        with (progress or silent)(label, todo, len(job.chunks) - todo) as step:
            return run_job(job, results=place, workers=workers, scheduler=scheduler, step=step)


@contextmanager
def _place(results: str | Path | None) -> Iterator[Path]:
    """Yield the folder for finished chunks; see `computed`."""
    from osteon import cache
    from osteon.errors import StoppedError

    place = cache.folder() / "results" if results is None else Path(results)
    if results is not None or cache.can_keep(place):
        yield place
        return
    with tempfile.TemporaryDirectory(prefix="osteon-") as name:
        try:
            yield Path(name)
        except StoppedError:
            where = f"the cache, {place}, cannot be written to; --results names another folder"
            raise StoppedError(f"stopped; nothing is kept, for {where}") from None
