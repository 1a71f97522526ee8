"""The COPASI file: opened anew by COPASI, its parameter sets are the experiments and its scan runs them all."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import basico
import numpy as np
import pytest
import roadrunner

from conftest import MODELS, ROOT
from exported import gathered
from osteon import sbml
from osteon.experiments.experiment import ExperimentSet
from osteon.experiments.staged_sbml import CLOCK
from osteon.exporters import copasi

pytestmark = pytest.mark.interop

SMALLEST = "runx2_osteogenesis"
_AGAIN = """
import sys, pathlib
from osteon.exporters import copasi
from osteon.exporters.bundle import bundle
from osteon.evidence.project import Project, find_project
pathlib.Path(sys.argv[2]).write_bytes(copasi.content(bundle(Project(find_project(pathlib.Path.cwd())), sys.argv[1])))
"""


@cache
def written(name: str) -> bytes:
    """Return the COPASI file of a model."""
    (file,) = copasi.files(gathered(name))
    return file.content


def named(made: ExperimentSet) -> dict[str, str]:
    """Return what COPASI calls each parameter."""
    document = sbml.read(made.sbml, "design")
    return {one.getId(): one.getName() or one.getId() for one in document.getModel().getListOfParameters()}


@pytest.fixture
def opened(request: pytest.FixtureRequest) -> Iterator[Any]:
    """Yield one model's file opened anew."""
    data = basico.load_model_from_string(written(request.param).decode())
    yield data
    basico.remove_datamodel(data)
    basico.remove_user_defined_functions()


EACH = pytest.mark.parametrize(("opened", "name"), [(name, name) for name in MODELS], indirect=["opened"])


@EACH
def test_every_experiment_is_a_parameter_set(opened: Any, name: str) -> None:
    made = gathered(name).design
    found = {entry["name"]: entry for entry in basico.get_parameter_sets(model=opened)}
    assert list(found) == [one.label for one in (*made.experiments[1:], made.control)]
    titles = named(made)
    for one_of_them in made.experiments:
        values = found[one_of_them.label]["Initial Global Quantities"]
        for parameter, value in one_of_them.values.items():
            assert values[re.sub("([,=])", r"\\\1", titles[parameter])]["value"] == pytest.approx(value, rel=1e-14)


@EACH
def test_it_opens_in_the_state_of_control(opened: Any, name: str) -> None:
    known, titles = basico.get_parameters(model=opened)["initial_value"], named(gathered(name).design)
    for parameter, value in gathered(name).design.control.values.items():
        assert known[titles[parameter]] == pytest.approx(value, rel=1e-14)


@EACH
def test_every_observable_is_plotted(opened: Any, name: str) -> None:
    curves = [curve["name"] for plot in basico.get_plots(model=opened)["curves"] for curve in plot]
    assert curves == list(gathered(name).design.observables)


@pytest.mark.parametrize("opened", [SMALLEST], indirect=True)
def test_the_scan_runs_every_experiment(opened: Any, tmp_path: Path) -> None:
    made, table = gathered(SMALLEST).design, tmp_path / "scan.txt"
    columns = [f"Values[{named(made)[symbol]}]" for symbol in (CLOCK, *made.observables.values())]
    basico.add_report("all", task=basico.T.SCAN, table=columns, print_headers=False, separator="\t", model=opened)
    basico.assign_report("all", basico.T.SCAN, str(table), append=False, model=opened)
    basico.run_scan(model=opened)
    rows = np.array([[float(cell) for cell in line.split()] for line in table.read_text("utf-8").split("\n") if line])
    runs = np.split(rows, np.flatnonzero(np.diff(rows[:, 0]) < 0) + 1)
    assert len(runs) == len(made.experiments)
    for experiment, run in zip(made.experiments, runs, strict=True):
        runner = roadrunner.RoadRunner(made.sbml)
        runner.integrator.relative_tolerance, runner.integrator.absolute_tolerance = 1e-10, 1e-14
        for parameter, value in experiment.values.items():
            runner[parameter] = value
        times = [0.0, *(made.lead + run[1:, 0])]
        found = np.array(runner.simulate(times=times, selections=list(made.observables.values())))[1:]
        np.testing.assert_allclose(run[1:, 1:], found, rtol=1e-4, atol=1e-5)


def test_the_same_bytes_while_the_same_model_is_open() -> None:
    data = basico.load_model_from_string(gathered(SMALLEST).design.sbml)
    assert copasi.content(gathered(SMALLEST)) == written(SMALLEST)
    basico.remove_datamodel(data)
    basico.remove_user_defined_functions()


def test_the_same_bytes_from_another_process(tmp_path: Path) -> None:
    path = tmp_path / "again.cps"
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    subprocess.run([sys.executable, "-c", _AGAIN, SMALLEST, str(path)], cwd=ROOT, env=environment, check=True)
    assert path.read_bytes() == written(SMALLEST)
