"""What a computed result belongs to: digests of the model and of the claims, and versions of the programs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from osteon.evidence.bindings import Act
from osteon.evidence.claims import Claim
from osteon.simulation.model import Model
from osteon.version import __version__

_PROSE = {
    "settings": {"__all__": {"reason"}},
    "interventions": {"__all__": {"reason"}},
    "observables": {"__all__": {"note"}},
}


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
        "overrides": (model.overrides or Act()).model_dump(),
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


def behaviour(model: Model, claims: Iterable[tuple[str, Claim]] = ()) -> str:
    """Return the SHA-256 of all that a model's behaviour follows from; the prose of bindings and claims is left out.

    Args:
        model: its SBML, its binding, what the vocabulary says of its words, and its overrides.
        claims: what it is judged by, where that matters; those without checks do not.
    """
    binding, words = model.binding, model.vocabulary
    whole: dict[str, Any] = {
        "sbml": model.sbml,
        "protocol": binding.protocol.model_dump(mode="json"),
        **binding.model_dump(mode="json", include=set(_PROSE), exclude=_PROSE),
        "kinds": {name: words.interventions[name].kind for name in binding.interventions},
        "runs": {name: words.settings[name].readout for name in binding.settings},
        "overrides": None if model.overrides is None else {"set": model.overrides.set, "scale": model.overrides.scale},
        "claims": [
            {
                "id": claim.id,
                "setting": claim.setting,
                "at": claim.at,
                "checks": [check.model_dump(mode="json", exclude_none=True) for check in claim.checks],
            }
            for _, claim in claims
            if claim.checks
        ],
    }
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()
