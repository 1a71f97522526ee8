"""Strength: a verdict that holds in few parameter sets is told from one that always holds, and no old record tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import log
from typing import Any

import pytest

import small
from osteon.analysis.robustness.result import job, robustness, samples
from osteon.evidence import criteria
from osteon.evidence.bindings import Act
from osteon.evidence.claims import Claim
from osteon.evidence.criteria import Interval
from osteon.jobs.run import run_job
from osteon.simulation.model import Model
from osteon.verification import fingerprint
from osteon.verification.results import ClaimResult
from osteon.verification.strength import percentage
from osteon.verification.summary import Count, cells, sentences, tally
from osteon.verification.verify import verify

RISES = small.RISES
MORE = RISES | {"expect": "large increase"}
SAME = RISES | {"expect": "unchanged"}
FOREIGN = RISES | {"observable": "t"}
CONTRARY = RISES | {"expect": "decrease"}


def _model(gain: float, top: float = 0.4) -> Model:
    return small.rising(0.0, top, gain)


def _claim(number: int, *checks: Mapping[str, Any], **fields: Any) -> tuple[str, Claim]:
    return "t", small.claim(*checks, id=f"T-{number:02}", **fields)


CLAIMS = (
    _claim(1, RISES),
    _claim(2, RISES | {"expect": "not prevented", "compared_with": {"at": "8 d"}}),
    _claim(3, MORE),
    _claim(4, SAME),
    _claim(5, RISES, FOREIGN),
    _claim(6, FOREIGN),
    _claim(7, documented="x"),
)


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return the robustness on record of the model at gain = 0.2; an increase asks for 0.1 of 0.4, or 75 %."""
    tried = samples(_model(0.2), CLAIMS, draws=64, seed=3)
    return robustness(tried, run_job(job(tried), results=tmp_path_factory.mktemp("chunks"), workers=1)).as_dict()


def _strengths(model: Model, record: Mapping[str, Any] | None) -> dict[str, str | None]:
    results = verify(model, CLAIMS, record=record).results
    return {result.claim.id: result.strength and result.strength.name for result in results}


def test_a_verdict_has_the_strength_that_is_on_record(record: dict[str, Any]) -> None:
    assert _strengths(_model(0.2), record) == {
        "T-01": "at reference values",
        "T-02": "at reference values",
        "T-03": "contradicted",
        "T-04": "contradicted, met elsewhere",
        "T-05": "at reference values",
        "T-06": None,
        "T-07": None,
    }
    first = verify(_model(0.2), CLAIMS, record=record).results[0]
    assert first.strength is not None
    assert first.strength.share == pytest.approx(0.75, abs=0.02)
    assert first.checks[0].share == first.strength.share
    assert str(first) == "supported, at reference values"


def test_what_holds_in_nearly_all_sets_is_robust(record: dict[str, Any]) -> None:
    """The share that is called robust is 95 % itself."""
    for count, name in ((61, "robust"), (60, "at reference values"), (64, "robust")):
        claims = [one | {"count": count, "checks": [count] * len(one["checks"])} for one in record["claims"]]
        assert _strengths(_model(0.2), record | {"claims": claims})["T-01"] == name


@pytest.mark.parametrize("share", [0.95, 0.9499])
def test_the_threshold_belongs_to_what_is_robust(record: dict[str, Any], share: float) -> None:
    claims = [one | {"count": round(share * 10000)} for one in record["claims"]]
    found = _strengths(_model(0.2), record | {"claims": claims, "draws": 10000})
    assert found["T-01"] == ("robust" if share >= 0.95 else "at reference values")


def _told(model: Model, record: Mapping[str, Any]) -> tuple[str, str | None]:
    strength = verify(model, CLAIMS, record=record).results[0].strength
    assert strength is not None
    assert strength.share is None
    return strength.name, strength.reason


def test_a_record_of_another_model_gives_no_strength(record: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    other = "record of another model"
    overridden = _model(0.2).replace(overrides=Act(set={"k": 6.0}))
    assert _told(_model(0.3), record) == (other, "SBML has changed since")
    assert _told(_model(0.2, top=0.5), record) == (other, "parameter ranges or formulas have changed since")
    assert _told(overridden, record) == (other, "parameter overrides have changed since")
    moved = {**criteria.WORDS, "increase": replace(criteria.WORDS["increase"], interval=Interval(log(1.2), log(9.0)))}
    monkeypatch.setattr(fingerprint, "WORDS", moved)
    assert _told(_model(0.2), record) == (other, "claims have changed since")


def test_what_is_not_on_record_has_no_strength(record: dict[str, Any]) -> None:
    assert set(_strengths(_model(0.2), None).values()) == {"not on record", None}
    result = verify(_model(0.2), CLAIMS).results[0]
    assert str(result) == "supported, strength: not on record"
    assert _told(_model(0.2), {**record, "claims": [{}]}) == (
        "not on record",
        "the record is not one that `osteon robustness` wrote",
    )
    assert _told(_model(0.2), {**record, "draws": 0})[0] == "not on record"


def test_a_landmark_is_in_no_record(record: dict[str, Any]) -> None:
    landmark = _claim(8, RISES)[1].model_copy(update={"role": "landmark"})
    result = verify(_model(0.2), [*CLAIMS, ("theme", landmark)], record=record).results[-1]
    assert result.strength is not None
    assert (result.strength.name, result.strength.share) == ("not on record", None)


def test_a_claim_of_which_a_part_is_representable_is_partly_decided(record: dict[str, Any]) -> None:
    for checks, verdict in (
        ((RISES, FOREIGN), "partly supported"),
        ((CONTRARY, RISES, FOREIGN), "partly contradicted"),
    ):
        result = verify(_model(0.2), [_claim(1, *checks)]).results[0]
        assert result.verdict == verdict
        assert result.part == f"{len(checks) - 1} of {len(checks)} checks"
        assert result.as_dict()["part"] == {"asked": len(checks) - 1, "checks": len(checks)}
    on_record = next(one for one in record["claims"] if one["claim"] == "T-05")
    assert on_record["filed"] == "partly supported"
    assert on_record["checks"] == [on_record["count"], 0]
    assert set(on_record["verdicts"]) == {"partly supported", "partly contradicted"}


def _deciding(*checks: Mapping[str, Any], gain: float = 0.2) -> ClaimResult:
    return verify(_model(gain), [_claim(1, *checks)]).results[0]


def test_the_check_nearest_to_its_threshold_decides_what_is_supported() -> None:
    """An increase by 20 % is log(1.2 / 1.1) from its threshold, and log(1.25 / 1.2) from being clear."""
    unclear = RISES | {"expect": "no clear difference"}
    result = _deciding(RISES, unclear)
    assert result.deciding is result.checks[1]
    assert result.checks[0].margin == pytest.approx(log(1.2 / 1.1), abs=1e-4)
    assert result.checks[1].margin == pytest.approx(log(1.25 / 1.2), abs=1e-4)
    assert result.as_dict()["deciding"] == 1
    assert str(result.deciding) == ("s, more against control: +20 %; no clear difference (0.8 <= fold change <= 1.25)")


def test_the_check_that_does_not_hold_decides_what_is_contradicted() -> None:
    result = _deciding(RISES, MORE, CONTRARY)
    assert result.deciding is result.checks[1]
    assert str(result.deciding) == "s, more against control: +20 %; refused, expected large increase (fold change >= 2)"
    structure = {"expect": "does not influence", "observable": "s", "on": "s"}
    assert (both := _deciding(structure, CONTRARY)).deciding is both.checks[1]
    assert (alone := _deciding(structure, RISES)).deciding is alone.checks[0]


def test_no_ratio_over_a_trace_is_shown() -> None:
    """The greatest effect of a claim is no longer its number, and beyond a hundredfold none is told."""
    model = small.model(
        """
          substanceOnly species S in cell = 2e-5 dimensionless
          substanceOnly species T in cell = 1 dimensionless
          k = 5 per_day; on = 0 dimensionless
          made: => S; k*(2e-5 + on); lost: S => ; k*S
          made_t: => T; k*(1 + 0.2*on); lost_t: T => ; k*T
        """,
        interventions={"more": ("treatment", {"set": {"on": 1.0}})},
        observables={"s": "S", "t": "T"},
    )
    result = verify(model, [_claim(1, RISES, FOREIGN)]).results[0]
    assert result.deciding is result.checks[1]
    assert str(result.checks[0]) == "s, more against control: more than x100; increase (fold change >= 1.1)"


def test_the_summary_counts_kinds_and_strengths_apart(record: dict[str, Any]) -> None:
    """Of five checks that the source reports one is robust; an inference, a relation and a landmark are no reports."""
    claims = (
        _claim(1, RISES),
        _claim(2, SAME),
        _claim(3, RISES, MORE, kind="inference"),
        _claim(4, RISES | {"at": "8 d"}, kind="relation"),
        _claim(5, FOREIGN),
    )
    tried = samples(_model(0.2), claims, draws=64, seed=3)
    found = record | {
        "fingerprint": fingerprint.fingerprint("robustness", tried.model, claims=claims),
        "claims": [
            {"claim": claim.id, "count": 0, "checks": [count] * len(claim.checks)}
            for (_, claim), count in zip(claims, (61, 3, 0, 60, 0), strict=True)
        ],
    }
    numbers = tally(verify(_model(0.2), claims, record=found).results, "small")
    assert numbers.reported == Count(reproduced=1, robust=1, contradicted=1, met_elsewhere=1, not_representable=1)
    assert numbers.inferred == Count(contradicted=1)
    assert numbers.relations == Count(reproduced=1)
    assert sentences(numbers) == [
        "1 of 2 reported experiments reproduced (1 robust, 0 at reference values), 1 contradicted (1 met elsewhere), "
        "1 not representable",
        "inferences of the sources apart: 0 of 1 reproduced, 1 contradicted, 0 not representable",
        "our relations between sources apart: 1 of 1 reproduced (0 robust, 1 at reference values), 0 contradicted, "
        "0 not representable",
    ]
    assert cells(numbers)[:4] == ("1 of 2", "1", "1", "1")


def test_a_composed_model_has_no_held_out_claims() -> None:
    model = _model(0.2)
    composed = model.replace(binding=model.binding.model_copy(update={"parts": {"p": "other"}}))
    claims = [_claim(1, CONTRARY, role="held_out")]
    own, other = (verify(each, claims) for each in (model, composed))
    assert [tally(card.results, "small").held_out for card in (own, other)] == [(0, 1), (0, 0)]
    assert [tally(card.results, "small").reported.contradicted for card in (own, other)] == [1, 1]
    assert own.counts(role="held_out") == {"contradicted": 1}
    assert other.counts(role="construction") == {"contradicted": 1}
    assert [card.as_dict()["claims"][0]["role"] for card in (own, other)] == ["held_out", "construction"]


@pytest.mark.parametrize(
    ("share", "told"), [(1.0, "100 %"), (0.9999, "99.9 %"), (0.0, "0 %"), (0.008, "0.8 %"), (0.0004, "0.04 %")]
)
def test_a_percentage_is_all_or_nothing_only_where_it_is(share: float, told: str) -> None:
    assert percentage(share) == told
