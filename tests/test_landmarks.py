"""Landmarks: their files, what they are counted as, and the words that they want, on small projects."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

import small
from conftest import Command
from osteon.analysis.robustness.samples import Samples
from osteon.curation import build, overview
from osteon.curation import new as templates
from osteon.curation.vocabulary import listed, wanted
from osteon.errors import ProjectError
from osteon.evidence.claims import Claim, Evidence
from osteon.evidence.landmarks import Landmark, Landmarks
from osteon.evidence.project import Project
from osteon.files import write_file
from osteon.verification.scorecard import Scorecard
from osteon.verification.summary import Count, tally
from osteon.verification.verify import verify

THEME = """
[theme]
id = "rare"
title = "Rare findings"
summary = "What is seldom seen."

[citations.Smith2001]
text = "Smith J. Rare findings. J Rare 2001;1:1."
seen = "abstract"
"""
CLAIM = """
[[claims]]
id = "{id}"
statement = "x"
place = "Abstract"
kind = "experiment"
term = "ECO:0000006"
demand = "soft"
species = "mouse"
material = "cells"
setting = "osteoblast_culture"
{rest}
"""
CHECK = """
checks = [
  {{ observable = "{observable}", condition = "{condition}", reference = "control", expect = "{expect}" }},
]
"""


def _claim(id_: str, expect: str = "decrease", observable: str = "runx2_expression", **words: str) -> str:
    check = CHECK.format(observable=observable, condition=words.get("condition", "anti_rankl"), expect=expect)
    return CLAIM.format(id=id_, rest=f"{words.get('rest', '')}\n{check}")


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project with the model of the template, which halves RUNX2 under a drug, and no landmarks yet."""
    root = tmp_path_factory.mktemp("landmarks")
    templates.start(root, root, "tiny")
    for _, path, text in build.built(Project(root), None):
        write_file(path, text)
    binding = root / "models" / "bindings" / "tiny.toml"
    text = binding.read_text(encoding="utf-8")
    binding.write_text(text.replace('sources = ["tiny"]', 'sources = ["tiny"]\nlandmarks = ["rare"]'), encoding="utf-8")
    return root


def _project(root: Path, *claims: str) -> Project:
    write_file(root / "evidence" / "landmarks" / "rare.toml", THEME + "".join(claims))
    return Project(root)


def test_a_landmark_is_judged_and_counted_apart(sound: Path, osteon: Command) -> None:
    _project(sound, _claim("Smith2001-01", "increase"), _claim("Smith2001-02", "large decrease"))
    outcome = osteon("verify", "tiny", cwd=sound)
    assert outcome.code == 0, "a contradicted landmark is no fault of a model"
    assert "Smith2001-01" in outcome.out
    assert "landmarks: 1 supported, 1 contradicted" in outcome.out
    assert "1 of 1 reported experiments reproduced (strength not on record), 0 contradicted" in outcome.out
    assert "landmarks apart: 1 of 2 reproduced, 1 contradicted, 0 not representable" in outcome.out


@pytest.mark.parametrize(
    ("claims", "message"),
    [
        ([_claim("Smith2002-01")], "no citation 'Smith2002'; did you mean 'Smith2001'"),
        ([_claim("Smith2001-01"), _claim("Smith2001-01", "increase")], "two claims have the id 'Smith2001-01'"),
        ([_claim("Smith2001-01", observable="runx2_expresion")], r"unknown 'runx2_expresion'; did you mean"),
        ([_claim("Smith2001-01", rest='role = "held_out"')], "the role of a landmark is 'landmark'"),
    ],
)
def test_a_fault_in_a_theme_is_a_finding(sound: Path, claims: list[str], message: str) -> None:
    with pytest.raises(ProjectError, match=message):
        _project(sound, *claims).theme("rare")


def test_a_citation_that_nothing_rests_on_is_refused() -> None:
    citation = {"text": "x", "seen": "abstract"}
    with pytest.raises(ValidationError, match="no claim begins with the key of citation 'Smith2001'"):
        Landmarks.model_validate(
            {"theme": {"id": "rare", "title": "x", "summary": "x"}, "citations": {"Smith2001": citation}, "claims": ()}
        )


@pytest.mark.parametrize(
    ("rest", "message"),
    [
        ('conflicts_with = ["N0-01"]', "claim 'N0-01' does not name 'Smith2001-01' under its own; link both"),
        ('conflicts_with = ["N0-02"]', "the project has no claim 'N0-02'; did you mean 'N0-01'?"),
    ],
)
def test_a_disagreement_is_named_on_both_sides(sound: Path, osteon: Command, rest: str, message: str) -> None:
    _project(sound, _claim("Smith2001-01", rest=rest))
    outcome = osteon("check", "tiny", cwd=sound)
    assert outcome.code == 2
    assert outcome.err.strip() == f"evidence/landmarks/rare.toml: claims[0].conflicts_with: {message}"


def test_a_binding_names_themes_that_are_there(sound: Path) -> None:
    (sound / "evidence" / "landmarks" / "rare.toml").unlink(missing_ok=True)
    with pytest.raises(ProjectError, match="landmarks: unknown 'rare'"):
        Project(sound).binding("tiny")


def test_a_source_holds_no_landmark() -> None:
    claim = {
        "id": "T-01",
        "statement": "x",
        "place": "x",
        "kind": "gap",
        "term": "ECO:0000006",
        "demand": "record",
        "role": "landmark",
        "setting": "culture",
        "documented": "x",
    }
    source = {"id": "x", "tag": "T", "title": "x", "citation": "x", "language": "en", "summary": "x"}
    with pytest.raises(ValidationError, match="the role 'landmark' is for evidence/landmarks"):
        Evidence.model_validate({"source": source, "claims": (claim,)})


def test_the_word_that_opens_most_claims_comes_first(sound: Path, osteon: Command) -> None:
    """Two claims lack `cccp` alone, one lacks `sost` alone, and one lacks both."""
    project = _project(
        sound,
        _claim("Smith2001-01", condition="cccp"),
        _claim("Smith2001-02", "increase", condition="cccp"),
        _claim("Smith2001-03", observable="sost"),
        _claim("Smith2001-04", observable="sost", condition="cccp"),
    )
    ranked = wanted(project)
    assert [(one.word, one.kind, one.opens, one.needed) for one in ranked] == [
        ("cccp", "intervention", ("Smith2001-01", "Smith2001-02"), 3),
        ("sost", "observable", ("Smith2001-03",), 2),
    ]
    by_word = {one.word: one.models for one in listed(project)}
    assert by_word["anti_rankl"] == ("tiny",)
    assert by_word["cccp"] == ()
    lines = osteon("words", "--wanted", cwd=sound).out.splitlines()
    assert [line.split()[1] for line in lines if "cccp" in line or "sost" in line] == ["cccp", "sost"]
    assert osteon("words", "tiny", "--json", cwd=sound).code == 0


MODEL = small.model(interventions={"more": ("treatment", {"set": {"boost": 2.0}})})
RISES = {"observable": "s", "condition": "more", "reference": "control", "expect": "increase"}
FALLS = RISES | {"expect": "decrease"}
LATER = RISES | {"at": "2 d"}
FOREIGN = RISES | {"observable": "t"}


def _document(number: int, *checks: dict[str, Any], **fields: Any) -> Claim:
    plain = {"statement": "x", "place": "x", "kind": "experiment", "term": "ECO:0000006", "demand": "must"}
    return Claim.model_validate({"id": f"T-{number:02}", "setting": "culture", "checks": checks, **plain, **fields})


def _landmark(number: int, *checks: dict[str, Any]) -> Landmark:
    claim = _document(number, *checks).model_dump(exclude={"role"}, exclude_none=True)
    return Landmark.model_validate({**claim, "id": f"Smith2001-{number:02}", "species": "mouse", "material": "x"})


def _card(*claims: Claim) -> Scorecard:
    return verify(MODEL, [("t", claim) for claim in claims])


def test_a_check_that_claims_share_is_one_experiment() -> None:
    card = _card(_document(1, RISES), _document(2, RISES, FALLS, FOREIGN), _document(3, RISES | {"at": "24 h"}))
    assert tally(card.results, "small").reported == Count(reproduced=1, unrated=1, contradicted=1, not_representable=1)


def test_what_cannot_fail_is_no_finding() -> None:
    card = _card(_document(1, RISES, by_construction="x"), _document(2, RISES, LATER))
    numbers = tally(card.results, "small")
    assert numbers.by_construction == Count(reproduced=1, unrated=1)
    assert numbers.reported == Count(reproduced=1, unrated=1)


def test_landmarks_are_counted_apart_and_no_experiment_twice() -> None:
    card = _card(_document(1, RISES), _landmark(1, RISES, LATER), _landmark(2, FALLS))
    numbers = tally(card.results, "small")
    assert numbers.reported == Count(reproduced=1, unrated=1)
    assert numbers.landmarks == Count(reproduced=1, unrated=1, contradicted=1)
    assert card.passed
    assert not card.surprises
    assert card.as_dict()["summary"] == {"small": {"supported": 1}}
    assert card.as_dict()["landmarks"] == {"small": {"contradicted": 1, "supported": 1}}


def test_sizes_are_counted_once() -> None:
    size = {"fold": 1.4, "range": (1.3, 1.5), "basis": "x", "citation": "K"}
    far = LATER | {"size": {**size, "fold": 9.0, "range": (8.0, 10.0)}}
    card = _card(_document(1, RISES | {"size": size}), _document(2, RISES | {"size": size}, far))
    assert tally(card.results, "small").sizes == (1, 2)


def test_samples_leave_landmarks_out() -> None:
    claims = [("t", _document(1, RISES)), ("rare", _landmark(1, FALLS))]
    made = Samples(MODEL, claims, sampler="random", number=1, seed=1)
    assert [claim.id for _, claim in made.claims] == ["T-01"]


def test_the_table_of_the_readme_counts_experiments() -> None:
    held_out = _document(3, LATER, role="held_out")
    forced = _document(2, RISES, by_construction="x")
    claims = (_document(1, FALLS, FOREIGN), forced, held_out, _landmark(1, LATER | {"at": "3 d"}))
    composed = MODEL.replace(binding=MODEL.binding.model_copy(update={"parts": {"p": "other"}}))
    rows = [(each.binding, [], 1, 2, verify(each, [("t", claim) for claim in claims])) for each in (MODEL, composed)]
    lines = overview.table(rows).splitlines()
    heads, _, *cells = ([cell.strip() for cell in line.split("|")[1:-1]] for line in lines)
    own, other = (dict(zip(heads, row, strict=True)) for row in cells)
    assert {name: value for name, value in own.items() if value} == {
        "model": "`small`",
        "reported experiments reproduced": "1 of 2",
        "robust": "not on record",
        "contradicted": "1",
        "not representable": "1",
        "by construction": "1",
        "held out": "1 of 1",
        "landmarks": "1 of 1",
        "documented": "0",
        "species": "1",
        "reactions": "2",
    }
    assert other == own | {"held out": ""}
