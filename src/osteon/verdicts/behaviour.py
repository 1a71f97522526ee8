"""The digest of how a model behaves: all that its results follow from, and nothing of what is said about it.

A result on record stays valid when a sentence in a binding or a claim is reworded.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from osteon.dynamics.model import Model
from osteon.inputs.evidence import Claim

_PROSE = {
    "settings": {"__all__": {"reason"}},
    "interventions": {"__all__": {"reason"}},
    "observables": {"__all__": {"note"}},
}


def digest(model: Model, claims: Iterable[tuple[str, Claim]] = ()) -> str:
    """Return the SHA-256 of all that a model's behaviour follows from; the prose of bindings and claims is left out.

    Args:
        model: its SBML, its binding, what the vocabulary says of its words, and its world.
        claims: what it is judged by, where that matters; those without checks do not.
    """
    binding, words = model.binding, model.vocabulary
    whole: dict[str, Any] = {
        "sbml": model.sbml,
        "protocol": binding.protocol.model_dump(mode="json"),
        **binding.model_dump(mode="json", include=set(_PROSE), exclude=_PROSE),
        "kinds": {name: words.interventions[name].kind for name in binding.interventions},
        "readouts": {name: words.settings[name].readout for name in binding.settings},
        "world": None if model.world is None else {"set": model.world.set, "scale": model.world.scale},
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
