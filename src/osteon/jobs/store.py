"""Where finished chunks of a job are kept: one file each, written whole or not at all, and named by its own digest."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from osteon.errors import OsteonError
from osteon.files import write_file


@dataclass(frozen=True)
class Store:
    """The folder of one job. A file that does not match its digest is no chunk, and is done again."""

    folder: Path

    def prepare(self, about: Mapping[str, Any]) -> None:
        """Make the folder, with ``job.json`` in it for people to read.

        Raises:
            OsteonError: if it cannot be made.
        """
        self._write("job.json", (json.dumps(about, indent=2, sort_keys=True) + "\n").encode())

    def numbers(self) -> frozenset[int]:
        """Return the numbers of all chunks that are kept whole."""
        try:
            return frozenset(int(path.name.split(".")[0]) for path in self.folder.glob("*.npz") if _content(path))
        except OSError:  # A folder that may not be looked into has none.
            return frozenset()

    def keep(self, number: int, columns: Mapping[str, NDArray[Any]]) -> None:
        """Keep a chunk.

        Raises:
            OsteonError: if it cannot be written.
        """
        buffer = io.BytesIO()
        np.savez(buffer, allow_pickle=False, **columns)
        content = buffer.getvalue()
        self._write(f"{number:06}.{_digest(content)}.npz", content)

    def chunk(self, number: int) -> dict[str, NDArray[Any]]:
        """Return the columns of a chunk that is kept.

        Raises:
            OsteonError: if it is not there any more.
        """
        for path in sorted(self.folder.glob(f"{number:06}.*.npz")):
            content = _content(path)
            if content:
                with np.load(io.BytesIO(content), allow_pickle=False) as columns:
                    return {name: columns[name] for name in columns.files}
        raise OsteonError(
            f"{self.folder}: chunk {number} has gone; did another program remove it? Give the command again"
        )

    def _write(self, name: str, content: bytes) -> None:
        write_file(self.folder / name, content)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def _content(path: Path) -> bytes | None:
    """Return what a file holds, if it is what its name says."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    return content if path.name.split(".")[1] == _digest(content) else None
