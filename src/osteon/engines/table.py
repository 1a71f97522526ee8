"""What an engine gives back: tables of numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from osteon.simulation.vector import Vector


@dataclass(frozen=True)
class Table:
    """The results of one report or task: ``name`` is for people; columns by label, each of shape (n,), n its own."""

    id: str
    name: str
    columns: Mapping[str, Vector]

    def csv(self) -> str:
        """Return the table as CSV, with every digit."""
        import pandas as pd

        columns = {label: pd.Series(values) for label, values in self.columns.items()}
        return str(pd.DataFrame(columns).to_csv(index=False))

    def summary(self) -> list[tuple[str, int, float, float]]:
        """Return for each column that is not empty its label, how many values it has, the first and the last."""
        filled = {label: values for label, values in self.columns.items() if len(values)}
        return [(label, len(values), float(values[0]), float(values[-1])) for label, values in filled.items()]


@dataclass(frozen=True)
class Results:
    """The results of an archive: a table for each report or task, and what the user should know of them."""

    tables: tuple[Table, ...]
    notes: tuple[str, ...] = ()


def column(values: object) -> Vector:
    """Return numbers of an engine as one column."""
    return np.asarray(values, dtype=np.float64).reshape(-1)
