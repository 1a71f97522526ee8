"""The registry: complete, well referred, and understood by editors."""

from __future__ import annotations

import json
import tomllib
from typing import Any

import jsonschema
import pytest

from conftest import MODELS, PROJECT, ROOT, generated, model
from osteon import sbml
from osteon.curation import build

INVENTORY = {"S0": 51, "S1": 22, "S2": 46, "S3": 44, "S4": 20, "X": 11}
"""How many statements were found in each source, or drawn from them together (X); none may be dropped."""
SOURCES = [PROJECT.evidence(name) for name in PROJECT.source_names]


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
    claims = {claim.id: claim for evidence in SOURCES for claim in evidence.claims}
    for claim in claims.values():
        for other in claim.conflicts_with:
            assert claim.id in claims[other].conflicts_with, f"{claim.id} and {other}"


@pytest.mark.parametrize("name", MODELS)
def test_every_model_answers_to_the_source_of_its_name(name: str) -> None:
    assert name in PROJECT.binding(name).sources or name not in PROJECT.source_names


@pytest.mark.parametrize("name", MODELS)
def test_every_value_lies_in_its_range_also_what_a_part_brings_along(name: str) -> None:
    binding = PROJECT.binding(name)
    document = sbml.read(model(name).sbml, name)  # kept, for libsbml frees a model with it
    parameters = document.getModel().getListOfParameters()
    ranges = {id_: entry.range for id_, entry in {**PROJECT.inherited(binding), **binding.parameters}.items()}
    values = {p.getId(): p.getValue() for p in parameters if p.getId() in ranges and p.isSetValue()}
    assert values
    assert not {id_: value for id_, value in values.items() if not ranges[id_][0] <= value <= ranges[id_][1]}


@pytest.mark.parametrize("stem", build.SCHEMAS)
def test_schema_is_tracked_and_current(stem: str) -> None:
    name = f"schemas/{stem}.schema.json"
    assert (ROOT / name).read_text(encoding="utf-8") == generated()[name]


FILES = {
    "vocabulary": [ROOT / "evidence" / "vocabulary.toml"],
    "evidence": [ROOT / "evidence" / f"{name}.toml" for name in PROJECT.source_names],
    "binding": [ROOT / "models" / "bindings" / f"{name}.toml" for name in MODELS],
}


@pytest.mark.parametrize(("stem", "path"), [(stem, path) for stem, paths in FILES.items() for path in paths], ids=str)
def test_files_satisfy_the_schema_that_editors_use(stem: str, path: Any) -> None:
    schema = json.loads((ROOT / "schemas" / f"{stem}.schema.json").read_text(encoding="utf-8"))
    text = path.read_text(encoding="utf-8")
    jsonschema.Draft202012Validator(schema).validate(tomllib.loads(text))
    directive = text.splitlines()[0]
    assert directive.startswith("#:schema ")
    assert (path.parent / directive.removeprefix("#:schema ")).resolve() == ROOT / "schemas" / f"{stem}.schema.json"
