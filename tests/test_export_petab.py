"""PEtab: clean by its own linter, and simulated as the tables say it gives the numbers in the tables."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from functools import cache
from math import inf
from pathlib import Path
from typing import Any

import libsbml
import numpy as np
import pandas as pd
import pytest
import roadrunner

import small
from conftest import MODELS, PROJECT, ROOT, model
from exported import gathered
from osteon import sbml
from osteon.exporters import export, petab
from osteon.exporters.bundle import bundle

pytestmark = pytest.mark.interop

pytest.importorskip("petab")

# A derived parameter comes from its formula here, and from a rounded number in the model's own file.
RELATIVE, ABSOLUTE = 2e-4, 1e-6
SMALL = "runx2_osteogenesis"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the problems of all models."""
    root = tmp_path_factory.mktemp("petab")
    for name in MODELS:
        for file in export(bundle(PROJECT, name), ["petab"]):
            path = root / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(file.content)
    return root / "petab"


def read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, sep="\t")


@cache
def runner(path: Path) -> Any:
    """Return a compiled SBML file with its observables."""
    one = model(path.stem)
    text = path.read_text(encoding="utf-8")
    if '"observable_' not in text:
        text = sbml.with_observables(text, one.formulas, path.stem)
    compiled = roadrunner.RoadRunner(text)
    compiled.getIntegrator().setValue("relative_tolerance", 1e-8)
    compiled.getIntegrator().setValue("absolute_tolerance", [1e-12] * len(compiled.getRatesOfChange()))
    compiled.getIntegrator().setValue("maximum_num_steps", 100_000)
    compiled.timeCourseSelections = ["time", *("observable_" + name for name in one.formulas)]
    return compiled


def compare(rows: pd.DataFrame, found: list[float]) -> None:
    assert len(rows) == len(found) > 0
    np.testing.assert_allclose(found, rows["measurement"], rtol=RELATIVE, atol=ABSOLUTE)


@pytest.mark.parametrize("name", MODELS)
def test_version_1_is_clean(folder: Path, name: str) -> None:
    from petab.v1 import Problem
    from petab.v1.lint import lint_problem

    assert not lint_problem(Problem.from_yaml(folder / name / "v1" / "problem.yaml"))


@pytest.mark.parametrize("name", MODELS)
def test_version_2_is_clean(folder: Path, name: str) -> None:
    from petab.v2.lint import lint_problem

    assert [str(issue) for issue in lint_problem(folder / name / "v2" / "problem.yaml")] == []


@pytest.mark.parametrize("name", MODELS)
def test_parameters_are_estimated_in_their_ranges(folder: Path, name: str) -> None:
    provenance = bundle(PROJECT, name).provenance
    for version, yes in (("v1", 1), ("v2", True)):
        rows = read(folder / name / version / "parameters.tsv")
        free = rows[rows["estimate"] == yes]
        assert len(free) > 0
        for row in free.itertuples():
            entry = provenance[row.parameterId]
            assert (row.lowerBound, row.upperBound) == entry.range
            assert entry.formula is None
        fixed = rows[rows["estimate"] != yes]["parameterId"]
        assert all(len(set(provenance[one].range)) == 1 for one in fixed)


@pytest.mark.parametrize("name", MODELS)
def test_conditions_and_experiments_are_sorted(folder: Path, name: str) -> None:
    for path, column in (("v1/conditions.tsv", "conditionId"), ("v2/experiments.tsv", "experimentId")):
        found = read(folder / name / path)[column].tolist()
        assert found == sorted(found)


@pytest.mark.parametrize("name", MODELS)
def test_derived_parameters_follow_the_others(folder: Path, name: str) -> None:
    derived = {one: entry for one, entry in bundle(PROJECT, name).provenance.items() if entry.formula}
    for version in ("v1", "v2"):
        compiled = runner(folder / name / version / f"{name}.xml")
        for one in (one for one in derived if one in compiled.model.getGlobalParameterIds()):
            compiled.resetAll()
            before = compiled[one]
            others = sorted(sbml.names_in(libsbml.parseL3Formula(derived[one].formula)))
            compiled[others[0]] = compiled[others[0]] * 1.1
            assert compiled[one] != before


@pytest.mark.parametrize("name", MODELS)
def test_version_1_gives_its_measurements(folder: Path, name: str) -> None:
    tables = folder / name / "v1"
    compiled = runner(tables / f"{name}.xml")
    conditions = read(tables / "conditions.tsv").set_index("conditionId").drop(columns="conditionName")
    for condition, rows in read(tables / "measurements.tsv").groupby("simulationConditionId"):
        compiled.resetAll()
        for target, value in conditions.loc[condition].items():
            compiled[target] = float(value)
        times = sorted({0.0, *rows["time"]})
        course = pd.DataFrame(np.array(compiled.simulate(times=times)), columns=compiled.timeCourseSelections)
        course = course.set_index(pd.Index(times))
        columns = ["observable_" + one.removeprefix("measured_") for one in rows["observableId"]]
        compare(rows, [float(course.at[time, column]) for time, column in zip(rows["time"], columns, strict=True)])


@pytest.mark.parametrize("name", MODELS)
def test_version_2_gives_its_measurements(folder: Path, name: str) -> None:
    tables = folder / name / "v2"
    compiled = runner(tables / f"{name}.xml")
    rests = 150 * model(name).binding.time(model(name).binding.protocol.settle)
    changes = read(tables / "conditions.tsv").groupby("conditionId")
    periods = dict(list(read(tables / "experiments.tsv").groupby("experimentId")))
    for experiment, rows in read(tables / "measurements.tsv").groupby("experimentId"):
        compiled.resetAll()
        ends = [*periods[experiment]["time"].iloc[1:], inf]
        read_at: dict[tuple[float, str], float] = {}
        for period, end in zip(periods[experiment].itertuples(), ends, strict=True):
            if isinstance(period.conditionId, str):
                change(compiled, changes.get_group(period.conditionId))
            times = sorted({time for time in rows["time"] if period.time <= time < end} - {period.time})
            start = 0.0 if period.time == -inf else period.time
            last = start + rests if period.time == -inf or inf in times else end
            grid = sorted({start, *(time for time in times if time < inf), last} - {inf})
            compiled.model.setTime(start)
            now = [compiled[column] for column in compiled.timeCourseSelections[1:]]
            table = np.array(compiled.simulate(times=grid))[:, 1:] if len(grid) > 1 else np.array([now])
            named = [period.time, *grid[1:-1], inf if inf in times else grid[-1]]
            for time, values in zip(named, table, strict=False):
                read_at |= {(time, one): v for one, v in zip(compiled.timeCourseSelections[1:], values, strict=True)}
        columns = ["observable_" + one.removeprefix("measured_") for one in rows["observableId"]]
        compare(rows, [read_at[key] for key in zip(rows["time"], columns, strict=True)])


def test_a_model_that_no_condition_changes_is_a_problem_too(tmp_path: Path) -> None:
    whole = replace(gathered(SMALL), model=small.model(equilibrate=False), sources=(), provenance={})
    tables = {file.path: file.content.decode() for file in petab.files(whole)}
    assert tables["small/v2/conditions.tsv"] == "conditionId\ttargetId\ttargetValue\n"
    assert tables["small/v1/conditions.tsv"].startswith("conditionId\tconditionName")


def change(compiled: Any, rows: pd.DataFrame) -> None:
    """Carry out the changes of a condition; a formula is a factor times the species itself."""
    for row in rows.itertuples():
        factor, _, name = str(row.targetValue).partition(" * ")
        amount = compiled[row.targetId] if name else 1.0
        compiled[row.targetId] = float(factor) * amount


@pytest.mark.parametrize("version", ["v1", "v2"])
@pytest.mark.parametrize("name", [SMALL, "osteoblast_vesicles"])
def test_amici_reproduces_the_measurements(folder: Path, name: str, version: str, tmp_path: Path) -> None:
    try:
        import amici  # noqa: F401
    except ImportError:
        pytest.skip("AMICI is not installed; `pip install 'osteon[amici]'` brings it, and needs a C++ compiler")
    script = ROOT / "tests" / "petab_in_amici.py"
    command = [sys.executable, "-W", "ignore", script, folder / name / version / "problem.yaml", tmp_path]
    assert shutil.which("swig"), "AMICI compiles through swig"
    printed = subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout
    number, greatest = printed.split()[-2:]
    assert int(number) == len(read(folder / name / version / "measurements.tsv"))
    assert float(greatest) < 1e-3
