"""What commands with much to compute share: who computes, where finished work is kept, and progress."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from osteon.cli.terminal import errors, progress

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from osteon.jobs.job import Job

Workers = Annotated[int | None, typer.Option(min=1, help="Processes; one for each core if not given.")]
Scheduler = Annotated[
    str | None,
    typer.Option("--scheduler", metavar="ADDRESS", help="Compute on the Dask cluster of this scheduler instead."),
]
ResultsOption = Annotated[
    Path | None,
    typer.Option(help="Folder for finished chunks, from which a stopped run goes on; the user's cache if not given."),
]


def computed(
    job: Job, label: str, *, workers: int | None, scheduler: str | None, results: Path | None
) -> dict[str, NDArray[Any]]:
    """Do a job, with progress and an estimate of the time left; see `osteon.jobs.run.run`."""
    from osteon import cache
    from osteon.jobs.run import chunks_left, run_job

    place = results or cache.folder() / "results"
    todo = len(chunks_left(job, place))
    if todo < len(job.chunks):
        kept = f"{len(job.chunks) - todo} of {len(job.chunks)} chunks are there from an earlier run"
        errors.print(kept, highlight=False)
    with progress(label, todo) as step:
        return run_job(job, results=place, workers=workers, scheduler=scheduler, step=step)
