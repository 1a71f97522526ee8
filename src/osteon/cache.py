"""Where this program may keep what it can make again: the user's cache folder."""

from __future__ import annotations

import os
from pathlib import Path


def folder() -> Path:
    """Return the folder, whether or not it is there; the variable ``OSTEON_CACHE`` names another."""
    named = os.environ.get("OSTEON_CACHE")
    if named:
        return Path(named)
    import platformdirs

    return platformdirs.user_cache_path("osteon", appauthor=False)
