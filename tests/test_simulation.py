"""The simulator against closed forms, and what it does when a simulation breaks."""

from __future__ import annotations

import random
from collections.abc import Callable
from math import exp

import numpy as np
import pytest

import small
from conftest import MODELS, PROJECT, model
from osteon.errors import CompilationError, SimulationError, UnknownIdError
from osteon.evidence.bindings import Act
from osteon.evidence.claims import readings
from osteon.evidence.features import FEATURES
from osteon.experiments.runs import missing_words
from osteon.sbml.edges import Edge, ablated
from osteon.simulation import roadrunner
from osteon.simulation.engine import Accuracy
from osteon.simulation.model import Model
from osteon.simulation.schedule import Period, Schedule

TREATED = {
    "stop": ("treatment", {"set": {"boost": 0.0}}),
    "half": ("treatment", {"scale": {"boost": 0.5}}),
    "fast": ("treatment", {"scale": {"drain": 2.0}}),
    "early": ("treatment", {"set": {"boost": 0.0}, "start": "-2 d"}),
    "pulse": ("treatment", {"set": {"boost": 0.0}, "start": "1 d", "end": "3 d"}),
    "dose": ("treatment", {"set": {"S": 4.0}}),
    "late_dose": ("treatment", {"scale": {"S": 3.0}, "start": "2 d"}),
    "mutant": ("genotype", {"scale": {"boost": 3.0}}),
}
TIMES = [0.0, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0]


def _run(condition: str, times: list[float] = TIMES) -> np.ndarray:
    time_course = small.model(interventions=TREATED).run(condition, times)
    return np.array([time_course.at("s", time) for time in times])


K = 0.5
BOTTOM = exp(-K * 2)
CLOSED_FORMS: dict[str, Callable[[float], float]] = {
    "control": lambda t: 1.0,
    "stop": lambda t: exp(-K * t),
    "half": lambda t: 0.5 + 0.5 * exp(-K * t),
    "half+fast": lambda t: 0.25 + 0.75 * exp(-2 * K * t),
    "early": lambda t: exp(-K * (t + 2)),
    "dose": lambda t: 1.0 if t == 0 else 1 + 3 * exp(-K * t),
    "late_dose": lambda t: 1.0 if t <= 2 else 1 + 2 * exp(-K * (t - 2)),
    "mutant": lambda t: 3.0,
    "pulse": lambda t: 1.0 if t <= 1 else exp(-K * (t - 1)) if t <= 3 else 1 - (1 - BOTTOM) * exp(-K * (t - 3)),
}


@pytest.mark.parametrize("condition", CLOSED_FORMS)
def test_closed_form(condition: str) -> None:
    np.testing.assert_allclose(_run(condition), [CLOSED_FORMS[condition](time) for time in TIMES], rtol=1e-6)


def test_t0_is_the_state_at_rest_and_changes_come_after() -> None:
    assert _run("stop", [0.0, 1e-6])[0] == pytest.approx(1.0, rel=1e-9)


def test_steady_state_of_a_treatment() -> None:
    assert small.model(interventions=TREATED).resting_state("half")["s"] == pytest.approx(0.5, rel=1e-9)


def test_other_values_of_its_own_are_what_interventions_scale() -> None:
    made = small.model(interventions=TREATED)
    before = made.run("half", TIMES).values["s"]
    other = made.replace(overrides=Act(set={"boost": 4.0}, scale={"drain": 2.0}))
    assert other.run("control", [1.0]).at("s", 1.0) == pytest.approx(2.0, rel=1e-6)
    assert other.resting_state("half")["s"] == pytest.approx(1.0, rel=1e-6)
    assert other.resting_state("stop")["s"] == pytest.approx(0.0, abs=1e-9)
    assert (made.run("half", TIMES).values["s"] == before).all()


def test_a_time_within_rounding_of_a_boundary() -> None:
    made = small.model(interventions=TREATED)
    grid = np.linspace(0, 28, 201).tolist()
    assert made.run("pulse", [*grid, 1.0 + 1e-15, 3.0 - 1e-15], until=28.0).at("s", 28.0) > 0.9


def test_observable_as_a_formula() -> None:
    made = small.model(observables={"s": "S", "twice": "2*S + time/1", "rate": "made"}, interventions=TREATED)
    time_course = made.run("stop", [1.0])
    assert time_course.at("twice", 1.0) == pytest.approx(2 * exp(-0.5) + 1.0, rel=1e-7)


def test_time_course_features() -> None:
    pulse = small.model(interventions=TREATED)
    grid = np.linspace(0, 10, 2001).tolist()
    time_course = pulse.run("stop", grid)
    assert time_course.feature(FEATURES["peak"], "s") == pytest.approx(1.0)
    assert time_course.feature(FEATURES["mean"], "s") == pytest.approx((1 - exp(-5)) / 5, rel=1e-5)
    half = 0.5 * (1 - exp(-5))
    assert time_course.feature(FEATURES["half-maximum"], "s") == pytest.approx(-2 * np.log(1 - half), rel=1e-5)
    assert np.isnan(pulse.run("control", grid).feature(FEATURES["half-maximum"], "s"))


def test_a_time_that_was_not_simulated_is_never_interpolated() -> None:
    time_course = small.model().run("control", [1.0])
    with pytest.raises(Exception, match="not simulated at t = 2"):
        time_course.at("s", 2.0)


def _conditions(name: str) -> list[tuple[str, str]]:
    found = {
        (claim.setting, reading.condition)
        for _, claim in PROJECT.claims(PROJECT.binding(name))
        for check in claim.checks
        if not missing_words(check, claim.setting, PROJECT.binding(name))
        for reading in readings(check)
    }
    return sorted(found)


@pytest.mark.parametrize("name", MODELS)
def test_any_order_of_conditions_gives_the_same_bits(name: str) -> None:
    conditions = _conditions(name)
    runs = []
    for seed in range(3):
        order = list(conditions)
        random.Random(seed).shuffle(order)
        made = {
            (setting, condition): model(name).run(condition, [0.25, 1.0, 5.0], setting=setting, until=5.0)
            for setting, condition in order
        }
        runs.append({key: [made[key].values[o].tobytes() for o in sorted(made[key].values)] for key in conditions})
    assert runs[0] == runs[1] == runs[2]


@pytest.mark.parametrize("name", MODELS)
def test_a_fresh_copy_gives_the_same_bits_as_a_used_one(name: str) -> None:
    from osteon.simulation.model import load

    setting, condition = _conditions(name)[-1]
    used = model(name).run(condition, [1.0], setting=setting, until=2.0)
    fresh = load(PROJECT, name).run(condition, [1.0], setting=setting, until=2.0)
    assert all((used.values[o] == fresh.values[o]).all() for o in used.values)


@pytest.mark.parametrize("name", MODELS)
def test_the_model_as_filed_is_at_rest(name: str) -> None:
    """Initial values are the resting state, so that the file shows flat lines wherever it is opened."""
    untouched = Schedule("control", {}, False, (Period(0.0, 60.0, {}, {}),))
    time_course = model(name).simulator.run(untouched, [20.0, 40.0])
    for observable, values in time_course.values.items():
        np.testing.assert_allclose(values, values[0], rtol=1e-3, atol=1e-6, err_msg=observable)


class TestBreaking:
    """A simulation that breaks names the model, the condition, the time and the reason."""

    def test_blow_up(self) -> None:
        body = "substanceOnly species S in cell = 1 dimensionless; k = 1 per_day; grow: => S; k*S*S"
        made = small.model(body, equilibrate=False)
        with pytest.raises(SimulationError, match=r"small, condition 'control', at t = 1: CVODE") as caught:
            made.run("control", [0.5])
        assert caught.value.model == "small"
        assert caught.value.time == pytest.approx(1.0, rel=1e-3)

    def test_not_a_number(self) -> None:
        body = "substanceOnly species S in cell = 1 dimensionless; k = 1 per_day; loss: S => ; k*S"
        made = small.model(body, observables={"s": "ln(S - 0.5)"}, equilibrate=False)
        with pytest.raises(SimulationError, match=r"at t = \d.*'s' is not a finite number"):
            made.run("control", [0.5, 0.9, 5.0])

    def test_negative_state(self) -> None:
        body = "substanceOnly species S in cell = 1 dimensionless; k = 1 per_day; loss: S => ; k"
        made = small.model(body, equilibrate=False)
        with pytest.raises(SimulationError, match="species 'S' is negative"):
            made.run("control", [0.5, 5.0])

    def test_no_resting_state(self) -> None:
        body = "substanceOnly species S in cell = 1 dimensionless; k = 1 per_day; grow: => S; k"
        with pytest.raises(
            SimulationError, match="while equilibrating: no resting state after 2000 d; 'S' still moves"
        ):
            small.model(body).run("control", [1.0])

    def test_an_unstable_point_is_not_a_resting_state(self) -> None:
        """From S = 1, which is at rest but unstable, the solver stays; only the check of stability sees it."""
        body = """
          substanceOnly species S in cell = 1.000001 dimensionless
          k = 1 per_day
          made: => S; k*3*S^2/(2 + S^2)
          lost: S => ; k*S
        """
        assert small.model(body).run("control", [1.0]).at("s", 1.0) == pytest.approx(2.0, rel=1e-6)

    @pytest.mark.parametrize("condition", ["rankl_p29a", "rankl_ko_osteocyte"])
    @pytest.mark.parametrize("reaction", ["preosteoclast_fusion", "osteoclast_apoptosis"])
    def test_the_solver_gives_up_where_nothing_rests(self, reaction: str, condition: str) -> None:
        """Cells that never leave their pool: with roadrunner's own settings its solver does not return."""
        whole = model("rankl_reverse_signaling")
        text = ablated(whole.sbml, Edge(reaction), "removed", 0.0, whole.shown)
        endless = Model(text, whole.binding, whole.vocabulary, shown=whole.shown, cached=False)
        with pytest.raises(SimulationError, match="no resting state"):
            endless.run(condition, [])

    def test_the_simulator_recovers(self) -> None:
        body = (
            "substanceOnly species S in cell = 1 dimensionless; k = 1 per_day; g = 0 dimensionless; grow: => S; g*k*S^2"
        )
        acts = {"explode": ("treatment", {"set": {"g": 1.0}})}
        made = small.model(body, interventions=acts, equilibrate=False)
        before = made.run("control", [0.5]).values["s"]
        with pytest.raises(SimulationError):
            made.run("explode", [0.5])
        assert (made.run("control", [0.5]).values["s"] == before).all()

    def test_unknown_target(self) -> None:
        made = small.model(interventions={"typo": ("treatment", {"set": {"bost": 2.0}})})
        with pytest.raises(UnknownIdError, match="'bost' to change; did you mean 'boost'"):
            made.run("typo", [1.0])

    def test_sbml_that_does_not_compile(self) -> None:
        with pytest.raises(CompilationError, match="model 'x' cannot be compiled"):
            roadrunner.opened("<sbml/>", name="x", observables=(), accuracy=Accuracy(), cached=False)


def test_a_time_course_has_each_time_once() -> None:
    """Also where one period ends and the next begins."""
    made = small.model(interventions={"pulse": ("treatment", {"set": {"boost": 3.0}, "start": "1 d", "end": "2 d"})})
    times = made.run("pulse", [0.0, 0.5, 1.0, 2.0, 3.0], until=4.0).frame().index
    assert times.is_unique
    assert times.is_monotonic_increasing


def test_a_dose_is_given_once_and_a_formula_of_the_start_holds_at_the_start() -> None:
    """Without rest, what the file computes from a parameter follows what is changed at t = 0, and nothing later."""
    acts = {
        "first": ("treatment", {"set": {"dose": 5.0}}),
        "later": ("treatment", {"set": {"dose": 7.0}, "start": "2 d"}),
        "bolus": ("treatment", {"set": {"S": 4.0}, "start": "1 d"}),
    }
    body = "dose = 1 dimensionless; substanceOnly species S in cell; S = 2*dose"
    made = small.model(body, interventions=acts, equilibrate=False)
    assert made.run("first", [3.0]).at("s", 3.0) == pytest.approx(10.0)
    assert made.run("later", [3.0]).at("s", 3.0) == pytest.approx(2.0)
    assert made.run("bolus", [3.0]).at("s", 3.0) == pytest.approx(4.0)


@pytest.mark.parametrize(
    ("first", "sizes"),
    [
        ({"a": 2.0, "b": 0.0}, {"a": 1.0, "b": 1.0}),
        ({"a": 2.0, "b": 1e-7}, {"a": 1.0, "b": 1e-7}),
        ({"a": -1e-7, "b": 0.0}, {"a": 1e-7, "b": 1e-7}),
        ({"a": 1e-6, "b": 0.0}, {"a": 1.0, "b": 1.0}),
        ({"a": 0.0}, {"a": 1.0}),
        ({}, {}),
    ],
)
def test_a_state_is_of_size_one_unless_it_starts_below_a_millionth(
    first: dict[str, float], sizes: dict[str, float]
) -> None:
    assert roadrunner._sizes(first) == sizes


def test_a_state_that_is_no_number_is_told_without_a_time_at_rest() -> None:
    made = small.model(observables={"s": "S", "out": "1/(S - S)"})
    with pytest.raises(SimulationError, match="while equilibrating: 'out' is not a finite number"):
        made.resting_state("control")
