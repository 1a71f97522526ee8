"""One call in an interpreter of its own: for libraries that keep state, take over others, print, or crash.

Unlike a process of `multiprocessing` it does not run the caller's script again, so that any script and any notebook may
ask for it.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from osteon.jobs.answer import answered, value_of

Value = TypeVar("Value")

_FILES = 8192
"""How many files may be open at once, where the system allows it; macOS begins with 256."""


class CrashedError(Exception):
    """The interpreter ended without an answer; holds what it said last."""


def call_in_subprocess(function: Callable[..., Value], *arguments: object) -> Value:
    """Call a function in a new interpreter, whose working and temporary folder is an empty one, removed afterwards.

    What it prints goes nowhere.

    Args:
        function: of a module; it, the arguments and what it returns or raises are pickled.
        arguments: its positional arguments.

    Raises:
        CrashedError: if the interpreter dies.
        Exception: whatever the function raises; see `answer.portable`.
    """
    with tempfile.TemporaryDirectory(prefix="osteon-") as name:
        folder = Path(name)
        question, answer = folder / "question", folder / "answer"
        working = folder / "working"
        working.mkdir()
        question.write_bytes(pickle.dumps((function, arguments)))
        done = subprocess.run(
            [sys.executable, "-P", "-m", __name__, question, answer],
            check=False,
            cwd=working,
            env={**os.environ, "PYTHONPATH": _path(), "TMPDIR": str(working)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        if not answer.exists():
            raise CrashedError(done.stderr.decode(errors="replace"))
        value: Value = value_of(answer.read_bytes())
    return value


def _path() -> str:
    """Return where this interpreter finds modules, for the environment of another with another working folder."""
    return os.pathsep.join(str(Path(entry).resolve()) for entry in sys.path)


def _open_more() -> None:
    """Let this process open as many files as it may: every model that libroadrunner compiles holds one or two."""
    try:
        import resource
    except ImportError:  # Windows has no such limit.
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES if hard == resource.RLIM_INFINITY else min(_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _answer(question: Path, answer: Path) -> None:
    _open_more()
    function, arguments = pickle.loads(question.read_bytes())
    whole = answer.with_suffix(".partial")
    whole.write_bytes(answered(function, *arguments))
    whole.replace(answer)


if __name__ == "__main__":
    _answer(*map(Path, sys.argv[1:]))
