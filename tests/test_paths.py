"""Where an intervention can act on an observable at all, on models where that is plain to see."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

import small
from conftest import PROJECT, model
from osteon.analysis.prediction import predict_over_values
from osteon.evidence.reading import Reading
from osteon.simulation.contrast import Contrast, Effect
from osteon.simulation.model import Model
from osteon.simulation.paths import Paths

CHAIN = """
  substanceOnly species A in cell = 1 dimensionless, B in cell = 1 dimensionless, C in cell = 1 dimensionless
  substanceOnly species E in cell = 0 dimensionless, G in cell = 0 dimensionless
  k = 1 per_day; dose = 0 dimensionless; other = 0 dimensionless; gate = 0 dimensionless; supply = 0 dimensionless
  flat = 0 dimensionless; seed = 1 dimensionless
  a_made: => A; k*(1 + dose)
  a_lost: A => ; k*A
  b_made: => B; k*(1 + gate*(A - 1))
  b_lost: B => ; k*B
  c_made: => C; k*(1 + other) + k*E*A
  c_lost: C => ; k*C
  e_made: => E; supply*k
  e_lost: E => ; k*E
  g_made: => G; k*E*G
  Sum := A + C
  Sum has dimensionless
"""
ACTS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "dosed": ("treatment", {"set": {"dose": 1}}),
    "opened": ("treatment", {"set": {"gate": 1}}),
    "supplied": ("treatment", {"set": {"supply": 1}}),
    "doubled": ("treatment", {"scale": {"supply": 2}}),
    "seeded": ("treatment", {"set": {"E": 1}}),
    "nothing_new": ("treatment", {"set": {"other": 0.5}}),
}
OBSERVABLES = {"a": "A", "b": "B", "c": "C", "sum": "Sum", "nil": "flat*A", "g": "G"}


def _chain(body: str = CHAIN, **more: Any) -> Model:
    return small.model(body, interventions=ACTS, observables=OBSERVABLES, **more)


def _led(tried: Model, condition: str, reference: str = "control") -> set[str]:
    asked = tried.contrasts(condition, reference)
    return {one.reading.observable for one in asked if tried.paths.lead(one)}


@pytest.mark.parametrize(
    ("condition", "reference", "led"),
    [
        ("dosed", "control", {"a", "sum"}),  # not through a gate that is shut, nor by way of what is not there
        ("dosed+opened", "opened", {"a", "b", "sum"}),
        ("dosed+opened", "dosed", {"b"}),
        ("opened", "control", {"b"}),
        ("dosed+supplied", "supplied", {"a", "c", "sum"}),
        ("dosed+seeded", "seeded", {"a", "c", "sum"}),  # once there, it acts
        ("supplied", "control", {"c", "sum"}),
        ("doubled", "control", set()),  # twice nothing
        ("doubled+supplied", "supplied", {"c", "sum"}),
    ],
)
def test_a_path_leads_through_what_is_there_and_acts(condition: str, reference: str, led: set[str]) -> None:
    """Nothing makes G but G itself, so that nothing reaches it; a factor of zero hides A from what is read of it."""
    assert _led(_chain(), condition, reference) == led
    assert _led(_chain(), reference, condition) == led


def test_a_setting_opens_and_shuts_paths() -> None:
    assert _led(_chain(place={"set": {"gate": 1}}), "dosed") == {"a", "b", "sum"}
    assert _led(_chain(place={"set_at_start": {"supply": 1}}), "dosed") == {"a", "c", "sum"}
    assert _led(_chain(place={"set": {"k": 0}}), "dosed") == set()


def test_the_values_of_a_model_open_and_shut_paths() -> None:
    from osteon.evidence.bindings import Act

    assert _led(_chain(overrides=Act(set={"gate": 1.0})), "dosed") == {"a", "b", "sum"}


def test_a_path_whose_effect_is_nil_is_a_path() -> None:
    """A word that sets what the setting sets already changes nothing, although it could."""
    tried = _chain(place={"set": {"other": 0.5}})
    frame = tried.predict("nothing_new")
    assert frame["change"].to_dict() == {
        "a": "no path", "b": "no path", "c": "little change", "sum": "little change", "nil": "no path", "g": "no path",
    }  # fmt: skip
    assert frame.loc["c", "effect"] == 0.0


@pytest.mark.parametrize(
    "event",
    [
        "at A > 1.5: gate = 1",
        "at time > 5: B = A",
        "at time > 5, priority = A: B = 2",
        "at (A + time) after time: B = 2",
    ],
)
def test_events_are_steps_of_a_path(event: str) -> None:
    body = CHAIN.replace("gate = 0 dimensionless", "var gate = 0 dimensionless") + f"\n  {event}\n"
    assert "b" in _led(_chain(body, equilibrate=False), "dosed")


def test_initial_values_and_sizes_are_steps_of_a_path() -> None:
    body = CHAIN + "\n  substanceOnly species H in cell = dose\n  h_lost: H => ; k*H\n"
    tried = small.model(body, interventions={"dosed": ("genotype", ACTS["dosed"][1])}, observables={"h": "H"})
    assert _led(tried, "dosed") == {"h"}
    sized = """
      compartment site = 1 dimensionless
      species H in site = 1 dimensionless; k = 1 per_day
      h_made: => H; site*k
      h_lost: H => ; site*k*H
      W := H
      W has dimensionless
    """
    grown = {"grown": ("treatment", {"set": {"site": 2}})}
    assert _led(small.model(sized, interventions=grown, observables={"h": "H"}), "grown") == {"h"}


def test_what_differs_in_more_than_what_is_done_has_a_path() -> None:
    tried = _chain()
    later = Contrast("culture", Reading("b", "dosed", "1 d"), Reading("b", "control", "2 d"))
    other = Contrast("culture", Reading("b", "dosed", "1 d"), Reading("c", "control", "1 d"))
    same = Contrast("culture", Reading("b", "opened+dosed", "1 d"), Reading("b", "dosed+opened", "1 d"))
    assert all(tried.paths.lead(one) for one in (later, other, same))


def test_no_path_is_the_whole_answer() -> None:
    effect = Effect(2.0, 2.0 * (1 + 1e-9), 1e-6, path=False)
    assert (str(effect), effect.word, effect.label, effect.direction) == ("no path",) * 4
    assert (effect.log, effect.bounded, effect.fold) == (0.0, 0.0, 1.0)
    assert effect.as_dict() == {
        "value": effect.value, "reference": effect.reference, "fold_change": None, "effect": None, "word": "no path",
    }  # fmt: skip


def test_a_prediction_over_draws_has_no_path_where_there_is_none() -> None:
    tried = _chain()
    frame = predict_over_values(tried, [{"k": 2.0}, {"k": 3.0}], tried.contrasts("dosed"))
    assert frame.loc["b", ["change", "direction", "agreeing"]].tolist() == ["no path", "no path", 2]
    assert frame.loc["b", ["fold_change", "effect", "low", "high"]].isna().all()
    assert frame.loc["a", "direction"] == "increase"


def test_paths_are_the_same_from_json() -> None:
    """The page has the laws as JSON, and asks them by the same rule."""
    whole = model("bone_remodeling")
    from osteon import sbml

    laws = sbml.laws(sbml.read(whole.sbml, whole.shown), whole.formulas)
    page = Paths(json.loads(json.dumps(laws)), whole.binding, PROJECT.vocabulary)
    for condition, setting in (("cccp", "osteocyte_culture"), ("sp7_ko", "mouse"), ("ovariectomy", "mouse")):
        asked = whole.contrasts(condition, setting=setting)
        assert [page.lead(one) for one in asked] == [whole.paths.lead(one) for one in asked]


def test_words_that_do_nothing_in_a_setting_have_no_path() -> None:
    """Osteocytes alone have no osteoclasts, and a deletion of Sp7 reaches nothing but the cells that carry it."""
    whole = model("bone_remodeling")
    assert whole.predict("cccp", setting="osteocyte_culture", observables=["osteoclasts"])["change"].item() == "no path"
    assert whole.predict("sp7_ko", observables=["bone_formation"])["change"].item() == "no path"
    assert whole.predict("ovariectomy", observables=["bone_formation"])["change"].item() != "no path"
