"""What can be asked of a model, and what two models share."""

from __future__ import annotations

from math import exp

import numpy as np
import pytest

import small
from osteon.errors import OsteonError, UnknownIdError
from osteon.evidence.bindings import Act
from osteon.simulation.engine import Accuracy

ACTS = {
    "more": ("treatment", {"set": {"boost": 2.0}}),
    "early": ("treatment", {"set": {"boost": 2.0}, "start": "-2 d"}),
}


def test_a_time_course_has_the_points_asked_for() -> None:
    made = small.model(interventions=ACTS)
    assert made.simulate("more").index.tolist() == pytest.approx(np.linspace(0.0, 10.0, 201).tolist())
    few = made.simulate("more", until="4 d", points=5)
    assert few.index.tolist() == [0.0, 1.0, 2.0, 3.0, 4.0]
    assert few["s"].tolist() == pytest.approx([2.0 - exp(-0.5 * time) for time in range(5)], rel=1e-6)
    assert few.attrs == {"condition": "more", "time_unit": "d", "units": {"s": "1"}}
    assert made.simulate("early", until="4 d", points=4).index.tolist() == [-2.0, 0.0, 2.0, 4.0]


def test_another_binding_lays_its_conditions_out_anew() -> None:
    """The window of `more` is no part of the model: schedules must not outlive the binding they were made from."""
    made = small.model(interventions=ACTS)
    assert made.values("more", at="steady state")["s"] == pytest.approx(2.0)
    stronger = made.binding.interventions["more"].model_copy(update={"set": {"boost": 5.0}})
    other = made.replace(binding=made.binding.model_copy(update={"interventions": {"more": stronger}}))
    assert other.values("more", at="steady state")["s"] == pytest.approx(5.0)
    assert other.simulator is made.simulator
    assert made.values("more", at="steady state")["s"] == pytest.approx(2.0)


def test_what_is_compiled_and_laid_out_is_shared_where_it_is_the_same() -> None:
    made = small.model(interventions=ACTS, parameters={"k": small.parameter(0.1, 1.0)})
    drawn = made.with_values({"k": 0.7})
    assert drawn.simulator is made.simulator
    assert drawn.draws is made.draws
    assert drawn.schedule(("more",)) is made.schedule(("more",))
    other = made.replace(overrides=Act(set={"k": 0.2}))
    assert other.simulator is made.simulator
    assert (other.draws.names, made.draws.names) == ((), ("k",))
    assert made.replace(accuracy=Accuracy(1e-6)).simulator is not made.simulator


@pytest.mark.parametrize(("start", "limit"), [(1.0, 1e-6), (5.0, 1e-6), (2e-9, 2e-15), (2e-6, 1e-6)])
def test_the_detection_limit_follows_a_model_that_is_small(start: float, limit: float) -> None:
    body = f"substanceOnly species S in cell = {start!r} dimensionless; k = 1 per_day; lost: S => ; k*S"
    assert small.model(body).limit == pytest.approx(limit, rel=1e-12)


def test_a_model_without_species_rests_and_has_the_limit_of_its_binding() -> None:
    made = small.model("k = 3 dimensionless", observables={"s": "k"})
    assert made.limit == 1e-6
    assert made.values("control", at="0 d") == {"s": 3.0}
    assert made.resting_state("control") == {"s": 3.0}
    assert made.simulator.engine.eigenvalues() == []


def test_words_that_a_model_lacks_are_refused_with_those_it_has() -> None:
    names = {f"o{number:02}": "S" for number in range(40)}
    with pytest.raises(UnknownIdError, match=r"'missing' is not bound by model 'small'; it has o00, .*, o39$"):
        small.model(observables=names).chosen(["missing"])
    with pytest.raises(UnknownIdError, match=r"it has o00, .*, o39, ... \(41 in all\)$"):
        small.model(observables={**names, "p": "S"}).chosen(["missing"])
    with pytest.raises(UnknownIdError, match="did you mean 'o39'"):
        small.model(observables=names).chosen(["o399"])
    made = small.model()
    assert made.chosen(None) == ["s"]
    with pytest.raises(UnknownIdError, match="has no setting 'elsewhere'; it has culture"):
        made.place("elsewhere")
    with pytest.raises(UnknownIdError, match="no engine 'other'; it is one of roadrunner, copasi"):
        made.replace(engine="other")
    with pytest.raises(OsteonError, match=r"'soon' is not a duration; .*; or steady state, peak, mean, half-maximum"):
        made.instant("soon")
    assert [made.instant(text) for text in ("peak", "2 d")] == ["peak", "2 d"]


def test_a_contrast_is_read_when_and_of_what_it_says() -> None:
    made = small.model(interventions=ACTS, observables={"s": "S", "t": "3*S"})
    (usual,) = made.contrasts("more", observables=["s"])
    assert (usual.reading.at, usual.reference.at) == ("1 d", "1 d")
    assert (usual.reading.condition, usual.reference.condition) == ("more", "control")
    pair = made.contrasts("more", at="3 d", reference_at="2 d", reference_observable="t")
    assert [(one.reading.observable, one.reference.observable) for one in pair] == [("s", "t"), ("t", "t")]
    assert {(one.reading.at, one.reference.at) for one in pair} == {("3 d", "2 d")}


def test_a_species_that_turns_negative_is_seen_beside_others() -> None:
    """A falls steadily and B not; the observables before them in the table are no species and may be negative."""
    body = """
      substanceOnly species A in cell = 1 dimensionless
      substanceOnly species B in cell = 1 dimensionless
      k = 1 per_day
      lost: A => ; k
      kept: B => ; 0*k*B
    """
    made = small.model(body, observables={"s": "-B", "t": "-2*B"}, equilibrate=False)
    assert made.values("control", at="12 h") == {"s": pytest.approx(-1.0), "t": pytest.approx(-2.0)}
    with pytest.raises(OsteonError, match=r"species 'A' is negative"):
        made.values("control", at="2 d")
