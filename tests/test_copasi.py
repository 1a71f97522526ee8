"""COPASI as an engine, against closed forms and against libroadrunner."""

from __future__ import annotations

from math import exp

import pytest

import small
from osteon.errors import CompilationError, OsteonError, SimulationError
from osteon.simulation import copasi
from osteon.simulation.engine import Accuracy
from osteon.simulation.model import Model

ACTS = {
    "stop": ("treatment", {"set": {"boost": 0.0}}),
    "pulse": ("treatment", {"scale": {"boost": 3.0}, "start": "1 d", "end": "3 d"}),
    "dose": ("treatment", {"set": {"S": 4.0}}),
    "triple": ("treatment", {"scale": {"S": 3.0}}),
    "mutant": ("genotype", {"scale": {"drain": 2.0}}),
}
VOLUME = """
  compartment vessel = 4 dimensionless
  species C in vessel = 2 dimensionless
  k = 0.5 per_day; boost = 1 dimensionless
  x = 1; x' = k*(boost - x)
  c_lost: C => ; vessel*k*C
"""


def _model(body: str = small.TURNOVER, **how: object) -> Model:
    return small.model(body, interventions=ACTS, **how).replace(engine="copasi")  # type: ignore[arg-type]


def test_conditions_have_their_closed_forms() -> None:
    made, times = _model(observables={"s": "S", "t": "2*S"}), [0.0, 1 / 3, 2.0, 10.0]
    stopped, dosed, tripled = (made.run(name, times) for name in ("stop", "dose", "triple"))
    for time in times:
        assert stopped.at("s", time) == pytest.approx(exp(-time / 2), rel=1e-6)
        assert stopped.at("t", time) == pytest.approx(2 * exp(-time / 2), rel=1e-6)
        assert dosed.at("s", time) == pytest.approx(1 + 3 * exp(-time / 2) if time else 1.0, rel=1e-6)
        assert tripled.at("s", time) == pytest.approx(1 + 2 * exp(-time / 2) if time else 1.0, rel=1e-6)
    top = 3 - 2 * exp(-1.0)
    pulse = made.run("pulse", [3.0, 5.0])
    assert pulse.at("s", 3.0) == pytest.approx(top, rel=1e-6)
    assert pulse.at("s", 5.0) == pytest.approx(1 + (top - 1) * exp(-1.0), rel=1e-6)
    assert made.resting_state("mutant")["s"] == pytest.approx(0.5, rel=1e-6)
    assert made.run("control", times).values["s"].tolist() == pytest.approx([1.0] * 4)


def test_concentrations_and_rules_of_rate_are_as_in_libroadrunner() -> None:
    """C falls by half its own in a day in a volume of 4; x follows boost."""
    acts = {"more": ("treatment", {"set": {"boost": 2.0}, "scale": {"C": 3.0}})}
    here = small.model(VOLUME, interventions=acts, observables={"s": "C", "t": "x"}, equilibrate=False)
    found = here.replace(engine="copasi").run("more", [1.0])
    for made in (found, here.run("more", [1.0])):
        assert made.at("s", 1.0) == pytest.approx(6 * exp(-0.5), rel=1e-6)
        assert made.at("t", 1.0) == pytest.approx(2 - exp(-0.5), rel=1e-6)


def test_an_unstable_state_is_no_rest() -> None:
    body = "substanceOnly species S in cell = 0.999 dimensionless; k = 0.5 per_day; change: => S; k*S*(S - 1)"
    made = small.model(body).replace(engine="copasi")
    assert made.values("control", at="0 d")["s"] == pytest.approx(0.0, abs=1e-6)


def test_what_breaks_is_told() -> None:
    for reaction in ("S => ; k*sqrt(S - 0.5)", "=> S; k*S*S"):
        body = f"substanceOnly species S in cell = 1 dimensionless; k = 1 per_day; change: {reaction}"
        with pytest.raises(SimulationError, match="COPASI stopped: "):
            small.model(body, equilibrate=False).replace(engine="copasi").run("control", [5.0])
    with pytest.raises(OsteonError, match="model 'small' has events; it is run in libroadrunner, not in COPASI"):
        _model(f"{small.TURNOVER}\n  at (time > 1): S = 2").values("control")


def test_a_saved_model_is_the_same_model(tmp_path_factory: pytest.TempPathFactory) -> None:
    from osteon import sbml

    made = small.model()
    text = copasi.saved(sbml.with_observables(made.sbml, made.formulas, "small.xml"), "small")
    assert "generated with" not in text
    path = tmp_path_factory.mktemp("saved") / "small.cps"
    path.write_text(text, encoding="utf-8")
    engine = copasi.opened_file(path, observables=["s"], amounts=["S"], accuracy=Accuracy())
    engine.set_value("boost", 0.0)
    (_, last) = engine.integrate([0.0, 1.0]).rows()
    assert last == (1.0, [pytest.approx(exp(-0.5), rel=1e-6)] * 2)
    with pytest.raises(CompilationError, match=r"none.cps: COPASI cannot read it"):
        copasi.opened_file(path.with_name("none.cps"), observables=[], amounts=[], accuracy=Accuracy())


def test_a_failure_is_told_in_the_same_words_each_time() -> None:
    """COPASI puts the time before its messages, and warnings without end behind them."""
    made = small.model(
        "substanceOnly species S in cell = 1 dimensionless; k = 1 per_day; grow: => S; k*S*S", equilibrate=False
    ).replace(engine="copasi")
    told = []
    for _ in range(2):
        with pytest.raises(SimulationError, match="COPASI stopped: CTrajectoryMethod") as caught:
            made.run("control", [0.5, 5.0])
        told.append(str(caught.value))
    assert told[0] == told[1]
    assert len(told[0]) < 400
