"""Problems of parameter estimation: what is free, its prior and the noise, to the letter on a small model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import exp, inf

import pytest

import small
from osteon.evidence.claims import Evidence
from osteon.exporters import petab_v1, petab_v2
from osteon.exporters.bundle import Bundle
from osteon.exporters.estimation import Measurement, Problem, noise, problem, unmeasured

BODY = """
  substanceOnly species S in cell = 1 dimensionless
  k = 0.5 per_day; gain = 0.25 dimensionless; drain = 1 dimensionless; half = 0.25 dimensionless
  on = 0 dimensionless; dose = 3 dimensionless
  made: => S; k*(1 + gain*on*dose)
  lost: S => ; k*drain*S
"""
EVIDENCE = {
    "source": {"id": "example", "tag": "T", "title": "x", "citation": "x", "language": "en", "summary": "x"},
    "claims": (
        {
            "id": "T-01",
            "statement": "S goes up",
            "place": "x",
            "kind": "experiment",
            "term": "ECO:0000001",
            "demand": "must",
            "setting": "culture",
            "checks": (
                {"expect": "increase", "observable": "s", "condition": "more", "reference": "control", "at": "2 d"},
                {"expect": "increase", "observable": "t", "condition": "more", "reference": "control", "at": "2 d"},
            ),
        },
    ),
}


PROVENANCE = {
    "k": small.parameter(0.05, 5.0),
    "gain": small.parameter(0.0, 2.0),
    "drain": small.parameter(1.0, 1.0),
    "half": small.parameter(0.0, 1.0, "k/2"),
    "on": small.parameter(0.0, 0.0),
    "dose": small.parameter(1.0, 9.0),
    "elsewhere": small.parameter(1.0, 9.0),
}


def _bundle() -> Bundle:
    made = small.model(
        BODY,
        interventions={"more": ("treatment", {"set": {"on": 1.0, "dose": 2.0}})},
        observables={"s": "S", "t": "10*S"},
    )
    return Bundle(made, (Evidence.model_validate(EVIDENCE),), PROVENANCE, {}, {}, {}, None)


def _measured(*values: tuple[str, float]) -> Problem:
    rows = tuple(Measurement("culture", "more", name, 2.0, value) for name, value in values)
    return replace(unmeasured(_bundle()), measurements=rows)


def _tables(version: object, laid_out: Problem) -> Mapping[str, list[list[str]]]:
    return {
        file.path.split("/")[1]: [line.split("\t") for line in file.content.decode().splitlines()]
        for file in version.files(laid_out)  # type: ignore[attr-defined]
        if file.path.endswith(".tsv")
    }


def test_parameters_are_free_fixed_derived_or_changed_by_a_condition() -> None:
    found = unmeasured(_bundle())
    assert list(found.free) == ["gain", "k"]
    assert found.fixed == ("drain",)
    assert found.derived == {"half": "k/2"}
    assert found.closed == ("dose",)
    assert found.values == {"k": 0.5, "gain": 0.25, "drain": 1.0, "half": 0.25, "on": 0.0, "dose": 3.0}
    assert found.measurements == ()


def test_noise_is_a_share_of_the_mean_measurement_and_a_floor() -> None:
    found = _measured(("s", 1.0), ("s", -3.0), ("t", 50.0))
    assert noise(found, "s") == pytest.approx(0.1 * 2.0 + 0.01)
    assert noise(found, "t") == pytest.approx(0.1 * 50.0 + 0.01)


def test_parameters_of_version_1() -> None:
    assert _tables(petab_v1, _measured(("s", 1.0)))["parameters.tsv"] == [
        ["parameterId", "parameterScale", "lowerBound", "upperBound", "nominalValue", "estimate"],
        ["drain", "lin", "", "", "1.0", "0"],
        ["gain", "lin", "0.0", "2.0", "0.25", "1"],
        ["k", "log10", "0.05", "5.0", "0.5", "1"],
    ]


def test_parameters_of_version_2_have_the_prior_by_which_they_are_drawn() -> None:
    columns = ["parameterId", "lowerBound", "upperBound", "nominalValue", "estimate"]
    assert _tables(petab_v2, _measured(("s", 1.0)))["parameters.tsv"] == [
        [*columns, "priorDistribution", "priorParameters"],
        ["drain", "", "", "1.0", "false", "", ""],
        ["gain", "0.0", "2.0", "0.25", "true", "uniform", "0.0;2.0"],
        ["k", "0.05", "5.0", "0.5", "true", "log-uniform", "0.05;5.0"],
    ]


@pytest.mark.parametrize("version", [petab_v1, petab_v2])
def test_observables_have_their_noise(version: object) -> None:
    rows = _tables(version, _measured(("s", 1.0), ("s", 3.0), ("t", 50.0)))["observables.tsv"]
    assert rows[0] == ["observableId", "observableName", "observableFormula", "noiseFormula", "noiseDistribution"]
    assert [(row[0], row[1], row[4]) for row in rows[1:]] == [
        ("measured_s", "s", "normal"),
        ("measured_t", "t", "normal"),
    ]
    assert [float(row[3]) for row in rows[1:]] == pytest.approx([0.21, 5.01])


def test_measurements_are_what_the_claims_read() -> None:
    """From rest at 1, S goes to 1 + gain*dose = 1.5 at the rate k."""
    found = problem(_bundle()).measurements
    treated = 1.5 - 0.5 * exp(-0.5 * 2.0)
    assert [(one.setting, one.condition, one.observable, one.time) for one in found] == [
        ("culture", condition, name, 2.0) for condition in ("control", "more") for name in ("s", "t")
    ]
    assert [one.value for one in found] == pytest.approx([1.0, 10.0, treated, 10 * treated], rel=1e-6)


def test_experiments_of_version_2_rest_and_then_change() -> None:
    found = _tables(petab_v2, problem(_bundle()))
    assert found["experiments.tsv"][1:] == [
        ["culture__control", str(-inf), ""],
        ["culture__control", "0.0", ""],
        ["culture__more", str(-inf), ""],
        ["culture__more", "0.0", "culture__more__1"],
    ]
    assert found["conditions.tsv"][1:] == [["culture__more__1", "dose", "2.0"], ["culture__more__1", "on", "1.0"]]
