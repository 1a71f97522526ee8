"""Scans of a model whose response to every dose is known."""

from __future__ import annotations

import json
from math import exp
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import small
from conftest import PROJECT, Command, model
from osteon.analysis.scan import grid, job, response, scan
from osteon.errors import OsteonError
from osteon.evidence.bindings import ParameterBinding
from osteon.jobs import parquet
from osteon.jobs.run import run_job
from osteon.simulation.model import Model

NAME = "mitochondrial_lamin"
ACTS = {
    "more": ("treatment", {"set": {"boost": 2.0}}),
    "faster": ("treatment", {"scale": {"drain": 2.0}}),
    "both": ("treatment", {"set": {"boost": 2.0, "drain": 3.0}}),
}
BOOST = ParameterBinding(meaning="x", unit="nmol/L", range=(0.5, 2.0), provenance="assumed", reason="example")


def _response(folder: Path, varied: dict[str, tuple[float, ...]], condition: str, **more: object) -> pd.DataFrame:
    how = {"at": "steady state"} | more
    plan = scan(small.model(interventions=ACTS, parameters={"boost": BOOST}), varied, condition, **how)  # type: ignore[arg-type]
    return response(plan, run_job(job(plan), results=folder, workers=1))


def test_the_dose_of_an_intervention_is_what_its_binding_sets(tmp_path: Path) -> None:
    table = _response(tmp_path, {"more": (0.5, 2.0, 8.0)}, "more")
    assert table["more"].tolist() == [0.5, 2.0, 8.0]
    assert table["fold_change"].tolist() == pytest.approx([0.5, 2.0, 8.0])
    assert table.attrs["axes"][0]["unit"] == "nmol/L"


def test_the_dose_of_an_intervention_that_multiplies_is_its_factor(tmp_path: Path) -> None:
    table = _response(tmp_path, {"faster": (1.0, 4.0)}, "faster")
    assert table["fold_change"].tolist() == pytest.approx([1.0, 0.25])
    assert table.attrs["axes"][0]["unit"] == "times drain"


def test_a_parameter_is_varied_in_condition_and_reference(tmp_path: Path) -> None:
    table = _response(tmp_path, {"k": (0.5, 1.0)}, "more", at="1 d")
    for rate, value, reference in zip(table["k"], table["value"], table["reference"], strict=True):
        assert value == pytest.approx(2 - exp(-rate))
        assert reference == pytest.approx(1.0)


def test_two_axes_make_a_grid(tmp_path: Path) -> None:
    table = _response(tmp_path, {"more": (1.0, 2.0), "faster": (1.0, 2.0)}, "more+faster")
    assert table[["more", "faster"]].values.tolist() == [[1.0, 1.0], [1.0, 2.0], [2.0, 1.0], [2.0, 2.0]]
    assert table["fold_change"].tolist() == pytest.approx([1.0, 0.5, 2.0, 1.0])


def test_derived_parameters_follow_and_control_stays_at_rest(tmp_path: Path) -> None:
    loaded = model(NAME)
    varied = {"isr_basal": (0.03, 0.1)}
    plan = scan(loaded, varied, "cccp", observables=["atf4"], at="72 h")
    table = response(plan, run_job(job(plan), results=tmp_path, workers=1))
    assert table["reference"].tolist() == pytest.approx([1.0, 1.0], rel=1e-4)
    assert table["fold_change"].iloc[0] > 1.5 * table["fold_change"].iloc[1]
    assert loaded.values("control")["atf4"] == pytest.approx(1.0, rel=1e-4)


def test_a_point_that_breaks_is_left_empty_and_counted(tmp_path: Path) -> None:
    body = "substanceOnly species S in cell = 0.5 dimensionless; g = 0.1 per_day; grow: => S; g*S^2"
    made = small.model(body, interventions={"more": ("treatment", {"set": {"S": 1.0}})}, equilibrate=False)
    plan = scan(made, {"g": (0.5, 1.5)}, "more", at="1 d")
    table = response(plan, run_job(job(plan), results=tmp_path, workers=1))
    assert table["fold_change"].isna().tolist() == [False, True]
    # S = S0/(1 - g t S0)
    assert table["fold_change"].iloc[0] == pytest.approx(1 / (1 - 0.5) / (0.5 / (1 - 0.25)))
    assert table.attrs["failed"] == 1


def test_points_are_handed_out_in_fives() -> None:
    plan = scan(small.model(interventions=ACTS), {"more": tuple(float(number) for number in range(1, 12))}, "more")
    assert [list(chunk.items) for chunk in job(plan).chunks] == [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9], [10]]


def test_the_model_is_as_before(tmp_path: Path) -> None:
    made: Model = small.model(interventions=ACTS)
    plan = scan(made, {"drain": (2.0, 4.0)}, "more")
    plan.values(0)
    assert made.values("control")["s"] == pytest.approx(1.0)
    assert made.binding.interventions["more"].set == {"boost": 2.0}


@pytest.mark.parametrize(
    ("varied", "condition", "message"),
    [
        ({"both": (1.0, 2.0)}, "both", "acts on boost, drain at once"),
        ({"more": (1.0, 2.0)}, "control", "'more' is an intervention; add it to the condition"),
        ({"boost": (1.0, 2.0)}, "more", "'more' sets this parameter"),
        ({"boots": (1.0, 2.0)}, "faster", "expected an intervention of the condition, or a parameter"),
        ({"k": (1.0,), "drain": (1.0,), "boost": (1.0,)}, "control", "3 things to vary; expected one, or two"),
    ],
)
def test_what_cannot_be_varied_is_refused(
    varied: dict[str, tuple[float, ...]], condition: str, message: str, tmp_path: Path
) -> None:
    with pytest.raises(OsteonError, match=message):
        _response(tmp_path, varied, condition)


@pytest.mark.parametrize(
    ("low", "high", "logarithmic", "message"),
    [
        (2.0, 1.0, False, "the smaller one first"),
        (0.0, 1.0, True, "a logarithmic scale begins above zero"),
        (0.0, float("inf"), False, "two finite numbers"),
    ],
)
def test_a_range_that_is_none_is_refused(low: float, high: float, logarithmic: bool, message: str) -> None:
    with pytest.raises(OsteonError, match=message):
        grid(low, high, 3, logarithmic, "x=2..1")


def test_grids() -> None:
    assert grid(0.0, 1.0, 3, False, "") == (0.0, 0.5, 1.0)
    assert grid(0.1, 10.0, 3, True, "") == pytest.approx((0.1, 1.0, 10.0))


def test_command(osteon: Command, tmp_path: Path) -> None:
    store = ["--results", str(tmp_path / "results")]
    command = ["scan", NAME, "--vary", "cccp=0.1..100", "--log", "--points", "4", "-c", "cccp", "-o", "sost", *store]
    told = json.loads(osteon(*command, "--json").out)
    assert [point["cccp"] for point in told["points"]] == pytest.approx([0.1, 1.0, 10.0, 100.0])
    folds = [point["fold_change"] for point in told["points"]]
    assert folds == sorted(folds)
    files = {name: tmp_path / f"scan.{name}" for name in ("csv", "svg", "parquet")}
    options = ["--csv", str(files["csv"]), "--plot", str(files["svg"]), "--parquet", str(files["parquet"])]
    assert osteon(*command, *options).code == 0
    assert pd.read_csv(files["csv"])["fold_change"].tolist() == pytest.approx(folds)
    assert "<svg" in files["svg"].read_text(encoding="utf-8")
    columns, about = parquet.read(files["parquet"])
    assert np.allclose(columns["fold_change"], folds)
    assert about["axes"][0]["unit"] == PROJECT.binding(NAME).parameters["K_cccp"].unit
    assert "x2.8" in osteon(*command).out


def test_command_says_what_a_range_looks_like(osteon: Command) -> None:
    outcome = osteon("scan", NAME, "--vary", "cccp=0-2", "-c", "cccp")
    assert outcome.code == 2
    assert "is not NAME=FROM..TO, such as anti_rankl=0..2" in outcome.err


def test_there_is_something_to_vary() -> None:
    with pytest.raises(OsteonError, match="0 things to vary; expected one, or two for a grid"):
        scan(small.model(), {}, "control")


def test_two_interventions_have_their_doses_each(tmp_path: Path) -> None:
    """S rests at boost/drain, whatever the order in which the axes are named."""
    acts = {name: ("treatment", {"set": {name: 1.0}}) for name in ("boost", "drain")}
    made = small.model(interventions=acts)
    laid_out = scan(made, {"boost": (2.0, 6.0), "drain": (1.0, 4.0)}, "boost+drain", at="steady state")
    table = response(laid_out, run_job(job(laid_out), results=tmp_path))
    assert table["value"].tolist() == pytest.approx([2.0, 0.5, 6.0, 1.5], rel=1e-6)
