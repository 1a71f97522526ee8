"""What exporters get of each model, gathered once for all tests."""

from __future__ import annotations

from functools import cache

from conftest import LIBRARY
from osteon.export.subject import Subject, subject


@cache
def gathered(name: str) -> Subject:
    """Return one of the project's models as exporters get it."""
    return subject(LIBRARY, name)
