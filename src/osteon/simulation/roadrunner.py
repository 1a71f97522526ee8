"""Compiled models: the only module that touches libroadrunner itself, and the cache of what it compiles."""

from __future__ import annotations

import functools
import os
import platform
from pathlib import Path
from typing import Any

from osteon import cache
from osteon.errors import CompilationError

# SUNDIALS prints its warnings on standard output unless told otherwise; its failures reach us as exceptions.
os.environ.setdefault("SUNLOGGER_WARNING_FILENAME", os.devnull)
os.environ.setdefault("SUNLOGGER_ERROR_FILENAME", os.devnull)


def compiled(sbml: str, name: str, *, cached: bool) -> Any:
    """Return a RoadRunner with a model in it, compiled anew or from the user's cache.

    A state in the cache is native code, read in milliseconds.

    Args:
        sbml: the model's SBML text.
        name: the model's id, for messages.
        cached: whether the compiled model may come from the cache, and go there.

    Raises:
        CompilationError: if roadrunner refuses the model.
    """
    import roadrunner

    roadrunner.Logger.setLevel(roadrunner.Logger.LOG_FATAL)
    settings = roadrunner.Config
    # Each array with named rows and columns that is returned would leak a little.
    settings.setValue(settings.PYTHON_ENABLE_NAMED_MATRIX, False)
    # This compiler without its optimiser takes a quarter of the time of the usual one, and its code is as fast.
    settings.setValue(settings.LLVM_BACKEND, settings.LLJIT)
    settings.setValue(settings.LLJIT_OPTIMIZATION_LEVEL, settings.NONE)
    key = "\n".join([sbml, roadrunner.getVersionStr(), *_machine()]).encode()
    state = cache.kept("compiled", key) if cached else None
    try:
        if state is not None:
            runner = roadrunner.RoadRunner()
            # A damaged state would crash the process; the cache has compared its digest.
            runner.loadStateS(state)
            return runner
        runner = roadrunner.RoadRunner(sbml)
        if cached:
            cache.keep("compiled", key, runner.saveStateS())
    except RuntimeError as error:
        raise CompilationError(f"model {name!r} cannot be compiled for simulation: {reason_of(error)}") from None
    return runner


@functools.cache
def _machine() -> tuple[str, ...]:
    """Return what native code depends on: the operating system and the processor with its abilities."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").split("\n\n", 1)[0].splitlines()
        processor = tuple(line for line in lines if line.startswith(("model name", "flags", "Features", "CPU ")))
    except OSError:
        processor = (platform.processor(), platform.node())
    return (platform.system(), platform.release(), platform.machine(), *processor)


def reason_of(error: RuntimeError) -> str:
    """Return the first sentence of an engine's message, without its source positions."""
    text = " ".join(str(error).split())
    return text.split("; In virtual")[0].split(", at virtual")[0].rstrip(".")
