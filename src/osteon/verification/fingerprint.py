"""Fingerprints: what a computed result depends on, part by part, so that a reader sees whether it is out of date.

A fingerprint has one SHA-256 for each part of `PARTS` that results of its kind depend on. Prose is no part of it: a
sentence can be reworded without making a result stale. Versions of programs are recorded beside it, as information.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any, Literal

from osteon.errors import listing
from osteon.evidence.bindings import (
    Binding,
    Counterfactual,
    InterventionBinding,
    ObservableBinding,
    ParameterBinding,
    SettingBinding,
)
from osteon.evidence.claims import Claim, ContrastCheck, Intervention, Observable, Setting
from osteon.evidence.criteria import SMALLEST_EFFECT, WORDS
from osteon.evidence.landmarks import Landmark
from osteon.evidence.toml import Document
from osteon.jobs.versions import code, versions
from osteon.sbml.canonical import canonical
from osteon.simulation.model import Model

Kind = Literal["ablation", "ensemble", "robustness", "scan", "sensitivity"]
"""The kinds of results that have a fingerprint."""

PARTS = {
    "sbml": "SBML",
    "overrides": "parameter overrides",
    "binding": "binding",
    "vocabulary": "vocabulary",
    "claims": "claims",
    "parameters": "parameter ranges or formulas",
    "request": "options",
}
"""The parts of a fingerprint, with the words for them in messages."""

_CLAIM = frozenset(
    {"statement", "place", "kind", "term", "demand", "documented", "by_construction", "conflicts_with", "note"}
)

PROSE: Mapping[type[Document], frozenset[str]] = {
    Claim: _CLAIM,
    Landmark: _CLAIM | {"species", "material"},
    # The size of an effect is judged by verification alone, which has no fingerprint.
    ContrastCheck: frozenset({"size"}),
    Intervention: frozenset({"meaning", "term"}),
    Observable: frozenset({"meaning", "term"}),
    Setting: frozenset({"meaning", "term", "readout_basis"}),
    # Claims, inherited parameters, unmet claims and counterfactuals count where they are used, in parts of their own.
    Binding: frozenset({"title", "sources", "landmarks", "parts", "parameters", "counterfactuals", "figure", "unmet"}),
    InterventionBinding: frozenset({"reason"}),
    SettingBinding: frozenset({"reason"}),
    ObservableBinding: frozenset({"unit", "note"}),
    Counterfactual: frozenset({"meaning"}),
    ParameterBinding: frozenset({"meaning", "provenance", "unit", "prior", "citation", "reason"}),
}
"""The fields of each document that no number follows from. A field that is not listed counts as behaviour."""


def fingerprint(
    kind: Kind,
    model: Model,
    *,
    claims: Iterable[tuple[str, Claim]] = (),
    request: Mapping[str, Any] | None = None,
) -> dict[str, str]:
    """Return the SHA-256 of each part of what a result depends on.

    Args:
        kind: of the result.
        model: its SBML without labels, notes and annotations, its binding, its overrides, the words that it binds, and,
            for all kinds but ``ablation``, ranges and formulas of the parameters that are drawn or varied.
        claims: what it is judged by, for ``ablation``, ``robustness`` and ``ensemble``; only those that bear on the
            result count, their role only where it does, and with them the thresholds of their words.
        request: options of the computation, such as seed and number of draws; plain values. A reader leaves them out:
            the same model asked another question does not make a result stale.
    """
    binding, words = model.binding, model.vocabulary
    parts: dict[str, Any] = {
        "sbml": canonical(model.sbml, model.shown),
        "overrides": _overrides(model),
        "binding": [behaviour(binding), asdict(model.accuracy)],
        "vocabulary": [
            {name: behaviour(words.interventions[name]) for name in binding.interventions},
            {name: behaviour(words.settings[name]) for name in binding.settings},
        ],
    }
    if kind in ("ablation", "ensemble", "robustness"):
        counted = [claim for _, claim in claims if _counts(kind, claim, binding)]
        parts["claims"] = [[_claim(kind, claim) for claim in counted], _criteria(counted)]
    if kind != "ablation":
        parts["parameters"] = {name: _parameter(kind, entry) for name, entry in model.parameters.items()}
    if request is not None:
        parts["request"] = request
    return {name: _sha256(json.dumps(part, sort_keys=True)) for name, part in parts.items()}


def changes(recorded: Mapping[str, str], now: Mapping[str, str]) -> str | None:
    """Say what has changed since a result was recorded, such as ``claims have changed since``; nothing if nothing has.

    Args:
        recorded: the fingerprint of the result.
        now: that of the same kind of result for the model as it is.
    """
    if not recorded:
        return "fingerprint is not on record"
    names = [words for part, words in PARTS.items() if part in now and recorded.get(part) != now[part]]
    if not names:
        return None
    have = "have" if len(names) > 1 or names[0].endswith("s") else "has"
    return f"{listing(names)} {have} changed since"


def digest(found: Mapping[str, str]) -> str:
    """Return one SHA-256 for a whole fingerprint, to be shown."""
    return _sha256(json.dumps(dict(found), sort_keys=True))


def record(model: Model, found: Mapping[str, str]) -> dict[str, Any]:
    """Return what every result carries: model and overrides, its fingerprint, and the versions of programs."""
    return {"model": model.name, "overrides": _overrides(model), "fingerprint": dict(found), "versions": versions()}


def key(found: Mapping[str, str]) -> dict[str, Any]:
    """Return the key of a job: the fingerprint of its result, and the programs that compute it."""
    return {"fingerprint": dict(found), "code": code(), "versions": versions()}


def behaviour(value: Any) -> Any:
    """Return a document as plain values, without its prose and without what is not given."""
    if isinstance(value, Document):
        named = {name: getattr(value, name) for name in type(value).model_fields}
        prose = PROSE.get(type(value), frozenset())
        return {name: behaviour(each) for name, each in named.items() if name not in prose and each is not None}
    if isinstance(value, Mapping):
        return {name: behaviour(each) for name, each in value.items()}
    return [behaviour(each) for each in value] if isinstance(value, tuple | list) else value


def _overrides(model: Model) -> dict[str, Any]:
    """Return what tells a model's own values from those of its file."""
    found: dict[str, Any] = behaviour(model.overrides)
    return {**found, "drawn": model.drawn} if model.drawn else found


def _counts(kind: Kind, claim: Claim, binding: Binding) -> bool:
    """Say whether a claim bears on a result: one with checks, and for an ensemble one that members must support."""
    return bool(claim.checks) and (kind != "ensemble" or binding.is_built_on(claim))


def _claim(kind: Kind, claim: Claim) -> dict[str, Any]:
    """Return a claim without prose; robustness counts the draws that support all claims of a role."""
    found: dict[str, Any] = behaviour(claim)
    return found if kind == "robustness" else {name: each for name, each in found.items() if name != "role"}


def _criteria(claims: Iterable[Claim]) -> dict[str, Any]:
    """Return what decides whether the words of some claims hold."""
    used = {check.expect for claim in claims for check in claim.checks}
    words = {name: asdict(word) for name, word in WORDS.items() if name in used}
    return {"smallest effect": SMALLEST_EFFECT, "words": words}


def _parameter(kind: Kind, entry: ParameterBinding) -> dict[str, Any]:
    """Return the formula that a parameter follows, else the range it is drawn from; a scan has values of its own."""
    found: dict[str, Any] = behaviour(entry)
    ranged = kind != "scan" and entry.formula is None
    return {name: each for name, each in found.items() if ranged or name not in ("range", "distribution")}


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
