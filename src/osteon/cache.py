"""What this program keeps in the user's cache folder because making it again takes time.

Nothing in it is trusted: a file counts only if it belongs to this user, if nobody else may write to it, and if its
digest fits both what it is for and what is in it. Whatever is wrong with it, it is made again.
"""

from __future__ import annotations

import functools
import hashlib
import os
import platform
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

_MOST = 64
"""Files of one kind that are kept; the oldest go first."""


def folder() -> Path:
    """Return the folder, whether or not it is there; the variable ``OSTEON_CACHE`` names another."""
    named = os.environ.get("OSTEON_CACHE")
    if named:
        return Path(named).absolute()
    import platformdirs

    return platformdirs.user_cache_path("osteon", appauthor=False)


def can_keep(place: Path) -> bool:
    """Say whether a folder is there, or can be made, and can be written to; a relative one is that of no home."""
    try:
        if place.is_absolute():
            place.mkdir(parents=True, exist_ok=True, mode=0o700)
        return place.is_absolute() and os.access(place, os.R_OK | os.W_OK | os.X_OK)
    except OSError:
        return False


def kept(kind: str, key: bytes) -> bytes | None:
    """Return what was kept under a key, or nothing if that is missing, damaged or somebody else's."""
    try:
        with _path(kind, key).open("rb") as file:
            if not _is_own(os.fstat(file.fileno())):
                return None
            digest, content = file.read(32), file.read()
    except OSError:
        return None
    return content if digest == _digest(key, content) else None


def keep(kind: str, key: bytes, content: bytes) -> None:
    """Keep something under a key, whole or not at all; where the folder cannot be written to, do nothing."""
    path = _path(kind, key)
    if not path.is_absolute():  # There is no home: the folder would come to lie wherever the program is run.
        return
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(_digest(key, content) + content)
            Path(temporary).replace(path)
        except OSError:
            Path(temporary).unlink(missing_ok=True)
            raise
        _prune(path.parent)


@functools.cache
def machine() -> tuple[str, ...]:
    """Return what native code depends on: the operating system and the processor with its abilities."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").split("\n\n", 1)[0].splitlines()
        processor = tuple(line for line in lines if line.startswith(("model name", "flags", "Features", "CPU ")))
    except OSError:
        processor = (platform.processor(), platform.node())
    return (platform.system(), platform.release(), platform.machine(), *processor)


def _path(kind: str, key: bytes) -> Path:
    return folder() / kind / hashlib.sha256(key).hexdigest()


def _digest(key: bytes, content: bytes) -> bytes:
    return hashlib.sha256(hashlib.sha256(key).digest() + content).digest()


def _is_own(status: os.stat_result) -> bool:
    """Say whether a file is this user's and nobody else may write to it; where there are no such owners, it is."""
    if not hasattr(os, "getuid"):
        return True
    return status.st_uid == os.getuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _prune(place: Path) -> None:
    files = sorted(place.iterdir(), key=lambda path: path.stat().st_mtime)
    for path in files[:-_MOST]:
        path.unlink(missing_ok=True)
