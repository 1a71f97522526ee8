"""SBML for other tools: the same model, the same terms and the same numbers, whatever the level or the layering."""

from __future__ import annotations

from functools import cache

import libsbml
import numpy as np
import pytest

from conftest import MODELS, PROJECT, model
from osteon import sbml
from osteon.evidence.conditions import meaningless
from osteon.exporters import export
from osteon.exporters.bundle import bundle
from osteon.sbml import comp as hierarchy
from osteon.simulation.model import Model
from osteon.simulation.vector import Vector

JOINED = [name for name in MODELS if model(name).binding.parts]


@cache
def exported(name: str) -> dict[str, str]:
    """Return the text of each file of a model, by the file's name."""
    return {file.path.removeprefix("sbml/"): file.content.decode() for file in export(bundle(PROJECT, name), ["sbml"])}


def course(text: str, name: str, condition: str) -> Vector:
    """Simulate an SBML text by the model's own binding; one column an observable."""
    original = model(name)
    again = Model(text, original.binding, original.vocabulary, shown="exported")
    frame = again.simulate(condition, until="5 d", points=21)
    return np.array(frame.to_numpy(), dtype=np.float64)


def conditions(name: str) -> list[str]:
    made = model(name)
    words, place = made.vocabulary.interventions, made.binding.protocol.default_setting
    done = (one for one in sorted(made.binding.interventions) if meaningless(one, words[one].settings, place) is None)
    return ["control", next(done)]


def terms(text: str) -> dict[str, tuple[int, list[str]]]:
    """Return the SBO term and the MIRIAM resources of everything in a model, by id."""
    listed = libsbml.readSBMLFromString(text)
    found = {}
    for item in (element for element in listed.getListOfAllElements() if element.isSetIdAttribute()):
        links = [item.getCVTerm(number).getResources() for number in range(item.getNumCVTerms())]
        resources = sorted(link.getValue(i) for link in links for i in range(link.getNumAttributes()))
        found[item.getId()] = (item.getSBOTerm(), resources)
    return found


@pytest.mark.slow
def test_every_model_of_parts_has_a_hierarchy() -> None:
    assert JOINED
    assert [name for name in MODELS if f"{name}_comp.xml" in exported(name)] == JOINED


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.slow
def test_read_back_it_has_the_same_numbers_and_terms(name: str) -> None:
    original, same, older = model(name).sbml, exported(name)[f"{name}.xml"], exported(name)[f"{name}_l3v1.xml"]
    assert same == original
    assert 'level="3" version="1"' in older
    assert sum(len(resources) for _, resources in terms(older).values()) > 10
    assert terms(older) == terms(original)
    for condition in conditions(name):
        np.testing.assert_array_equal(course(older, name, condition), course(original, name, condition))


@pytest.mark.parametrize("name", MODELS)
def test_libsbml_has_nothing_to_say(name: str) -> None:
    for path in (f"{name}.xml", f"{name}_l3v1.xml"):
        assert sbml.problems(sbml.read(exported(name)[path], path)) == []


@pytest.mark.parametrize("name", MODELS)
def test_copasi_shows_the_creators_and_the_licence_stays(name: str) -> None:
    copasi = pytest.importorskip("COPASI")
    for path, text in exported(name).items():
        assert "<dcterms:license" in text
        if path.endswith("_comp.xml"):
            continue  # COPASI reads no submodels
        data = copasi.CRootContainer.addDatamodel()
        assert data.importSBMLFromString(text), path
        history = copasi.CMIRIAMInfo()
        history.load(data.getModel())
        assert [creator.getFamilyName() for creator in history.getCreators()] == ["developers"]


@pytest.mark.parametrize("name", JOINED)
@pytest.mark.slow
def test_the_hierarchy_is_the_flat_model(name: str) -> None:
    text = exported(name)[f"{name}_comp.xml"]
    document = sbml.read(text, name)
    inside = document.getModel().getPlugin("comp")
    parts = {
        inside.getSubmodel(i).getId(): inside.getSubmodel(i).getModelRef() for i in range(inside.getNumSubmodels())
    }
    assert parts == model(name).binding.parts
    # What a rule of a part computes has no value in the whole: libsbml calls that bad practice (80702), and no more.
    assert [problem for problem in sbml.problems(document) if "warning 80702" not in problem] == []
    flat = hierarchy.flattened(document)
    assert sbml.problems(flat) == []
    flat_text = libsbml.writeSBMLToString(flat).replace("__", "_")
    documents = [sbml.read(each, name) for each in (flat_text, model(name).sbml)]  # libsbml frees a model with its own
    flat, original = (each.getModel() for each in documents)
    assert sorted(sbml.symbols(flat), key=lambda item: item.id) == sorted(
        sbml.symbols(original), key=lambda item: item.id
    )
    assert sorted(sbml.reactions(flat), key=lambda item: item.id) == sorted(
        sbml.reactions(original), key=lambda item: item.id
    )
    for condition in conditions(name):
        expected = course(model(name).sbml, name, condition)
        # The order of the species differs, and so does the integrator's rounding.
        np.testing.assert_allclose(course(flat_text, name, condition), expected, rtol=1e-5, atol=1e-7)
