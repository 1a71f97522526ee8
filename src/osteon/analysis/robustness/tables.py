"""The result of `osteon robustness` as tables for the documents: what all draws say, and which claims are fragile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from osteon.markdown import table
from osteon.verification.strength import ROBUST

_HEADS = (
    *("model", "parameters", "draws", "claims", "robust", "< 90 %", "< 50 %"),
    *("all built on", "all held out", "broken", "audit"),
)


def robustness_markdown(models: Sequence[Mapping[str, Any]]) -> str:
    """Return the tables in Markdown.

    Args:
        models: as under ``models`` in the JSON of ``osteon robustness``.
    """
    return "\n".join([_summary(models), *(line for one in models for line in _fragile(one))])


def _summary(models: Sequence[Mapping[str, Any]]) -> str:
    rows = []
    for one in models:
        quantiles = [claim["share"] for claim in one["claims"]]
        audit = one["audit"]
        cells = (
            f"`{one['model']}`",
            len(one["ranges"]),
            one["draws"],
            len(quantiles),
            sum(share >= ROBUST for share in quantiles),
            sum(share < 0.9 for share in quantiles),
            sum(share < 0.5 for share in quantiles),
            _shown(one["met"].get("construction")),
            _shown(one["met"].get("held_out")),
            one["failed"]["count"],
            f"{audit['difference']:.1g}; {audit['changed']} of {audit['verdicts']}",
        )
        rows.append(cells)
    return table(_HEADS, "l" + "r" * (len(_HEADS) - 1), rows)


def _fragile(one: Mapping[str, Any]) -> list[str]:
    claims = sorted((claim for claim in one["claims"] if claim["share"] < ROBUST), key=lambda claim: claim["share"])
    lines = ["", f"### `{one['model']}`", ""]
    if not claims:
        return [*lines, f"Every claim is supported by at least {ROBUST:.0%} of the draws."]
    rows = []
    for claim in claims:
        held_out = " *(held out)*" if claim["role"] == "held_out" else ""
        said = f"{claim['statement']}{held_out}".replace("|", "\\|")
        rows.append((claim["claim"], said, claim["filed"], _shown(claim), _decided(claim)))
    return [*lines, table(("claim", "what is reported", "as filed", "supported in", "decided by"), "lllrl", rows)]


def _decided(claim: Mapping[str, Any]) -> str:
    return ", ".join(f"`{name}` {value:+.2f}" for name, value in claim["decided_by"].items())


def _shown(share: Mapping[str, float] | None) -> str:
    if share is None:
        return ""
    low, high = 100 * share["low"], 100 * share["high"]
    return f"{100 * share['share']:.1f} % ({low:.1f} to {high:.1f})"
