"""A wheel carries models, evidence and bindings, and works outside of the checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from conftest import MODELS, PROJECT, ROOT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder into which the wheel alone was installed."""
    built, folder = tmp_path_factory.mktemp("built"), tmp_path_factory.mktemp("installed")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(built), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        wheel.extractall(folder)
    return folder


def _run(installed: Path, folder: Path, *arguments: str) -> str:
    # The wheel's folder comes before the checkout that an editable install puts on the path.
    environment = {**os.environ, "PYTHONPATH": str(installed), "PYTHONUTF8": "1"}
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True, encoding="utf-8")
    return done.stdout


def test_it_is_the_wheel_that_runs(installed: Path, tmp_path: Path) -> None:
    assert _run(installed, tmp_path, "-c", "import osteon; print(osteon.__file__)").startswith(str(installed))


def test_verify(installed: Path, tmp_path: Path) -> None:
    card = json.loads(_run(installed, tmp_path, "-m", "osteon", "verify", "runx2_osteogenesis", "--json"))
    assert card["passed"]
    # The record of robustness comes with the package, so that verdicts have a strength, or it is said to be outdated.
    strengths = {
        claim["strength"]["name"] for claim in card["claims"] if claim["strength"] and claim["role"] != "landmark"
    }
    assert strengths
    assert "not on record" not in strengths


def test_it_carries_every_model_and_source(installed: Path, tmp_path: Path) -> None:
    listed = json.loads(_run(installed, tmp_path, "-m", "osteon", "list", "--json"))
    assert [entry["id"] for entry in listed["models"]] == list(MODELS)
    assert [entry["id"] for entry in listed["sources"]] == list(PROJECT.source_names)


def test_new_project(installed: Path, tmp_path: Path) -> None:
    _run(installed, tmp_path, "-m", "osteon", "new", "mine", "--project", "project")
    _run(installed, tmp_path / "project", "-m", "osteon", "build")
    assert "mine" in _run(installed, tmp_path / "project", "-m", "osteon", "verify")


def _done(installed: Path, folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    path = {**os.environ, "PYTHONPATH": str(installed), "PYTHONUTF8": "1", **environment}
    command = [sys.executable, "-m", "osteon", *arguments]
    return subprocess.run(command, cwd=folder, env=path, check=False, capture_output=True, encoding="utf-8")


@pytest.mark.parametrize("command", [("build",), ("ablate", "mitochondrial_lamin", "--record")])
def test_nothing_is_written_into_the_package(installed: Path, tmp_path: Path, command: tuple[str, ...]) -> None:
    data = installed / "osteon" / "data"
    before = {path: path.stat().st_mtime_ns for path in data.rglob("*")}
    done = _done(installed, tmp_path, *command)
    assert done.returncode == 2
    assert "does not write into the installed package" in done.stderr
    assert {path: path.stat().st_mtime_ns for path in data.rglob("*")} == before


@pytest.mark.parametrize("home", ["missing", "file", "settings"])
def test_any_home_will_do(installed: Path, tmp_path: Path, home: str) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    (tmp_path / "settings").mkdir()
    (tmp_path / "settings" / "roadrunner.conf").write_text("", encoding="utf-8")
    place = str(tmp_path / home)
    done = _done(installed, tmp_path, "simulate", "runx2_osteogenesis", "--json", HOME=place, OSTEON_CACHE="")
    assert done.returncode == 0, done.stderr
