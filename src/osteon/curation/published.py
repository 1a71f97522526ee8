"""Published models scored on the same claims, as a table for the documents. Their SBML is not part of the project."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from osteon.evidence.project import Project
from osteon.markdown import table
from osteon.sbml.files import open_model
from osteon.simulation.model import Model
from osteon.verification.scorecard import Scorecard
from osteon.verification.verdicts import Verdict
from osteon.verification.verify import verify

FILES = {"komarova2003": "BIOMD0000000148", "lemaire2004": "BIOMD0000000278", "peterson2010": "BIOMD0000000613"}
"""The file at BioModels that each binding is for."""
_LISTED: tuple[Verdict, ...] = ("supported", "partly supported", "contradicted", "partly contradicted", "failed")


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
    heads = ("binding", *_LISTED, "not representable")
    rows = []
    for name, card in cards.items():
        listed = (", ".join(one.claim.id for one in card.results if one.verdict == verdict) for verdict in _LISTED)
        rows.append((f"`{name}`", *(told or "none" for told in listed), card.counts()["not representable"]))
    return table(heads, "l" * (len(heads) - 1) + "r", rows)
