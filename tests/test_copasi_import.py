"""The tracked SBML, opened in COPASI as it is: whatever parameter is changed there, the numbers are libroadrunner's."""

from __future__ import annotations

import basico
import numpy as np
import pytest
import roadrunner

from conftest import MODELS, PROJECT
from osteon import sbml

pytestmark = pytest.mark.interop


def near_one(text: str) -> list[str]:
    """Return the parameters that COPASI might take for the number of particles in a unit of amount."""
    document = sbml.read(text, "model")
    return [one.id for one in sbml.symbols(document.getModel()) if one.kind == "parameter" and one.value == 1.0]


def in_roadrunner(text: str, changed: list[str]) -> dict[str, float]:
    runner = roadrunner.RoadRunner(text)
    species = list(runner.model.getFloatingSpeciesIds())
    runner.timeCourseSelections = species
    runner.integrator.relative_tolerance = 1e-10
    for again in range(2):  # Initial values that follow from a parameter follow at the reset.
        for name in changed:
            runner[name] = 1.5
        if not again:
            runner.reset()
    return dict(zip(species, np.asarray(runner.simulate(0, 1, 2))[-1].tolist(), strict=True))


def in_copasi(text: str, changed: list[str]) -> dict[str, float]:
    data = basico.load_model_from_string(text)
    try:
        known = basico.get_parameters(model=data).reset_index().set_index("sbml_id")["name"]
        for name in changed:
            basico.set_parameters(known[name], initial_value=1.5, exact=True, model=data)
        run = basico.run_time_course(
            duration=1, intervals=1, r_tol=1e-10, use_initial_values=True, use_sbml_id=True, model=data
        )
        return {name: float(run[name].iloc[-1]) for name in basico.get_species(model=data)["sbml_id"]}
    finally:
        basico.remove_datamodel(data)


@pytest.mark.parametrize("name", MODELS)
def test_a_parameter_of_value_1_changes_what_it_stands_in(name: str) -> None:
    text = PROJECT.files(name).sbml.read_text(encoding="utf-8")
    changed = near_one(text)
    assert changed
    expected, found = in_roadrunner(text, changed), in_copasi(text, changed)
    assert found.keys() == expected.keys()
    assert found == pytest.approx(expected, rel=1e-5, abs=1e-9)
