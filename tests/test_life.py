"""When things happen in the life of an animal: genotypes, operations, ages, and readings before t = 0 and after an end.

The animal is `S`, made at ``0.5*boost`` and lost at ``0.5*drain*S`` a day, and four days old at t = 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import exp, inf
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

import small
from conftest import MODELS, PROJECT, model
from osteon.errors import OsteonError
from osteon.evidence.claims import Claim, Intervention
from osteon.evidence.reading import Reading
from osteon.evidence.references import unknown_in_binding, unknown_in_evidence
from osteon.experiments.experiment import Recorded, design
from osteon.simulation.contrast import Contrast
from osteon.simulation.model import Model
from osteon.simulation.readings import Readings, runs
from osteon.simulation.timecourse import TimeCourse
from osteon.verification.verify import verify
from test_experiments import Plain

ACTS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "mutant": ("genotype", {"scale": {"boost": 2}}),
    "induced": ("genotype", {"scale": {"boost": 2}}),
    "old": ("genotype", {"scale": {"drain": 0.5}}),
    "operated": ("treatment", {"scale": {"boost": 0}}),
    "dose": ("treatment", {"scale": {"boost": 3}}),
}
WORDS = {
    "induced": {"onset": "1 d"},
    "old": {"age": "10 d"},
    "operated": {"start": "-3 d"},
    "dose": {"end": "2 d"},
}


def _animal(**more: Any) -> Model:
    return small.model(interventions=ACTS, age="4 d", words=WORDS, **more)


def _value(model: Model, condition: str, at: str, **more: Any) -> float:
    reading = Reading("s", condition, at, **more)
    return Readings(model.binding, runs(model.binding, [("culture", reading)]), model).value("culture", reading)


def _relaxed(start: float, goal: float, days: float, rate: float = 0.5) -> float:
    return goal + (start - goal) * exp(-rate * days)


def test_an_animal_rests_healthy_and_its_genotype_acts_from_birth() -> None:
    schedule = _animal().schedule(("mutant",))
    assert not schedule.before
    assert [(period.start, period.end) for period in schedule.periods] == [(-4, 0), (0, 10)]
    assert _value(_animal(), "mutant", "0 d") == pytest.approx(_relaxed(1, 2, 4), rel=1e-6)
    assert _value(_animal(), "mutant", "3 d") == pytest.approx(_relaxed(1, 2, 7), rel=1e-6)


def test_the_cells_of_a_culture_rest_with_their_genotype() -> None:
    culture = small.model(interventions=ACTS, words=WORDS)
    assert culture.schedule(("mutant",)).before.keys() == {"boost"}
    assert _value(culture, "mutant", "0 d") == pytest.approx(2, rel=1e-6)


def test_where_nothing_rests_a_genotype_is_there_from_the_first() -> None:
    assert _animal(equilibrate=False).schedule(("mutant",)).before.keys() == {"boost"}


def test_a_deletion_acts_from_its_onset() -> None:
    assert _value(_animal(), "induced", "-3 d") == pytest.approx(1, rel=1e-6)
    assert _value(_animal(), "induced", "0 d") == pytest.approx(_relaxed(1, 2, 3), rel=1e-6)


def test_an_operation_was_done_when_the_vocabulary_says_and_is_read_by_time_since() -> None:
    for at, since in (("-3 d", 0), ("-1 d", 2), ("0 d", 3), ("2 d", 5)):
        assert _value(_animal(), "operated", at) == pytest.approx(exp(-0.5 * since), rel=1e-6)


def test_an_animal_that_grew_old_did_so_since_it_was_as_old_as_the_others() -> None:
    """Ten days old at t = 0, it has aged for six days; its genotype has acted for all ten."""
    schedule = _animal().schedule(("old", "mutant"))
    assert [period.start for period in schedule.periods] == [-10, -6, 0]
    assert _value(_animal(), "old", "0 d") == pytest.approx(_relaxed(1, 2, 6, rate=0.25), rel=1e-6)
    young = _relaxed(1, 2, 4)
    assert _value(_animal(), "old+mutant", "0 d") == pytest.approx(_relaxed(young, 4, 6, rate=0.25), rel=1e-6)


def test_two_ages_or_an_age_where_nothing_has_one_are_refused() -> None:
    words = {"old": {"age": "10 d"}, "mutant": {"age": "8 d"}}
    with pytest.raises(OsteonError, match="mutant, old give the animal an age each; leave out all but one"):
        small.model(interventions=ACTS, age="4 d", words=words).schedule(("mutant", "old"))
    with pytest.raises(OsteonError, match="'old' gives an animal its age, and in setting 'culture' nothing has one"):
        small.model(interventions=ACTS, words=words).schedule(("old",))


def test_a_treatment_ends_and_is_read_after_its_end() -> None:
    end = _relaxed(1, 3, 2)
    assert _value(_animal(), "dose", "2 d") == pytest.approx(end, rel=1e-6)
    assert _value(_animal(), "dose", "5 d") == pytest.approx(_relaxed(end, 1, 3), rel=1e-6)


def test_control_is_at_rest_before_t_0_unless_the_model_does_not_rest() -> None:
    assert _value(_animal(), "control", "-30 d") == pytest.approx(1, rel=1e-6)
    with pytest.raises(OsteonError, match="'culture' does not rest before t = 0, so that nothing is there to be read"):
        _value(_animal(equilibrate=False), "control", "-30 d")


OSCILLATING = """
  substanceOnly species S in cell = 1 dimensionless
  k = 0 per_day; day_length = 1 day; level = 2 dimensionless
  made: => S; k
  W := level + sin(6.283185307179586*time/day_length)
  W has dimensionless
"""


def test_what_oscillates_is_averaged_over_a_period() -> None:
    tried = small.model(
        OSCILLATING, observables={"s": "W"}, interventions={"more": ("treatment", {"scale": {"level": 2}})},
        equilibrate=False,
    )  # fmt: skip
    assert _value(tried, "control", "5.25 d") == pytest.approx(3, rel=1e-6)
    assert _value(tried, "control", "5.25 d", average="1 d") == pytest.approx(2, rel=1e-6)
    check = {"observable": "s", "condition": "more", "reference": "control", "expect": "increase"}
    (effect,) = verify(tried, [("x", _claim(check, at="5.25 d", average="1 d"))]).results[0].checks[0].effects
    assert (effect.value, effect.reference) == pytest.approx((4, 2), rel=1e-6)


def _claim(*checks: Mapping[str, Any], **more: Any) -> Claim:
    return small.claim(*checks, **more)


def test_an_average_is_up_to_a_time_and_over_a_period() -> None:
    check = {"observable": "s", "condition": "more", "reference": "control", "expect": "increase"}
    with pytest.raises(ValidationError, match="'average' is over a period up to a time, and 'peak' is none"):
        _claim(check | {"at": "peak"}, average="1 d")
    with pytest.raises(ValidationError, match="'0 d' is no period; write a duration above zero"):
        _claim(check | {"average": "0 d"})


DRIFTING = """
  substanceOnly species A in cell = 0 dimensionless, B in cell = 0 dimensionless
  slow = 0.1 per_day; fast = 2 per_day; a_dose = 0 dimensionless; b_dose = 0 dimensionless
  a_made: => A; fast*(1 - A) + slow*a_dose
  b_made: => B; slow*(1 - B) + fast*b_dose*exp(-fast*time)
"""


def test_the_order_of_changes_is_that_of_differences_from_control() -> None:
    """Left alone A rises fast and B slowly; the treatment moves B at once, and A over as long as A takes itself."""
    acts = {"treated": ("treatment", {"set": {"a_dose": 1, "b_dose": 1}})}
    tried = small.model(DRIFTING, interventions=acts, observables={"a": "A", "b": "B"}, equilibrate=False)
    read = [Reading(name, "treated", "half-maximum", against="control") for name in ("a", "b")]
    readings = Readings(tried.binding, runs(tried.binding, [("culture", one) for one in read]), tried)
    first, second = (readings.value("culture", one) for one in read)
    assert first == pytest.approx(np.log(2) / 2, rel=1e-2)
    own = [readings.value("culture", Reading(one.observable, "treated", "half-maximum")) for one in read]
    assert own != pytest.approx([first, second], rel=0.1)


def test_an_order_needs_a_difference() -> None:
    with pytest.raises(ValidationError, match="condition and reference are the same"):
        _claim({"observable": "s", "before": "s", "condition": "control", "expect": "precedes"})


@pytest.mark.parametrize(
    ("kind", "given", "message"),
    [
        ("genotype", {"onset": "6 weeks", "age": "2 years"}, "give one of 'onset', an age, 'start'"),
        ("treatment", {"onset": "6 weeks"}, "'onset' is an age at which a genotype begins; give a treatment a 'start'"),
        ("genotype", {"start": "0 d"}, "'start' is when a treatment begins; give a genotype an 'onset'"),
        ("treatment", {"start": "2 d", "end": "1 d"}, "end '1 d' is not after start '2 d'"),
    ],
)
def test_a_word_begins_in_one_way(kind: str, given: Mapping[str, str], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Intervention.model_validate({"kind": kind, "meaning": "x", "term": "SBO:0000240", **given})


# ---- Words that mean nothing in a setting ----------------------------------------------------------------------------


def test_a_word_is_refused_where_it_means_nothing() -> None:
    vocabulary = small.vocabulary({"dose": "treatment"}).model_dump()
    vocabulary["settings"]["elsewhere"] = vocabulary["settings"]["culture"]
    vocabulary["interventions"]["dose"]["settings"] = ("elsewhere",)
    words = type(small.vocabulary({})).model_validate(vocabulary)
    tried = small.model(interventions={"dose": ACTS["dose"]}).replace(vocabulary=words)
    said = "'dose' means nothing in setting 'culture'; it is for elsewhere"
    with pytest.raises(OsteonError, match=said):
        tried.predict("dose")
    claim = _claim({"observable": "s", "condition": "dose", "reference": "control", "expect": "increase"})
    findings = list(unknown_in_evidence(_evidence(claim), words, "t"))
    assert [str(one) for one in findings] == [f"evidence/t.toml: claims[0].checks[0]: {said}"]


def _evidence(claim: Claim) -> Any:
    from osteon.evidence.claims import Evidence

    source = {"id": "t", "tag": "T", "title": "x", "citation": "x", "language": "en", "summary": "x"}
    return Evidence.model_validate({"source": source, "claims": (claim,)})


def test_a_word_for_an_unknown_setting_is_refused() -> None:
    with pytest.raises(ValidationError, match="'dose' is for an unknown setting 'cultur'; did you mean 'culture'"):
        small.vocabulary({"dose": "treatment"}, words={"dose": {"settings": ("cultur",)}})


def test_a_binding_leaves_times_to_the_vocabulary_that_has_them() -> None:
    tried = small.model(
        interventions={**ACTS, "operated": ("treatment", {"scale": {"boost": 0}, "start": "0 d"})},
        words=WORDS,
        age="4 d",
    )
    (finding,) = unknown_in_binding(tried.binding, tried.vocabulary, (), (), "b.toml")
    assert str(finding) == (
        "b.toml: interventions.operated.start: the vocabulary says when 'operated' begins, start = '-3 d'; "
        "leave 'start' out, so that it is the same in every model"
    )


# ---- Other programs --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "at"),
    [("mutant", "0 d"), ("induced", "-1 d"), ("operated", "0 d"), ("old+mutant", "0 d"), ("old+induced", "2 d"),
     ("dose", "5 d"), ("control", "-2 d")],
)  # fmt: skip
def test_a_plain_program_reads_what_the_simulator_reads(condition: str, at: str) -> None:
    """Whatever happens before t = 0 is in the one SBML file, as the values of its parameters."""
    tried = _animal()
    reference = "operated" if condition == "control" else "control"
    claim = _claim({"observable": "s", "condition": condition, "reference": reference, "expect": "increase", "at": at})
    made = design(tried, [claim])
    plain = Plain(made)
    found = {
        one.id: TimeCourse(one.condition, np.array(one.times), plain(one.values, list(one.times)), "d")
        for one in made.experiments
    }
    ours, theirs = (verify(tried, [("x", claim)], simulations=source) for source in (None, Recorded(made, found)))
    effects = [card.results[0].checks[0].effects[0] for card in (ours, theirs)]
    assert effects[1].value == pytest.approx(effects[0].value, rel=1e-6)
    assert effects[1].reference == pytest.approx(effects[0].reference, rel=1e-6)


def test_the_times_of_a_design_hold_every_birth() -> None:
    tried = _animal()
    assert design(tried, ()).boundaries == (-10.0, -9.0, -6.0, -4.0, -3.0, 0.0, 2.0)
    assert tried.schedule(("mutant",), until=inf).periods[-1].end == inf


def test_what_a_contrast_says_of_itself_holds_its_average() -> None:
    contrast = Contrast("culture", Reading("s", "dose", "2 d", "1 d"), Reading("s", "control", "2 d", "1 d"))
    assert contrast.as_dict()["average"] == "1 d"


def test_a_model_that_knows_age_knows_it_as_the_vocabulary_does() -> None:
    """The mouse counts as young at the age that it has at t = 0, and one that grew old passes through that age."""
    made = model("mitochondrial_lamin")
    own, aged = made.simulator.engine.filed, made.binding.interventions["aged"].set["age_start"]
    young = made.binding.time(str(PROJECT.vocabulary.settings["mouse"].age))
    assert own["age_start"] == own["age_young"] == young
    assert aged == made.binding.time(str(PROJECT.vocabulary.interventions["aged"].age)) == young + own["age_span"]
    start = made.schedule(("aged",), "mouse").periods[0].start
    assert aged + start == young


def test_every_model_operates_six_weeks_before_t_0() -> None:
    bound = [name for name in MODELS if "ovariectomy" in model(name).binding.interventions]
    assert len(bound) == 3
    for name in bound:
        assert model(name).schedule(("ovariectomy",), "mouse").periods[0].start == -42.0


def test_a_time_course_may_begin_before_anything_happens() -> None:
    """A healthy animal rests until then; one that was operated on earlier is drawn from its operation."""
    healthy = _animal().simulate("control", until="1 d", since=-2.0)
    assert healthy.index[0] == -2.0
    assert healthy["s"].tolist() == pytest.approx([1.0] * len(healthy), rel=1e-6)
    assert _animal().simulate("operated", until="1 d", since=-2.0).index[0] == -3.0
    assert _animal().simulate("control", until="1 d").index[0] == 0.0
