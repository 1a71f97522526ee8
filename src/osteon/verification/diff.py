"""What changed between two runs of `osteon verify --json`: verdicts, and effects that moved."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import inf, log
from pathlib import Path
from typing import Any

from osteon.errors import OsteonError
from osteon.files import read_file

NOTABLE = log(1.01)
"""Least difference of two effects that is told: a fold change that moved by 1 %."""

_ANSWERS = frozenset(
    {
        *("outcome", "missing", "reason", "threshold", "value", "reference_value", "effect", "second_effect"),
        *("word", "band", "share", "size"),
    }
)
"""Keys of a check that say what came out; the others say what was asked."""


@dataclass(frozen=True)
class NewVerdict:
    """One claim whose verdict on a model, or its strength, is another than before."""

    model: str
    claim: str
    before: str
    after: str


@dataclass(frozen=True)
class MovedEffect:
    """One check whose effect E moved by more than `NOTABLE`."""

    model: str
    claim: str
    observable: str
    condition: str
    before: float
    after: float


@dataclass(frozen=True)
class Diff:
    """Every difference between two runs; ``before`` is the version of the program that made the earlier one."""

    before: str
    verdicts: tuple[NewVerdict, ...]
    effects: tuple[MovedEffect, ...]


def read_run(path: Path) -> dict[str, Any]:
    """Read a saved run.

    Raises:
        OsteonError: if the file is not what ``osteon verify --json`` prints.
    """
    try:
        run = json.loads(read_file(path))
    except OSError as error:
        raise OsteonError(f"{path}: cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise OsteonError(f"{path}: not JSON: {error}; `osteon verify --json > {path.name}` writes it") from None
    if not isinstance(run, dict) or not _is_run(run.get("claims")):
        raise OsteonError(f"{path}: not a saved run; `osteon verify --json > {path.name}` writes one")
    return run


def _is_run(claims: Any) -> bool:
    keys = {"model", "claim", "verdict", "checks"}
    return isinstance(claims, list) and all(
        isinstance(claim, dict)
        and keys <= claim.keys()
        and isinstance(claim["checks"], list)
        and all(isinstance(check, dict) for check in claim["checks"])
        for claim in claims
    )


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Diff:
    """Compare two runs, each in the shape of ``osteon verify --json``; models of one alone are left out."""
    old, new = ({(claim["model"], claim["claim"]): claim for claim in run["claims"]} for run in (before, after))
    both = {model for model, _ in old} & {model for model, _ in new}
    keys = [key for key in (*new, *(key for key in old if key not in new)) if key[0] in both]
    return Diff(
        before=str(before.get("osteon", "an unknown version")),
        verdicts=tuple(change for key in keys for change in _verdict(key, old.get(key), new.get(key))),
        effects=tuple(moved for key in keys if key in old and key in new for moved in _moved(key, old[key], new[key])),
    )


def _verdict(
    key: tuple[str, str], old: Mapping[str, Any] | None, new: Mapping[str, Any] | None
) -> Iterator[NewVerdict]:
    rated = all(claim is not None and _strength(claim) for claim in (old, new))
    before = _told(old, rated) if old else "not on record"
    after = _told(new, rated) if new else "no longer on record"
    if before != after:
        yield NewVerdict(*key, before, after)


def _told(claim: Mapping[str, Any], rated: bool) -> str:
    """Return a verdict, with its strength where both runs know one."""
    return f"{claim['verdict']}, {_strength(claim)}" if rated else str(claim["verdict"])


def _strength(claim: Mapping[str, Any]) -> str | None:
    """Return what the strength of a verdict is called; nothing where no parameter sets are on record."""
    strength = claim.get("strength")
    if not isinstance(strength, dict) or strength.get("share") is None:
        return None
    return str(strength["name"])


def _moved(key: tuple[str, str], old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[MovedEffect]:
    asked = {_question(check): _effect(check) for check in old["checks"]}
    for check in new["checks"]:
        before, after = asked.get(_question(check)), _effect(check)
        if before is not None and after is not None and before != after and not abs(after - before) <= NOTABLE:
            yield MovedEffect(*key, str(check["observable"]), str(check["condition"]), before, after)


def _question(check: Mapping[str, Any]) -> str:
    """Return what a check asks; what is not given counts as what an earlier version did not know."""
    asked = {name: value for name, value in check.items() if name not in _ANSWERS and value is not None}
    return json.dumps(asked, sort_keys=True)


def _effect(check: Mapping[str, Any]) -> float | None:
    value = check.get("effect")
    known = {"inf": inf, "-inf": -inf}
    return known.get(value) if isinstance(value, str) else value
