"""The scorecard as a matrix: claims down, models across, a section for each source or theme of landmarks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from osteon.evidence.claims import Citation, Claim, Evidence
from osteon.evidence.landmarks import Landmarks
from osteon.verification.results import ClaimResult
from osteon.verification.scorecard import Scorecard


@dataclass(frozen=True)
class Row:
    """One claim with its result on each model of the section, ``None`` where the model is not asked.

    ``citation`` is that of a landmark; claims of a source have the one of their source.
    """

    claim: Claim
    cells: tuple[ClaimResult | None, ...]
    citation: Citation | None = None

    @property
    def is_held_out(self) -> bool:
        """Whether the claim was held out from one of the models."""
        return any(cell is not None and cell.role == "held_out" for cell in self.cells)


@dataclass(frozen=True)
class Matrix:
    """The claims of one source or theme, and the models that answer to it.

    ``others`` are the landmarks for which no model has the words.
    """

    id: str
    title: str
    models: tuple[str, ...]
    rows: tuple[Row, ...]
    others: tuple[Row, ...] = ()


def matrices(sources: Iterable[Evidence], card: Scorecard) -> list[Matrix]:
    """Return a matrix for each source that any result is about."""
    found = []
    for evidence in sources:
        models, rows = _laid_out(evidence.source.id, evidence.claims, card)
        if models:
            found.append(Matrix(evidence.source.id, f"{evidence.source.tag}: {evidence.source.title}", models, rows))
    return found


def landmark_matrices(themes: Iterable[Landmarks], card: Scorecard) -> list[Matrix]:
    """Return a matrix for each theme of landmarks that any result is about."""
    found = []
    for landmarks in themes:
        citations = {claim.id: landmarks.citations[claim.key] for claim in landmarks.claims}
        models, rows = _laid_out(landmarks.theme.id, landmarks.claims, card, citations)
        if models:
            asked = tuple(row for row in rows if any(cell is not None and cell.deciding for cell in row.cells))
            others = tuple(row for row in rows if row not in asked)
            found.append(Matrix(landmarks.theme.id, landmarks.theme.title, models, asked, others))
    return found


def _laid_out(
    source: str, claims: Sequence[Claim], card: Scorecard, citations: Mapping[str, Citation] | None = None
) -> tuple[tuple[str, ...], tuple[Row, ...]]:
    own = [result for result in card.results if result.source == source]
    models = tuple(dict.fromkeys(result.model for result in own))
    cells = {(result.claim.id, result.model): result for result in own}
    rows = (
        Row(claim, tuple(cells.get((claim.id, model)) for model in models), (citations or {}).get(claim.id))
        for claim in claims
    )
    return models, tuple(rows)
