"""The registry: complete, well referred, and understood by editors."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from conftest import MODELS, PROJECT, ROOT, generated
from osteon.curation import build
from osteon.errors import ProjectError
from osteon.evidence import toml
from osteon.evidence.claims import ContrastCheck, Evidence, natural_order
from osteon.evidence.criteria import WORDS, names
from osteon.evidence.reading import Reading
from osteon.pages.wording import thresholds
from osteon.simulation.model import load

INVENTORY = {"S0": 60, "S1": 24, "S2": 50, "S3": 49, "S4": 25, "X": 11}
"""How many statements were found in each source, or drawn from them together (X); none may be dropped."""
SOURCES = [PROJECT.evidence(name) for name in PROJECT.source_names]
THEMES = [PROJECT.theme(name) for name in PROJECT.theme_names]


@pytest.mark.parametrize("evidence", SOURCES, ids=lambda evidence: evidence.source.id)
def test_every_statement_of_the_source_has_its_entry(evidence: Any) -> None:
    tag = evidence.source.tag
    expected = [f"{tag}-{number:02d}" for number in range(1, INVENTORY[tag] + 1)]
    assert [claim.id for claim in evidence.claims] == expected


@pytest.mark.parametrize("evidence", SOURCES, ids=lambda evidence: evidence.source.id)
def test_hard_claims_are_checked(evidence: Any) -> None:
    unchecked = [c.id for c in evidence.claims if c.demand in ("must", "must not") and not c.checks]
    for claim in evidence.claims:
        if claim.id in unchecked:
            assert len(claim.documented) > 60, f"{claim.id} is a hard claim: say at length why it cannot be simulated"


def test_a_changed_copy_of_a_check_reads_what_it_says_itself() -> None:
    check = next(c for evidence in SOURCES for claim in evidence.claims for c in claim.checks if "readings" in dir(c))
    assert check.readings[0].condition != "control"
    assert check.model_copy(update={"condition": "control"}).readings[0].condition == "control"


def test_conflicts_are_seen_from_both_sides() -> None:
    claims = {claim.id: claim for one in (*SOURCES, *THEMES) for claim in one.claims}
    for claim in claims.values():
        for other in claim.conflicts_with:
            assert claim.id in claims[other].conflicts_with, f"{claim.id} and {other}"


@pytest.mark.parametrize("name", MODELS)
def test_every_model_answers_to_the_source_of_its_name(name: str) -> None:
    assert name in PROJECT.binding(name).sources or name not in PROJECT.source_names


@pytest.mark.parametrize("name", MODELS)
def test_every_value_lies_in_its_range_also_what_a_part_brings_along(name: str) -> None:
    frame = load(PROJECT, name).to_frame()
    free = frame[frame["low"] < frame["high"]]
    beyond = free[(free["value"] < free["low"]) | (free["value"] > free["high"])]
    assert len(free) > 20
    assert list(beyond.index) == [one.where.rpartition(".")[2] for one in build.mechanism_warnings(PROJECT, name)]
    assert beyond["prior"].notna().all(), "a measured range holds the value"


@pytest.mark.parametrize("stem", build.SCHEMAS)
@pytest.mark.slow
def test_schema_is_tracked_and_current(stem: str) -> None:
    name = f"schemas/{stem}.schema.json"
    assert (ROOT / name).read_text(encoding="utf-8") == generated()[name]


FILES = {
    "vocabulary": [ROOT / "evidence" / "vocabulary.toml"],
    "evidence": [ROOT / "evidence" / f"{name}.toml" for name in PROJECT.source_names],
    "binding": [ROOT / "models" / "bindings" / f"{name}.toml" for name in MODELS],
    "priors": [ROOT / "models" / "priors.toml"],
}


@pytest.mark.parametrize(("stem", "path"), [(stem, path) for stem, paths in FILES.items() for path in paths], ids=str)
def test_files_satisfy_the_schema_that_editors_use(stem: str, path: Any) -> None:
    schema = json.loads((ROOT / "schemas" / f"{stem}.schema.json").read_text(encoding="utf-8"))
    text = path.read_text(encoding="utf-8")
    jsonschema.Draft202012Validator(schema).validate(tomllib.loads(text))
    directive = text.splitlines()[0]
    assert directive.startswith("#:schema ")
    assert (path.parent / directive.removeprefix("#:schema ")).resolve() == ROOT / "schemas" / f"{stem}.schema.json"


SOURCE = """
[source]
id = "x"
tag = "TAG"
title = "A title"
citation = "A citation."
language = "en"
summary = "A summary."
"""
CLAIM = """
[[claims]]
id = "ID"
statement = "A statement."
place = "Fig. 1"
kind = "experiment"
term = "ECO:0000006"
demand = "record"
setting = "culture"
"""


def _evidence(tag: str, *ids: str, rest: str = 'documented = "An example."') -> Evidence:
    claims = "".join(CLAIM.replace("ID", name) + rest + "\n" for name in ids)
    return toml.parse(SOURCE.replace("TAG", tag) + claims, Evidence, "x.toml")


@pytest.mark.parametrize(
    ("tag", "id_", "number"),
    [
        ("S0", "S0-01", 1),
        ("X", "X-123", 123),
        ("Kobayashi2015", "Kobayashi2015-01", 1),
        ("Kobayashi2015a", "Kobayashi2015a-100", 100),
    ],
)
def test_tags_are_short_or_citation_keys(tag: str, id_: str, number: int) -> None:
    found = _evidence(tag, id_)
    assert (found.source.tag, found.claims[0].id, found.claims[0].number) == (tag, id_, number)


@pytest.mark.parametrize(
    ("tag", "id_"),
    [
        ("S0", "S0-1"),
        ("S0", "S1-01"),
        ("S0", "S0-0a"),
        ("0S", "0S-01"),
        ("S-0", "S-0-01"),
        ("S 0", "S 0-01"),
        ("", "-01"),
    ],
)
def test_what_is_no_tag_or_claim_id_is_refused(tag: str, id_: str) -> None:
    with pytest.raises(ProjectError):
        _evidence(tag, id_)


@pytest.mark.parametrize(
    ("ids", "message"),
    [(("S0-01", "S0-01"), "two claims have the id 'S0-01'"), (("S0-01", "S0-001"), "two claims have the number 1")],
)
def test_a_number_is_used_once(ids: tuple[str, str], message: str) -> None:
    with pytest.raises(ProjectError, match=message):
        _evidence("S0", *ids)


def test_tags_are_sorted_as_people_count() -> None:
    tags = ["S10", "X", "S2", "Kobayashi2015a", "S", "Kobayashi2015", "S1"]
    assert sorted(tags, key=natural_order) == ["Kobayashi2015", "Kobayashi2015a", "S", "S1", "S2", "S10", "X"]


CHECKS = {
    "contrast": 'reference = "control", condition = "a"',
    "comparison": 'reference = "control", condition = "a", compared_with = { condition = "b" }',
    "order": 'condition = "a", before = "t"',
    "structure": 'on = "t"',
}


@pytest.mark.parametrize("word", WORDS.values(), ids=lambda word: word.name)
def test_every_registered_word_can_be_written_and_is_explained(word: Any) -> None:
    check = f'checks = [{{ observable = "s", expect = "{word.name}", {CHECKS[word.kind]} }}]'
    assert _evidence("S0", "S0-01", rest=check).claims[0].checks[0].expect == word.name
    assert word.name in dict(thresholds())


def test_editors_offer_the_registered_words_and_no_others() -> None:
    definitions = Evidence.model_json_schema()["$defs"]
    offered = [
        definitions[name]["properties"]["expect"].get("enum", [definitions[name]["properties"]["expect"].get("const")])
        for name in ("ContrastCheck", "OrderCheck", "StructureCheck")
    ]
    assert offered == [list(names("contrast", "comparison")), list(names("order")), list(names("structure"))]


@pytest.mark.parametrize("value", ['["increase"]', "3"])
def test_a_word_that_is_no_text_is_a_finding(value: str) -> None:
    with pytest.raises(ProjectError, match=r"x.toml: claims\[0\].checks\[0\].expect: unknown"):
        _evidence("S0", "S0-01", rest=f'checks = [{{ observable = "s", expect = {value}, reference = "a" }}]')


def _properties(schema: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(schema, dict):
        for name, entry in schema.get("properties", {}).items():
            yield f"{place}.{name}", entry
    for key, part in (
        schema.items() if isinstance(schema, dict) else enumerate(schema) if isinstance(schema, list) else ()
    ):
        yield from _properties(part, f"{place}/{key}")


@pytest.mark.parametrize("stem", build.SCHEMAS)
def test_every_property_of_a_schema_is_described(stem: str) -> None:
    found = dict(_properties(build.SCHEMAS[stem].model_json_schema()))
    assert len(found) > 7
    assert [place for place, entry in found.items() if len(entry.get("description", "")) < 10] == []


def _compared(**check: object) -> tuple[Reading, Reading]:
    given = {"expect": "weaker", "observable": "s", "condition": "more", "reference": "control"}
    readings = ContrastCheck.model_validate({**given, **check}).second_readings
    assert readings is not None
    return readings


def test_a_second_contrast_takes_over_what_it_does_not_say() -> None:
    here, there = _compared(reference_observable="t", at="2 d", compared_with={"condition": "less"})
    assert (here.observable, here.condition, here.at) == ("s", "less", "2 d")
    assert (there.observable, there.condition, there.at) == ("t", "control", "2 d")


def test_a_second_contrast_of_another_observable_reads_it_on_both_sides() -> None:
    pair = _compared(reference_observable="t", compared_with={"observable": "u"})
    assert [reading.observable for reading in pair] == ["u", "u"]


def test_a_second_contrast_at_another_time_is_read_then_on_both_sides() -> None:
    times = {"at": "1 d", "reference_at": "3 d"}
    pair = _compared(**times, compared_with={"condition": "less", "at": "5 d"})
    assert [reading.at for reading in pair] == ["5 d", "5 d"]
    pair = _compared(**times, compared_with={"condition": "less"})
    assert [reading.at for reading in pair] == ["1 d", "3 d"]
