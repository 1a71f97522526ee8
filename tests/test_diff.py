"""What changed between two runs, on runs of a few lines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from osteon.errors import OsteonError
from osteon.verification.diff import NOTABLE, MovedEffect, NewVerdict, changes, read_run


def _run(effect: float | str | None, verdict: str = "supported", claim: str = "T-01", **check: object) -> dict:
    asked = {"observable": "s", "condition": "more", "expect": "increase", "effect": effect, **check}
    return {"osteon": "0.9", "claims": [{"model": "m", "claim": claim, "verdict": verdict, "checks": [asked]}]}


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (0.0, NOTABLE, False),  # one per cent is not yet told
        (0.0, 1.01 * NOTABLE, True),
        (NOTABLE, 0.0, False),
        (1.01 * NOTABLE, 0.0, True),
        (0.5, 0.5, False),
        (0.5, "inf", True),
        ("inf", "inf", False),
        ("-inf", "-inf", False),
        ("-inf", "inf", True),
        (None, 0.5, False),
        (0.5, None, False),
    ],
)
def test_an_effect_is_told_that_moved_by_more_than_one_per_cent(before: object, after: object, told: bool) -> None:
    found = changes(_run(before), _run(after))  # type: ignore[arg-type]
    assert bool(found.effects) is told
    assert found.verdicts == ()


def test_what_moved_and_what_it_was() -> None:
    assert changes(_run(0.1), _run(0.3)).effects == (MovedEffect("m", "T-01", "s", "more", 0.1, 0.3),)


def test_checks_that_ask_something_else_are_not_compared() -> None:
    assert changes(_run(0.1), _run(0.3, expect="decrease")).effects == ()
    assert changes(_run(0.1, value=1.0, outcome="holds"), _run(0.3, value=2.0, outcome="refused")).effects


def test_verdicts_that_are_others_come_and_go() -> None:
    now = _run(0.1, "contradicted")
    now["claims"] += _run(0.1, claim="T-03")["claims"]
    then = _run(0.1)
    then["claims"] += _run(0.1, "failed", claim="T-02")["claims"]
    found = changes(then, now)
    assert found.before == "0.9"
    assert found.verdicts == (
        NewVerdict("m", "T-01", "supported", "contradicted"),
        NewVerdict("m", "T-03", "not on record", "supported"),
        NewVerdict("m", "T-02", "failed", "no longer on record"),
    )


def test_a_strength_that_changes_is_a_change_where_both_runs_know_it() -> None:
    def rated(name: str, share: float | None) -> dict:
        run = _run(0.1)
        run["claims"][0]["strength"] = {"name": name, "share": share}
        return run

    robust, weak, unknown = rated("robust", 0.99), rated("at reference values", 0.5), rated("not on record", None)
    told = NewVerdict("m", "T-01", "supported, robust", "supported, at reference values")
    assert changes(robust, weak).verdicts == (told,)
    for before, after in ((robust, robust), (robust, unknown), (unknown, weak), (_run(0.1), weak)):
        assert changes(before, after).verdicts == ()


def test_a_band_and_a_share_are_answers() -> None:
    before, after = _run(0.1, band=[0.0, 1.0], share=0.5, word="increase"), _run(0.3, band=[0.0, 2.0], share=1.0)
    assert changes(before, after).effects


def test_a_run_in_another_encoding_is_told(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    path.write_text('{"claims": []}', encoding="utf-16")
    with pytest.raises(OsteonError, match=r"run\.json: not JSON: it is text in UTF-16; save it in UTF-8"):
        read_run(path)


@pytest.mark.parametrize("more", [{}, {"setting": "culture"}])
@pytest.mark.parametrize("without", [None, "model", "claim", "verdict", "checks"])
def test_a_saved_run_has_four_keys_for_each_claim(more: dict, without: str | None, tmp_path: Path) -> None:
    run = _run(0.1)
    run["claims"][0] |= more
    run["claims"][0].pop(without, None)
    (tmp_path / "run.json").write_text(json.dumps(run))
    if without is None:
        assert read_run(tmp_path / "run.json") == run
    else:
        with pytest.raises(OsteonError, match="not a saved run"):
            read_run(tmp_path / "run.json")
