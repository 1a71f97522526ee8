"""Doing jobs, on all cores or on a cluster, so that they can be stopped and taken up again.

Each chunk depends on nothing but the job, and every finished chunk is kept on disk. So the result is the same for any
number of workers, with or without interruptions.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from osteon.errors import StoppedError
from osteon.extras import require
from osteon.jobs.job import Chunk, Columns, Job
from osteon.jobs.store import Store


def store_of(job: Job, results: Path) -> Store:
    """Return where the chunks of a job are kept: a folder of its own below ``results``, named by its digest."""
    return Store(results / f"{job.name}-{job.digest[:16]}")


def chunks_left(job: Job, results: Path) -> tuple[Chunk, ...]:
    """Return the chunks that are still to be done."""
    kept = store_of(job, results).numbers()
    return tuple(chunk for chunk in job.chunks if chunk.number not in kept)


def run_job(
    job: Job,
    *,
    results: Path,
    workers: int | None = None,
    scheduler: str | None = None,
    step: Callable[[], None] | None = None,
) -> dict[str, NDArray[Any]]:
    """Do what is left of a job and return the columns of all its items, in order.

    Args:
        job: what to do.
        results: folder in which finished chunks are kept, and looked for.
        workers: number of processes; one for each core at hand by default.
        scheduler: address of a Dask scheduler that does the work instead.
        step: called after each chunk that is done.

    Raises:
        StoppedError: if the user stops it; what is finished is kept.
        OsteonError: if a chunk cannot be done, or the folder not be written to.
    """
    store = store_of(job, results)
    store.prepare({"job": job.name, "digest": job.digest, "seed": job.seed, "size": job.size, "key": job.key})
    todo = chunks_left(job, results)
    try:
        if todo:
            job.context.prepare()
            with _interruptible() as check:
                for number, columns in _done(job, todo, workers, scheduler):
                    store.keep(number, columns)
                    if step is not None:
                        step()
                    check()
    except KeyboardInterrupt:
        kept = len(store.numbers())
        raise StoppedError(
            f"stopped; {kept} of {len(job.chunks)} chunks are kept in {store.folder}, "
            "and the same command goes on from them"
        ) from None
    return _joined([store.chunk(chunk.number) for chunk in job.chunks])


@contextmanager
def _interruptible() -> Iterator[Callable[[], None]]:
    """Yield a function that raises `KeyboardInterrupt` again if Python has swallowed it.

    It does so where the interrupt arrives in a finalizer, and the work would go on.
    """
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(before):
        yield lambda: None
        return
    arrived: list[int] = []

    def handle(number: int, frame: FrameType | None) -> None:
        arrived.append(number)
        before(number, frame)

    def check() -> None:
        if arrived:
            raise KeyboardInterrupt

    signal.signal(signal.SIGINT, handle)
    try:
        yield check
    finally:
        signal.signal(signal.SIGINT, before)


def _done(
    job: Job, chunks: tuple[Chunk, ...], workers: int | None, scheduler: str | None
) -> Iterator[tuple[int, Columns]]:
    """Yield number and columns of each chunk, as they are done."""
    if scheduler is None:
        from osteon.jobs import pool

        return pool.done(job, chunks, workers or pool.cores())
    require("--scheduler", "cluster", ("distributed",))
    from osteon.jobs import dask

    return dask.done(job, chunks, scheduler)


def _joined(parts: list[dict[str, NDArray[Any]]]) -> dict[str, NDArray[Any]]:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]} if parts else {}
