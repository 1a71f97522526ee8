"""The tutorial runs from its first cell to its last, and shows what it says it shows."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

import osteon
from conftest import ROOT


def _texts(cell: Any) -> list[str]:
    """Return what a cell shows as text; of a figure, that it is one."""
    shown = (output.get("text") or output.get("data", {}).get("text/plain", "") for output in cell.get("outputs", ()))
    return [text for text in shown if text]


@pytest.fixture
def executed(tmp_path: Path) -> Any:
    """Return the tutorial, executed in an empty folder."""
    notebook = nbformat.read(ROOT / "docs" / "tutorial.ipynb", as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    return NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()


@pytest.mark.slow
def test_it_runs_and_shows_what_is_stored(executed: Any, tmp_path: Path) -> None:
    stored = nbformat.read(ROOT / "docs" / "tutorial.ipynb", as_version=4)
    code = [number for number, cell in enumerate(stored.cells) if cell.cell_type == "code"]
    assert len(code) >= 8
    for number in code:
        assert _texts(executed.cells[number]) == _texts(stored.cells[number]), "`make tutorial` runs it anew"
    outputs = (output for cell in executed.cells for output in cell.get("outputs", ()))
    figures = [output for output in outputs if "image/png" in output.get("data", {})]
    assert len(figures) == 3
    assert "<svg" in (tmp_path / "dose_response.svg").read_text(encoding="utf-8")


def test_it_uses_nothing_but_the_public_interface() -> None:
    notebook = nbformat.read(ROOT / "docs" / "tutorial.ipynb", as_version=4)
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    tree = ast.parse(code)
    imported = [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    assert imported == ["import osteon"]
    private = [name for name in re.findall(r"\bosteon\.(\w+)", code) if name not in osteon.__all__]
    assert private == []
