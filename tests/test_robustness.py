"""Robustness: the verdicts of `verify`, over reproducible draws, with nothing dropped."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import small
from conftest import MODELS, PROJECT, ROOT, Command, model
from osteon.analysis.robustness.result import Proportion, job, robustness, samples
from osteon.analysis.robustness.samples import Samples, judged
from osteon.analysis.robustness.tables import robustness_markdown
from osteon.curation import overview
from osteon.errors import OsteonError
from osteon.evidence.bindings import Act, ParameterBinding
from osteon.evidence.claims import Claim
from osteon.jobs import parquet
from osteon.jobs.job import Chunk
from osteon.jobs.run import run_job
from osteon.simulation.model import Model, load
from osteon.simulation.sampling import SAMPLERS, quantiles
from osteon.verification.fingerprint import changes, fingerprint
from osteon.verification.many import VERDICTS
from osteon.verification.verify import verify

NAME = "runx2_osteogenesis"


def _samples(name: str, draws: int, seed: int = 1, sampler: str = "sobol", made: Model | None = None) -> Samples:
    loaded = made or model(name)
    return samples(loaded, PROJECT.claims(loaded.binding), draws=draws, seed=seed, sampler=sampler)


@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
def test_a_sample_is_what_verify_says_with_its_values(name: str) -> None:
    made = _samples(name, 4, made=load(PROJECT, name))
    values = made.values(3)
    sample = made.judge(values)
    card = verify(load(PROJECT, name, Act(set=values)), made.claims)
    assert [VERDICTS[code] for code in sample.verdicts] == [result.verdict for result in card.results]
    effects = [(check.effect, check.second_effect) for result in card.results for check in result.checks]
    expected = [np.nan if effect is None else effect.log for pair in effects for effect in pair]
    np.testing.assert_array_equal(sample.effects, expected)


@pytest.mark.slow
def test_everything_is_prepared_without_assertions_too() -> None:
    code = (
        "import test_robustness as own; made = own._samples(own.NAME, 1); made.prepare(); "
        "compiled = all('simulator' in vars(judge) for judge, _ in made._judges); "
        "print(__debug__, compiled, {'_judges', 'settled', 'quantiles'} <= vars(made).keys())"
    )
    path = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    done = subprocess.run(
        [sys.executable, "-O", "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": path},
    )
    assert done.stdout == "False True True\n"


def test_samples_do_not_depend_on_each_other() -> None:
    made = _samples(NAME, 4)
    alone = made.judge(made.values(2)).effects.tobytes()
    made.judge(made.values(1))
    assert made.judge(made.values(2)).effects.tobytes() == alone


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_samplers_fill_the_cube_and_follow_the_seed(sampler: str) -> None:
    first = quantiles(sampler, 256, 3, 7)
    assert first.shape == (256, 3)
    assert ((first >= 0) & (first < 1)).all()
    np.testing.assert_array_equal(first, quantiles(sampler, 256, 3, 7))
    assert (first != quantiles(sampler, 256, 3, 8)).any()
    np.testing.assert_allclose(first.mean(axis=0), 0.5, atol=0.1)


@pytest.mark.parametrize("sampler", ["sobol", "random"])
def test_more_draws_begin_with_the_same_ones(sampler: str) -> None:
    np.testing.assert_array_equal(quantiles(sampler, 20, 3, 7), quantiles(sampler, 50, 3, 7)[:20])


def test_shares_have_wilsons_interval() -> None:
    """Expected from Wilson's formula, with z = 1.96: (p + z²/2n ± z sqrt(p(1-p)/n + z²/4n²)) / (1 + z²/n)."""
    z = 1.959963984540054
    p, n = 0.8, 50
    middle, half = p + z**2 / (2 * n), z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    expected = ((middle - half) / (1 + z**2 / n), (middle + half) / (1 + z**2 / n))
    assert Proportion(40, 50).interval == pytest.approx(expected)
    assert Proportion(0, 50).interval[0] == 0.0
    assert Proportion(50, 50).interval[1] == 1.0


def test_a_proportion_as_plain_values() -> None:
    low, high = Proportion(3, 4).interval
    assert Proportion(3, 4).as_dict() == {"count": 3, "share": 0.75, "low": round(low, 6), "high": round(high, 6)}
    assert 0.0 < low < 0.75 < high < 1.0


TURNED = small.claim(small.RISES)


def _range(low: float, high: float) -> ParameterBinding:
    return ParameterBinding(meaning="x", unit="1", range=(low, high), provenance="assumed", reason="example")


def test_the_share_is_the_share_of_the_range_in_which_the_claim_holds(tmp_path: Path) -> None:
    """S rises by a factor 1 + gain, so the claim holds where gain >= 0.1: three quarters of the range 0 to 0.4."""
    made = small.rising(0.0, 0.4)
    tried = samples(made, [("t", TURNED)], draws=256, seed=3, sampler="sobol")
    found = robustness(tried, run_job(job(tried), results=tmp_path))
    assert found.claims[0].filed == "contradicted"
    assert found.claims[0].supported.share == pytest.approx(0.75, abs=0.01)
    # Of a uniform x and whether it lies in the upper share p: sqrt(3 p (1 - p)).
    assert found.claims[0].decided_by == {"gain": pytest.approx(np.sqrt(3 * 0.75 * 0.25), abs=0.02)}
    assert found.joint["construction"] == found.claims[0].supported
    assert found.met == {}
    assert found.failed.count == 0
    assert found.audit.draws == 6
    assert found.audit.difference < 1e-6
    assert found.audit.changed == 0


def test_joint_support_asks_all_claims_of_a_role_in_the_same_draw() -> None:
    """Of four draws the first claim has three and the second three, but both together two."""
    acts = {"more": ("treatment", {"scale": {"boost": 2.0}})}
    made = small.model(interventions=acts, parameters={"k": small.parameter(0.1, 1.0)})
    claims = [("t", TURNED.model_copy(update={"id": f"T-0{number}"})) for number in (1, 2)]
    claims.append(("t", TURNED.model_copy(update={"id": "T-03", "role": "held_out"})))
    tried = samples(made, claims, draws=4, seed=3)
    yes, no, broke = (VERDICTS.index(verdict) for verdict in ("supported", "contradicted", "failed"))
    verdicts = np.array([[yes, yes, no], [yes, no, broke], [no, yes, yes], [yes, yes, no]])
    columns = {
        "verdicts": verdicts,
        "held": verdicts == yes,
        "reason": np.array(["", "broke, at t = 1", "", ""]),
        "again": np.zeros((4, 2), dtype=int),
        "audited": np.zeros(4, dtype=bool),
        "effects": np.zeros((4, 6)),
        "audit_effects": np.zeros((4, 6)),
        "audit_verdicts": np.zeros((4, 3), dtype=int),
    }
    found = robustness(tried, columns)
    assert found.joint == {"construction": Proportion(2, 4), "held_out": Proportion(1, 4)}
    assert found.met == found.joint
    assert found.failed == Proportion(1, 4)
    assert [claim.supported for claim in found.claims] == [Proportion(3, 4), Proportion(3, 4), Proportion(1, 4)]
    assert found.claims[2].counts == {"supported": 1, "contradicted": 2, "failed": 1}
    assert [claim.checks for claim in found.claims] == [(3,), (3,), (1,)]


def test_more_than_one_verdict_in_ten_thousand_may_not_differ_from_libroadrunner() -> None:
    acts = {"more": ("treatment", {"scale": {"boost": 2.0}})}
    made = small.model(interventions=acts, parameters={"k": small.parameter(0.1, 1.0)})
    tried = samples(made, [("t", TURNED)], draws=2, seed=3)
    columns = {
        "verdicts": np.zeros((2, 1), dtype=int),
        "reason": np.array(["", ""]),
        "held": np.ones((2, 1), dtype=bool),
        "again": np.array([[10_000, 1], [0, 0]]),
        "audited": np.zeros(2, dtype=bool),
        "effects": np.zeros((2, 2)),
        "audit_effects": np.zeros((2, 2)),
        "audit_verdicts": np.zeros((2, 1), dtype=int),
    }
    assert robustness(tried, columns).engine.as_dict() == {"core": False, "again": 10_000, "differ": 1}
    with pytest.raises(OsteonError, match="libroadrunner passed 2 of 10000 verdicts otherwise"):
        robustness(tried, {**columns, "again": np.array([[10_000, 1], [0, 1]])})


def test_every_so_many_draws_are_audited() -> None:
    made = small.model(
        interventions={"more": ("treatment", {"scale": {"boost": 2.0}})}, parameters={"k": _range(0.1, 1)}
    )
    tried = Samples(made, [("t", TURNED)], sampler="random", number=7, seed=3, every=3)
    columns = judged(tried, Chunk(0, range(1, 7), 0))
    assert columns["audited"].tolist() == [False, False, True, False, False, True]
    assert columns["verdicts"].tolist() == [[VERDICTS.index("supported")]] * 6
    difference = np.abs(columns["effects"] - columns["audit_effects"])[:, 0]
    assert ((difference > 0) <= columns["audited"]).all()
    assert np.isnan(columns["effects"][:, 1]).all()
    assert samples(made, [("t", TURNED)], draws=7, seed=3).every == 50
    assert [len(chunk.items) for chunk in job(samples(made, [("t", TURNED)], draws=9, seed=3)).chunks] == [8, 1]


def test_the_reason_of_a_draw_is_that_of_its_first_failed_check() -> None:
    """A check that holds may have a reason as well, as those of structure do."""
    body = "substanceOnly species S in cell = 1 dimensionless; g = 1 per_day; grow: => S; g*S^2"
    made = small.model(body, interventions={"more": ("treatment", {"set": {"S": 2.0}})}, equilibrate=False)
    structure = {"expect": "influences", "observable": "s", "on": "s"}
    contrast = TURNED.checks[0].model_dump(exclude_none=True)
    early = {**contrast, "at": "6 h"}
    for checks, reason in (((structure, early), ""), ((structure, contrast), "small, condition 'more', at t = 0.5")):
        claim = Claim.model_validate({**TURNED.model_dump(exclude={"checks"}), "checks": checks})
        for number in (0, 1):
            tried = samples(made, [("t", claim)], draws=number, seed=3)
            tried.prepare()
            found = tried.judge({}).reason
            assert found.startswith(reason)
            assert bool(found) is bool(reason)


def _on_record(*shares: float) -> dict[str, object]:
    claims = [
        {
            "claim": f"T-{number:02}",
            "role": "construction",
            "statement": "x|y",
            "filed": "supported",
            "decided_by": {"k": 0.456, "g": -0.3},
            "share": share,
            "low": share - 0.01,
            "high": share + 0.01,
        }
        for number, share in enumerate(shares, start=1)
    ]
    audit = {"difference": 0.000123, "changed": 1, "verdicts": 9}
    met = {"construction": {"share": 0.5, "low": 0.4, "high": 0.6}}
    failed = {"count": 3}
    return {
        "model": "m",
        "ranges": {"k": 0},
        "draws": 8,
        "claims": claims,
        "audit": audit,
        "met": met,
        "failed": failed,
    }


def test_the_tables_of_robustness_with_shares_at_their_limits() -> None:
    text = robustness_markdown([_on_record(0.95, 0.9, 0.8999, 0.5, 0.4999)])
    assert "| `m` | 1 | 8 | 5 | 1 | 3 | 1 | 50.0 % (40.0 to 60.0) |  | 3 | 0.0001; 1 of 9 |" in text
    rows = [line for line in text.splitlines() if line.startswith("| T-")]
    assert [row.split(" | ")[0] for row in rows] == ["| T-05", "| T-04", "| T-03", "| T-02"]
    assert rows[-1] == "| T-02 | x\\|y | supported | 90.0 % (89.0 to 91.0) | `k` +0.46, `g` -0.30 |"
    assert "Every claim is supported by at least 95% of the draws." in robustness_markdown([_on_record(0.95)])


def test_failed_draws_are_counted_and_never_dropped(tmp_path: Path) -> None:
    """With growth at rate g*S² from S = 2, S is infinite at t = 1/(2g): before nine days where g > 1/18."""
    body = "substanceOnly species S in cell = 1 dimensionless; g = 0 per_day; grow: => S; g*S^2"
    acts = {"more": ("treatment", {"set": {"S": 2.0}})}
    made = small.model(body, interventions=acts, equilibrate=False, parameters={"g": small.parameter(0.0, 1 / 9)})
    tried = samples(made, [("t", TURNED)], draws=64, seed=3, sampler="sobol")
    found = robustness(tried, run_job(job(tried), results=tmp_path))
    claim = found.claims[0]
    assert 0 < found.failed.count < 64
    assert claim.counts["failed"] == found.failed.count
    assert claim.supported.number == 64
    assert claim.supported.count + found.failed.count == 64
    assert claim.supported.share == pytest.approx(0.5, abs=0.05)
    assert sum(found.reasons.values()) == found.failed.count
    assert "CVODE" in next(iter(found.reasons))


def test_any_number_of_workers_gives_the_same_bytes(tmp_path: Path) -> None:
    runs = [run_job(job(_samples(NAME, 20)), results=tmp_path / str(workers), workers=workers) for workers in (1, 3)]
    for name, values in runs[0].items():
        assert values.tobytes() == runs[1][name].tobytes()


def test_the_digest_follows_what_determines_the_result() -> None:
    made = [_samples(NAME, 20), _samples(NAME, 20, seed=2), _samples(NAME, 20, sampler="lhs"), _samples(NAME, 21)]
    made.append(_samples(NAME, 20, made=load(PROJECT, NAME, Act(scale={"k_runx2": 1.0}))))
    assert len({job(each).digest for each in made}) == 5
    assert job(_samples(NAME, 20)).digest == job(made[0]).digest


def test_the_digest_follows_the_vocabulary() -> None:
    """Whether an intervention acts before equilibration stands in the vocabulary alone."""
    models = [small.model(interventions={"more": (kind, {"scale": {"k": 2.0}})}) for kind in ("treatment", "genotype")]
    assert models[0].sbml == models[1].sbml
    assert models[0].binding == models[1].binding
    digests = {job(samples(made, [("t", TURNED)], draws=1, seed=1)).digest for made in models}
    assert len(digests) == 2


def test_command(osteon: Command, tmp_path: Path) -> None:
    command = ["robustness", NAME, "--draws", "16", "--seed", "3", "--results", str(tmp_path / "chunks")]
    outcome = osteon(*command, "--json", "--out", str(tmp_path / "out"))
    assert outcome.code == 0, outcome.err
    told = json.loads(outcome.out)
    assert json.loads((tmp_path / "out" / "robustness.json").read_text(encoding="utf-8")) == told
    assert json.loads(osteon(*command, "--json", "--workers", "1").out) == told
    found = told["models"][0]
    assert (found["model"], found["draws"], found["seed"], found["sampler"]) == (NAME, 16, 3, "sobol")
    assert {name for name, entry in found["ranges"].items() if entry[2] == "log-uniform"}
    table, about = parquet.read(tmp_path / "out" / f"{NAME}.parquet")
    assert about["fingerprint"] == found["fingerprint"]
    assert about["ranges"] == found["ranges"]
    for entry in found["claims"]:
        assert (table[entry["claim"]] == "supported").sum() == entry["count"]
    for name, (low, high, _) in found["ranges"].items():
        assert ((table[name] >= low) & (table[name] <= high)).all()
    assert "<svg" in (tmp_path / "out" / "robustness.svg").read_text(encoding="utf-8")
    assert "of 16 draws" in osteon(*command).out


def test_wrong_input(osteon: Command) -> None:
    outcome = osteon("robustness", NAME, "--sampler", "sobel")
    assert outcome.code == 2
    assert "--sampler 'sobel' is none of sobol, lhs, random; did you mean 'sobol'?" in outcome.err


@pytest.mark.parametrize("content", [b"", b"PAR1 and nonsense"])
def test_a_file_that_is_no_table_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    path.write_bytes(content)
    with pytest.raises(OsteonError, match="not a Parquet file"):
        parquet.read(path)
    with pytest.raises(OsteonError, match="no such file"):
        parquet.read(tmp_path / "y.parquet")


def test_a_table_of_others_is_refused(tmp_path: Path) -> None:
    import pyarrow
    import pyarrow.parquet

    pyarrow.parquet.write_table(pyarrow.table({"x": [1]}), tmp_path / "x.parquet")
    with pytest.raises(OsteonError, match="does not say what it belongs to"):
        parquet.read(tmp_path / "x.parquet")


def test_the_document_shows_the_numbers_that_are_filed() -> None:
    whole = json.loads((ROOT / "docs" / "results" / "robustness.json").read_text(encoding="utf-8"))
    assert [one["model"] for one in whole["models"]] == list(MODELS)
    text = (ROOT / "docs" / "robustness.md").read_text(encoding="utf-8")
    assert overview.inserted(text, robustness_markdown(whole["models"]), "robustness") == text


@pytest.mark.parametrize("name", MODELS)
def test_the_numbers_that_are_filed_are_those_of_the_models_as_they_are(name: str) -> None:
    whole = json.loads((ROOT / "docs" / "results" / "robustness.json").read_text(encoding="utf-8"))
    filed = next(one for one in whole["models"] if one["model"] == name)
    made = _samples(name, filed["draws"], filed["seed"], filed["sampler"])
    now = fingerprint("robustness", made.model, claims=made.claims)
    assert changes(filed["fingerprint"], now) is None, "`make robustness` computes it anew"
    assert filed["ranges"] == {each: [*made.draws.ranges[each], made.draws.scale(each)] for each in made.draws.names}
    assert [entry["claim"] for entry in filed["claims"]] == [claim.id for _, claim in made.claims]
    assert [entry["statement"] for entry in filed["claims"]] == [claim.statement for _, claim in made.claims]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="needs signals and forks of POSIX")
def test_ctrl_c_exits_130_and_says_what_is_kept(tmp_path: Path) -> None:
    results = tmp_path / "chunks"
    command = [sys.executable, "-m", "osteon", "robustness", NAME, "--draws", "50000", "--results", str(results)]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    limit = time.monotonic() + 120
    while not list(results.rglob("*.npz")):
        assert process.poll() is None
        assert time.monotonic() < limit, "no chunk was finished"
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert out == ""
    assert f"of {len(job(_samples(NAME, 50000)).chunks)} chunks are kept in" in err
    assert "the same command goes on from them" in err
    assert "Traceback" not in err


def test_random_draws_are_not_spread_as_others_are() -> None:
    """One stream of numbers, in rows, so that more draws begin with the same ones."""
    expected = np.random.default_rng(5).random((3, 2))
    assert quantiles("random", 3, 2, 5).tolist() == expected.tolist()
    assert quantiles("sobol", 4, 2, 5).tolist() != np.random.default_rng(5).random((4, 2)).tolist()
    assert quantiles("sobol", 4, 0, 5).shape == (4, 0)


def test_an_audit_is_closer_than_a_draw() -> None:
    made = small.model(
        interventions={"more": ("treatment", {"scale": {"boost": 2.0}})}, parameters={"k": _range(0.1, 1)}
    )
    tried = Samples(made, [("t", TURNED)], sampler="random", number=8, seed=3, every=1)
    columns = judged(tried, Chunk(0, range(8), 0))
    assert (columns["effects"][:, 0] != columns["audit_effects"][:, 0]).any()
