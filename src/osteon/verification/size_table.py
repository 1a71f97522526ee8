"""The table of sizes: what was reported beside what a model has in its place, one row for each distinct experiment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from osteon.verification.results import ClaimResult
from osteon.verification.sizes import SizeResult

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    *("model", "claim", "landmark", "observable", "experiment"),
    *("reported", "low", "high", "simulated", "verdict", "citation"),
)


@dataclass(frozen=True)
class SizeRow:
    """One reported size and the simulated one.

    Attributes:
        model: its id.
        claim: the id of the claim that carries the size.
        landmark: whether the claim is a landmark.
        observable: what is measured.
        experiment: what is compared with what.
        result: the size as reported, and what became of it.
    """

    model: str
    claim: str
    landmark: bool
    observable: str
    experiment: str
    result: SizeResult


def size_rows(results: Iterable[ClaimResult]) -> list[SizeRow]:
    """Return every size that could be compared; where several claims ask the same, that of the first, sources first."""
    found: dict[object, SizeRow] = {}
    for result in sorted(results, key=lambda one: one.is_landmark):
        for check, question in zip(result.checks, result.questions, strict=True):
            if check.size is not None:
                compared = check.check.observable, str(check.contrasts[0])
                row = SizeRow(result.model, result.claim.id, result.is_landmark, *compared, check.size)
                found.setdefault((result.model, question, check.size.size), row)
    return list(found.values())


def table(rows: Iterable[SizeRow]) -> pd.DataFrame:
    """Return sizes as a table; ``.attrs["sizes"]`` has how many agree, and of how many.

    Returns:
        One row a size: ``reported``, ``low`` and ``high`` are fold changes, and so is ``simulated``, which is 0 where
        something is gone and infinite where something appears.
    """
    import pandas as pd

    rows = list(rows)
    frame = pd.DataFrame(
        [
            (
                *(row.model, row.claim, row.landmark, row.observable, row.experiment),
                *(row.result.size.fold, *row.result.size.range),
                *(row.result.fold, row.result.verdict, row.result.size.citation),
            )
            for row in rows
        ],
        columns=list(COLUMNS),
    )
    frame.attrs["sizes"] = agreeing(rows)
    return frame


def agreeing(rows: Iterable[SizeRow]) -> tuple[int, int]:
    """Return how many sizes are within the reported range or a factor of two, and of how many."""
    verdicts = [row.result.agrees for row in rows]
    return sum(verdicts), len(verdicts)
