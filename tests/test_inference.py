"""Inference: the ensemble is the part of the ranges that supports the claims, and belongs to one model."""

from __future__ import annotations

import json
from math import exp, log
from pathlib import Path

import numpy as np
import pytest

import small
from conftest import PROJECT, Command, model
from osteon.analysis import inference
from osteon.analysis.robustness.result import job, samples
from osteon.analysis.robustness.samples import Samples
from osteon.errors import OsteonError
from osteon.evidence.bindings import Act
from osteon.evidence.claims import Claim
from osteon.evidence.criteria import holds, names, shortfall
from osteon.jobs import parquet
from osteon.jobs.run import run_job
from osteon.simulation.model import load
from osteon.verification.verify import verify

NAME = "runx2_osteogenesis"
BODY = """
  substanceOnly species S in cell = 1 dimensionless
  k = 5 per_day; gain = 0 dimensionless; loss = 0 dimensionless; on = 0 dimensionless; off = 0 dimensionless
  made: => S; k*(1 + gain*on)
  lost: S => ; k*S*(1 + loss*off)
"""
ACTS = {
    "more": ("treatment", {"set": {"on": 1.0}}),
    "less": ("treatment", {"set": {"off": 1.0}}),
}


def _claim(number: int, expect: str, condition: str, role: str = "construction") -> tuple[str, Claim]:
    check = {"expect": expect, "observable": "s", "condition": condition, "reference": "control", "at": "9 d"}
    claim = {
        "id": f"T-0{number}",
        "statement": "x",
        "place": "x",
        "kind": "experiment",
        "term": "ECO:0000001",
        "demand": "must",
        "role": role,
        "setting": "culture",
        "checks": (check,),
    }
    return "t", Claim.model_validate(claim)


def _samples(high: float, draws: int, *claims: tuple[str, Claim]) -> Samples:
    ranges = {name: small.parameter(0.0, high) for name in ("gain", "loss")}
    made = small.model(BODY, interventions=ACTS, parameters=ranges)
    return samples(made, claims, draws=draws, seed=3)


def test_members_are_the_draws_that_support_all_claims_of_construction(tmp_path: Path) -> None:
    """S rises by 1 + gain and falls by 1/(1 + loss): both words hold where gain and loss are at least 0.1."""
    claims = (_claim(1, "increase", "more"), _claim(2, "decrease", "less"), _claim(3, "abolished", "less", "held_out"))
    tried = _samples(0.2, 256, *claims)
    found = inference.kept(tried, run_job(job(tried), results=tmp_path))
    assert found.about["share"] == pytest.approx(0.25, abs=0.01)
    assert found.about["claims"] == ["T-01", "T-02"]
    assert len(found) == round(256 * found.about["share"])
    assert min(found.values["gain"].min(), found.values["loss"].min()) >= 0.1 - 1e-6
    assert found.values["gain"].max() == pytest.approx(0.2, abs=0.01)


@pytest.mark.slow
def test_nested_sampling_finds_what_draws_miss_and_how_small_it_is(tmp_path: Path) -> None:
    """Both words hold up to 0.05 of a range of 2: in one draw of 1,600."""
    tried = _samples(2.0, 16, _claim(1, "unchanged", "more"), _claim(2, "unchanged", "less"))
    assert len(inference.kept(tried, run_job(job(tried), results=tmp_path))) == 0
    work = inference.job(tried, live=25, islands=2, seed=5)
    columns = run_job(work, results=tmp_path, workers=2)
    found = inference.ensemble(tried, columns, live=25, islands=2, seed=5)
    assert len(found) == 50
    for name in ("gain", "loss"):
        assert found.values[name].min() >= 0
        assert found.values[name].max() <= 0.05 + 1e-6
        # Uniform below 0.05: a mean of 0.025, with an error of 0.05 / sqrt(12 * 50), three times.
        assert found.values[name].mean() == pytest.approx(0.025, abs=0.0062)
    # The error of its logarithm is sqrt(ln(1600) / 50), three times.
    assert log(found.about["share"]) == pytest.approx(log(1 / 1600), abs=1.2)
    again = inference.sampled(work.context, work.chunks[1])
    assert columns["quantiles"][25:].tobytes() == again["quantiles"].tobytes()


@pytest.mark.parametrize("word", names("contrast", "comparison"))
def test_shortfall_is_nothing_exactly_where_a_word_holds(word: str) -> None:
    second = 0.3 if word in names("comparison") else None
    for effect in np.linspace(-3, 3, 601):
        missed = shortfall(word, float(effect), second)
        assert (missed == 0.0) == holds(word, float(effect), second)
        assert 0.0 <= missed <= 1.0


def test_shortfall_says_how_far() -> None:
    assert shortfall("increase", 0.0) == pytest.approx(log(1.1))
    assert shortfall("decrease", float("inf")) == 1.0
    assert shortfall("prevented", 0.1, 0.2) == pytest.approx(0.3)
    assert shortfall("same", 0.1, 0.0) == 1.0


def test_the_distance_is_the_sum_of_what_checks_fall_short() -> None:
    """At gain = 0.05 S rises by 5 %, where 10 % are asked for; an order that is refused counts as one."""
    order = {"expect": "precedes", "observable": "s", "before": "s", "condition": "more"}
    _, other = _claim(2, "increase", "more")
    claims = (
        _claim(1, "increase", "more"),
        ("t", Claim.model_validate({**other.model_dump(exclude={"checks"}), "checks": (order,)})),
    )
    tried = _samples(0.2, 1, *claims)
    short = log(1.1 / 1.05)
    at = {name: place for place, name in enumerate(tried.draws.names)}
    places = np.zeros(2)
    places[at["gain"]] = 0.25
    assert inference.distance(tried, places, (0,)) == pytest.approx(short, rel=1e-4)
    assert inference.distance(tried, places, (1,)) == 1.0
    assert inference.distance(tried, places, (0, 1)) == pytest.approx(1.0 + short, rel=1e-4)
    places[at["gain"]] = 0.9
    assert inference.distance(tried, places, (0,)) == 0.0


def test_a_check_that_cannot_be_simulated_is_missed_by_one() -> None:
    """With growth at rate S² from S = 2, S is infinite after half a day."""
    body = (
        "substanceOnly species S in cell = 0.01 dimensionless; g = 1 per_day; free = 1 dimensionless; grow: => S; g*S^2"
    )
    acts = {"more": ("treatment", {"set": {"S": 2.0}})}
    ranges = {"free": small.parameter(0.0, 1.0)}
    made = small.model(body, interventions=acts, equilibrate=False, parameters=ranges)
    tried = samples(made, [_claim(1, "increase", "more")], draws=1, seed=3)
    assert inference.distance(tried, np.array([0.5]), (0,)) == 1.0


def test_a_run_of_nested_sampling_ends_when_every_point_supports_every_claim() -> None:
    """The word holds in the upper fifth of a range of 0.125; each point removed leaves live/(live + 1) of the rest."""
    tried = _samples(0.125, 1, _claim(1, "increase", "more"))
    work = inference.job(tried, live=10, islands=2, seed=5)
    assert [list(chunk.items) for chunk in work.chunks] == [[0], [1]]
    columns = inference.sampled(work.context, work.chunks[0])
    assert columns["quantiles"].shape == (10, 2)
    gain = tried.draws.names.index("gain")
    assert columns["quantiles"][:, gain].min() >= 0.8 - 1e-6
    removed = columns["log_share"] / log(10 / 11)
    assert removed == pytest.approx([round(float(removed[0]))] * 10)
    assert 5 <= removed[0] < 50
    assert (columns["calls"] > 10).all()


def test_claims_on_record_as_unmet_are_not_asked_for() -> None:
    made = model("osteoblast_vesicles")
    tried = samples(made, PROJECT.claims(made.binding), draws=1, seed=1)
    ids = {tried.claims[place][1].id for place in inference.criterion(tried)}
    roles = {claim.id: claim.role for _, claim in tried.claims}
    assert ids == {name for name, role in roles.items() if role == "construction"} - set(made.binding.unmet)


def test_a_claim_that_the_model_does_not_meet_is_not_asked_of_members() -> None:
    unmet = {"T-01": "The model has no such limit."}
    made = small.model(BODY, interventions=ACTS, parameters={"gain": small.parameter(0.0, 1.0)}, unmet=unmet)
    claims = (_claim(1, "increase", "more"), _claim(2, "decrease", "less"), _claim(3, "abolished", "less", "held_out"))
    tried = samples(made, claims, draws=1, seed=1)
    assert [tried.claims[place][1].id for place in inference.criterion(tried)] == ["T-02"]


def test_share_of_nested_sampling_is_that_of_the_removed_points() -> None:
    """Each removed point leaves n/(n + 1) of the volume; runs are averaged on the log scale."""
    tried = _samples(2.0, 16, _claim(1, "unchanged", "more"), _claim(2, "unchanged", "less"))
    live, columns = 5, {}
    work = inference.job(tried, live=live, islands=2, seed=5)
    runs = [inference.sampled(work.context, chunk) for chunk in work.chunks]
    for name in runs[0]:
        columns[name] = np.concatenate([run[name] for run in runs])
    logs = [float(run["log_share"][0]) for run in runs]
    removed = [each / log(live / (live + 1)) for each in logs]
    assert removed == pytest.approx([round(each) for each in removed], abs=1e-9)
    assert max(removed) >= 1
    about = inference.ensemble(tried, columns, live=live, islands=2, seed=5).about
    assert about["share"] == pytest.approx(exp((logs[0] + logs[1]) / 2))
    assert about["samples"] == sum(int(run["calls"][0]) for run in runs)


def test_share_of_nested_sampling_is_a_geometric_mean() -> None:
    tried = _samples(2.0, 16, _claim(1, "increase", "more"))
    columns = {
        "quantiles": np.full((4, 2), 0.5),
        "log_share": np.log([0.25, 0.25, 0.01, 0.01]),
        "calls": np.array([7, 7, 9, 9]),
    }
    found = inference.ensemble(tried, columns, live=2, islands=2, seed=5)
    assert found.about["share"] == pytest.approx(0.05)
    assert (found.about["samples"], found.about["live"], found.about["islands"]) == (16, 2, 2)


def test_without_claims_of_construction_nothing_is_inferred() -> None:
    tried = _samples(1.0, 4, _claim(1, "increase", "more", "held_out"))
    with pytest.raises(OsteonError, match="'small' answers to no claim of construction"):
        inference.criterion(tried)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an ensemble of one of the project's models."""
    folder = tmp_path_factory.mktemp("ensemble")
    made = model(NAME)
    tried = samples(made, PROJECT.claims(made.binding), draws=24, seed=2)
    found = inference.kept(tried, run_job(job(tried), results=folder))
    path = folder / "ensemble.parquet"
    path.write_bytes(inference.saved(found))
    return path


def _read(path: Path) -> inference.Ensemble:
    made = model(NAME)
    return inference.read(path, made, PROJECT.claims(made.binding))


def test_every_member_supports_every_claim_of_the_criterion(file: Path) -> None:
    found = _read(file)
    assert len(found) >= 3
    for values in list(found.members())[:3]:
        card = verify(load(PROJECT, NAME, Act(set=values)), PROJECT.claims(model(NAME).binding))
        verdicts = {result.claim.id: result.verdict for result in card.results}
        assert {verdicts[claim] for claim in found.about["claims"]} == {"supported"}


def test_command(osteon: Command, tmp_path: Path) -> None:
    path = tmp_path / "ensemble.parquet"
    outcome = osteon("infer", NAME, "--draws", "16", "--seed", "2", "--out", str(path), "--json")
    assert outcome.code == 0, outcome.err
    told = json.loads(outcome.out)
    assert told["method"] == "rejection"
    assert told["members"] == round(16 * told["share"])
    predict = ["predict", NAME, "-c", "runx2_het", "-o", "sp7", "--ensemble", str(path)]
    outcome = osteon(*predict, "--json")
    assert outcome.code == 0, outcome.err
    asked = json.loads(outcome.out)
    assert asked["draws"] == told["members"]
    assert asked["ensemble"] == path.as_posix()
    assert 0 <= asked["observables"]["sp7"]["agreeing"] <= told["members"]
    assert f"of {told['members']}" in osteon(*predict).out
    # Another value of the user's own is part of the question; the ensemble was found for the model as it is on file.
    assert osteon(*predict, "--set", "k_runx2=0.9").code == 0


def test_an_ensemble_of_another_model_is_refused(file: Path, osteon: Command) -> None:
    outcome = osteon("predict", "mitochondrial_lamin", "-c", "cccp", "--ensemble", str(file))
    assert outcome.code == 2
    assert f"an ensemble of model '{NAME}', not of 'mitochondrial_lamin'" in outcome.err


def test_an_ensemble_of_another_state_of_the_model_is_refused(file: Path, tmp_path: Path) -> None:
    values, about = parquet.read(file)
    other = tmp_path / "other.parquet"
    changed = about["fingerprint"] | {"sbml": "0" * 64}
    other.write_bytes(parquet.encoded(values, about | {"fingerprint": changed}))
    with pytest.raises(OsteonError, match=f"another state of '{NAME}', whose SBML has changed since"):
        _read(other)


@pytest.mark.parametrize(
    ("changed", "high", "said"),
    [
        ({}, 0.2, None),
        ({"statement": "reworded"}, 0.2, None),
        ({"role": "held_out"}, 0.2, "whose claims have changed since"),
        ({"at": "8 d"}, 0.2, "whose claims have changed since"),
        ({}, 0.3, "whose parameter ranges or formulas have changed since"),
        ({"role": "held_out"}, 0.3, "whose claims, parameter ranges or formulas have changed since"),
    ],
)
def test_an_ensemble_of_other_claims_or_ranges_is_refused(
    changed: dict[str, str], high: float, said: str | None, tmp_path: Path
) -> None:
    first, second = _claim(1, "increase", "more"), _claim(2, "decrease", "less")
    tried = _samples(0.2, 16, first, second)
    path = tmp_path / "ensemble.parquet"
    path.write_bytes(inference.saved(inference.kept(tried, run_job(job(tried), results=tmp_path, workers=1))))
    unseen = _claim(3, "abolished", "less", "held_out")
    claims = [first, ("t", second[1].model_copy(update=changed)), unseen]
    ranges = {name: small.parameter(0.0, high) for name in ("gain", "loss")}
    model = tried.model.replace(parameters=ranges)
    if said is None:
        assert len(inference.read(path, model, claims))
        return
    with pytest.raises(OsteonError, match=f"another state of 'small', {said}; `osteon infer small` finds it anew"):
        inference.read(path, model, claims)


def test_a_table_that_is_no_ensemble_is_refused(file: Path, tmp_path: Path) -> None:
    values, about = parquet.read(file)
    other = tmp_path / "other.parquet"
    other.write_bytes(parquet.encoded(values, {name: each for name, each in about.items() if name != "kind"}))
    with pytest.raises(OsteonError, match="not an ensemble; `osteon infer"):
        _read(other)


def test_draws_and_ensemble_exclude_each_other(file: Path, osteon: Command) -> None:
    outcome = osteon("predict", NAME, "-c", "runx2_het", "--draws", "3", "--ensemble", str(file))
    assert outcome.code == 2
    assert "give either --draws" in outcome.err


def test_live_points_that_all_miss_the_same_lead_nowhere() -> None:
    """The range of the gain leaves S where it is, so that every point misses the claim by as much."""
    tried = _samples(1e-14, 1, _claim(1, "increase", "less"))
    work = inference.job(tried, live=10, islands=1, seed=5)
    with pytest.raises(OsteonError, match=r"all 10 live points miss the claims by the same, .* give more with --live"):
        inference.sampled(work.context, work.chunks[0])


def test_points_that_all_support_every_claim_are_no_warning() -> None:
    tried = _samples(1e-14, 1, _claim(1, "unchanged", "less"))
    work = inference.job(tried, live=10, islands=1, seed=5)
    assert inference.sampled(work.context, work.chunks[0])["log_share"] == pytest.approx([0.0] * 10)
