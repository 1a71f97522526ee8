"""Which runs claims need, and what of a check a model lacks."""

from __future__ import annotations

import small
from osteon.evidence.bindings import Binding
from osteon.evidence.claims import Claim, ContrastCheck, OrderCheck, StructureCheck
from osteon.experiments.runs import missing_words, runs
from osteon.simulation.model import Model
from osteon.simulation.readings import Run

MORE = {"more": ("treatment", {"set": {"boost": 2.0}})}


def _model() -> Model:
    return small.model(interventions=MORE, observables={"s": "S", "t": "2*S"})


def _binding(**units: str) -> Binding:
    made = _model().binding
    changed = {name: made.observables[name].model_copy(update={"unit": unit}) for name, unit in units.items()}
    return made.model_copy(update={"observables": {**made.observables, **changed}})


def _check(**check: object) -> ContrastCheck:
    given = {"expect": "increase", "observable": "s", "condition": "more", "reference": "control", **check}
    return ContrastCheck.model_validate(given)


def test_a_model_that_binds_every_word_lacks_none() -> None:
    assert missing_words(_check(), "culture", _binding()) == []


def test_each_word_that_a_model_does_not_bind_is_missing_once() -> None:
    check = _check(observable="u", condition="less", reference="less+more")
    assert missing_words(check, "mouse", _binding()) == ["u", "less", "mouse"]


def test_structure_needs_no_setting() -> None:
    check = StructureCheck(expect="influences", observable="s", on="t")
    assert missing_words(check, "mouse", _binding()) == []
    order = OrderCheck(expect="precedes", observable="s", before="t", condition="more")
    assert missing_words(order, "mouse", _binding()) == ["mouse"]


def test_two_observables_are_compared_in_one_unit() -> None:
    two = _check(reference_observable="t", reference="more")
    assert missing_words(two, "culture", _binding()) == []
    assert missing_words(two, "culture", _binding(t="nmol/L")) == ["common unit of s and t"]
    other = {"observable": "t", "reference_observable": "s", "condition": "more", "reference": "control"}
    second = _check(expect="same", compared_with=other)
    assert missing_words(second, "culture", _binding(t="nmol/L")) == ["common unit of t and s"]
    order = OrderCheck(expect="precedes", observable="s", before="t", condition="more")
    assert missing_words(order, "culture", _binding(t="nmol/L")) == []


def _claim(*checks: dict[str, object]) -> Claim:
    return small.claim(*checks)


def test_claims_need_each_run_once_with_all_its_instants() -> None:
    """An order is that of differences from control, which is needed over all of its time as well."""
    asked = {"expect": "increase", "observable": "s", "condition": "more", "reference": "control"}
    order = {"expect": "precedes", "observable": "s", "before": "t", "condition": "more"}
    claim = _claim({**asked, "at": "48 h"}, {**asked, "at": "peak", "reference_at": "steady state"}, asked, order)
    lacking = _claim({**asked, "observable": "u", "at": "5 d"})
    assert runs(_model(), [claim, lacking]) == {
        ("culture", "more"): Run("culture", "more", (1.0, 2.0), whole=True, resting=False),
        ("culture", "control"): Run("culture", "control", (1.0, 2.0), whole=True, resting=True),
    }
