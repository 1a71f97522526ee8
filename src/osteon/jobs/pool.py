"""Forked processes that do the chunks of a job on the cores of this machine.

libroadrunner holds the interpreter's lock while it simulates, so threads would gain nothing. A forked process inherits
the compiled model. Where there is no fork, the context is pickled and prepared anew.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import warnings
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import wait
from typing import Any

from osteon.errors import OsteonError
from osteon.jobs.answer import answered, value_of
from osteon.jobs.job import Chunk, Columns, Job

_FORKS = "fork" in multiprocessing.get_all_start_methods()
_START: Any = multiprocessing.get_context("fork" if _FORKS else "spawn")
_TRIALS = 3
"""How often a chunk may lose its worker before the job is given up."""


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def done(job: Job, chunks: Sequence[Chunk], workers: int) -> Iterator[tuple[int, Columns]]:
    """Yield number and columns of each chunk, as they are done.

    A worker that dies, by a crash of a library or by a signal, is replaced, and its chunk done again.

    Raises:
        OsteonError: if a chunk loses its worker three times.
        Exception: whatever the job's function raises; see `answer.portable`.
    """
    waiting = deque(chunks)
    losses: Counter[int] = Counter()
    team = _Team(job)
    try:
        for _ in range(min(workers, len(waiting))):
            team.hire(waiting.popleft())
        while team.busy:
            for connection in wait(list(team.busy)):
                chunk, answer = team.answer(connection)
                if isinstance(answer, _Lost):
                    losses[chunk.number] += 1
                    if losses[chunk.number] == _TRIALS:
                        raise OsteonError(
                            f"chunk {chunk.number} of {job.name} ended its worker {_TRIALS} times ({answer})"
                        )
                    team.hire(chunk)
                    continue
                if waiting:
                    team.send(connection, waiting.popleft())
                yield chunk.number, value_of(answer)
    finally:
        team.dismiss()


class _Lost(str):
    """How a worker ended without an answer."""


class _Team:
    """The workers, by the connections to them; those in ``busy`` have a chunk to do."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._processes: dict[Any, Any] = {}
        self.busy: dict[Any, Chunk] = {}

    def hire(self, chunk: Chunk) -> None:
        """Start a worker on a chunk."""
        ours, theirs = _START.Pipe()
        process = _START.Process(target=_serve, args=(self._job, theirs), daemon=True)
        with warnings.catch_warnings(), _uncollected():
            # CPython >= 3.12 warns of threads: those of the progress bar, which workers never touch, and those of
            # NumPy's linear algebra, which renews them after a fork.
            warnings.filterwarnings("ignore", message=".*fork.*", category=DeprecationWarning)
            process.start()
        # With our copy of its end closed, the death of a worker is the end of what can be read.
        theirs.close()
        self._processes[ours] = process
        self.send(ours, chunk)

    def send(self, connection: Any, chunk: Chunk) -> None:
        """Give a chunk to a worker; if it has died, that shows when its answer is read."""
        self.busy[connection] = chunk
        try:
            connection.send(chunk)
        except OSError:
            return

    def answer(self, connection: Any) -> tuple[Chunk, bytes | _Lost]:
        """Return a worker's chunk and its answer, or the loss of the worker."""
        chunk = self.busy.pop(connection)
        try:
            return chunk, connection.recv_bytes()
        except (EOFError, OSError):
            process = self._processes.pop(connection)
            process.join()
            return chunk, _Lost(f"exit code {process.exitcode}")

    def dismiss(self) -> None:
        """End all workers, whatever they are doing."""
        for process in self._processes.values():
            process.kill()
        for connection, process in self._processes.items():
            process.join()
            connection.close()


@contextmanager
def _uncollected() -> Iterator[None]:
    """Hold garbage collection back while a worker starts; `_serve` takes it up again there."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _serve(job: Job, connection: Any) -> None:
    """Do chunks until there is nobody left who wants them."""
    # Whatever the parent had left to collect is the parent's: a compiled model waits for threads when it is freed, and
    # a forked process does not have them.
    gc.freeze()
    gc.enable()
    # Ctrl-C reaches every process of the terminal; the first one decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if not _FORKS:
        job.context.prepare()
    main: Any = multiprocessing.parent_process()
    try:
        while connection in wait([connection, main.sentinel]):
            chunk = connection.recv()
            connection.send_bytes(answered(job.function, job.context, chunk))
    except (EOFError, OSError):
        return
