"""What an engine gives back: tables of numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from osteon.files import write_file
from osteon.simulation.vector import Vector

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Table:
    """The results of one report or task: ``name`` is for people; columns by label, each of shape (n,), n its own."""

    id: str
    name: str
    columns: Mapping[str, Vector]

    def to_frame(self) -> pd.DataFrame:
        """Return the table; shorter columns end in NaN."""
        import pandas as pd

        return pd.DataFrame({label: pd.Series(values) for label, values in self.columns.items()})

    def csv(self) -> str:
        """Return the table as CSV, with every digit."""
        return str(self.to_frame().to_csv(index=False))

    def summary(self) -> list[tuple[str, int, float, float]]:
        """Return for each column that is not empty its label, how many values it has, the first and the last."""
        filled = {label: values for label, values in self.columns.items() if len(values)}
        return [(label, len(values), float(values[0]), float(values[-1])) for label, values in filled.items()]


@dataclass(frozen=True, repr=False)
class Results:
    """The results of an archive: a table for each report or task, and what the user should know of them."""

    tables: tuple[Table, ...]
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<Results: {', '.join(table.id for table in self.tables) or 'no tables'}>"

    def save(self, folder: str | Path) -> list[Path]:
        """Write one CSV file for each table, named by its id, and return their paths.

        Raises:
            OsteonError: if a file cannot be written.
        """
        paths = {Path(folder) / f"{table.id}.csv": table for table in self.tables}
        for path, table in paths.items():
            write_file(path, table.csv())
        return list(paths)


def column(values: object) -> Vector:
    """Return numbers of an engine as one column."""
    return np.asarray(values, dtype=np.float64).reshape(-1)


def together(tables: Mapping[str, tuple[Table, ...]]) -> tuple[Table, ...]:
    """Return the tables of several SED-ML files, by path, as one row; their ids then tell the files apart."""
    if len(tables) == 1:
        return next(iter(tables.values()))
    stems = [re.sub(r"\W", "_", path.rpartition(".")[0]) for path in tables]
    names = [stem if stems.count(stem) == 1 else f"{stem}_{number}" for number, stem in enumerate(stems, 1)]
    return tuple(
        replace(table, id=f"{name}_{table.id}")
        for name, found in zip(names, tables.values(), strict=True)
        for table in found
    )
