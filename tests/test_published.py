"""Published models, scored on the same claims. Their SBML is not part of the project.

Put the files of BioModels into a folder and name it in OSTEON_REFERENCE_MODELS to run these tests.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from conftest import PROJECT, ROOT, Command
from osteon.curation.overview import inserted
from osteon.curation.published import FILES, markdown, scored

FOLDER = Path(os.environ.get("OSTEON_REFERENCE_MODELS", ROOT / "reference-models")).resolve()


def _file(name: str) -> Path:
    file = FOLDER / f"{FILES[name]}.xml"
    if not file.is_file():
        pytest.skip(f"{file.name} is not there; put it into a folder and name that in OSTEON_REFERENCE_MODELS")
    return file


def _score(name: str, osteon: Command) -> dict[str, Any]:
    file = _file(name)
    binding = ROOT / "models" / "bindings" / "published" / f"{name}.toml"
    outcome = osteon("score", str(file), "--binding", str(binding), "--json")
    assert outcome.err == ""
    return {claim["claim"]: claim for claim in json.loads(outcome.out)["claims"]}


def test_every_published_binding_is_read_without_fault() -> None:
    for path in sorted((ROOT / "models" / "bindings" / "published").glob("*.toml")):
        assert PROJECT.read_binding(path).id == path.stem
        assert path.stem in FILES


@pytest.mark.slow
def test_the_page_shows_what_they_score() -> None:
    cards = {name: scored(PROJECT, name, _file(name)) for name in FILES}
    text = (ROOT / "docs" / "scoring.md").read_text(encoding="utf-8")
    assert inserted(text, markdown(cards), "published") == text


def test_what_a_model_has_nothing_of_is_counted_and_not_listed(osteon: Command) -> None:
    binding = ROOT / "models" / "bindings" / "published" / "komarova2003.toml"
    command = ["score", str(_file("komarova2003")), "--binding", str(binding)]
    told, listed = osteon(*command).out, osteon(*command, "--verbose").out
    without = re.search(r"komarova2003 has no part in (\d+) claims, listed by --verbose. Words it lacks: ", told)
    assert without is not None
    claims = _score("komarova2003", osteon).values()
    wholly = [claim for claim in claims if all(check["outcome"] == "not representable" for check in claim["checks"])]
    assert int(without[1]) == sum(bool(claim["checks"]) for claim in wholly)
    assert "S0-02" not in told
    assert "S0-02" in listed
    assert "the model has no sost, cccp, osteocyte_culture" in listed


def test_lemaire_meets_what_its_authors_built_and_not_the_heterozygote(osteon: Command) -> None:
    claims = _score("lemaire2004", osteon)
    assert claims["S2-04"]["verdict"] == "supported"  # an anti-RANKL therapy lowers resorption
    assert claims["S2-07"]["verdict"] == "supported"  # resorption first, formation after it
    assert claims["S3-16"]["verdict"] == "contradicted"  # half of the RANKL lowers osteoclasts by more than a tenth
    assert claims["S2-18"]["verdict"] == "not representable"  # no reverse signalling
    check = claims["S2-10"]["checks"][0]
    assert (check["condition"], check["outcome"]) == ("rankl_ko", "holds")


def test_komarova_has_a_cycle_and_no_rankl(osteon: Command) -> None:
    claims = _score("komarova2003", osteon)
    assert claims["S1-07"]["verdict"] == "supported"  # resorption, then formation, and bone in balance
    assert claims["S2-10"]["verdict"] == "not representable"


def test_peterson_does_not_answer_to_opg(osteon: Command) -> None:
    """Its curated file lets OPG and RANKL bind without using either up, so that no path leads from infused OPG."""
    check = next(c for c in _score("peterson2010", osteon)["S2-04"]["checks"] if c["observable"] == "osteoclasts")
    assert check["outcome"] == "refused"
    assert (check["word"], check["effect"]) == ("no path", None)
    assert check["value"] == pytest.approx(check["reference_value"], rel=1e-3)


def test_incommensurable_observables_are_not_compared(osteon: Command) -> None:
    for name in ("lemaire2004", "peterson2010"):
        claims = _score(name, osteon)
        reasons = [
            check["reason"] for check in claims["S3-01"]["checks"] if check.get("observable") == "bone_formation"
        ]
        assert reasons == ["the model has no common unit of bone_formation and bone_resorption"]
