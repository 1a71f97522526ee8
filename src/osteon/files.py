"""The one way in which this program writes a file for its user."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from osteon.errors import OsteonError


def write_file(path: Path, content: str | bytes) -> None:
    """Write a file whole or not at all; text in UTF-8, with line ends as they are.

    Raises:
        OsteonError: if the folder cannot be written to.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
        with os.fdopen(handle, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except OSError as error:
        raise OsteonError(f"{path}: cannot be written: {error.strerror}") from None
