"""BPSL: every check is a constraint or says why not, and PyBNF finds the verdicts of libroadrunner."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from math import exp, isfinite, log
from pathlib import Path
from typing import Any

import libsbml
import numpy as np
import pytest
import roadrunner

import small
from conftest import MODELS, scorecard
from exported import gathered
from osteon import sbml
from osteon.evidence.claims import Claim, ContrastCheck, Evidence
from osteon.evidence.criteria import interval, names, threshold
from osteon.exporters import bpsl
from osteon.exporters.bundle import Bundle
from osteon.verification.results import CheckResult

SIMULATED = "osteoblast_vesicles"
"""Small enough to be simulated in a test by PyBNF itself; it supports most claims, and refuses some."""
QUANTITY = r"[A-Za-z][A-Za-z0-9_]*\.[A-Za-z][A-Za-z0-9_]*"
NUMBER = r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?"
CONSTRAINT = re.compile(rf"({QUANTITY}) (>=|<=|>) ({QUANTITY}|{NUMBER}) at ({QUANTITY})=({NUMBER}) weight 1")


@cache
def written(name: str) -> dict[str, str]:
    """Return the exported files of a model by name."""
    return {file.path: file.content.decode("ascii") for file in bpsl.files(gathered(name))}


@cache
def entries(name: str) -> list[tuple[str, tuple[str, ...]]]:
    """Return for each check its comment and its constraints, in the order of the evidence."""
    words = {f"# {word}: {threshold(word)}" for word in names("contrast")}
    found: list[tuple[str, list[str]]] = []
    for line in written(name)[f"{name}.prop"].splitlines():
        if line in words or line.startswith("# Left out: "):
            found.append((line, []))
        elif line and not line.startswith("#"):
            found[-1][1].append(line)
    return [(comment, tuple(lines)) for comment, lines in found]


def checked(name: str) -> Iterator[tuple[CheckResult, str, tuple[str, ...]]]:
    """Yield every check of a model as judged, with its comment and its constraints."""
    for (_, result), (comment, lines) in zip(asked(name), entries(name), strict=True):
        yield result, comment, lines


def asked(name: str) -> list[tuple[Claim, CheckResult]]:
    """Return every check of a model as judged, with its claim."""
    return [(result.claim, check) for result in scorecard(name).results for check in result.checks]


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.slow
def test_every_direction_is_there_or_has_a_reason_not_to_be(name: str) -> None:
    constrained = 0
    for (claim, result), (comment, lines) in zip(asked(name), entries(name), strict=True):
        check = result.check
        if comment.startswith("# Left out: "):
            assert not lines
            assert f"{check.expect}, {check.observable}" in comment
            if isinstance(check, ContrastCheck) and not check.second_readings and "the model has no" not in comment:
                assert {check.at, check.reference_at, claim.at} & {"peak", "mean"}, comment
        else:
            constrained += 1
            assert comment == f"# {check.expect}: {threshold(check.expect)}"
            sides = [line for line in lines if "__" in line.split(" ")[2].split(".")[-1]]
            within = interval(check.expect)
            assert [line.split()[1] for line in sides] == [
                sign for sign, end in ((">=", within.low), ("<=", within.high)) if isfinite(end)
            ]
    assert constrained >= 10


@pytest.mark.parametrize("name", MODELS)
def test_constraints_name_what_the_files_hold(name: str) -> None:
    configuration = written(name)[f"{name}.conf"]
    runs = re.findall(
        r"^experiment: (\w+), condition: (\w+), data: .*, t_end: (\S+), n_steps: (\d+)$", configuration, re.M
    )
    ends = {f"{run}{condition}": float(end) / int(steps) * (int(steps) - 1) for run, condition, end, steps in runs}
    assert {condition for _, condition, _, _ in runs} == set(re.findall(r"^condition: (\w+),", configuration, re.M))
    known = sbml.read(written(name)[f"{name}.xml"], name).getModel()
    used = set()
    for _, lines in entries(name):
        for line in lines:
            match = CONSTRAINT.fullmatch(line)
            assert match, line
            for quantity in (match[1], match[3]):
                if re.fullmatch(QUANTITY, quantity):
                    suffix, species = quantity.split(".")
                    assert known.getSpecies(species) is not None, line
                    used.add(suffix)
            suffix, column = match[4].split(".")
            assert column == "time"
            assert float(match[5]) == pytest.approx(ends[suffix], rel=1e-12)
    assert used == set(ends)


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.slow
def test_the_model_is_valid_and_knows_the_thresholds(name: str) -> None:
    document = libsbml.readSBMLFromString(written(name)[f"{name}.xml"])
    assert sbml.problems(document) == []
    assert [event.getId() for event in document.getModel().getListOfEvents()]
    engine = roadrunner.RoadRunner(written(name)[f"{name}.xml"])
    nothing = gathered(name).model.binding.protocol.detection_limit * bpsl.NOTHING
    words = {word.replace(" ", "_"): interval(word) for word in names("contrast")}
    for observable, symbol in gathered(name).design.observables.items():
        value = engine[symbol]
        assert engine[f"ln_{observable}"] == pytest.approx(log(value) if value > 1e-6 else log(nothing), abs=1e-12)
    moved = [one.getId() for one in document.getModel().getListOfSpecies() if re.match(r"ln_\w+?__", one.getId())]
    assert moved
    for symbol in moved:
        observable, word = symbol.split("__", 1)
        within = words[word.removesuffix("_low").removesuffix("_high")]
        ends = [end for end in (within.low, within.high) if isfinite(end)]
        end = ends[-1] if word.endswith("_high") else ends[0]
        assert engine[symbol] - engine[observable] == pytest.approx(end, abs=1e-12)


@pytest.mark.parametrize("name", MODELS)
def test_what_is_fitted_has_its_range(name: str) -> None:
    text = written(name)[f"{name}_fit.conf"]
    pattern = r"^parameter: (\w+), prior: uniform, parameter_scale: (\w+), lower: (\S+), upper: (\S+)$"
    found = re.findall(pattern, text, re.M)
    assert len(found) > 5
    for parameter, scale, lower, upper in found:
        binding = gathered(name).provenance[parameter]
        assert (float(lower), float(upper)) == tuple(binding.range)
        assert scale == ("log10" if binding.is_logarithmic else "lin")
    assert text.split("edition")[1] == written(name)[f"{name}.conf"].split("edition")[1]


def constraints(name: str, folder: Path) -> dict[str, Any]:
    """Return every constraint of a model as PyBNF reads it, by its line."""
    pybnf = pytest.importorskip("pybnf.constraint", reason="PyBNF is not installed; `pip install 'osteon[pybnf]'`")
    path = folder / f"{name}.prop"
    path.write_text(written(name)[f"{name}.prop"], encoding="ascii")
    read = pybnf.ConstraintSet(name, "none")
    read.load_constraint_file(str(path))
    return {constraint.source_line: constraint for constraint in read.constraints}


def outputs(values: dict[tuple[str, str], float], ends: dict[str, float]) -> dict[str, Any]:
    """Return runs as PyBNF's simulators give them, each species with the same value at all times."""
    from pybnf.data import Data

    runs: dict[str, dict[str, float]] = {}
    for (suffix, column), value in values.items():
        runs.setdefault(suffix, {})[column] = value
    return {
        suffix: Data.from_columns(
            np.column_stack([np.linspace(0.0, 1.01, 102) * ends[suffix], *(np.full(102, v) for v in columns.values())]),
            ["time", *columns],
        )
        for suffix, columns in runs.items()
    }


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.interop
def test_pybnf_penalises_what_libroadrunner_refuses(name: str, tmp_path: Path) -> None:
    read = constraints(name, tmp_path)
    values: dict[tuple[str, str], float] = {}
    ends: dict[str, float] = {}
    nothing = log(gathered(name).model.binding.protocol.detection_limit * bpsl.NOTHING)
    words = {word.replace(" ", "_"): interval(word) for word in names("contrast")}
    judged = [(result, lines) for result, comment, lines in checked(name) if lines]
    for result, lines in judged:
        for line in lines:
            left, sign, right, _, at, *_ = line.split()
            quantity = tuple(left.split("."))
            ends[at.split(".")[0]] = float(at.split("=")[1])
            value, reference = result.effects[0].value, result.effects[0].reference
            if sign == ">":
                values[quantity[0], quantity[1]] = log(reference)
                continue
            suffix, moved = right.split(".")
            word = words[re.sub(r"^ln_\w+?__|_(low|high)$", "", moved)]
            values[quantity[0], quantity[1]] = log(value) if value > 1e-6 else nothing
            values[suffix, moved] = log(reference) + (word.low if sign == ">=" else word.high)
    given = {name: outputs(values, {suffix: ends.get(suffix, 1.0) for suffix, _ in values})}
    for result, lines in judged:
        penalty = sum(read[line].penalty(given) for line in lines)
        assert (penalty == 0.0) == (result.outcome == "holds"), (result.check, penalty)
    assert len(read) == len({line for _, lines in judged for line in lines})


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.interop
def test_pybnf_penalises_a_model_on_which_nothing_acts(name: str, tmp_path: Path) -> None:
    read = constraints(name, tmp_path)
    bounds = {word.replace(" ", "_"): interval(word) for word in names("contrast")}
    values, ends = {}, {}
    for line in read:
        left, sign, right, _, at, *_ = line.split()
        ends[at.split(".")[0]] = float(at.split("=")[1])
        values[tuple(left.split("."))] = 0.0
        if sign != ">":
            word = bounds[re.sub(r"^ln_\w+?__|_(low|high)$", "", right.split(".")[1])]
            values[tuple(right.split("."))] = word.low if sign == ">=" else word.high
    given = {name: outputs(values, {suffix: ends.get(suffix, 1.0) for suffix, _ in values})}
    missed = {line: read[line].penalty(given) for line in read}
    assert max(missed.values()) == pytest.approx(log(10.0) if any("__abolished" in line for line in read) else log(1.1))
    for line, penalty in missed.items():
        if "__increase " in line or "__decrease " in line:
            assert exp(penalty) == pytest.approx(1.1)
        elif "unchanged" in line or "hardly_changed" in line or " > " in line:
            assert penalty == 0.0


@pytest.mark.interop
def test_pybnf_simulates_the_same_verdicts(tmp_path: Path) -> None:
    name = SIMULATED
    pytest.importorskip("pybnf", reason="PyBNF is not installed; `pip install 'osteon[pybnf]'` brings it")
    for path, text in written(name).items():
        (tmp_path / path).write_text(text, encoding="ascii")
    done = subprocess.run(
        [sys.executable, "-m", "pybnf", "-c", f"{name}.conf", "-o"],
        cwd=tmp_path,
        env={**os.environ, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    results = tmp_path / "pybnf_output" / "Simulations"
    (first,) = results.glob("r1_*_constraint_eval.txt")
    penalties = iter(float(line) for line in first.read_text(encoding="ascii").split())
    outcomes = set()
    for result, _, lines in checked(name):
        penalty = sum(next(penalties) for _ in lines)
        if lines:
            outcomes.add(result.outcome)
            assert (penalty == 0.0) == (result.outcome == "holds"), (result.check, penalty)
    assert next(penalties, None) is None
    assert "out of" in done.stdout
    assert outcomes == {"holds", "refused"}


@pytest.mark.interop
def test_pybnf_knows_what_to_fit(tmp_path: Path) -> None:
    pytest.importorskip("pybnf", reason="PyBNF is not installed; `pip install 'osteon[pybnf]'` brings it")
    for path, text in written(SIMULATED).items():
        (tmp_path / path).write_text(text, encoding="ascii")
    asked = (
        f"from pybnf.parse import load_config; read = load_config('{SIMULATED}_fit.conf'); "
        "print(*sorted(one.name for one in read.variables), sum(len(one.constraints) for one in read.constraints))"
    )
    done = subprocess.run([sys.executable, "-c", asked], cwd=tmp_path, capture_output=True, text=True, check=True)
    parameters = re.findall(r"^parameter: (\w+),", written(SIMULATED)[f"{SIMULATED}_fit.conf"], re.M)
    total = sum(len(lines) for _, lines in entries(SIMULATED))
    assert done.stdout.splitlines()[-1].split() == [*sorted(parameters), str(total)]


def test_an_average_is_left_out_with_its_reason() -> None:
    source = {"id": "t", "tag": "T", "title": "x", "citation": "x", "language": "en", "summary": "x"}
    check = {"observable": "s", "condition": "more", "reference": "control", "expect": "increase"}
    claim = {
        "id": "T-01", "statement": "x", "place": "x", "kind": "experiment", "term": "ECO:0000006", "demand": "must",
        "setting": "culture", "at": "2 d", "average": "1 d", "checks": (check,),
    }  # fmt: skip
    tried = small.model(interventions={"more": ("treatment", {"scale": {"boost": 2}})})
    bundle = Bundle(tried, (Evidence.model_validate({"source": source, "claims": (claim,)}),), {}, {}, {}, {}, None)
    text = next(file.content.decode() for file in bpsl.files(bundle) if file.path == "small.prop")
    assert "# Left out: increase, s: BPSL has no word for an average over 1 d" in text
