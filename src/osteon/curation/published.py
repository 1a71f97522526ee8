"""Published models scored on the same claims, as a table for the documents. Their SBML is not part of the project."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from osteon.evidence.project import Project
from osteon.sbml.files import open_model
from osteon.simulation.model import Model
from osteon.verification.scorecard import ClaimResult, Scorecard
from osteon.verification.verify import verify

FILES = {"komarova2003": "BIOMD0000000148", "lemaire2004": "BIOMD0000000278", "peterson2010": "BIOMD0000000613"}
"""The file at BioModels that each binding is for."""
_HEADS = ("binding", "supported", "contradicted", "representable in part", "not at all")


def scored(project: Project, name: str, file: Path) -> Scorecard:
    """Judge one published model by its binding.

    Raises:
        OsteonError: if a file cannot be read or is wrong.
    """
    binding = project.read_binding(project.root / "models" / "bindings" / "published" / f"{name}.toml")
    model = Model(open_model(file).text, binding, project.vocabulary, shown=str(file))
    return verify(model, project.claims(binding))


def markdown(cards: Mapping[str, Scorecard]) -> str:
    """Return the table in Markdown: claims by id where there is a verdict, counted where there is none."""
    lines = [f"| {' | '.join(_HEADS)} |", "|---|---|---|--:|--:|"]
    for name, card in cards.items():
        found: dict[str, list[ClaimResult]] = {"supported": [], "contradicted": [], "part": [], "nothing": []}
        for result in card.results:
            if result.checks:
                found[_place(result)].append(result)
        named = (", ".join(one.claim.id for one in found[place]) or "none" for place in ("supported", "contradicted"))
        lines.append(f"| `{name}` | {' | '.join(named)} | {len(found['part'])} | {len(found['nothing'])} |")
    return "\n".join(lines)


def _place(result: ClaimResult) -> str:
    if result.verdict in ("supported", "contradicted"):
        return result.verdict
    return "nothing" if result.is_foreign else "part"
