"""Modules of the bone core, each alone: at rest, and in the limits that a textbook gives."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import roadrunner

from conftest import ROOT
from osteon.sbml.antimony import compile_antimony

FOLDER = ROOT / "antimony" / "modules"
FRAGMENTS = ROOT / "models" / "bindings" / "modules"
MODULES = sorted(path.stem for path in FOLDER.glob("*.ant") if path.stem != "whole")
CARRIERS = ("Osteoblast", "Osteocyte", "Stroma", "Tcell", "Other")
NO_RANKL = {**dict.fromkeys((f"Contact{carrier}" for carrier in CARRIERS), 0.0), "SolubleRANKL": 0.0}
MANY = 3000.0
"""Days after which every module has come to rest."""


def _loaded(path: Path) -> roadrunner.RoadRunner:
    text = compile_antimony(path.read_text(encoding="utf-8"), title=path.stem, shown=path.name, folder=FOLDER)
    return roadrunner.RoadRunner(text)


def _after(name: str, days: float = MANY, /, **changes: float) -> roadrunner.RoadRunner:
    """Return a module after some days with these values changed at the start."""
    model = _loaded(FOLDER / f"{name}.ant")
    for symbol, value in changes.items():
        model.setValue(symbol, value)
    if len(model.model.getFloatingSpeciesIds()):
        model.simulate(0, days, 2)
    return model


@pytest.mark.parametrize("name", [*MODULES, pytest.param("whole", marks=pytest.mark.slow)])
def test_rests_alone(name: str) -> None:
    model = _loaded(FOLDER / f"{name}.ant")
    rates = dict(zip(model.model.getFloatingSpeciesIds(), model.getRatesOfChange(), strict=True))
    assert {symbol: rate for symbol, rate in rates.items() if abs(rate) > 1e-9} == {}


@pytest.mark.parametrize("name", MODULES)
def test_every_parameter_is_accounted_for(name: str) -> None:
    text = (FOLDER / f"{name}.ant").read_text(encoding="utf-8")
    fragment = tomllib.loads((FRAGMENTS / f"{name}.toml").read_text(encoding="utf-8"))
    values = dict(re.findall(r"^  (\w+) = ([-\d.e]+) (?!in )\w+", text, re.MULTILINE))
    assert fragment["id"] == name
    assert set(fragment["parameters"]) == set(values)
    for symbol, entry in fragment["parameters"].items():
        if "range" in entry:
            low, high = entry["range"]
            assert low <= float(values[symbol]) <= high, symbol


def test_no_osteoclast_without_rankl() -> None:
    assert _after("osteoclasts", **NO_RANKL)["Osteoclasts"] < 0.05


def test_osteoclasts_live_on_rankl() -> None:
    assert 0 < _after("osteoclasts", 4.0, **NO_RANKL)["Osteoclasts"] < 0.5


def test_no_osteoclast_without_m_csf() -> None:
    assert _after("osteoclasts", m_csf=0.0)["Osteoclasts"] < 1e-6


def test_contacts_saturate_in_gene_dose_but_not_in_number() -> None:
    half = _after("rankl_opg", rankl_osteocyte_gene=0.5)
    assert half["ContactOsteocyte"] > 0.55
    fewer = _after("rankl_opg", PresentingOsteocytes=0.5)
    assert fewer["ContactOsteocyte"] == pytest.approx(0.5, rel=1e-6)
    assert _after("rankl_opg", rankl_osteocyte_gene=0.0)["ContactOsteocyte"] < 1e-6


def test_plenty_of_opg_ends_contacts() -> None:
    plenty = _after("rankl_opg", opg_osteoblast_gene=1000.0)
    rest = _after("rankl_opg")
    for kind in ("Osteoblast", "Osteocyte", "Stroma"):
        assert plenty[f"Contact{kind}"] < 0.1 * rest[f"Contact{kind}"]
    assert plenty["SolubleRANKL"] < 0.1 * rest["SolubleRANKL"]


def test_without_runx2_cells_stop_before_they_mature() -> None:
    without = _after("runx2_programme", runx2_gene=0.0)
    assert without["Sp7_mRNA"] < 0.1
    assert without["Gate"] < 0.05
    stopped = _after("osteoblasts", Gate=without["Gate"], ActiveRUNX2=0.0)
    assert stopped["Osteoblasts"] < 0.1
    assert stopped["PreOsteoblasts"] > 0.05


def test_no_bone_is_formed_without_osteoblasts() -> None:
    model = _after("bone_site", 200.0, OsteoblastsHere=0.0, GrowthRate=0.05)
    assert model["Formation"] == 0
    assert 0 <= model["BoneMass"] < 0.5


def test_bone_is_bounded_without_resorption() -> None:
    model = _after("bone_site", Resorption=0.0)
    assert 1.5 < model["BoneMass"] < 1.001 * model["bone_cap"]


def test_bone_is_never_used_up() -> None:
    model = _after("bone_site", Resorption=3.0)
    assert model["BoneMass"] > 0


def test_without_osteocytes_there_is_no_sclerostin() -> None:
    assert _after("osteocytes", OsteoblastsHere=0.0)["Sclerostin"] < 0.05


def test_blocked_sclerostin_raises_wnt_up_to_a_bound() -> None:
    blocked, more = (_after("wnt", anti_sclerostin=dose)["Wnt"] for dose in (20.0, 2000.0))
    bound = (1 + _after("wnt")["K_sclerostin"]) / _after("wnt")["K_sclerostin"]
    assert 1.2 < blocked < more < bound


def test_wnt_of_osteocytes_holds_their_rankl_back() -> None:
    assert _after("osteocytes", WntOsteocyte=3.0)["PresentingOsteocytes"] < 0.95
    assert _after("osteocytes", WntOsteocyte=0.0)["PresentingOsteocytes"] > 1.05


def test_without_the_motif_no_reverse_signal() -> None:
    without, added = (_after("reverse_signal", proline_motif=0.0, vesicles_added=level) for level in (0.0, 10.0))
    assert without["PI3K"] < 1
    assert added["ActiveRUNX2"] == pytest.approx(without["ActiveRUNX2"], rel=1e-6)


def test_either_lamin_alone_fails_and_either_vector_rescues() -> None:
    failed = [_after("stress_response", **{name: 9.0})["Failed"] for name in ("sirna_lmna", "sirna_lmnb")]
    assert min(failed) > 0.5
    stressed, rescued = (_after("stress_response", cccp=10.0, vector_lmna=level)["Failed"] for level in (0.0, 5.0))
    assert stressed > 0.5
    assert rescued < 0.2 * stressed


def test_bone_grows_to_its_full_size_at_twelve_weeks() -> None:
    model = _loaded(FOLDER / "animal.ant")
    for symbol, value in {"growing": 1.0, "age_start": 0.0, "aging": 0.0}.items():
        model.setValue(symbol, value)
    assert model["Grown"] == pytest.approx(model["newborn"])
    model.setValue("age_start", 84.0)
    assert model["Grown"] == pytest.approx(1.0)
