"""Sensitivity indices against those that follow from the formula of a model that is linear in its logarithms."""

from __future__ import annotations

import json
import re
from math import log
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import small
from conftest import ROOT, Command
from osteon.analysis.sensitivity import SamplingPlan, design, job, ranking
from osteon.errors import OsteonError
from osteon.evidence.bindings import ParameterBinding
from osteon.jobs import parquet
from osteon.jobs.run import run_job
from osteon.simulation.model import Model

NAME = "mitochondrial_lamin"
RANGES = {
    "boost": small.parameter(0.5, 2.0),
    "drain": small.parameter(0.25, 4.0),
    "k": small.parameter(0.1, 1.0),
}


def _turnover(ranges: dict[str, ParameterBinding] = RANGES) -> Model:
    """Return a model whose effect is ln 2 - ln boost + ln drain, whatever k."""
    acts = {"both": ("genotype", {"set": {"boost": 2.0, "drain": 1.0}})}
    return small.model(interventions=acts, parameters=ranges)


def _ranked(model: Model, folder: Path, workers: int = 1, **how: object) -> pd.DataFrame:
    plan = design(model, model.contrasts("both", at="steady state"), seed=3, **how)  # type: ignore[arg-type]
    return ranking(plan, run_job(job(plan), results=folder, workers=workers))


def test_morris_finds_slopes_on_the_scale_of_the_range(tmp_path: Path) -> None:
    table = _ranked(_turnover(), tmp_path, method="morris", size=8).set_index("parameter")
    assert list(table.index) == ["drain", "boost", "k"]
    assert table["mu"].to_dict() == pytest.approx({"drain": log(16), "boost": -log(4), "k": 0.0}, abs=1e-4)
    assert table["mu_star"].to_dict() == pytest.approx({"drain": log(16), "boost": log(4), "k": 0.0}, abs=1e-4)
    assert table["sigma"].max() < 1e-4
    assert table.attrs["effect"]["s"] == pytest.approx(log(2))


def test_sobol_finds_shares_of_the_variance(tmp_path: Path) -> None:
    table = _ranked(_turnover(), tmp_path, method="sobol", size=256).set_index("parameter")
    whole = log(4) ** 2 + log(16) ** 2
    for index in ("S1", "ST"):
        assert table.loc["drain", index] == pytest.approx(log(16) ** 2 / whole, abs=0.05)
        assert table.loc["boost", index] == pytest.approx(log(4) ** 2 / whole, abs=0.05)
        assert table.loc["k", index] == pytest.approx(0.0, abs=0.01)


def test_the_ends_of_a_range_leave_all_else_as_filed(tmp_path: Path) -> None:
    table = _ranked(_turnover(), tmp_path, method="morris", size=4).set_index("parameter")
    assert table.loc["drain", ["low", "high"]].tolist() == pytest.approx([log(0.5), log(8)])
    assert table.loc["boost", ["low", "high"]].tolist() == pytest.approx([log(4), log(1)], abs=1e-6)


def test_workers_make_no_difference(tmp_path: Path) -> None:
    tables = [_ranked(_turnover(), tmp_path / str(n), workers=n, method="morris", size=8) for n in (1, 3)]
    pd.testing.assert_frame_equal(*tables)


def test_a_group_with_a_failed_run_is_left_out_and_counted(tmp_path: Path) -> None:
    """S' = g S^2 is infinite after 1/g days, so that it has no value on day one where g is above one."""
    body = (
        "substanceOnly species S in cell = 0.5 dimensionless; g = 0.1 per_day; r = 0 dimensionless; grow: => S; g*S^2"
    )
    acts = {"both": ("treatment", {"set": {"S": 1.0}})}
    ranges = {"g": small.parameter(0.1, 2.0), "r": small.parameter(0.0, 1.0)}
    model = small.model(body, interventions=acts, equilibrate=False, parameters=ranges)
    plan = design(model, model.contrasts("both"), size=16, seed=3)
    columns = run_job(job(plan), results=tmp_path, workers=1)
    table = ranking(plan, columns)
    broken = np.isnan(columns["effect"][: len(plan.points), 0])
    assert broken.tolist() == (0.1 * 20 ** plan.points[:, 0] > 1.0).tolist()
    assert table.attrs["failed"] == broken.sum() > 0
    assert table.attrs["used"]["s"] == 16 - len(set(np.flatnonzero(broken) // 3)) < 16
    assert np.isfinite(table["mu_star"]).all()


def test_too_few_whole_groups_are_refused(tmp_path: Path) -> None:
    body = "substanceOnly species S in cell = 0.5 dimensionless; g = 0.1 per_day; grow: => S; g*S^2"
    acts = {"both": ("treatment", {"set": {"S": 1.0}})}
    model = small.model(body, interventions=acts, equilibrate=False, parameters={"g": small.parameter(2.0, 3.0)})
    plan = design(model, model.contrasts("both"), size=4, seed=1)
    with pytest.raises(
        OsteonError, match="could not be simulated in 8 of 8 runs, which leaves 0 of 4 trajectories whole"
    ):
        ranking(plan, run_job(job(plan), results=tmp_path, workers=1))


def test_an_effect_that_never_varies_has_no_shares(tmp_path: Path) -> None:
    table = _ranked(_turnover({"k": small.parameter(0.1, 1.0)}), tmp_path, method="sobol", size=4)
    assert table[["S1", "ST"]].isna().all(axis=None)


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"method": "fast", "size": 8}, "unknown method 'fast'; expected morris or sobol"),
        ({"method": "sobol", "size": 24}, "expected a power of two"),
        ({"method": "morris", "size": 2}, "expected at least 4"),
    ],
)
def test_what_does_not_fit_is_refused(how: dict[str, object], message: str, tmp_path: Path) -> None:
    with pytest.raises(OsteonError, match=message):
        _ranked(_turnover(), tmp_path, **how)  # type: ignore[arg-type]


def test_a_model_without_ranges_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OsteonError, match="declares no range"):
        _ranked(_turnover({}), tmp_path, method="morris", size=8)


def test_command(osteon: Command, tmp_path: Path) -> None:
    command = ["sensitivity", NAME, "-c", "cccp", "-o", "atf4", "--draws", "4", "--results", str(tmp_path / "results")]
    told = json.loads(osteon(*command, "--json").out)
    assert told["setting"] == "osteocyte_culture"
    assert told["runs"] == 4 * (len(told["ranges"]) + 1) + 1 + 2 * len(told["ranges"])
    assert [row["mu_star"] for row in told["parameters"]] == sorted(
        (row["mu_star"] for row in told["parameters"]), reverse=True
    )
    shown = osteon(*command, "--plot", str(tmp_path / "t.svg"), "--parquet", str(tmp_path / "t.parquet"))
    assert "4 of 4 trajectories are whole" in " ".join(shown.out.split())
    assert "<svg" in (tmp_path / "t.svg").read_text(encoding="utf-8")
    columns, about = parquet.read(tmp_path / "t.parquet")
    assert list(columns["parameter"]) == [row["parameter"] for row in told["parameters"]]
    assert about["fingerprint"] == told["fingerprint"]


def test_command_refuses_what_is_not_there(osteon: Command) -> None:
    outcome = osteon("sensitivity", NAME, "-c", "ccp", "-o", "atf4")
    assert outcome.code == 2
    assert "did you mean 'cccp'?" in outcome.err
    assert osteon("sensitivity", NAME, "-c", "cccp", "-o", "atf").code == 2


def _tokens(line: str) -> list[str]:
    return [word for word in re.split(r"[\s│┃━┏┳┓┡╇┩└┴┘─±]+", line) if word]


def _same(shown: str, printed: str) -> bool:
    """Compare two words; numbers may differ as they do between processors."""
    numbers = [re.fullmatch(r"([x+-]?)(\d.*)", word) for word in (shown, printed)]
    if not all(numbers):
        return shown == printed
    (sign, first), (other, second) = (found.groups() for found in numbers if found)
    return sign == other and float(first) == pytest.approx(float(second), rel=0.02, abs=2e-3)


@pytest.mark.parametrize("command", ["sensitivity", "scan"])
def test_the_document_shows_what_the_commands_print(command: str, osteon: Command, tmp_path: Path) -> None:
    text = (ROOT / "docs" / "sensitivity.md").read_text(encoding="utf-8")
    found = re.search(rf"```sh\nosteon ({command} .*)\n```\n\n```text\n(.*?)\n```", text, flags=re.DOTALL)
    assert found is not None
    arguments = found[1].replace(" --plot sensitivity.svg", "").split()
    printed = osteon(*arguments, "--results", str(tmp_path)).out.splitlines()
    shown = found[2].removesuffix("\n...").splitlines()
    assert len(shown) > 10
    for ours, theirs in zip(shown, printed, strict=False):
        pairs = list(zip(_tokens(ours), _tokens(theirs), strict=True))
        assert all(_same(*pair) for pair in pairs), (ours, theirs)


def test_after_the_sample_come_the_model_as_it_is_and_the_ends_of_each_range() -> None:
    """The effect is ln 2 - ln boost + ln drain, whatever k."""
    made = _turnover()
    points = np.array([[0.5, 0.5, 0.5]] * 23 + [[0.1, 0.7, 0.2]])
    plan = SamplingPlan(made, made.contrasts("both", at="steady state"), "sobol", 4, 3, points)
    assert plan.runs == 24 + 1 + 2 * 3
    own = log(2)
    at_sample = own - log(0.5 * 4**0.1) + log(0.25 * 16**0.7)
    expected = [at_sample, own, own + log(2), own - log(2), own - log(4), own + log(4), own, own]
    assert [plan.effects(number)[0] for number in range(23, 31)] == pytest.approx(expected, abs=1e-6)
    assert [len(chunk.items) for chunk in job(plan).chunks] == [20, 11]
