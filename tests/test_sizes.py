"""Sizes: what is large enough, on effects that are worked out by hand."""

from __future__ import annotations

from itertools import combinations
from math import exp, inf, log
from pathlib import Path
from typing import Any

import pytest
from matplotlib.collections import PathCollection
from pydantic import ValidationError

import osteon
import small
from osteon.evidence.claims import Claim, Size
from osteon.pictures import folds
from osteon.pictures.figure import Figure
from osteon.pictures.labels import Label, spread
from osteon.simulation.model import Model
from osteon.verification.results import CheckResult
from osteon.verification.scorecard import Scorecard
from osteon.verification.size_table import agreeing, size_rows
from osteon.verification.sizes import SizeResult, judge_size
from osteon.verification.summary import sentences, tally
from osteon.verification.verify import verify


def _size(fold: float, low: float, high: float) -> Size:
    return Size(fold=fold, range=(low, high), basis="x", citation="K")


@pytest.mark.parametrize(
    ("fold", "simulated", "verdict"),
    [
        (0.33, 0.25, "within the reported range"),
        (0.33, 0.40, "within the reported range"),
        (0.33, 0.41, "within a factor of two"),
        (0.33, exp(log(0.33) / 2 * 1.001), "within a factor of two"),
        (0.33, exp(log(0.33) / 2 * 0.999), "too small"),
        (0.33, exp(log(0.33) * 2 * 0.999), "within a factor of two"),
        (0.33, exp(log(0.33) * 2 * 1.001), "too large"),
        (0.33, 1.0, "too small"),
        (0.33, 3.0, "too small"),
        (0.33, 0.0, "too large"),
    ],
)
def test_a_size_is_compared_on_the_log_scale(fold: float, simulated: float, verdict: str) -> None:
    effect = log(simulated) if simulated else -inf
    assert judge_size(_size(fold, 0.25, 0.40), effect) == verdict


def test_a_rise_is_judged_as_a_fall_is() -> None:
    assert [judge_size(_size(3.0, 2.5, 4.0), sign * log(2.0)) for sign in (1, -1)] == [
        "within a factor of two",
        "too small",
    ]


def test_what_disappears_and_what_stays() -> None:
    gone, same = _size(0.0, 0.0, 0.1), _size(1.0, 0.95, 1.05)
    assert judge_size(gone, -inf) == "within the reported range"
    assert judge_size(gone, log(0.5)) == "too small"
    assert judge_size(same, log(1.04)) == "within the reported range"
    assert judge_size(same, log(1.2)) == "too large"


@pytest.mark.parametrize("values", [{"fold": 0.5, "range": (0.6, 0.7)}, {"fold": 0.0, "range": (0.0, 0.0)}])
def test_a_size_that_makes_no_sense_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Size.model_validate({**values, "basis": "x", "citation": "K"})


def _model(boost: float) -> Model:
    return small.model(interventions={"more": ("treatment", {"set": {"boost": boost}})})


def _claim(id_: str = "T-01", fold: float = 2.0, **fields: object) -> Claim:
    check = {
        "observable": "s",
        "condition": "more",
        "reference": "control",
        "expect": "increase",
        "at": "steady state",
        "size": {"fold": fold, "range": (0.9 * fold, 1.1 * fold), "basis": "x", "citation": "K"},
    }
    return small.claim(check, id=id_, **fields)


def _check(boost: float) -> CheckResult:
    """Return what becomes of an increase reported as twofold, where production is multiplied."""
    return verify(_model(boost), [("t", _claim())]).results[0].checks[0]


def test_a_size_does_not_change_the_outcome() -> None:
    right, large, wrong = _check(2.0), _check(9.0), _check(0.5)
    assert [check.outcome for check in (right, large, wrong)] == ["holds", "holds", "refused"]
    assert [check.size.verdict for check in (right, large, wrong) if check.size] == [
        "within the reported range",
        "too large",
        "too small",
    ]


def test_json_of_a_size_is_plain() -> None:
    found = SizeResult(_size(0.0, 0.0, 0.1), -inf, "within the reported range").as_dict()
    assert found["simulated"] == 0.0
    assert SizeResult(_size(2.0, 1.0, 3.0), inf, "too large").as_dict()["simulated"] == "inf"


def test_a_size_that_claims_share_is_one_row_and_landmarks_are_apart() -> None:
    landmark = _claim("Smith2001-01", fold=9.0).model_copy(update={"role": "landmark"})
    shared = [_claim("T-01"), _claim("T-02"), _claim("T-03", fold=3.0), landmark]
    card = verify(_model(2.0), [("t", claim) for claim in shared])
    rows = size_rows(card.results)
    assert [(row.claim, row.landmark, row.result.verdict) for row in rows] == [
        ("T-01", False, "within the reported range"),
        ("T-03", False, "within a factor of two"),
        ("Smith2001-01", True, "too small"),
    ]
    assert agreeing(rows) == (2, 3)
    numbers = tally(card.results, "small")
    assert (numbers.sizes, numbers.landmark_sizes) == ((2, 2), (0, 1))
    assert "2 of 2 reported sizes within the range or a factor of two" in sentences(numbers)


def _dots(axes: Any) -> list[tuple[float, float]]:
    """Return the places of all dots of a panel; what is drawn for the legend has none."""
    places = [dot.get_offsets() for dot in axes.collections if isinstance(dot, PathCollection)]
    return [(float(found[0][0]), float(found[0][1])) for found in places if len(found) == 1]


def test_the_table_of_sizes_has_both_and_its_figure_a_label_for_each(tmp_path: Path) -> None:
    card = verify(_model(2.0), [("t", _claim("T-01")), ("t", _claim("T-02", fold=3.0))])
    table = card.sizes()
    assert table[["claim", "reported", "simulated"]].to_numpy().tolist() == [
        ["T-01", 2.0, pytest.approx(2.0, rel=1e-4)],
        ["T-02", 3.0, pytest.approx(2.0, rel=1e-4)],
    ]
    assert table.attrs["sizes"] == (2, 2)
    figure = osteon.plot(table)
    axes = figure.axes[0]
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    assert sorted((round(x, 3), round(y, 3)) for x, y in _dots(axes)) == [(2.0, 2.0), (3.0, 2.0)]
    figure.savefig(tmp_path / "sizes.svg")
    text = (tmp_path / "sizes.svg").read_text(encoding="utf-8")
    assert ">T-01 s<" in text
    assert ">T-02 s<" in text


def test_what_is_gone_or_appears_is_drawn_at_the_edge() -> None:
    frame = verify(_model(2.0), [("t", _claim())]).sizes()
    for simulated in (0.0, inf):
        axes = osteon.plot(frame.assign(simulated=simulated)).axes[0]
        low, high = axes.get_ylim()
        ((_, upwards),) = _dots(axes)
        assert low < upwards < high
        assert (upwards > 1.0) is (simulated > 1.0)


def test_a_figure_of_no_sizes_is_refused() -> None:
    with pytest.raises(osteon.OsteonError, match="no size is reported"):
        osteon.plot(Scorecard(()).sizes())


def test_labels_do_not_lie_over_each_other() -> None:
    """Twenty dots in one place: every label finds room of its own."""
    labels = [Label(0.5, 0.5 + 0.001 * number, f"Smith2001-{number:02}") for number in range(20)]
    axes = Figure(6, 6).subplots()
    spread(axes, labels, size=6, width=6, height=6)
    figure = axes.figure
    figure.canvas.draw()
    boxes = [text.get_window_extent() for text in axes.texts]
    assert len(boxes) == 20
    assert not [pair for pair in combinations(boxes, 2) if pair[0].overlaps(pair[1])]


@pytest.mark.parametrize(
    ("low", "high", "marks"),
    [
        (0.3, 3.0, [0.5, 1.0, 2.0]),
        (0.8, 900.0, [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0]),
        (0.09, 11.0, [0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0]),
    ],
)
def test_an_axis_of_fold_changes_is_labelled_where_there_is_room(low: float, high: float, marks: list[float]) -> None:
    panel = Figure(3.0, 3.0).subplots()
    panel.set(xscale="log", xlim=(low, high))
    folds.mark(panel.xaxis, low, high)
    assert panel.get_xticks().tolist() == pytest.approx(marks)
    assert panel.get_xticks(minor=True).tolist() == []


def test_a_narrow_axis_of_fold_changes_keeps_its_minor_labels() -> None:
    panel = Figure(3.0, 3.0).subplots()
    panel.set(xscale="log", xlim=(0.9, 1.3))
    folds.mark(panel.xaxis, 0.9, 1.3)
    assert len(panel.get_xticks(minor=True)) > 2
