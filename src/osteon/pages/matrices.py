"""The scorecard as a matrix: claims down, models across, a section for each source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from osteon.evidence.claims import Claim, Evidence
from osteon.pages.wording import change
from osteon.verification.results import ClaimResult
from osteon.verification.scorecard import Scorecard


@dataclass(frozen=True)
class Row:
    """One claim with its result on each model of the section, ``None`` where the model is not asked."""

    claim: Claim
    cells: tuple[ClaimResult | None, ...]


@dataclass(frozen=True)
class Matrix:
    """The claims of one source, and the models that answer to it."""

    evidence: Evidence
    models: tuple[str, ...]
    rows: tuple[Row, ...]


def matrices(sources: Iterable[Evidence], card: Scorecard) -> list[Matrix]:
    """Return a matrix for each source that any result is about."""
    found = []
    for evidence in sources:
        own = [result for result in card.results if result.source == evidence.source.id]
        models = tuple(dict.fromkeys(result.model for result in own))
        cells = {(result.claim.id, result.model): result for result in own}
        rows = tuple(Row(c, tuple(cells.get((c.id, model)) for model in models)) for c in evidence.claims)
        if models:
            found.append(Matrix(evidence, models, rows))
    return found


def strongest(result: ClaimResult) -> str:
    """Return the strongest effect of a claim's checks as people say it; nothing where there is none."""
    effects = [check.effect for check in result.checks if check.effect is not None]
    effect = max(effects, key=lambda effect: abs(effect.log), default=None)
    return "" if effect is None else change(effect)
