"""Conditions as values of parameters: each run of the design is what `Simulator` makes of the condition itself."""

from __future__ import annotations

from collections.abc import Mapping
from math import exp, inf

import libsbml
import numpy as np
import pytest
import roadrunner

import small
from conftest import MODELS, PROJECT, model
from exported import gathered
from osteon import sbml
from osteon.errors import OsteonError
from osteon.evidence.bindings import Binding
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
    card = verify(tried, [("x", claim)], simulations=Recorded(made, found))
    (effect,) = card.results[0].checks[0].effects
    assert (effect.value, effect.reference) == pytest.approx((2, 1), abs=1e-6)


@pytest.mark.parametrize("taken", ["clock", "stage", "boost__0"])
def test_an_id_that_is_needed_is_refused(taken: str) -> None:
    tried = small.model(
        small.TURNOVER + f"; {taken} = 2 dimensionless", interventions=TREATED, observables={"s": taken}
    )
    with pytest.raises(OsteonError, match=f"'{taken}' is needed"):
        design(tried, ())


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.slow
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
@pytest.mark.slow
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


LOW = """
  substanceOnly species S in cell = 0 dimensionless
  k = 0.5 per_day; boost = 1 dimensionless; drain = 1 dimensionless
  made: => S; k*boost
  lost: S => ; k*drain*S
"""
OWN = "; flag = 0 dimensionless; rate = 1 per_day; soon = 1 day; clocked := rate*time; clocked has dimensionless\n"
OBSERVED = {"s": "S", "flag": "flag"}
ACTS = {
    **TREATED,
    "early": ("treatment", {"scale": {"boost": 3}, "start": "-2 d"}),
    "seeded": ("genotype", {"set": {"S": 3}}),
}
EVENTS = {
    "time is assigned": "E: at time > 4 day: flag = rate*time, S = S + rate*time",
    "time is assigned after S rises": "E: at S > 1.5: flag = rate*time",
    "time is assigned after a delay": "E: at 2 day after time > 3 day, fromTrigger=false: flag = rate*time",
    "the delay is of the model's time": "E: at (time - soon) after time > 3 day: S = S + 1",
    "the priority is of the model's time": """
        E: at time > 4 day, priority=rate*time: flag = 10*flag + 1
        F: at time > 4 day, priority=3: flag = 10*flag + 2
    """,
    "the trigger goes through a rule": "E: at clocked > 4: flag = clocked",
    "it is true from the start": "E: at time < 3 day: flag = 1",
    "it was true at rest": "E: at S > 0.5: flag = flag + 1",
    "it was false at the start": "E: at time > 2 day, t0=false: flag = flag + 1",
    "it happens before t = 0": "E: at time > -1 day: flag = flag + 1",
    "a rate": "pulse: => S; k*piecewise(3, (time > 1 day) && (time < 2 day), 0)",
    "an initial value": "flag = 2 + clocked",
}  # fmt: skip


@pytest.mark.parametrize("equilibrate", [True, False])
@pytest.mark.parametrize("own", EVENTS)
@pytest.mark.parametrize("condition", ["control", "dose", "early", "seeded"])
def test_what_a_model_makes_of_its_own_time_is_what_the_simulator_makes_of_it(
    own: str, condition: str, equilibrate: bool
) -> None:
    tried = small.model(LOW + OWN + EVENTS[own], interventions=ACTS, observables=OBSERVED, equilibrate=equilibrate)
    times = [0.0, 0.5, 1.5, 2.5, 3.5, 4.5, 6.0, 8.0, 9.5]
    reference = tried.run(condition, times)
    made = design(tried, ())
    names = () if condition == "control" else (condition,)
    values = condition_values(made, tried, tried.schedule(names, None, inf))
    found = Plain(made)(values, reference.times.tolist())
    for name, expected in reference.values.items():
        assert found[name] == pytest.approx(expected, abs=1e-5), name


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ("E: at time >= 0 day, t0=false: flag = 1", "'E' happens at the start of a simulation"),
        ("E: at clocked > 0, t0=false: flag = 1", "'E' is triggered at t = 0 itself"),
        ("E: at time >= 0 day: flag = 1", "'E' is triggered at t = 0 itself"),
        ("E: at boost > 1.5: flag = 1", "'E' is triggered by 'boost', which conditions change"),
        ("twice := 2*boost; E: at twice > 3: flag = 1", "'E' is triggered by 'boost', which conditions change"),
        ("E: at time > 4 day: boost = 2", "'boost' is changed by an event of the model"),
    ],
)
def test_an_event_that_programs_take_differently_is_refused(event: str, reason: str) -> None:
    tried = small.model(LOW + OWN + event, interventions=TREATED, observables=OBSERVED)
    with pytest.raises(OsteonError, match=reason):
        design(tried, ())


def test_a_function_that_reads_time_is_refused() -> None:
    tried = small.model(LOW + OWN, observables={"s": "S"}, interventions=ACTS)
    document = libsbml.readSBMLFromString(tried.sbml)
    own = document.getModel()
    since = own.createFunctionDefinition()
    since.setId("since")
    since.setMath(libsbml.parseL3Formula("lambda(start, time - start)"))
    own.getAssignmentRuleByVariable("clocked").setMath(libsbml.parseL3Formula("rate*since(1 day)"))
    timed = Model(libsbml.writeSBMLToString(document), tried.binding, tried.vocabulary, shown="small.xml")
    with pytest.raises(OsteonError, match=r"small\.xml: function 'since' reads time"):
        design(timed, ())


RESERVED = ("time", "pi", "avogadro", "exponentiale", "true", "inf", "Time", "gamma", "piecewise", "E", "lambda")


@pytest.mark.parametrize("name", RESERVED)
def test_an_id_that_means_something_to_mathematics_is_only_an_id(name: str) -> None:
    """The parameter and then the species that a condition changes are called so."""
    for target, act in (("Q", {"scale": {"Q": 3.0}}), ("S", {"scale": {"S": 3.0}})):
        body = "species S = 1; Q = 2; J1: => S; Q; J2: S => ; S"
        plain = small.model(body, interventions={"dose": ("treatment", act)}, equilibrate=False)
        text = plain.sbml.replace(f'"{target}"', f'"{name}"').replace(f"> {target} <", f"> {name} <")
        told = plain.binding.model_dump()
        told["interventions"]["dose"]["scale"] = {name: 3.0}
        told["observables"]["s"]["formula"] = name if target == "S" else "S"
        named = Model(text, Binding.model_validate(told), plain.vocabulary, shown="small.xml", foreign=False)
        times = [0.5, 2.0]
        reference = plain.run("dose", times)
        assert named.run("dose", times).values["s"] == pytest.approx(reference.values["s"])
        made = design(named, ())
        values = condition_values(made, named, named.schedule(("dose",), None, inf))
        assert Plain(made)(values, times)["s"] == pytest.approx([reference.at("s", time) for time in times], abs=1e-5)
