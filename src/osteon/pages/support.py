"""How firmly each claim stands: the share of draws that support it, and the edges it falls without, as on record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from osteon.analysis.ablation.recorded import ablation
from osteon.analysis.ablation.result import Ablation
from osteon.evidence.project import Project
from osteon.pages.cards import Notes
from osteon.sbml.edges import Edge
from osteon.simulation.model import Model
from osteon.verification import fingerprint

_STALE = "computed for an earlier state of the model or its claims, out of date: {}"
_EDGES = 12


def support(project: Project, model: Model) -> Notes:
    """Return robustness and edges, in words, of every claim of a model that has checks.

    Raises:
        ProjectError: if a file of results is damaged.
    """
    claims = tuple((source, claim) for source, claim in project.claims(model.binding) if claim.checks)
    shares = project.shares.get(model.name)
    now = fingerprint.fingerprint("robustness", model, claims=claims)
    drawn = fingerprint.changes(shares.get("fingerprint", {}), now) if shares is not None else None
    needs, ablated = ablation(project, model)
    return {
        (model.name, claim.id): (_share(shares, claim.id, drawn), _edges(needs, claim.id, ablated))
        for _, claim in claims
    }


def _share(result: dict[str, Any] | None, claim: str, changed: str | None) -> str | None:
    if result is None:
        return None
    if changed is not None:
        return _STALE.format(changed)
    found = next(one for one in result["claims"] if one["claim"] == claim)
    share, low, high = (f"{100 * found[name]:.1f} %" for name in ("share", "low", "high"))
    return f"supported in {share} of {result['draws']} draws from the plausible ranges (95 % interval {low} to {high})"


def _edges(needs: Ablation | None, claim: str, changed: str | None) -> str | None:
    if needs is None:
        return None
    if changed is not None:
        return _STALE.format(changed)
    if claim not in needs.supported:
        return "none to lose: the model as filed does not support the claim"
    removed, turned = needs.breakers(claim), needs.breakers(claim, "reversed")
    only_turned = [edge for edge in turned if edge not in removed]
    if not removed and not only_turned:
        return f"none: no change of any of {len(needs.edges)} edges contradicts it"
    said = f"{len(removed)} of {len(needs.edges)}"
    if removed:
        said += f": {_named(removed)}"
    if only_turned:
        said += f"; and the sign of {len(only_turned)}: {_named(only_turned)}"
    return said


def _named(edges: Sequence[Edge]) -> str:
    said = ", ".join(map(str, edges[:_EDGES]))
    return f"{said} and {len(edges) - _EDGES} more" if len(edges) > _EDGES else said
