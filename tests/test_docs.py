"""What the documents say runs: every command, and every line of Python."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path
from textwrap import dedent

import pytest

from conftest import MODELS, ROOT, Command, generated
from osteon.pictures.plotting import plot_model, save

OTHERS = "docs/interoperability.md"
DOCUMENTS = ["README.md", "CONTRIBUTING.md", "docs/scoring.md", OTHERS]
PROJECT = ("antimony", "evidence", "models", "schemas", "README.md", "Makefile", "pyproject.toml", "constraints.txt")


def _blocks(document: str, language: str) -> list[str]:
    text = (ROOT / document).read_text(encoding="utf-8")
    return [
        dedent(block) for block in re.findall(rf"^\s*```{language}\n(.*?)^\s*```", text, flags=re.DOTALL | re.MULTILINE)
    ]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a copy of the project, to be written to."""
    for name in PROJECT:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name)
        else:
            shutil.copy(source, tmp_path / name)
    return tmp_path


@pytest.mark.parametrize("document", DOCUMENTS)
@pytest.mark.slow
def test_every_command_runs(document: str, copy: Path, osteon: Command) -> None:
    commands = [line for block in _blocks(document, "sh") for line in block.splitlines() if line]
    assert commands
    for command in commands:
        words = shlex.split(command, comments=True)
        if words[0] == "make":
            subprocess.run(["make", "--dry-run", *words[1:]], cwd=copy, check=True, capture_output=True)
            continue
        assert words[0] == "osteon", command
        may_fail = words[-2:] == ["||", "true"]
        outcome = osteon(*(words[1:-2] if may_fail else words[1:]), cwd=copy)
        assert outcome.code == (1 if may_fail else 0), f"{command}: {outcome.err}"


# Python of that page is for `test_interoperability`: tellurium must not share this process.
@pytest.mark.parametrize(
    "document", [document for document in DOCUMENTS if document != OTHERS and _blocks(document, "python")]
)
def test_every_line_of_python_runs(document: str, copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(copy)
    for block in _blocks(document, "python"):
        exec(compile(block, document, "exec"), {})


@pytest.mark.slow
def test_every_example_of_the_python_api_runs(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the order of the page, which is that of somebody who reads it."""
    monkeypatch.chdir(copy)
    blocks = _blocks("docs/api.md", "python")
    assert len(blocks) > 20
    namespace: dict[str, object] = {}
    for block in blocks:
        example = compile(block, "docs/api.md", "exec")
        if "osteon.build_site(" not in block:  # It fetches files of third parties.
            exec(example, namespace)
    for name in ("ensemble.parquet", "scorecard.svg", "report/report.html", "results/condition_001.csv"):
        assert (copy / name).is_file(), name


@pytest.mark.slow
def test_the_readme_table_of_models_is_current() -> None:
    assert (ROOT / "README.md").read_text(encoding="utf-8") == generated()["README.md"]


def test_every_make_target_of_the_documents_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    for document in DOCUMENTS:
        for block in _blocks(document, "sh"):
            assert set(re.findall(r"^make ([a-z-]+)", block, flags=re.MULTILINE)) <= targets


def test_every_link_leads_somewhere() -> None:
    for path in [*(ROOT / name for name in DOCUMENTS), *sorted((ROOT / "docs").glob("*.md"))]:
        for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), f"{path.name}: {target}"


@pytest.mark.parametrize("name", MODELS)
def test_every_model_has_its_figure(name: str, tmp_path: Path) -> None:
    from conftest import model

    drawn = tmp_path / "figure.svg"
    save(plot_model(model(name)), drawn)
    assert "<svg" in drawn.read_text(encoding="utf-8")
    assert (ROOT / "docs" / "figures" / f"{name}.svg").is_file(), "`make figures` draws it"


def test_commands_are_documented(osteon: Command) -> None:
    listed = re.findall(r"^  ([a-z]+)  ", osteon("--help").out, flags=re.MULTILINE)
    assert len(listed) >= 9
    text = "".join((ROOT / document).read_text(encoding="utf-8") for document in DOCUMENTS)
    assert [command for command in listed if f"osteon {command}" not in text] == []
