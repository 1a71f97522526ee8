"""What a user can get wrong: each folder under `broken/` holds one mistake and the exact message it must end in.

A case is a small sound project, made by `osteon new` and built, with a few edits or files put over it.
"""

from __future__ import annotations

import hashlib
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest

from conftest import Command

CASES = sorted(path.parent for path in Path(__file__).parent.glob("broken/*/case.toml"))


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project with one mechanism, `tiny`, built and without faults."""
    from osteon.curation import build
    from osteon.curation import new as templates
    from osteon.evidence.project import Project
    from osteon.files import write_file

    root = tmp_path_factory.mktemp("sound")
    templates.start(root, root, "tiny")
    for _, path, text in build.built(Project(root), None):
        write_file(path, text)
    return root


def _digests(root: Path) -> dict[str, str]:
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def _break(root: Path, folder: Path, case: dict[str, Any]) -> None:
    for edit in case.get("edits", ()):
        path = root / edit["file"]
        text = path.read_text(encoding="utf-8")
        assert text.count(edit["find"]) == 1, f"{edit['find']!r} is to be found once"
        path.write_text(text.replace(edit["find"], edit["replace"]), encoding="utf-8")
    if (folder / "files").is_dir():
        shutil.copytree(folder / "files", root, dirs_exist_ok=True)
    if case.get("rebuild"):
        from osteon.curation import build
        from osteon.evidence.project import Project
        from osteon.files import write_file

        for _, path, text in build.built(Project(root), None):
            write_file(path, text)


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_mistake(folder: Path, sound: Path, tmp_path: Path, osteon: Command) -> None:
    case = tomllib.loads((folder / "case.toml").read_text(encoding="utf-8"))
    project = tmp_path / "project"
    shutil.copytree(sound, project)
    _break(project, folder, case)
    before = _digests(tmp_path)
    outcome = osteon(*case["command"], cwd=project)
    assert outcome.err.strip() == case["message"].strip()
    assert outcome.code == case["exit"]
    assert outcome.out == ""
    assert _digests(tmp_path) == before, "files are left as they were"


def test_the_sound_project_is_sound(sound: Path, osteon: Command) -> None:
    assert osteon("check", "tiny", cwd=sound).code == 0
    assert osteon("build", "--check", cwd=sound).code == 0
    assert osteon("verify", cwd=sound).code == 0


def test_a_model_that_breaks_fails_its_claim_and_no_other(sound: Path, tmp_path: Path, osteon: Command) -> None:
    project = tmp_path / "project"
    shutil.copytree(sound, project)
    folder = Path(__file__).parent / "broken" / "blow_up"
    _break(project, folder, tomllib.loads((folder / "case.toml").read_text(encoding="utf-8")))
    outcome = osteon("verify", "-v", cwd=project)
    assert outcome.code == 1
    assert "failed" in outcome.out
    assert "CVODE Error" in outcome.out
    assert "Traceback" not in outcome.err
