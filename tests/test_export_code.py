"""Equations and programs: complete, and the programs run and agree with libroadrunner."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
import roadrunner

from conftest import MODELS, PROJECT, model
from osteon import sbml
from osteon.exporters import export
from osteon.exporters.bundle import bundle

END, POINTS = 5.0, 21
# Both integrators run at a relative tolerance of 1e-8 or below.
RELATIVE, ABSOLUTE = 1e-5, 1e-7


@cache
def exported(name: str) -> dict[str, str]:
    """Return the text of each file of a model, by its ending."""
    found = export(bundle(PROJECT, name), ["equations", "code"])
    return {file.path.rpartition(".")[2]: file.content.decode() for file in found}


def changed(name: str) -> dict[str, float]:
    """Return a value other than its own for the first parameter that an intervention of the model sets."""
    acts = model(name).binding.interventions
    return next({target: value} for _, act in sorted(acts.items()) for target, value in sorted(act.set.items()))


def expected(name: str, values: dict[str, float]) -> pd.DataFrame:
    """Simulate the SBML in libroadrunner."""
    one = model(name)
    runner = roadrunner.RoadRunner(sbml.with_observables(one.sbml, one.formulas, name))
    for target, value in values.items():
        runner[target] = value
    runner.getIntegrator().setValue("relative_tolerance", 1e-9)
    runner.getIntegrator().setValue("absolute_tolerance", 1e-13)
    columns = [*runner.model.getFloatingSpeciesIds(), *("observable_" + name for name in one.formulas)]
    runner.timeCourseSelections = ["time", *columns]
    return pd.DataFrame(np.array(runner.simulate(0, END, POINTS)), columns=["time", *columns])


def compare(found: pd.DataFrame, name: str, values: dict[str, float]) -> None:
    wanted = expected(name, values)
    moved = wanted.iloc[:, 1:].sub(wanted.iloc[0, 1:]).abs().max().max()
    assert not values or moved > 0.01, "the changed parameter must move something"
    np.testing.assert_allclose(found[wanted.columns].to_numpy(), wanted.to_numpy(), rtol=RELATIVE, atol=ABSOLUTE)


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.slow
def test_python_agrees_with_libroadrunner(name: str) -> None:
    program = ModuleType("exported")
    exec(compile(exported(name)["py"], f"{name}.py", "exec"), program.__dict__)
    compare(program.simulate(END, POINTS), name, {})
    constants = program.P0.copy()
    for target, value in changed(name).items():
        constants[program.PIDS.index(target)] = value
    compare(program.simulate(END, POINTS, p=constants), name, changed(name))


@pytest.mark.slow
def test_python_runs_by_itself(tmp_path: Path) -> None:
    path = tmp_path / "program.py"
    path.write_text(exported(MODELS[0])["py"], encoding="utf-8")
    assert "time" in subprocess.run([sys.executable, path], check=True, capture_output=True, encoding="utf-8").stdout


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.interop
def test_r_agrees_with_libroadrunner(name: str, tmp_path: Path) -> None:
    rscript = shutil.which("Rscript")
    if rscript is None or subprocess.run([rscript, "-e", "library(deSolve)"], capture_output=True).returncode:
        pytest.skip("R with the package deSolve is not installed")
    path = tmp_path / "program.R"
    path.write_text(exported(name)["R"], encoding="utf-8")
    for values in ({}, changed(name)):
        sets = "".join(f'p[["{target}"]] <- {value!r}; ' for target, value in values.items())
        call = f'source("{path}"); p <- P0; {sets}write.csv(simulate({END}, {POINTS}, p = p), row.names = FALSE)'
        found = subprocess.run([rscript, "-e", call], check=True, capture_output=True, encoding="utf-8").stdout
        compare(pd.read_csv(io.StringIO(found)), name, values)


@pytest.mark.parametrize("name", MODELS)
def test_julia_has_every_equation(name: str) -> None:
    # Julia is too large to install for a test; the printer is the one of Python and R with other words.
    text = exported(name)["jl"]
    document = sbml.read(model(name).sbml, name)
    listed = [item.id for item in (*sbml.symbols(document.getModel()), *sbml.reactions(document.getModel()))]
    assert [name for name in listed if f'"{name}"' not in text and f":{name}" not in text] == []


@pytest.mark.parametrize("name", MODELS)
def test_documents_name_everything(name: str) -> None:
    document = sbml.read(model(name).sbml, name)
    listed = [*sbml.symbols(document.getModel()), *sbml.reactions(document.getModel())]
    plain = {
        ending: re.sub(r"\\allowbreak\{\}|[\\{}]|\s+|texttt", "", exported(name)[ending]) for ending in ("md", "tex")
    }
    for ending, text in plain.items():
        assert [item.id for item in listed if item.id not in text] == [], ending


@pytest.mark.parametrize("name", MODELS)
def test_latex_is_balanced(name: str) -> None:
    text = exported(name)["tex"]
    opened: list[str] = []
    for kind, environment in re.findall(r"\\(begin|end)\{([\w*]+)\}", text):
        if kind == "begin":
            opened.append(environment)
        else:
            assert opened.pop() == environment
    assert opened == []
    bare = re.sub(r"\\[{}]", "", text)
    assert bare.count("{") == bare.count("}") > 0


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.interop
def test_latex_compiles(name: str, tmp_path: Path) -> None:
    latex = shutil.which("pdflatex")
    if latex is None:
        pytest.skip("pdflatex is not installed")
    (tmp_path / "equations.tex").write_text(exported(name)["tex"], encoding="utf-8")
    command = [latex, "-halt-on-error", "-interaction=nonstopmode", "equations.tex"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
