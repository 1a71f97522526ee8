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
from osteon.verification.fingerprint import identity

_STALE = "computed for an earlier state of the model or its claims; out of date"
_BELONGS = ("sbml", "binding", "evidence", "overrides")
"""What of a result's identity must be that of the model as it is now."""
_EDGES = 12


def support(project: Project, model: Model) -> Notes:
    """Return robustness and edges, in words, of every claim of a model that has checks.

    Raises:
        ProjectError: if a file of results is damaged.
    """
    claims = tuple((source, claim) for source, claim in project.claims(model.binding) if claim.checks)
    shares = project.shares.get(model.name)
    now = identity(model, claims)
    needs, current = ablation(project, model)
    return {
        (model.name, claim.id): (_share(shares, claim.id, now), _edges(needs, claim.id, current)) for _, claim in claims
    }


def _share(result: dict[str, Any] | None, claim: str, now: dict[str, Any]) -> str | None:
    if result is None:
        return None
    if any(result[name] != now[name] for name in _BELONGS):
        return _STALE
    found = next(one for one in result["claims"] if one["claim"] == claim)
    share, low, high = (f"{100 * found[name]:.1f} %" for name in ("share", "low", "high"))
    return f"supported in {share} of {result['draws']} draws from the plausible ranges (95 % interval {low} to {high})"


def _edges(needs: Ablation | None, claim: str, current: bool) -> str | None:
    if needs is None:
        return None
    if not current:
        return _STALE
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
