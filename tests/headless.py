"""A browser without a window, for tests of pages: `visit` a page, or `browser` for a script of one's own."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parent / "browser"
"""The scripts that drive the browser, with what they need from npm."""


def browser() -> tuple[str, str]:
    """Return the commands of node and Chromium; skip the test, with the reason, where something is missing."""
    node = shutil.which("node")
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if node is None or chromium is None:
        pytest.skip("no browser to look with: node or chromium is not installed")
    if not (FOLDER / "node_modules" / "playwright-core").is_dir():
        pytest.skip("no browser to look with: `npm install --prefix tests/browser` brings playwright-core and axe-core")
    return node, chromium


def visit(url: str, **wanted: Any) -> dict[str, Any]:
    """Open a page and return what went wrong; see ``visit.mjs`` for what can be wanted."""
    return run("visit.mjs", url, json.dumps(wanted))


def run(script: str, *arguments: str) -> Any:
    """Run a script of `FOLDER` with Chromium's command and the arguments given; return the JSON that it prints."""
    node, chromium = browser()
    done = subprocess.run([node, str(FOLDER / script), chromium, *arguments], capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
