"""Classes of quantities: what range a parameter gets from its own, and that all readers see the same one."""

from __future__ import annotations

from collections import Counter
from math import log
from typing import Any

import numpy as np
import pytest

import small
from conftest import MODELS, PROJECT, Command
from osteon.curation.lint import reason_findings
from osteon.evidence.bindings import ParameterBinding
from osteon.evidence.priors import Prior, Priors, class_findings, outside, ranged
from osteon.simulation.model import load

TIME = {"meaning": "x", "distribution": "log-uniform", "unit": "h", "range": (12.0, 48.0), "reason": "x"}


def _prior(**given: Any) -> Prior:
    return Prior.model_validate({**TIME, "measure": "half-life", **given})


def _entry(prior: str, unit: str = "1/d") -> ParameterBinding:
    return ParameterBinding(meaning="x", provenance="assumed", reason="x", unit=unit, prior=prior)


def test_a_half_life_makes_rates_and_times() -> None:
    """In half a day to two days half is lost: ln 2 over two days to ln 2 over half a day."""
    assert _prior().bounds("1/d", 1.0) == pytest.approx((log(2) / 2, log(2) / 0.5))
    assert _prior().bounds("d", 1.0) == pytest.approx((0.5, 2.0))
    assert _prior().bounds("1/h", 1.0) == pytest.approx((log(2) / 48, log(2) / 12))
    assert _prior(measure="mean time").bounds("1/d", 1.0) == pytest.approx((0.5, 2.0))


def test_a_value_is_as_it_is_and_a_factor_goes_with_the_value_of_the_model() -> None:
    value = _prior(measure="value", unit="nmol/L")
    assert value.bounds("nmol/L", 7.0) == (12.0, 48.0)
    factor = _prior(measure="factor", unit="dimensionless", range=(0.5, 2.0))
    assert factor.bounds("nmol/L", 3.0) == (1.5, 6.0)
    with pytest.raises(ValueError, match="a factor of the model's value, which is 0"):
        factor.bounds("nmol/L", 0.0)


@pytest.mark.parametrize(
    ("measure", "unit", "said"),
    [
        ("half-life", "nmol/L", "'nmol/L' is the unit of neither"),
        ("value", "1/d", "the range is in nmol/L, not in '1/d'"),
    ],
)
def test_a_parameter_in_another_unit_is_not_of_the_class(measure: str, unit: str, said: str) -> None:
    prior = _prior(measure=measure, unit="nmol/L" if measure == "value" else "h")
    found = list(class_findings({"k": _entry("times", unit)}, Priors(classes={"times": prior}), {"k": 1.0}, "b.toml"))
    assert [one.where for one in found] == ["b.toml: parameters.k.prior"]
    assert said in found[0].what


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"range": (2.0, 2.0)}, "is no range"),
        ({"range": (0.0, 2.0)}, "is above zero"),
        ({"range": (0.0, 2.0), "distribution": "uniform"}, "is above zero"),
        ({"unit": "nmol/L"}, "is no unit of time"),
        ({"measure": "factor"}, "a factor is dimensionless"),
        ({"reason": None}, "needs a 'citation'"),
    ],
)
def test_what_is_no_class_is_refused(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        _prior(**given)


def test_a_range_of_its_own_needs_who_measured_it() -> None:
    own = small.parameter(0.1, 1.0)
    cited = own.model_copy(update={"citation": "Who 2001"})
    single = small.parameter(1.0, 1.0)
    derived = small.parameter(0.0, 0.0, formula="2*own")
    entries = {"own": own, "cited": cited, "single": single, "derived": derived}
    found = list(class_findings(entries, Priors(), {}, "b.toml"))
    assert [one.where for one in found] == ["b.toml: parameters.own.range"]


def test_a_class_that_gives_a_claim_as_its_reason_is_refused() -> None:
    found = list(reason_findings({"times": _prior(reason="As S3-16 asks.")}, {"S3-16"}, "p.toml: classes"))
    assert [one.where for one in found] == ["p.toml: classes.times.reason"]


def test_draws_come_from_the_class_as_it_says() -> None:
    """A uniform range is drawn uniformly although it is positive; the value of the model is no part of it."""
    flat = _prior(measure="value", unit="dimensionless", range=(1.0, 6.0), distribution="uniform")
    priors = Priors(classes={"times": _prior(), "flat": flat})
    entries = ranged({"k": _entry("times"), "boost": _entry("flat", "dimensionless")}, priors, {"k": 0.5, "boost": 9.0})
    assert outside(entries, {"k": 0.5, "boost": 9.0}) == ["boost"]
    draws = small.model(parameters=entries).draws
    assert (draws.scale("k"), draws.scale("boost")) == ("log-uniform", "uniform")
    assert draws.placed(np.array([0.5, 0.5])) == pytest.approx({"boost": 3.5, "k": log(2)})


def test_every_class_is_used_and_most_parameters_share_theirs() -> None:
    used = Counter(entry.prior for name in MODELS for entry in PROJECT.binding(name).parameters.values() if entry.prior)
    assert set(used) == set(PROJECT.priors.classes)
    assert sum(number for number in used.values() if number > 1) > 0.95 * used.total()


def test_one_quantity_has_one_range_in_all_models() -> None:
    same = {
        "k_bone": ("mitochondrial_lamin", "osteoblast_vesicles", "rankl_cell_sources", "rankl_reverse_signaling"),
        "k_precursor": ("osteoblast_vesicles", "rankl_cell_sources", "rankl_reverse_signaling"),
        "K_vesicle": ("rankl_cell_sources", "rankl_reverse_signaling"),
        "k_rankl": ("osteoblast_vesicles", "rankl_cell_sources", "rankl_reverse_signaling"),
        "k_runx2": ("rankl_reverse_signaling", "runx2_osteogenesis"),
    }
    for name, models in same.items():
        assert len({load(PROJECT, one).parameters[name].range for one in models}) == 1, name


def test_check_warns_of_a_value_outside_of_its_class(osteon: Command) -> None:
    outcome = osteon("check", "rankl_cell_sources")
    assert (outcome.code, outcome.err) == (0, "")
    assert "warning: models/bindings/rankl_cell_sources.toml: parameters.k_precursor: " in outcome.out
    assert "0.008 lies outside the range of its class 'precursor_residence', 0.0333 to 1 1/d" in outcome.out
    assert outcome.out.endswith("rankl_cell_sources: no faults found\n")
