"""A job whose chunks can be made to wait, to break and to kill their worker, for tests of work."""

from __future__ import annotations

import os
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from osteon.errors import SimulationError
from osteon.jobs import versions
from osteon.jobs.job import Chunk, Columns, Job
from osteon.jobs.run import run_job


@dataclass(frozen=True)
class Counting:
    """A folder for marks by which chunks and tests tell each other how far they are.

    Attributes:
        folder: of the marks.
        gate: chunks from this number on wait until the mark ``open`` is there.
        fatal: number of the chunk that kills its worker.
        kills: how often it does.
    """

    folder: Path
    gate: int | None = None
    fatal: int | None = None
    kills: int = 1

    def prepare(self) -> None:
        """Leave a mark."""
        (self.folder / f"prepared.{os.getpid()}").touch()


def counted(context: Counting, chunk: Chunk) -> Columns:
    """Return numbers that follow from the chunk alone."""
    if context.gate is not None and chunk.number >= context.gate:
        while not (context.folder / "open").exists():
            time.sleep(0.01)
    if chunk.number == context.fatal:
        earlier = len(list(context.folder.glob("killed.*")))
        if earlier < context.kills:
            (context.folder / f"killed.{earlier}").touch()
            os.kill(os.getpid(), signal.SIGKILL)
    generator = np.random.default_rng(chunk.seed)
    return {
        "item": np.array(chunk.items),
        "value": generator.normal(size=len(chunk.items)),
        "word": np.array([f"{'long' * (item % 3)}{item}" for item in chunk.items]),
    }


def interrupted(context: Counting, chunk: Chunk) -> Columns:
    """Return the same numbers after Ctrl-C in this process alone, and leave a mark for each time."""
    (context.folder / f"interrupted.{time.monotonic_ns()}.{os.getpid()}").touch()
    os.kill(os.getpid(), signal.SIGINT)
    return counted(context, chunk)


def broken(context: Counting, chunk: Chunk) -> Columns:
    """Raise."""
    raise ZeroDivisionError(f"in chunk {chunk.number}")


class PickyError(Exception):
    """An exception that cannot be unpickled: it is made of other arguments than it has."""

    def __init__(self, part: str, reason: str) -> None:
        super().__init__(f"{part}: {reason}")


class SilentError(Exception):
    """An exception that is unpickled without its text."""

    def __init__(self, text: str = "") -> None:
        self.text = text
        super().__init__(text)

    def __reduce__(self) -> tuple[type[SilentError], tuple[()]]:
        return SilentError, ()


def refuse(kind: str) -> None:
    """Raise an exception of a kind that is hard to pickle."""

    class LocalError(Exception):
        pass

    raise {
        "picky": PickyError("leg", "broken"),
        "silent": SilentError("broken"),
        "local": LocalError("broken"),
        "own": SimulationError("m", "control", 1.0, "broken"),
    }[kind]


def picky(context: Counting, chunk: Chunk) -> Columns:
    """Raise what cannot be unpickled."""
    raise PickyError(f"chunk {chunk.number}", "broken")


def unreadable(context: Counting, chunk: Chunk) -> Columns:
    """Return what cannot be pickled."""
    return {"value": np.array([lambda: chunk], dtype=object)}


def pretend(version: str) -> None:
    """Let this process seem to have another version of numpy."""
    seeming = {**versions.versions(), "numpy": version}
    versions.versions = lambda: seeming


def job(context: Counting, function=counted) -> Job:  # type: ignore[no-untyped-def]
    """Return a job of 23 items in 6 chunks."""
    return Job("counting", function, context, size=23, chunk_size=4, seed=5, key={"of": "tests"})


def main() -> None:
    """Do the job as the command line says: folder of marks, folder of results, gate."""
    folder, results, gate = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    run_job(job(Counting(folder, gate=gate)), results=results, workers=2)
