"""Writing a mechanism: names that mean something already, and files as editors and systems leave them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import Command
from osteon.curation.new import start
from osteon.errors import CompilationError, OsteonError
from osteon.evidence.project import Project
from osteon.sbml.antimony import compile_antimony
from osteon.sbml.antimony_text import unreadable

EMPTY = "model *{}()\n  k = 1\nend\n"


@pytest.fixture
def root(tmp_path: Path, osteon: Command) -> Path:
    """Return a project with one mechanism, `demo`, built."""
    folder = tmp_path / "project"
    start(folder, folder, "demo")
    assert osteon("build", cwd=folder).code == 0
    return folder


def test_as_many_mechanisms_as_one_likes(tmp_path: Path) -> None:
    for number in range(12):
        start(tmp_path / "p", tmp_path, f"m{number}")
    project = Project(tmp_path / "p")
    assert len({project.evidence(name).source.tag for name in project.source_names}) == 12


NAMES = {
    "Python": ("class", "lambda", "with"),
    "SBML": ("metre", "kelvin", "rateof", "area"),
    "Antimony": ("time", "pi", "avogadro", "species", "gene", "at", "exp", "uniform", "infinity", "maximize"),
    "that this command writes": ("drug", "cell", "loss", "per_day"),
    "Windows": ("con", "nul", "lpt1"),
}


@pytest.mark.parametrize(("name", "meaning"), [(name, key) for key, names in NAMES.items() for name in names])
def test_a_name_that_has_a_meaning_is_refused(name: str, meaning: str, tmp_path: Path, osteon: Command) -> None:
    outcome = osteon("new", name, "--project", str(tmp_path / "p"))
    assert outcome.code == 2
    assert outcome.err.startswith(f"{name!r} has a meaning of its own in ")
    assert "choose another name" in outcome.err
    if meaning != "Antimony":
        assert meaning in outcome.err
    assert not (tmp_path / "p").exists(), "nothing is written"


def test_a_name_that_is_too_long_for_a_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OsteonError, match="too long"):
        start(tmp_path / "p", tmp_path, "a" * 300)


def greek(text: str) -> str:
    return text.replace("k_turnover", "kβ")


def marked(text: str) -> str:
    return "\ufeff" + text


def importing_itself(text: str) -> str:
    return f'import "demo.ant"\n{text}'


@pytest.mark.parametrize("command", ["build", "check"])
@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (greek, "antimony/demo.ant: line 26: 'kβ': outside of comments and strings Antimony reads ASCII only"),
        (marked, "antimony/demo.ant: begins with a byte order mark, which Antimony does not read"),
        (importing_itself, "antimony/demo.ant: a file that imports itself: demo.ant imports demo.ant"),
    ],
)
def test_what_antimony_has_no_word_for(
    spoil: Callable[[str], str], message: str, command: str, root: Path, osteon: Command
) -> None:
    path = root / "antimony" / "demo.ant"
    path.write_text(spoil(path.read_text(encoding="utf-8")), encoding="utf-8")
    outcome = osteon(command, "demo", cwd=root)
    assert outcome.code == 2
    assert outcome.err.startswith(message)


def test_another_encoding_is_named(root: Path, osteon: Command) -> None:
    path = root / "antimony" / "demo.ant"
    path.write_bytes(path.read_text(encoding="utf-8").replace("Prose", "Müller").encode("latin-1"))
    outcome = osteon("build", "demo", cwd=root)
    assert outcome.code == 2
    assert "antimony/demo.ant: cannot be read: line 5 has a byte (0xfc) that is not UTF-8" in outcome.err


def test_letters_of_any_kind_in_comments_and_strings(root: Path, osteon: Command) -> None:
    path = root / "antimony" / "demo.ant"
    text = path.read_text(encoding="utf-8").replace("Prose", "Prosa über TGF-β").replace("RUNX2 protein", "Протеин")
    path.write_text(f"// α\n/* β */ # γ\n{text}", encoding="utf-8")
    assert osteon("build", "demo", cwd=root).code == 0


@pytest.mark.parametrize("circle", [("a",), ("a", "b"), ("a", "b", "c")])
def test_a_circle_of_imports_is_found_before_antimony_follows_it(circle: tuple[str, ...], tmp_path: Path) -> None:
    for name, following in zip(circle, (*circle[1:], circle[0]), strict=True):
        text = f'/* import "no.ant" */ import "{following}.ant"\n{EMPTY.format(name)}'
        (tmp_path / f"{name}.ant").write_text(text)
    whole = 'import "a.ant"\n' + EMPTY.format("whole")
    with pytest.raises(CompilationError, match=r"a file that imports itself: a\.ant imports "):
        compile_antimony(whole, title="x", shown="whole.ant", folder=tmp_path)


def test_a_file_that_is_imported_twice_is_no_circle(tmp_path: Path) -> None:
    (tmp_path / "d.ant").write_text(EMPTY.format("d"))
    for name in ("b", "c"):
        (tmp_path / f"{name}.ant").write_text('import "d.ant"\n' + EMPTY.format(name))
    whole = 'import "b.ant"\nimport "c.ant"\n' + EMPTY.format("whole")
    assert list(unreadable(whole, "whole.ant", tmp_path)) == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xef\xbb\xbf" + EMPTY.format("part").encode(), "antimony/part.ant: begins with a byte order mark"),
        ("model *part()\n  β = 1\nend".encode(), "antimony/part.ant: line 2: 'β'"),
        ("// Müller".encode("latin-1"), "antimony/part.ant: cannot be read: line 1 has a byte"),
    ],
)
def test_faults_of_an_imported_file_are_told_by_its_name(content: bytes, message: str, tmp_path: Path) -> None:
    (tmp_path / "part.ant").write_bytes(content)
    whole = 'import "part.ant"\n' + EMPTY.format("whole")
    (finding,) = unreadable(whole, "antimony/whole.ant", tmp_path)
    assert str(finding).startswith(message)


STRAY = (
    "antimony/.DS_Store",
    "antimony/demo.ant~",
    "antimony/#demo.ant#",
    "antimony/._demo.ant",
    "antimony/old.ant/x",
    "models/bindings/.DS_Store",
    "models/bindings/._demo.toml",
    "models/bindings/.demo.toml.swp",
    "models/bindings/demo.toml~",
    "models/bindings/demo.toml.orig",
    "models/bindings/#demo.toml#",
    "models/bindings/demo (1).toml",
    "models/bindings/demo copy.toml",
    "models/bindings/Thumbs.db",
    "models/bindings/old.toml/x",
    "models/sbml/.DS_Store",
    "models/sbml/old.xml/x",
    "models/layout/.DS_Store",
    "models/results/._demo.ablation.json",
    "evidence/.DS_Store",
    "evidence/._demo.toml",
    "evidence/demo.toml~",
    "evidence/demo copy.toml",
    "evidence/old.toml/x",
    "docs/.DS_Store",
)


def test_stray_files_stop_nothing(root: Path, osteon: Command) -> None:
    for name in STRAY:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"\0\xff[not = TOML")
    for folder in ("evidence", "models/bindings"):
        (root / folder / ".#demo.toml").symlink_to("somebody@somewhere.1234")  # a lock of Emacs
    for command in (
        ("list",),
        ("check", "demo"),
        ("build",),
        ("build", "--check"),
        ("verify",),
        ("show", "demo"),
        ("new", "another"),
    ):
        outcome = osteon(*command, cwd=root)
        assert (outcome.code, outcome.err) == (0, ""), command


def test_a_binding_of_a_name_that_is_none_is_told_where_it_is_asked_for(root: Path, osteon: Command) -> None:
    shutil.copy(root / "models" / "bindings" / "demo.toml", root / "models" / "bindings" / "My-Demo.toml")
    assert osteon("verify", cwd=root).code == 0
    outcome = osteon("verify", "My-Demo", cwd=root)
    assert (outcome.code, outcome.err.strip()) == (
        2,
        "'My-Demo' is not a model's name: lower-case letters, digits and underscores",
    )


@pytest.mark.parametrize("bound", ["inf", "nan", "-inf", "1e999"])
def test_a_range_without_an_end_is_a_finding(bound: str, root: Path, osteon: Command) -> None:
    path = root / "models" / "bindings" / "demo.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("range = [0.2, 1]", f"range = [0.2, {bound}]"), encoding="utf-8")
    outcome = osteon("check", "demo", cwd=root)
    assert outcome.code == 2
    assert "models/bindings/demo.toml: parameters.k_turnover.range[1]: Input should be a finite number" in outcome.err


def test_a_binding_with_a_byte_order_mark_is_read(root: Path, osteon: Command) -> None:
    for name in ("evidence/demo.toml", "evidence/vocabulary.toml", "models/bindings/demo.toml"):
        (root / name).write_bytes(b"\xef\xbb\xbf" + (root / name).read_bytes())
    outcome = osteon("verify", cwd=root)
    assert (outcome.code, outcome.err) == (0, "")


@pytest.mark.parametrize(
    ("encoding", "message"),
    [("utf-16", "it is text in UTF-16; save it in UTF-8"), ("utf-16-le", "it has bytes that are zero")],
)
def test_a_binding_in_another_encoding_is_told(encoding: str, message: str, root: Path, osteon: Command) -> None:
    path = root / "models" / "bindings" / "demo.toml"
    path.write_bytes(path.read_text(encoding="utf-8").encode(encoding))
    outcome = osteon("verify", cwd=root)
    assert outcome.code == 2
    assert f"models/bindings/demo.toml: cannot be read: {message}" in outcome.err


@pytest.mark.parametrize(
    ("path", "command"),
    [
        ("README.md", "build"),
        ("docs/ablation.md", "build"),
        ("models/layout/demo.json", "export"),
        ("models/results/demo.ablation.json", "build"),
        ("antimony/demo.ant", "build"),
    ],
)
def test_every_file_of_a_project_in_another_encoding_is_told(
    path: str, command: str, root: Path, osteon: Command
) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_bytes("<!-- ablation: -->\n{}".encode("utf-16"))
    if "results" in path:
        (root / "docs").mkdir()
        (root / "docs" / "ablation.md").write_text("<!-- ablation: -->\n<!-- /ablation -->\n", encoding="utf-8")
    outcome = osteon(command, *(("demo", "--to", "diagram", "--out", "x") if command == "export" else ()), cwd=root)
    assert outcome.code == 2
    assert f"{path}: " in outcome.err
    assert "it is text in UTF-16; save it in UTF-8" in outcome.err


@pytest.mark.parametrize("given", ["k_turnover=inf", "k_turnover=nan", "k_turnover=1e999", "k-turnover=1"])
def test_a_value_that_is_none_is_refused_as_typed(given: str, root: Path, osteon: Command) -> None:
    outcome = osteon("simulate", "demo", "--set", given, cwd=root)
    assert (outcome.code, outcome.out) == (2, "")
    assert "is not NAME=NUMBER" in outcome.err
    assert "Traceback" not in outcome.err
