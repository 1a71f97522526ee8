"""Every check can fail: a check that nothing could refuse would prove nothing."""

from __future__ import annotations

from collections.abc import Iterator
from math import isnan

import pytest

from conftest import MODELS, PROJECT, model, scorecard
from osteon.evidence.claims import Check, Claim, Comparison, ContrastCheck, OrderCheck, StructureCheck
from osteon.evidence.conditions import CONTROL, meaningless
from osteon.evidence.features import FEATURES, HALF_MAXIMUM
from osteon.experiments.runs import runs
from osteon.simulation.model import load
from osteon.simulation.readings import Readings, feature_times
from osteon.verification.scorecard import Scorecard
from osteon.verification.verify import judge, verify

OPPOSITES = {
    "increase": ("decrease", "unchanged", "abolished"),
    "decrease": ("increase", "unchanged"),
    "large increase": ("decrease", "unchanged", "slight increase"),
    "large decrease": ("increase", "unchanged", "slight decrease"),
    "slight increase": ("slight decrease", "decrease", "abolished"),
    "slight decrease": ("slight increase", "increase", "abolished"),
    "unchanged": ("increase", "decrease", "abolished"),
    "hardly changed": ("increase", "decrease", "abolished"),
    "no clear difference": ("large increase", "large decrease", "abolished"),
    "not increased": ("increase", "large increase"),
    "abolished": ("increase", "unchanged", "slight decrease"),
    "same": ("weaker", "stronger"),
    "weaker": ("stronger", "same"),
    "stronger": ("weaker", "same"),
    "prevented": ("not prevented", "partly prevented"),
    "partly prevented": ("prevented", "not prevented"),
    "not prevented": ("prevented", "partly prevented"),
    "influences": ("does not influence",),
    "does not influence": ("influences",),
    "directly influences": ("does not directly influence",),
    "does not directly influence": ("directly influences",),
}
NO_EFFECT = ("unchanged", "hardly changed", "no clear difference", "not increased")


def _all() -> Iterator[tuple[str, Claim, int]]:
    for name in MODELS:
        unmet = PROJECT.binding(name).unmet
        for _, claim in PROJECT.claims(PROJECT.binding(name)):
            for index in range(len(claim.checks)):
                if claim.id not in unmet:
                    yield name, claim, index


CHECKS = list(_all())
IDS = [f"{name}-{claim.id}-{index}" for name, claim, index in CHECKS]


def _outcome(check: Check, name: str, claim: Claim) -> str:
    """Return what becomes of a changed check."""
    changed = claim.model_copy(update={"checks": (check,)})
    own = model(name)
    return judge(check, changed, own, Readings(own.binding, runs(own, [changed]), own)).outcome


@pytest.mark.parametrize(("name", "claim", "index"), CHECKS, ids=IDS)
def test_refused_when_flipped(name: str, claim: Claim, index: int) -> None:
    check = claim.checks[index]
    if isinstance(check, OrderCheck):
        flipped = [check.model_copy(update={"observable": check.before, "before": check.observable})]
    else:
        flipped = [check.model_copy(update={"expect": word}) for word in OPPOSITES[check.expect]]
    assert {_outcome(each, name, claim) for each in flipped} == {"refused"}


def _without_intervention(check: ContrastCheck | OrderCheck) -> ContrastCheck | OrderCheck:
    """Take away what the check says makes the difference."""
    if isinstance(check, OrderCheck):
        return check.model_copy(update={"condition": CONTROL})
    other = check.compared_with
    if other is None or check.expect in ("same", "not prevented"):
        if check.condition == check.reference:
            return check.model_copy(update={"condition": CONTROL, "reference": CONTROL})
        return check.model_copy(update={"condition": check.reference})
    return check.model_copy(update={"compared_with": Comparison()})


def _rests_on_an_intervention(check: Check) -> bool:
    """Say whether there is anything to take away; a comparison of two parts of the untouched animal has nothing."""
    if isinstance(check, StructureCheck) or check.expect in NO_EFFECT:
        return False
    return isinstance(check, OrderCheck) or not check.condition == check.reference == CONTROL


SIMULATED = [
    pytest.param(*each, id=id_)
    for each, id_ in zip(CHECKS, IDS, strict=True)
    if _rests_on_an_intervention(each[1].checks[each[2]])
]


@pytest.mark.parametrize(("name", "claim", "index"), SIMULATED)
def test_refused_without_intervention(name: str, claim: Claim, index: int) -> None:
    """Only what follows one condition over time may hold without it, where the control develops by itself too."""
    check = claim.checks[index]
    assert isinstance(check, ContrastCheck | OrderCheck)
    outcome = _outcome(_without_intervention(check), name, claim)
    over_time = isinstance(check, OrderCheck) or check.condition == check.reference
    assert outcome == "refused" or (over_time and _develops(name, claim, check.observable))


def _develops(name: str, claim: Claim, observable: str) -> bool:
    """Say whether an observable moves by itself in the control of a claim's setting, as in a culture that matures."""
    times = feature_times(model(name).binding, claim.setting).tolist()
    course = model(name).run(CONTROL, times, setting=claim.setting)
    return not isnan(course.feature(FEATURES[HALF_MAXIMUM], observable))


SILENT = [
    pytest.param(*each, id=id_)
    for each, id_ in zip(CHECKS, IDS, strict=True)
    if each[1].checks[each[2]].expect in NO_EFFECT
]


@pytest.mark.parametrize(("name", "claim", "index"), SILENT)
def test_no_effect_could_have_been_an_effect(name: str, claim: Claim, index: int) -> None:
    """A claim that nothing changes is refused under another intervention, or in a model that works otherwise."""
    check = claim.checks[index]
    assert isinstance(check, ContrastCheck)
    elsewhere = (
        check.model_copy(update={"condition": other})
        for other in model(name).binding.interventions
        if other != check.condition
        and meaningless(other, PROJECT.vocabulary.interventions[other].settings, claim.setting) is None
    )
    refused = any(_outcome(each, name, claim) == "refused" for each in elsewhere)
    assert refused or _counterfactual_that_refuses(name, claim)


EXCLUSIONS = [
    pytest.param(name, claim, id=f"{name}-{claim.id}")
    for name in MODELS
    for _, claim in PROJECT.claims(PROJECT.binding(name))
    if claim.demand == "must not" and not all(isinstance(check, StructureCheck) for check in claim.checks)
]


@pytest.mark.parametrize(("name", "claim"), EXCLUSIONS)
@pytest.mark.slow
def test_excluded_mechanism_would_have_been_seen(name: str, claim: Claim) -> None:
    assert _counterfactual_that_refuses(name, claim)


def _counterfactual_that_refuses(name: str, claim: Claim) -> str | None:
    """Return a counterfactual that refuses a check which holds in the model as filed, if there is one."""
    filed = verify(model(name), [("", claim)]).results[0].checks
    held = claim.model_copy(update={"checks": tuple(each.check for each in filed if each.outcome == "holds")})
    for counterfactual, overrides in PROJECT.binding(name).counterfactuals.items():
        elsewhere = load(PROJECT, name, overrides)
        if verify(elsewhere, [("", held)]).results[0].verdict == "contradicted":
            return counterfactual
    return None


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.slow
def test_every_counterfactual_refutes_something(name: str) -> None:
    """It contradicts a claim that the model as filed does not, whatever it may meet besides."""
    filed = _contradicted(scorecard(name))
    for counterfactual, overrides in PROJECT.binding(name).counterfactuals.items():
        card = verify(load(PROJECT, name, overrides), PROJECT.claims(PROJECT.binding(name)))
        assert _contradicted(card) - filed, counterfactual


def _contradicted(card: Scorecard) -> set[str]:
    return {result.claim.id for result in card.results if result.verdict == "contradicted"}


def test_halved_lamin_threshold_contradicts_named_claims() -> None:
    from osteon.evidence.bindings import Act

    overrides = Act(scale={"lamin_threshold": 0.5})
    card = verify(
        load(PROJECT, "mitochondrial_lamin", overrides), PROJECT.claims(PROJECT.binding("mitochondrial_lamin"))
    )
    contradicted = {result.claim.id for result in card.results if result.verdict == "contradicted"}
    assert {"S0-28", "S0-29"} <= contradicted
    assert not card.passed
