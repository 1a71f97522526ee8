"""One rule, two engines: what holds in libroadrunner holds in COPASI, on small models and in the verdicts."""

from __future__ import annotations

from math import exp

import pytest

import small
from conftest import MODELS, PROJECT, Command, model, scorecard
from osteon.errors import OsteonError, SimulationError, UnknownIdError
from osteon.evidence.bindings import Act
from osteon.simulation.model import ENGINES, Model
from osteon.verification.verify import verify

TREATED = {
    "stop": ("treatment", {"set": {"boost": 0.0}}),
    "pulse": ("treatment", {"set": {"boost": 0.0}, "start": "1 d", "end": "3 d"}),
    "early": ("treatment", {"set": {"boost": 0.0}, "start": "-2 d"}),
    "dose": ("treatment", {"set": {"S": 4.0}}),
    "late_dose": ("treatment", {"scale": {"S": 3.0}, "start": "2 d"}),
    "mutant": ("genotype", {"scale": {"boost": 3.0}}),
}
FORMS = {
    "control": lambda t: 1.0,
    "stop": lambda t: exp(-t / 2),
    "pulse": lambda t: 1.0 if t <= 1 else exp(-(t - 1) / 2) if t <= 3 else 1 - (1 - exp(-1)) * exp(-(t - 3) / 2),
    "early": lambda t: exp(-(t + 2) / 2),
    "dose": lambda t: 1.0 if t == 0 else 1 + 3 * exp(-t / 2),
    "late_dose": lambda t: 1.0 if t <= 2 else 1 + 2 * exp(-(t - 2) / 2),
    "mutant": lambda t: 3.0,
}
"""The turnover of `small.TURNOVER`, solved by hand."""
CONCENTRATION = """
  compartment drop = 4 dimensionless
  species S in drop = 1 dimensionless
  k = 0.5 per_day; boost = 1 dimensionless; drain = 1 dimensionless
  made: => S; drop*k*boost
  lost: S => ; drop*k*drain*S
"""
"""The same as a concentration, in a compartment that is not one."""
ONE = "substanceOnly species S in cell = {start} dimensionless; k = 1 per_day; {laws}"


def made(engine: str, body: str = small.TURNOVER, **arguments: object) -> Model:
    return small.model(body, **arguments).replace(engine=engine)  # type: ignore[arg-type]


@pytest.mark.parametrize("body", [small.TURNOVER, CONCENTRATION], ids=["amount", "concentration"])
@pytest.mark.parametrize("condition", FORMS)
@pytest.mark.parametrize("engine", ENGINES)
def test_closed_forms(engine: str, condition: str, body: str) -> None:
    times = [0.0, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0]
    found = made(engine, body, interventions=TREATED).run(condition, times)
    assert [found.at("s", time) for time in times] == pytest.approx(list(map(FORMS[condition], times)), rel=1e-6)


@pytest.mark.parametrize("engine", ENGINES)
def test_own_values_hold_and_leave_no_trace(engine: str) -> None:
    one = made(engine, interventions=TREATED)
    other = one.replace(overrides=Act(set={"boost": 4.0}, scale={"drain": 2.0}))
    before = one.run("stop", [1.0]).at("s", 1.0)
    assert other.simulator is one.simulator
    assert other.run("control", [1.0]).at("s", 1.0) == pytest.approx(2.0, rel=1e-6)
    assert other.resting_state("mutant")["s"] == pytest.approx(6.0, rel=1e-6)
    assert one.run("stop", [1.0]).at("s", 1.0) == before


@pytest.mark.parametrize("engine", ENGINES)
def test_an_unstable_point_is_not_a_resting_state(engine: str) -> None:
    body = ONE.format(start=1.000001, laws="made: => S; k*3*S^2/(2 + S^2); lost: S => ; k*S")
    assert made(engine, body).run("control", [1.0]).at("s", 1.0) == pytest.approx(2.0, rel=1e-5)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("laws", "equilibrate", "reason"),
    [
        ("grow: => S; k", True, "while equilibrating: no resting state after 2000 d; 'S' still moves"),
        ("loss: S => ; k", False, "species 'S' is negative"),
        ("grow: => S; k*S*S", False, "small, condition 'control', .*(CVODE|COPASI stopped)"),
    ],
)
def test_what_breaks_is_said(engine: str, laws: str, equilibrate: bool, reason: str) -> None:
    one = made(engine, ONE.format(start=1, laws=laws), equilibrate=equilibrate)
    with pytest.raises(SimulationError, match=reason):
        one.run("control", [0.5, 5.0])


@pytest.mark.parametrize("engine", ENGINES)
def test_a_value_that_is_no_number_is_named(engine: str) -> None:
    body = ONE.format(start=1, laws="loss: S => ; k*S")
    one = made(engine, body, observables={"s": "ln(S - 0.5)"}, equilibrate=False)
    with pytest.raises(SimulationError, match="'s' is not a finite number"):
        one.run("control", [0.5, 0.9, 5.0])


@pytest.mark.parametrize("engine", ENGINES)
def test_an_unknown_target_is_refused(engine: str) -> None:
    one = made(engine, interventions={"typo": ("treatment", {"set": {"bost": 2.0}})})
    with pytest.raises(UnknownIdError, match="'bost' to change; did you mean 'boost'"):
        one.run("typo", [1.0])


def test_where_copasi_comes_to_a_standstill_it_is_given_more_stops() -> None:
    """So few steps are allowed here that it can only get there by stopping often."""
    usual, short = (made("copasi", interventions=TREATED) for _ in range(2))
    method = short.simulator.engine._course.getMethod()  # type: ignore[attr-defined]
    method.getParameter("Max Internal Steps").setUIntValue(20)
    found = [one.run("stop", [1.0, 3.0], until=30.0).values["s"].tolist() for one in (usual, short)]
    assert found[1] == pytest.approx(found[0], rel=1e-5, abs=1e-8)


@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
def test_verdicts_are_those_of_libroadrunner(name: str) -> None:
    card = verify(model(name).replace(engine="copasi"), PROJECT.claims(model(name).binding))
    found, expected = (
        {result.claim.id: (result.verdict, [check.outcome for check in result.checks]) for result in one.results}
        for one in (card, scorecard(name))
    )
    assert found == expected


def test_an_unknown_engine_is_refused(osteon: Command) -> None:
    outcome = osteon("verify", "osteoblast_vesicles", "--engine", "copasy")
    assert outcome.code == 2
    assert "no engine 'copasy'; did you mean 'copasi'?" in outcome.err


def test_an_engine_is_part_of_a_model() -> None:
    with pytest.raises(OsteonError, match="no engine 'x'; it is one of roadrunner, copasi"):
        made("x")
