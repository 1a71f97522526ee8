"""Other programs give our numbers, in every experiment of every model and by every route, and so the same verdicts.

The slowest module of all: it runs each model's experiments three times, in COPASI and in tellurium.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from conftest import MODELS, ROOT
from exported import gathered
from osteon.curation import overview
from osteon.exporters import copasi, sedml
from osteon.exporters.agreement import JUDGED, MEDIAN, ROUTES, WORST, Agreement, agreement, compared, judged, markdown
from osteon.simulation.timecourse import TimeCourse

pytestmark = pytest.mark.interop

SMALLEST = "runx2_osteogenesis"
FILED = ROOT / "docs" / "results" / "agreement.json"


def ours(name: str) -> dict[str, TimeCourse]:
    """Return our own numbers, as if another program had given them."""
    model = gathered(name).model
    return {
        run.id: model.run(run.condition, run.times, setting=run.setting, until=run.end)
        for run in gathered(name).design.experiments
    }


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("name", MODELS)
def test_the_same_numbers_and_the_same_verdicts(name: str, route: str) -> None:
    found = agreement(gathered(name), route)
    assert found.worst < 1e-4, found.where
    assert found.median < 1e-6
    assert found.changed == ()
    assert found.holds
    assert len(found.experiments) == len(gathered(name).design.experiments)
    if route == JUDGED:
        assert found.claims == sum(bool(claim.checks) for _, claim in gathered(name).claims)


def test_the_thresholds_are_those_of_the_documents() -> None:
    text = (ROOT / "docs" / "interoperability.md").read_text(encoding="utf-8")
    assert (WORST, MEDIAN) == (1e-4, 1e-6)
    assert "at worst 1e-4" in text
    assert "median below 1e-6" in text


def test_the_document_shows_every_model_and_every_experiment() -> None:
    filed = json.loads(FILED.read_text(encoding="utf-8"))["agreements"]
    assert [(found["model"], found["route"]) for found in filed] == [(name, way) for name in MODELS for way in ROUTES]
    for found in filed:
        assert found["experiments"] == [run.label for run in gathered(found["model"]).design.experiments]
        assert replace_lists(found).holds
    text = (ROOT / "docs" / "interoperability.md").read_text(encoding="utf-8")
    assert overview.inserted(text, markdown(filed), "agreement") == text


def replace_lists(filed: Mapping[str, object]) -> Agreement:
    """Return an agreement as it was before it was filed."""
    return Agreement(**{key: tuple(value) if isinstance(value, list) else value for key, value in filed.items()})


def test_our_own_numbers_agree_with_themselves() -> None:
    courses = ours(SMALLEST)
    found = judged(compared(gathered(SMALLEST), courses, "own"), gathered(SMALLEST), courses)
    assert found.holds
    assert found.worst < 1e-7


def test_a_thousandth_of_one_value_is_found() -> None:
    made, courses = gathered(SMALLEST).design, ours(SMALLEST)
    spoilt = made.experiments[3]
    course = courses[spoilt.id]
    values = {**course.values, "alp": course.values["alp"] * np.where(course.times == course.times[-1], 1.001, 1.0)}
    found = compared(gathered(SMALLEST), {**courses, spoilt.id: replace(course, values=values)}, "spoilt")
    assert not found.holds
    assert found.where == f"{spoilt.label}, alp"


def test_experiments_that_are_mixed_up_change_verdicts() -> None:
    made, courses = gathered(SMALLEST).design, ours(SMALLEST)
    labels = {run.label.partition(": ")[2]: run.id for run in made.experiments if run.setting == "ipsc_culture"}
    whole, lacking = labels["osteogenic_induction"], labels["osteogenic_induction+runx2_ko"]
    mixed = {**courses, whole: courses[lacking], lacking: courses[whole]}
    found = judged(compared(gathered(SMALLEST), mixed, "mixed up"), gathered(SMALLEST), mixed)
    assert found.worst > WORST
    assert found.changed


@pytest.mark.parametrize("route", ROUTES)
def test_a_wrong_number_in_a_file_is_found(route: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each program really reads the file: one gene dose of 1 is made 1.01 in every experiment."""
    content, document = copasi.content, sedml.document

    def spoilt(text: str, old: str, new: str) -> str:
        assert old in text
        return text.replace(old, new)

    monkeypatch.setattr(
        copasi,
        "content",
        lambda given: spoilt(
            content(given).decode(),
            'Vector=Values[sp7_gene]" value="1"',
            'Vector=Values[sp7_gene]" value="1.01"',
        ).encode(),
    )
    monkeypatch.setattr(
        sedml,
        "document",
        lambda *given: spoilt(
            document(*given),
            '[@id=\'sp7_gene\']/@value" newValue="1.0"',
            '[@id=\'sp7_gene\']/@value" newValue="1.01"',
        ),
    )
    found = agreement(gathered(SMALLEST), route)
    assert not found.holds
    assert WORST < found.worst < 0.1
