"""Tables in Parquet that carry what they belong to: fingerprint, seed, versions and ranges."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from osteon.errors import OsteonError
from osteon.extras import require

_ABOUT = b"osteon"


def encoded(columns: Mapping[str, NDArray[Any]], about: Mapping[str, Any]) -> bytes:
    """Return a table as a Parquet file.

    Args:
        columns: by name, of equal length.
        about: what the table belongs to; plain values, kept under ``osteon`` in the file's metadata.
    """
    require_parquet()
    import pyarrow
    import pyarrow.parquet

    table = pyarrow.table({name: np.ascontiguousarray(values) for name, values in columns.items()})
    table = table.replace_schema_metadata({_ABOUT: json.dumps(about, sort_keys=True)})
    buffer = io.BytesIO()
    pyarrow.parquet.write_table(table, buffer)
    return buffer.getvalue()


def read(path: Path) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Return a table and what it belongs to; see `encoded`.

    Raises:
        OsteonError: if the file is not such a table.
    """
    require_parquet()
    import pyarrow
    import pyarrow.parquet

    if not path.is_file():
        raise OsteonError(f"{path}: no such file")
    try:
        table = pyarrow.parquet.read_table(path)
    except (OSError, pyarrow.ArrowException) as error:
        raise OsteonError(f"{path}: not a Parquet file: {' '.join(str(error).split())}") from None
    about = (table.schema.metadata or {}).get(_ABOUT)
    if about is None:
        raise OsteonError(f"{path}: a Parquet file, but not one of `osteon`: it does not say what it belongs to")
    return {name: table[name].to_numpy() for name in table.column_names}, json.loads(about)


def require_parquet() -> None:
    """Refuse to begin what ends in a table in Parquet, where none can be written; see `osteon.extras.require`."""
    require("a table in Parquet", "ensemble", ("pyarrow",))
