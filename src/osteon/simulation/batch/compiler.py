"""Compiling generated C into a library that this process loads, by the system's compiler or by ziglang.

What is compiled is kept in the user's cache under a key of its source, its compiler and this machine, and loaded only
when its digest fits (`osteon.cache`).
"""

from __future__ import annotations

import ctypes
import functools
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from osteon import cache

# Contraction would round a product and a sum once on processors that can and twice on others.
_FLAGS = ("-O2", "-fPIC", "-shared", "-march=native", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math")
_QUIET = ("-w", "-std=gnu11")
_TIME = 600.0  # s


class NoCompilerError(Exception):
    """Nothing here compiles C; holds what was tried and what would help."""


@functools.cache
def compiler() -> tuple[str, ...]:
    """Return the command that compiles C: that of the system, or the one of the package ``ziglang``.

    Raises:
        NoCompilerError: if neither is there, or neither works.
    """
    found = shutil.which("cc")
    commands: list[tuple[str, ...]] = [(found,)] if found else []
    if find_spec("ziglang") is not None:
        commands.append((sys.executable, "-m", "ziglang", "cc"))
    for command in commands:
        try:
            _built(command, "int one(void) { return 1; }\n")
        except (OSError, subprocess.SubprocessError):
            continue
        return command
    how = "none works" if commands else "there is none"
    raise NoCompilerError(f"needs a C compiler, and {how} here: `pip install 'osteon[fast]'` brings one")


@functools.cache
def _identity(command: tuple[str, ...]) -> str:
    done = subprocess.run([*command, "--version"], capture_output=True, text=True, check=False, timeout=_TIME)
    return done.stdout


def library(source: str, *, cached: bool = True) -> ctypes.CDLL:
    """Return C code as a loaded library.

    Args:
        source: C text that needs the standard library and mathematics only.
        cached: whether it may come from the user's cache, and go there.

    Raises:
        NoCompilerError: if it cannot be compiled here.
    """
    command = compiler()
    key = "\n".join([source, *command, *_FLAGS, _identity(command), *cache.machine()]).encode()
    content = cache.kept("libraries", key) if cached else None
    if content is None:
        try:
            content = _built(command, source)
        except (OSError, subprocess.SubprocessError) as error:
            said = getattr(error, "stderr", None) or str(error)
            raise NoCompilerError(f"the C compiler {command[0]!r} refuses its code: {said.strip()[:200]}") from None
        if cached:
            cache.keep("libraries", key, content)
    with tempfile.TemporaryDirectory(prefix="osteon-", ignore_cleanup_errors=True) as folder:
        path = Path(folder, "unit.so")
        path.write_bytes(content)
        return ctypes.CDLL(str(path))


def _built(command: tuple[str, ...], source: str) -> bytes:
    with tempfile.TemporaryDirectory(prefix="osteon-") as folder:
        path = Path(folder, "unit.c")
        path.write_text(source, encoding="utf-8")
        result = path.with_suffix(".so")
        subprocess.run(
            [*command, *_QUIET, *_FLAGS, str(path), "-o", str(result), "-lm"],
            capture_output=True,
            text=True,
            check=True,
            timeout=_TIME,
        )
        return result.read_bytes()
