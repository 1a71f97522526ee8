"""What an exporter is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from osteon.exporters.bundle import Bundle, File


@dataclass(frozen=True)
class Exporter:
    """One format: its name, one line that says what it is, and the function that yields every file of one model."""

    name: str
    about: str
    files: Callable[[Bundle], Iterable[File]]
