"""What exporters get of each model, gathered once for all tests."""

from __future__ import annotations

from functools import cache

from conftest import PROJECT
from osteon.exporters.bundle import Bundle, bundle


@cache
def gathered(name: str) -> Bundle:
    """Return one of the project's models as exporters get it."""
    return bundle(PROJECT, name)
