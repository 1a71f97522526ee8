"""Conditions as values of parameters: each run of the design is what `Simulator` makes of the condition itself."""

from __future__ import annotations

from collections.abc import Mapping
from math import exp, inf

import numpy as np
import pytest
import roadrunner

import small
from conftest import MODELS, PROJECT, model
from exported import gathered
from osteon import sbml
from osteon.errors import OsteonError
from osteon.evidence.claims import Claim, ContrastCheck
from osteon.experiments.experiment import ExperimentSet, Recorded, condition_values, design
from osteon.experiments.runs import runs
from osteon.simulation.model import Model
from osteon.simulation.readings import Run
from osteon.simulation.timecourse import TimeCourse
from osteon.simulation.vector import Vector
from osteon.verification.verify import verify

TREATED = {"dose": ("treatment", {"scale": {"boost": 2}})}


class Plain:
    """A design's SBML in libroadrunner, run as any program would: parameters set, one time course."""

    def __init__(self, made: ExperimentSet) -> None:
        self._made = made
        self._runner = roadrunner.RoadRunner(made.sbml)
        self._runner.timeCourseSelections = ["clock", *made.observables.values()]
        integrator = self._runner.getIntegrator()
        integrator.setValue("relative_tolerance", 1e-8)
        integrator.setValue("absolute_tolerance", [1e-12] * len(self._runner.getRatesOfChange()))

    def __call__(self, values: Mapping[str, float], times: list[float]) -> dict[str, Vector]:
        self._runner.resetAll()
        for parameter, value in values.items():
            self._runner[parameter] = value
        table = np.array(self._runner.simulate(times=[0.0, *map(self._made.run_time, times)]))[1:]
        assert table[:, 0] == pytest.approx(times, abs=1e-4)
        return {name: table[:, 1 + index].copy() for index, name in enumerate(self._made.observables)}


def run(tried: Model, condition: str, times: list[float], setting: str | None = None) -> Vector:
    """Return ``s`` of a small model under a condition, from its design."""
    names = () if condition == "control" else tuple(condition.split("+"))
    made = design(tried, ())
    return Plain(made)(condition_values(made, tried, tried.schedule(names, setting, inf)), times)["s"]


def differences(found: Mapping[str, Vector], reference: TimeCourse, least: float) -> list[float]:
    """Return differences relative to the largest value of each observable, or the detection limit where it is less."""
    return [
        float(difference)
        for name, expected in reference.values.items()
        for difference in np.abs(found[name] - expected) / max(np.abs(expected).max(), least)
    ]


def test_a_treatment_begins_at_zero_and_is_read_before_it_acts() -> None:
    times = [0.0, 1.0, 4.0]
    tried = small.model(interventions=TREATED, observables={"s": "S*boost"})
    assert run(tried, "control", times) == pytest.approx([1, 1, 1], abs=1e-9)
    expected = [1, *(2 * (2 - exp(-0.5 * time)) for time in times[1:])]
    assert run(tried, "dose", times) == pytest.approx(expected, abs=1e-6)


def test_a_genotype_has_come_to_rest() -> None:
    tried = small.model(interventions={"ko": ("genotype", {"scale": {"drain": 0.25}})})
    assert run(tried, "ko", [0.0, 5.0]) == pytest.approx([4, 4], abs=1e-6)


def test_windows_open_and_close() -> None:
    window = {"scale": {"boost": 3}, "start": "-1 d", "end": "2 d"}
    tried = small.model(interventions={"pulse": ("treatment", window), **TREATED})
    on = 3 - 2 * exp(-1.5)
    assert run(tried, "pulse", [-1.0, 2.0, 4.0]) == pytest.approx([1, on, 1 + (on - 1) * exp(-1)], abs=1e-6)
    both = run(tried, "dose+pulse", [-1.0, 0.0, 2.0, 4.0])
    start = 3 - 2 * exp(-0.5)
    end = 6 + (start - 6) * exp(-1)
    assert both == pytest.approx([1, start, end, 2 + (end - 2) * exp(-1)], abs=1e-6)


def test_species_are_set_and_scaled_once() -> None:
    acts = {"wash": ("treatment", {"set": {"S": 5}}), "burst": ("treatment", {"scale": {"S": 2}, "start": "1 d"})}
    tried = small.model(interventions=acts)
    washed = 1 + 4 * exp(-0.5)
    assert run(tried, "wash", [0.0, 1.0]) == pytest.approx([1, washed], abs=1e-6)
    assert run(tried, "burst+wash", [1.0, 2.0])[1] == pytest.approx(1 + (2 * washed - 1) * exp(-0.5), abs=1e-6)


def test_a_setting_without_rest_begins_from_initial_values() -> None:
    acts = {**TREATED, "seeded": ("genotype", {"set": {"S": 3}})}
    tried = small.model(interventions=acts, equilibrate=False)
    started = tried.binding.interventions["seeded"].set["S"]
    assert run(tried, "control", [0.0, 2.0]) == pytest.approx([1, 1], abs=1e-6)
    assert run(tried, "seeded", [0.0, 2.0]) == pytest.approx([started, 1 + 2 * exp(-1)], abs=1e-6)
    assert run(tried, "dose+seeded", [0.0, 2.0]) == pytest.approx([started, 2 + exp(-1)], abs=1e-6)


def test_the_model_reads_time_from_the_clock() -> None:
    body = small.TURNOVER + "; grows = 0 dimensionless; rate = 1 per_day; Age := grows*rate*time; Age has dimensionless"
    tried = small.model(body, interventions={"aging": ("treatment", {"set": {"grows": 1}})}, observables={"s": "Age"})
    assert run(tried, "aging", [0.0, 3.0]) == pytest.approx([0, 3], abs=1e-6)


def test_steady_states_are_runs_of_their_own() -> None:
    check = ContrastCheck(expect="increase", observable="s", condition="dose", reference="control", at="steady state")
    claim = Claim(
        id="T-01", statement="x", place="x", kind="experiment", term="ECO:0000000", demand="must", setting="culture",
        checks=(check,),
    )  # fmt: skip
    tried = small.model(interventions=TREATED)
    made = design(tried, [claim])
    assert [one.label for one in made.experiments] == [
        "culture: control", "culture: control, steady state", "culture: dose, steady state",
    ]  # fmt: skip
    plain = Plain(made)
    found = {
        one.id: TimeCourse(one.condition, np.array(one.times), plain(one.values, list(one.times)), "d")
        for one in made.experiments
    }
    card = verify(tried, [("x", claim)], source=Recorded(made, found))
    assert card.results[0].checks[0].values == pytest.approx((2, 1), abs=1e-6)


@pytest.mark.parametrize("taken", ["clock", "stage", "boost__0"])
def test_an_id_that_is_needed_is_refused(taken: str) -> None:
    tried = small.model(
        small.TURNOVER + f"; {taken} = 2 dimensionless", interventions=TREATED, observables={"s": taken}
    )
    with pytest.raises(OsteonError, match=f"'{taken}' is needed"):
        design(tried, ())


@pytest.mark.parametrize("name", MODELS)
def test_no_warnings_no_constant_one_and_every_experiment_complete(name: str) -> None:
    made = gathered(name).design
    document = sbml.read(made.sbml, name)
    assert sbml.problems(document) == []
    parameters = document.getModel().getListOfParameters()
    assert [p.getId() for p in parameters if p.getConstant() and abs(p.getValue() - 1) < 1e-3] == []
    condition_parameters = {parameter.id: parameter.value for parameter in made.condition_parameters}
    assert made.control.values == condition_parameters
    for parameter, value in condition_parameters.items():  # libsbml writes fifteen digits
        assert document.getModel().getParameter(parameter).getValue() == pytest.approx(value, rel=1e-14)
    assert all(one.values.keys() == condition_parameters.keys() for one in made.experiments)
    assert len({one.id for one in made.experiments}) == len(made.experiments)


@pytest.mark.parametrize("name", MODELS)
def test_every_experiment_is_what_the_simulator_makes_of_it(name: str) -> None:
    made, own = gathered(name).design, model(name)
    needed = runs(own, [claim for _, claim in PROJECT.claims(own.binding)])
    plain = Plain(made)
    found: list[float] = []
    for one in made.experiments:
        control = Run(one.setting, one.condition, times=(), whole=True, resting=False)
        reference = own.time_course(needed.get((one.setting, one.condition), control))
        assert reference.times == pytest.approx(one.times, abs=1e-12)
        least = own.binding.protocol.detection_limit
        found += differences(plain(one.values, list(one.times)), reference, least)
    assert max(found) < 1e-4
    assert np.median(found) < 1e-6
