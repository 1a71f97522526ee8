"""What docs/interoperability.md says of other programs: its lines of Python run there, and its files are there."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from conftest import MODELS, PROJECT, ROOT
from osteon.cli import main
from osteon.simulation.model import load

pytestmark = pytest.mark.interop

DOCUMENT = (ROOT / "docs" / "interoperability.md").read_text(encoding="utf-8")
NAME = "runx2_osteogenesis"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", DOCUMENT, flags=re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the project with the export of one model in it, as the page has it."""
    copy = tmp_path_factory.mktemp("project")
    for name in ("antimony", "evidence", "models"):
        shutil.copytree(ROOT / name, copy / name)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(copy)
        patch.setattr(sys, "argv", shlex.split(blocks("sh")[0].splitlines()[0], comments=True))
        with pytest.raises(SystemExit) as stop:
            main()
    assert not stop.value.code
    return copy


@cache
def printed(program: str, folder: Path) -> str:
    """Return what a program of the page prints."""
    done = subprocess.run([sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("program", blocks("python"), ids=lambda text: text.split()[1])
def test_every_program_opens_its_file(program: str, folder: Path) -> None:
    assert printed(program, folder)


def test_three_programs_give_one_number(folder: Path) -> None:
    """The value that the page prints in COPASI and in tellurium is that of `osteon simulate`."""
    found = [float(printed(program, folder).split()[-1]) for program in blocks("python")[:2]]
    frame = load(PROJECT, NAME).simulate("osteogenic_induction+runx2_ko", setting="ipsc_culture", until="14 d")
    assert found == pytest.approx([frame["bglap"].iloc[-1]] * 2, rel=1e-5)


def test_every_file_of_the_table_is_there(folder: Path) -> None:
    named = re.findall(r"`((?:copasi|omex|sedml|sbml|diagram|petab|code|equations)/[^`]*)`", DOCUMENT)
    assert len(named) >= 10
    for path in named:
        if "_comp" not in path:  # of joined models only
            assert (folder / "build" / "export" / path.replace("MODEL", NAME)).exists(), path


def test_every_model_has_its_pictures() -> None:
    for name in MODELS:
        for kind in ("diagrams", "figures"):
            assert (ROOT / "docs" / kind / f"{name}.svg").is_file()
