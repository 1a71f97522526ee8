"""Models as others write them: rules, events, time, initial assignments, inputs and scales of every kind."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from math import exp, log
from typing import Any

import pytest

import small
from osteon.errors import SimulationError
from osteon.sbml.antimony import compile_antimony
from osteon.simulation import roadrunner
from osteon.simulation.model import Model

DRUG: dict[str, tuple[str, dict[str, Any]]] = {"drug": ("treatment", {"set": {"p": 3.0}})}
TURNOVER = "J1: => S; p; J2: S => ; S"


def _model(body: str, *, equilibrate: bool = True, acts: Any = DRUG, **observables: str) -> Model:
    """Return a model of a body of Antimony; time in days, S its observable."""
    formulas = {"s": "S", **observables}
    return small.model(body, interventions=acts, observables=formulas, equilibrate=equilibrate)


def _after(made: Model, condition: str, days: float, observable: str = "s") -> float:
    return made.run(condition, [days], until=days).at(observable, days)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(f"species S = 1; species Total; Total := S + 1; p = 1; {TURNOVER}", id="species with a rule"),
        pytest.param("species S = 1; a = 1; p = 1; a' = p - a; J1: => S; a; J2: S => ; S", id="parameter with a rate"),
        pytest.param(f"species S = 1; species Y = 3; Y' = 1 - Y; p = 1; {TURNOVER}", id="species with a rate rule"),
        pytest.param(f"species S = 1; compartment room = 2; room' = 2 - room; p = 1; {TURNOVER}", id="growing room"),
        pytest.param("species S; p = 1; S := p", id="nothing to integrate"),
        pytest.param(f"species S = 1; reset = 1; model_ = 2; getIntegrator = 1; p = 1; {TURNOVER}", id="names"),
        pytest.param(f"species S = 1; observable_s = 5; p = 1; {TURNOVER}", id="a symbol named as ours"),
        pytest.param(f"species S = 1, A = 10, B = 0; p = 1; {TURNOVER}; A -> B; A; B -> A; B", id="conserved total"),
    ],
)
def test_what_stands_beside_a_turnover_does_not_touch_it(body: str) -> None:
    made = _model(body)
    for _ in range(2):
        assert _after(made, "control", 20.0) == pytest.approx(1.0, rel=1e-6)
        assert _after(made, "drug", 20.0) == pytest.approx(3.0, rel=1e-6)
        assert made.values("drug", at="steady state")["s"] == pytest.approx(3.0, rel=1e-6)


@pytest.mark.parametrize("equilibrate", [True, False])
def test_a_model_all_of_whose_species_are_held_stands_still(equilibrate: bool) -> None:
    acts = {"drug": ("treatment", {"set": {"S": 3.0}})}
    made = _model("species $S = 1; p = 2; J1: => $S; p; J2: $S => ; p*S", equilibrate=equilibrate, acts=acts)
    assert (_after(made, "control", 20.0), _after(made, "drug", 20.0)) == (1.0, 3.0)


def test_what_an_event_left_due_is_not_done_in_the_next_run() -> None:
    """From 1, S trebles at 2.5 days; a run that ends before then leaves that to nobody."""
    made = _model(
        "species S = 1; p = 1; E: at 2.5 after S > 0, t0=false, fromTrigger=false: S = 3*S", equilibrate=False
    )
    for _ in range(3):
        assert _after(made, "control", 1.0) == 1.0
        assert _after(made, "control", 5.0) == pytest.approx(3.0)


def test_an_unstable_state_is_no_rest_whatever_stands_beside_it() -> None:
    """From 0.8, below the unstable state at 0.918, X falls to 0.0286; Y acts on nothing."""
    switch = "species S = 0.8; p = 0.02; J1: => S; p + 1.5*S^4/(1 + S^4); J2: S => ; 0.7*S"
    alone, beside = _model(switch), _model(f"species Y = 1; Y' = 1 - Y; {switch}")
    for made in (alone, beside):
        assert made.values("control", at="0 d")["s"] == pytest.approx(0.0285728, rel=1e-5)


@pytest.mark.parametrize("more", ["", "species A = 10, B = 0; A -> B; A; B -> A; B;"])
def test_no_event_fires_while_a_model_rests(more: str) -> None:
    acts = {"drug": ("treatment", {"scale": {"p": 3.0}})}
    made = _model(f"species S = 1; p = 1; {more} {TURNOVER}; late: at time >= 30: p = 5", acts=acts)
    for _ in range(2):
        assert _after(made, "control", 20.0) == pytest.approx(1.0, rel=1e-6)
        assert _after(made, "drug", 20.0) == pytest.approx(3.0, rel=1e-6)
        assert _after(made, "control", 40.0) == pytest.approx(5 - 4 * exp(-10), rel=1e-5)
        assert made.values("drug", at="steady state")["s"] == pytest.approx(3.0, rel=1e-6)


def test_rates_that_depend_on_time_do_not_rest() -> None:
    made = _model("species S = 1; p = 1; J1: => S; p*(1 + 10*exp(-time)); J2: S => ; S")
    with pytest.raises(SimulationError, match="its rates depend on time, so it has no resting state; set equilibrate"):
        made.values("control")
    free = _model("species S = 1; p = 1; J1: => S; p*(1 + 10*exp(-time)); J2: S => ; S", equilibrate=False)
    assert _after(free, "control", 1.0) == pytest.approx(1 + 10 * exp(-1.0), rel=1e-6)


def test_time_behind_a_factor_of_zero_stands_still() -> None:
    body = "species S = 1; p = 1; aging = 0; J1: => S; p + aging*time; J2: S => ; S"
    made = _model(body, acts={**DRUG, "age": ("treatment", {"set": {"aging": 1.0}})})
    assert made.values("control", at="0 d")["s"] == pytest.approx(1.0)
    assert _after(made, "age", 2.0) == pytest.approx(1 + 2 - 1 + exp(-2.0), rel=1e-6)


@pytest.mark.parametrize("kind", ["genotype", "treatment"])
@pytest.mark.parametrize("form", ["S = 2*dose", "twice = 2*dose; S = twice", "twice = 2*dose; S := twice"])
def test_a_dose_reaches_what_the_file_computes_from_it(kind: str, form: str) -> None:
    acts = {"more": (kind, {"set": {"dose": 5.0}})}
    made = _model(f"species S; dose = 1; {form}", equilibrate=False, acts=acts)
    assert _after(made, "control", 1.0) == pytest.approx(2.0)
    assert _after(made, "more", 1.0) == pytest.approx(10.0)
    assert _after(made, "control", 1.0) == pytest.approx(2.0)


@pytest.mark.parametrize("declared", ["species $X = 1", "species X = 1"])
def test_an_input_held_as_a_species_ends_with_its_intervention(declared: str) -> None:
    acts = {"pulse": ("treatment", {"set": {"X": 3.0}, "end": "2 d"})}
    made = _model(f"{declared}; species S = 1; J1: => S; X; J2: S => ; S", acts=acts)
    course = made.run("pulse", [2.0, 20.0], until=20.0)
    assert course.at("s", 2.0) == pytest.approx(3 - 2 * exp(-2.0), rel=1e-5)
    assert course.at("s", 20.0) == pytest.approx(1.0, rel=1e-4)


def test_a_model_in_very_small_numbers_is_judged_by_its_own_size() -> None:
    acts = {"drug": ("treatment", {"set": {"p": 3e-9}})}
    made = _model("species S = 1e-9; p = 1e-9; J1: => S; p; J2: S => ; S", acts=acts)
    effect = made.effects(made.contrasts("drug", at="steady state"))[0]
    assert effect.word == "increase"
    assert effect.fold == pytest.approx(3.0, rel=1e-6)


def test_small_and_growing_is_not_at_rest() -> None:
    made = _model("species S = 1e-12; p = 0.01; J1: => S; p*S")
    with pytest.raises(SimulationError, match="no resting state"):
        made.values("control")


def test_what_starts_below_zero_may_stay_there() -> None:
    made = _model("species S = -65; p = -65; S' = p - S", acts={"drug": ("treatment", {"set": {"p": -20.0}})})
    assert _after(made, "drug", 20.0) == pytest.approx(-20.0, rel=1e-5)


@pytest.mark.parametrize("formula", ["S/0", "0*S/(S - S)"])
def test_what_is_not_a_number_is_no_verdict(formula: str) -> None:
    made = _model(f"species S = 1; p = 1; {TURNOVER}", out=formula)
    for at in ("1 d", "steady state"):
        with pytest.raises(SimulationError, match="'out' is not a finite number"):
            made.effects(made.contrasts("drug", observables=["out"], at=at))


OSCILLATOR = "species S = 1, Y = 1; p = 1; J1: => S; p + S^2*Y; J2: S => ; 4*S; J3: => Y; 3*S; J4: Y => ; S^2*Y"


def test_a_step_limit_is_a_budget_of_time() -> None:
    made = _model(OSCILLATOR, equilibrate=False)
    value = _after(made, "control", 20000.0)
    assert 0.0 < value < 10.0


def test_an_oscillator_is_told_to_oscillate() -> None:
    with pytest.raises(SimulationError, match=r"'.' oscillates; read it from a time course, with equilibrate = false"):
        _model(OSCILLATOR).values("control")


def test_threads_do_not_mix() -> None:
    made = small.model(interventions={"more": ("treatment", {"set": {"boost": 2.0}})})
    conditions = ["control", "more"]
    expected = [made.values(condition) for condition in conditions]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(made.values, conditions * 16))
    assert found == expected * 16


def test_where_many_states_rest_it_is_the_one_that_is_reached() -> None:
    """C goes, and takes of A what it meets: A' = -k C A, C' = -k C (1 + A); every A rests once C is gone."""
    body = "species S = 0.3, C = 0.3; p = 0.1; alone: C => ; p*C; both: S + C => ; p*S*C"
    made = _model(body)
    # dA/dC = A/(1 + A), so that ln A + A - C stays as it is.
    rest = made.values("control", at="0 d")["s"]
    assert log(rest) + rest == pytest.approx(log(0.3) + 0.3 - 0.3, rel=1e-4)


def test_events_of_one_instant_happen_in_the_order_of_the_file() -> None:
    body = (
        f"species S = 1; p = 1; d = 1; {TURNOVER}; E0: at time > 0.7: d = 2*d + 0.1; E1: at time > 0.7: d = 2*d + 0.5"
    )
    found = {_after(_model(body, d="d").replace(cached=False), "control", 2.0, "d") for _ in range(6)}
    assert [*found] == [pytest.approx(2 * 1 + 0.5)]  # both read d when they are triggered, and E1 comes last


@pytest.mark.parametrize(
    ("law", "rates"),
    [
        ("factorial(ceil(4*S))/25", (0.96, 0.24)),
        ("ceil(4*S)/5", (0.8, 0.6)),
        ("floor(4*S + 1)/5", (0.8, 0.6)),
        ("quotient(4*S, 1)/5 + 0.2", (0.8, 0.6)),
        ("piecewise(0.96, S > 0.75, 0.24)", (0.96, 0.24)),
    ],
)
def test_an_integrator_meets_every_jump(law: str, rates: tuple[float, float]) -> None:
    """S falls by a law that jumps at 0.75."""
    made = _model(f"species S = 0.999; J1: S => ; {law}", equilibrate=False, acts={})
    crossed = 0.249 / rates[0]
    course = made.run("control", [0.3, 0.4, 0.5], until=0.5)
    for time in (0.4, 0.5):
        assert course.at("s", time) == pytest.approx(0.75 - rates[1] * (time - crossed), rel=1e-6)


def test_a_jump_in_a_function_of_local_parameters_is_met() -> None:
    function = "function law(x, k)\n  piecewise(0.96, x > k, 0.24)\nend\n"
    body = f"{small.HEAD}species S in cell = 0.999\nJ1: S => ; law(S, 0.75)"
    text = compile_antimony(f"{function}model *small()\n{body}\nend\n", title="x", shown="x.ant")
    law = re.compile(r"<cn[^>]*> 0.75 </cn>(?=\s*</apply>\s*</math>\s*</kineticLaw>)")
    own = '<listOfLocalParameters><localParameter id="k" value="0.75"/></listOfLocalParameters>'
    text, changed = re.subn(r"(?<=</math>)(?=\s*</kineticLaw>)", own, law.sub("<ci> k </ci>", text))
    assert changed == 1
    made = _model("species S = 1; p = 1; S' = 0", equilibrate=False, acts={}).replace(text=text)
    assert _after(made, "control", 0.5) == pytest.approx(0.75 - 0.24 * (0.5 - 0.249 / 0.96), rel=1e-6)


@pytest.mark.parametrize("before", ["", "species Y = 1; Y' = -Y;"])
def test_what_is_true_for_a_moment_only_is_seen(before: str) -> None:
    made = _model(f"{before} species S = 0; S' = 0.4; E: at S > 0.18 && S < 0.19: S = 0", equilibrate=False, acts={})
    assert _after(made, "control", 1.0) == pytest.approx(0.4 - 2 * 0.18, rel=1e-6)


def test_a_short_pulse_of_time_is_not_stepped_over() -> None:
    made = _model("species S = 0; S' = piecewise(100, time >= 5 && time < 5.01, 0)", equilibrate=False, acts={})
    assert _after(made, "control", 10.0) == pytest.approx(1.0, rel=1e-6)


def test_a_model_with_delays_stays_compiled_while_nothing_is_due(monkeypatch: pytest.MonkeyPatch) -> None:
    made = _model("species S = 1; E: at 1 after time > 1: S = 3*S", equilibrate=False, acts={})
    made.run("control", [1.5], until=1.5)
    package, count = roadrunner.package(), []
    original = package.RoadRunner
    monkeypatch.setattr(package, "RoadRunner", lambda *given: count.append(1) or original(*given))
    for compiled, days, value in ((1, 5.0, 3.0), (0, 5.0, 3.0), (0, 1.5, 1.0), (1, 5.0, 3.0)):
        count.clear()
        assert _after(made, "control", days) == pytest.approx(value)
        assert len(count) == compiled


@pytest.mark.parametrize("equilibrate", [True, False])
def test_a_stoichiometry_may_be_computed(equilibrate: bool) -> None:
    """S is made with the stoichiometry n, which is 2 p."""
    made = _model("species S = 1; p = 1; n := 2*p; J1: => n S; 1; J2: S => ; S", equilibrate=equilibrate)
    assert _after(made, "drug", 30.0) == pytest.approx(6.0, rel=1e-6)


@pytest.mark.parametrize("delay", ["", "0.5 after "])
def test_events_need_no_ids(delay: str) -> None:
    made = _model(f"species S = 1; p = 1; E: at {delay}time > 1: S = 3", equilibrate=False, acts={})
    unnamed = made.replace(text=made.sbml.replace('<event id="E"', "<event"))
    assert _after(unnamed, "control", 2.0) == pytest.approx(3.0)
