"""Antimony to SBML: clean, annotated, reproducible, and the same model in plain tellurium."""

from __future__ import annotations

import subprocess
import sys

import libsbml
import pytest

import small
from conftest import MODELS, PROJECT, ROOT, generated
from osteon import sbml
from osteon.curation import build
from osteon.sbml.antimony import LICENSE, compile_antimony, model_findings
from osteon.sbml.antimony_text import antimony_findings


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.slow
def test_tracked_sbml_is_what_the_antimony_compiles_to(name: str) -> None:
    assert PROJECT.files(name).sbml.read_bytes() == generated()[f"models/sbml/{name}.xml"].encode()


@pytest.mark.parametrize("name", MODELS)
def test_no_error_and_no_warning_in_any_category(name: str) -> None:
    document = sbml.read(PROJECT.files(name).sbml.read_text(encoding="utf-8"), name)
    assert (document.getLevel(), document.getVersion()) == (3, 2)
    assert sbml.problems(document) == []


@pytest.mark.parametrize("name", MODELS)
def test_no_fault_in_the_files_of_a_mechanism(name: str) -> None:
    assert build.mechanism_findings(PROJECT, name) == []


@pytest.mark.parametrize("name", MODELS)
def test_annotation(name: str) -> None:
    text = PROJECT.files(name).sbml.read_text(encoding="utf-8")
    model = libsbml.readSBMLFromString(text).getModel()
    assert f'<dcterms:license rdf:resource="{LICENSE}"/>' in text
    assert model.getModelHistory().getNumCreators() >= 1
    assert model.getNotesString()
    parts = [*model.getListOfCompartments(), *model.getListOfSpecies(), *model.getListOfParameters()]
    for part in [*parts, *model.getListOfReactions()]:
        assert part.isSetSBOTerm(), part.getId()
    terms = {term.getResourceURI(0) for term in (model.getCVTerm(i) for i in range(model.getNumCVTerms()))}
    assert any("taxonomy" in term for term in terms)


_IN_TELLURIUM = """
import sys, numpy, tellurium
plain, ours = tellurium.loada(sys.argv[1]), tellurium.loadSBMLModel(sys.argv[2])
numpy.testing.assert_array_equal(numpy.array(plain.simulate(0, 5, 11)), numpy.array(ours.simulate(0, 5, 11)))
"""


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.interop
def test_opens_in_plain_tellurium_with_the_same_numbers(name: str) -> None:
    """tellurium runs in a process of its own: once it is imported, libsbml's classes no longer work."""
    files = PROJECT.files(name)
    command = [sys.executable, "-c", _IN_TELLURIUM, str(files.antimony), str(files.sbml)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def _compiled(body: str) -> list[str]:
    text = f"model *small()\n{small.HEAD}\n{body}\nend\n"
    document = sbml.read(compile_antimony(text, title="Small", shown="small.ant"), "small.ant")
    findings = [*antimony_findings(text, "small.ant"), *model_findings(document, "small.ant")]
    return [str(finding) for finding in findings]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            small.TURNOVER.replace("lost: S => ; k*drain*S", "lost: S => ; k*drian*S"),
            "small.ant: parameter 'drian' has no value; did you mean 'drain'?",
        ),
        (
            small.TURNOVER + "k = 2 per_day",
            "small.ant: 'k' is given a value 2 times; Antimony keeps the last silently",
        ),
        (
            small.TURNOVER + "idle = 1 dimensionless",
            "small.ant: parameter 'idle' is used by no reaction, rule or event",
        ),
        (
            small.TURNOVER.replace("k = 0.5 per_day", "k = 0.5"),
            "small.ant: 'k' has no unit; write it after the number, or 'dimensionless'",
        ),
        (small.TURNOVER.replace("S in cell = 1 dimensionless", "S in cell"), "small.ant: species 'S' has no value"),
        (small.TURNOVER, "small.ant: parameter 'k' has no SBO term; write `k.sboTerm = SBO:...`"),
        (small.TURNOVER, "small.ant: the model has no prose; write `model notes ```...```"),
        (small.TURNOVER, 'small.ant: the model names no creator; write `model creator1.familyName "..."`'),
    ],
)
def test_what_antimony_accepts_silently_is_found(body: str, message: str) -> None:
    assert message in _compiled(body)


def test_a_comment_or_a_string_is_no_value() -> None:
    body = small.TURNOVER + '// k = 3 per_day\n  S is "k = 4"\n'
    assert not any("given a value" in finding for finding in _compiled(body))


def test_same_text_same_bytes() -> None:
    text = (ROOT / "antimony" / f"{MODELS[0]}.ant").read_text(encoding="utf-8")
    made = [compile_antimony(text, title="T", shown="x.ant", folder=ROOT / "antimony") for _ in range(2)]
    assert made[0] == made[1]
    assert "Created by libAntimony" not in made[0]
