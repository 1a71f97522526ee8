"""A skip that is not on the list fails a run that asks for that, in a test as in a whole module."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from accounted_skips import VARIABLE
from conftest import ROOT

TESTS = """
import pytest
def test_on_the_list(): pytest.skip("PyBNF is not installed; pip brings it")
def test_not_on_the_list(): pytest.skip("no time")
@pytest.mark.skipif(True, reason="no mood")
def test_marked(): pass
@pytest.mark.xfail
def test_known(): assert False
def test_passes(): pass
"""
MODULE = 'import pytest\npytest.importorskip("nonesuch", reason="no module")\n'


def _run(folder: Path, tests: str, table: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_few.py").write_text(tests, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    environment = {**os.environ, VARIABLE: table, "PYTHONPATH": str(ROOT / "tests"), "PYTEST_ADDOPTS": ""}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "accounted_skips",
        "-p",
        "no:cacheprovider",
        "-rfE",
        "--color=no",
        ".",
    ]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, encoding="utf-8")


@pytest.mark.parametrize("tests", [TESTS, MODULE])
def test_without_the_variable_any_skip_is_one(tests: str, tmp_path: Path) -> None:
    stdout = _run(tmp_path, tests, "").stdout
    assert "skipped" in stdout
    assert "not in tests/skips.toml" not in stdout


def test_a_skip_that_is_not_on_the_list_fails(tmp_path: Path) -> None:
    done = _run(tmp_path, TESTS, "full")
    assert done.returncode == 1
    for reason in ("no time", "no mood"):
        assert f"skipped for a reason that is not in tests/skips.toml: Skipped: {reason}" in done.stdout
    assert "1 failed, 1 passed, 1 skipped, 1 xfailed, 1 error" in done.stdout


def test_so_does_one_of_a_whole_module(tmp_path: Path) -> None:
    done = _run(tmp_path, MODULE, "full")
    assert done.returncode != 0
    assert "skipped for a reason that is not in tests/skips.toml: Skipped: no module" in done.stdout


def test_an_unknown_list_is_said(tmp_path: Path) -> None:
    done = _run(tmp_path, TESTS, "ful")
    assert done.returncode != 0
    assert "OSTEON_SKIPS='ful' names no table of skips.toml; there are full, weekly, quick" in done.stderr + done.stdout
