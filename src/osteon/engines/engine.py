"""What an engine is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from osteon.archive import Archive
from osteon.engines.sedml import SedmlExperiments
from osteon.engines.table import Results


@dataclass(frozen=True)
class Engine:
    """One program that executes COMBINE archives.

    Attributes:
        name: by which it is asked for.
        about: one line that says what it runs.
        run: given an archive, what its SED-ML files say by their paths in it, and a folder to work in, it returns the
            results. The archive was found harmless; the call has a process of its own.
    """

    name: str
    about: str
    run: Callable[[Archive, Mapping[str, SedmlExperiments], Path], Results]
