"""Versions: of the programs that results depend on, and the state of this one, in the process that asks."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from osteon.version import __version__

CODE = "osteon (code)"
"""The name under which `installed` has the digest of this package."""


def versions() -> dict[str, str]:
    """Return the versions of the programs that results depend on, where they are installed."""
    found = {"osteon": __version__}
    for name in ("libroadrunner", "numpy", "scipy"):
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


@cache
def code() -> str:
    """Return a digest of this package, so that results of another state of it are not taken for those of this one."""
    paths = sorted(Path(__file__).parents[1].rglob("*.py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


def installed() -> dict[str, str]:
    """Return all that must be the same in every process that computes a part of one result."""
    return {"Python": ".".join(platform.python_version_tuple()[:2]), **versions(), CODE: code()[:12]}


def difference(here: Mapping[str, str], there: Mapping[str, str]) -> tuple[str, str, str] | None:
    """Return the first package that differs, with its version here and there; nothing if none does."""
    for name in (*here, *(name for name in there if name not in here)):
        first, second = (found.get(name, "missing") for found in (here, there))
        if first != second:
            return name, first, second
    return None
