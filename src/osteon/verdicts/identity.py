"""What a computed result belongs to: digests of the model and of the claims, and versions of the programs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from osteon.dynamics.model import Model
from osteon.inputs.bindings import Act
from osteon.inputs.evidence import Claim
from osteon.version import __version__


def digest(text: str) -> str:
    """Return the SHA-256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def identity(model: Model, claims: Iterable[tuple[str, Claim]] = ()) -> dict[str, Any]:
    """Return what results of a model carry: its digests, those of its claims, and versions; plain values."""
    return {
        "model": model.name,
        "sbml": digest(model.sbml),
        "binding": digest(model.binding.model_dump_json()),
        "evidence": digest("".join(source + claim.model_dump_json() for source, claim in claims)),
        "world": (model.world or Act()).model_dump(),
        "versions": versions(),
    }


def key(model: Model, claims: Iterable[tuple[str, Claim]] = ()) -> dict[str, Any]:
    """Return the part of a job's key that the model makes up: its identity, its words, and the code that reads them."""
    return {**identity(model, claims), "vocabulary": digest(model.vocabulary.model_dump_json()), "code": _code()}


def versions() -> dict[str, str]:
    """Return the versions of the programs that results depend on, where they are installed."""
    found = {"osteon": __version__}
    for name in ("libroadrunner", "numpy", "scipy"):
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


@cache
def _code() -> str:
    """Return a digest of this package, so that chunks of another state of it are not taken for those of this one."""
    paths = sorted(Path(__file__).parents[1].rglob("*.py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()
