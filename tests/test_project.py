"""A project's files: each read once, and one with faults in the way of nothing but itself."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

import osteon
import small
from conftest import Command
from osteon.curation import build
from osteon.curation.describe import describe
from osteon.curation.new import start
from osteon.errors import ProjectError, UnknownIdError
from osteon.evidence.claims import Evidence
from osteon.evidence.project import Project, canonical_condition, shipped
from osteon.files import write_file
from osteon.simulation.model import load

T = TypeVar("T")
BROKEN = 'nonsense = "no key of this kind"\n'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a project with two mechanisms, `one` and `two`, both built."""
    folder = tmp_path / "project"
    for name in ("one", "two"):
        start(folder, folder, name)
    for _, path, text in build.built(Project(folder), None):
        write_file(path, text)
    return folder


def _damage(root: Path, *places: str) -> None:
    for place in places:
        path = root / place
        path.write_text(BROKEN + path.read_text(encoding="utf-8"), encoding="utf-8")


def test_each_file_is_read_once(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = root / "models" / "results" / "one.ablation.json"
    write_file(result, json.dumps({"model": "one"}))
    write_file(root / "docs" / "results" / "robustness.json", json.dumps({"models": []}))
    reads: Counter[str] = Counter()
    for name in ("read_text", "read_bytes"):
        monkeypatch.setattr(Path, name, _counted(getattr(Path, name), root, reads))
    project = Project(root)
    for _ in range(3):
        for name in project.model_names:
            assert build.mechanism_findings(project, name) == []
            model = load(project, name)
            assert len(list(project.claims(model.binding))) == 1
        assert project.recorded("one", "ablation") == {"model": "one"}
        assert project.shares == {}
    assert describe(project, "two").id == "two"
    assert dict(reads) == {
        "evidence/vocabulary.toml": 1,
        "evidence/one.toml": 1,
        "evidence/two.toml": 1,
        "models/priors.toml": 1,
        "models/bindings/one.toml": 1,
        "models/bindings/two.toml": 1,
        "models/results/one.ablation.json": 1,
        "docs/results/robustness.json": 1,
    }


def _counted(read: Callable[..., T], root: Path, reads: Counter[str]) -> Callable[..., T]:
    def counted(self: Path, *arguments: str, **options: str) -> T:
        if self.suffix in (".toml", ".json"):
            reads[self.relative_to(root.resolve()).as_posix()] += 1
        return read(self, *arguments, **options)

    return counted


def test_a_file_with_faults_has_the_same_faults_when_asked_again(root: Path) -> None:
    _damage(root, "evidence/one.toml")
    project = Project(root)
    found = []
    for _ in range(2):
        with pytest.raises(ProjectError) as caught:
            project.evidence("one")
        found.append(caught.value.findings)
        (root / "evidence" / "one.toml").unlink(missing_ok=True)
    assert found[0] == found[1]
    assert found[0]


def test_a_result_that_is_computed_later_is_found(root: Path) -> None:
    project = Project(root)
    assert project.recorded("one", "ablation") is None
    write_file(root / "models" / "results" / "one.ablation.json", json.dumps({"model": "one"}))
    assert project.recorded("one", "ablation") is not None


def test_list_shows_what_it_can_and_the_faults_of_the_rest(root: Path, osteon: Command) -> None:
    _damage(root, "evidence/one.toml", "models/bindings/two.toml")
    outcome = osteon("list", "--json", cwd=root)
    found = json.loads(outcome.out)
    assert outcome.code == 2
    assert [model["id"] for model in found["models"]] == ["one"]
    assert [source["id"] for source in found["sources"]] == ["two"]
    assert found["findings"] == [
        {"where": "models/bindings/two.toml: nonsense", "what": "unknown key"},
        {"where": "evidence/one.toml: nonsense", "what": "unknown key"},
    ]
    told = [f"{finding['where']}: {finding['what']}" for finding in found["findings"]]
    assert outcome.err.splitlines() == told
    outcome = osteon("list", cwd=root)
    assert (outcome.code, outcome.err.splitlines()) == (2, told)
    assert "Title of the source" in outcome.out
    assert "Title of the model" in outcome.out


def test_list_tells_a_fault_of_the_vocabulary_once(root: Path, osteon: Command) -> None:
    _damage(root, "evidence/vocabulary.toml")
    outcome = osteon("list", cwd=root)
    assert outcome.code == 2
    assert outcome.err == "evidence/vocabulary.toml: nonsense: unknown key\n"


def test_list_of_a_sound_project_has_no_findings(root: Path, osteon: Command) -> None:
    outcome = osteon("list", "--json", cwd=root)
    assert (outcome.code, outcome.err) == (0, "")
    assert json.loads(outcome.out)["findings"] == []


@pytest.mark.parametrize("command", ["show", "verify", "check", "build"])
def test_a_model_needs_no_file_of_another(command: str, root: Path, osteon: Command) -> None:
    _damage(root, "evidence/two.toml", "models/bindings/two.toml")
    outcome = osteon(command, "one", cwd=root)
    assert (outcome.code, outcome.err) == (0, "")


def test_a_conflict_with_a_source_that_cannot_be_read_is_no_fault_of_this_one(root: Path) -> None:
    path = root / "evidence" / "one.toml"
    text = path.read_text(encoding="utf-8")
    conflicts = 'demand = "must"\nconflicts_with = ["N1-07", "N0-07"]'
    path.write_text(text.replace('demand = "must"', conflicts), encoding="utf-8")
    expected = ["'N1-07'", "'N0-07'"]
    findings = build.mechanism_findings(Project(root), "one")
    assert [name for name, finding in zip(expected, findings, strict=True) if name in finding.what] == expected
    _damage(root, "evidence/two.toml")
    (left,) = build.mechanism_findings(Project(root), "one")
    assert "'N0-07'" in left.what


def test_check_tells_no_faults_of_sources_that_the_model_does_not_answer_to(root: Path) -> None:
    start(root, root, "three")
    path = root / "evidence" / "three.toml"
    text = path.read_text(encoding="utf-8").replace("N2", "N1")
    path.write_text(text.replace('demand = "must"', 'demand = "must"\nconflicts_with = ["N1-09"]'), encoding="utf-8")
    assert build.mechanism_findings(Project(root), "one") == []
    assert len(build.mechanism_findings(Project(root), "two")) == 2
    assert len(build.mechanism_findings(Project(root), "three")) == 3


def test_check_reads_the_source_of_the_same_name_also_where_the_model_does_not_answer_to_it(root: Path) -> None:
    path = root / "models" / "bindings" / "one.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('sources = ["one"]', "sources = []"), encoding="utf-8")
    _damage(root, "evidence/one.toml")
    assert [str(one) for one in build.mechanism_findings(Project(root), "one")] == [
        "evidence/one.toml: nonsense: unknown key"
    ]


def test_models_are_not_judged_by_two_sources_with_one_tag(root: Path, osteon: Command) -> None:
    evidence = root / "evidence" / "two.toml"
    evidence.write_text(evidence.read_text(encoding="utf-8").replace("N1", "N0"), encoding="utf-8")
    binding = root / "models" / "bindings" / "one.toml"
    text = binding.read_text(encoding="utf-8").replace('sources = ["one"]', 'sources = ["one", "two"]')
    binding.write_text(text, encoding="utf-8")
    outcome = osteon("verify", "one", cwd=root)
    assert outcome.code == 2
    assert "evidence/one.toml: source.tag: 'N0' is the tag of evidence/two.toml too" in outcome.err
    assert "evidence/two.toml: claims[0].id: the number of 'N0-01' is used in evidence/one.toml too" in outcome.err


def _tags(root: Path) -> list[str]:
    project = Project(root)
    sources: list[Evidence] = [project.evidence(name) for name in project.source_names]
    return [one.source.tag for one in sources]


def test_every_new_mechanism_has_a_tag_of_its_own(tmp_path: Path) -> None:
    for number in range(12):
        start(tmp_path, tmp_path, f"mechanism_{number:02}")
    assert _tags(tmp_path) == [f"N{number}" for number in range(12)]


def test_a_source_with_faults_keeps_its_tag(root: Path) -> None:
    _damage(root, "evidence/one.toml", "models/bindings/one.toml")
    start(root, root, "three")
    assert Project(root).evidence("three").source.tag == "N2"


def test_the_shipped_project_is_that_of_the_package_or_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    package = Path(osteon.__file__).parent
    for inside, root in ((True, package / "data"), (False, package.parents[1])):
        monkeypatch.setattr(Path, "is_file", lambda _, inside=inside: inside)
        assert shipped() == root


def test_a_composed_model_has_the_parameters_of_its_parts_under_its_own_names(root: Path) -> None:
    """A part's formula names the part's symbols, with the prefix that they have in the whole."""
    path = root / "models" / "bindings" / "one.toml"
    derived = '[parameters.both]\nmeaning = "x"\nprovenance = "derived"\nunit = "1"\n'
    path.write_text(f'{path.read_text(encoding="utf-8")}\n{derived}formula = "2*both_k + both"\n', encoding="utf-8")
    project = Project(root)
    whole = project.binding("two").model_copy(update={"parts": {"first": "one"}})
    inherited = project.inherited(whole)
    part = project.binding("one").parameters
    assert list(inherited) == [f"first_{name}" for name in part]
    assert len(part) > 1
    assert inherited["first_both"].formula == "2*both_k + first_both"
    own = whole.model_copy(update={"parameters": {"first_both": part["both"]}})
    assert "first_both" not in project.inherited(own)
    assert project.parameters(own)["first_both"] == part["both"]


def test_an_intervention_that_the_model_does_not_bind_is_refused() -> None:
    acts = {f"act{number:02}": ("treatment", {"set": {"boost": 2.0}}) for number in range(40)}
    words = small.vocabulary({**dict.fromkeys(acts, "treatment"), "elsewhere": "treatment"})
    binding = small.model(interventions=acts).binding
    assert canonical_condition("act03+act01", binding, words) == ("act03", "act01")
    with pytest.raises(UnknownIdError, match=r"'elsewhere' is not bound by model 'small'; it has act00, .*act39$"):
        canonical_condition("act01+elsewhere", binding, words)
    with pytest.raises(UnknownIdError, match="'nothing' is unknown to model 'small'; it has act00"):
        canonical_condition("nothing", binding, words)
    with pytest.raises(UnknownIdError, match="did you mean 'act39'"):
        canonical_condition("act399", binding, words)


@pytest.mark.parametrize("arguments", [("build",), ("build", "mine"), ("ablate", "mine", "--record")])
def test_the_installed_package_is_not_written_to(
    arguments: tuple[str, ...], osteon: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    start(tmp_path, tmp_path, "mine")
    monkeypatch.setattr("osteon.evidence.project._PACKAGED", tmp_path)
    before = sorted(tmp_path.rglob("*"))
    outcome = osteon(*arguments, "--project", str(tmp_path))
    assert outcome.code == 2
    assert "does not write into the installed package" in outcome.err
    assert sorted(tmp_path.rglob("*")) == before
