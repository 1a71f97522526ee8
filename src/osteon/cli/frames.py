"""Tables that commands write to files for other programs to read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from osteon.cli.terminal import errors

if TYPE_CHECKING:
    import pandas as pd


def _writable(path: Path | None) -> Path | None:
    """Refuse ``--parquet`` before anything is computed, where no such file can be written."""
    from osteon.jobs.parquet import require_parquet

    if path is not None:
        require_parquet()
    return path


Parquet = Annotated[
    Path | None,
    typer.Option(
        help="Write the table to this Parquet file; it carries fingerprint, seed and versions.", callback=_writable
    ),
]
Csv = Annotated[Path | None, typer.Option(help="Write the table to this CSV file.")]


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV, whole or not at all."""
    from osteon.files import write_file

    write_file(path, frame.to_csv(lineterminator="\n"))
    errors.print(f"wrote {path}")


def write_parquet(frame: pd.DataFrame, path: Path) -> None:
    """Write a table as Parquet, with what its ``.attrs`` say of it, whole or not at all.

    Raises:
        OsteonError: if the package for it is not installed, or the file cannot be written.
    """
    from osteon.files import write_file

    write_file(path, parquet_of(frame))
    errors.print(f"wrote {path}")


def parquet_of(frame: pd.DataFrame) -> bytes:
    """Return a table as a Parquet file, with what its ``.attrs`` say of it; see `write_parquet`."""
    from osteon.jobs import parquet

    columns = {str(name): frame[name].to_numpy() for name in frame}
    return parquet.encoded(columns, {str(name): value for name, value in frame.attrs.items()})
