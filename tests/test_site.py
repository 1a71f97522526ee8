"""The site: the page's rule is the library's rule, COPASI's numbers are libroadrunner's, and every page is sound."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
from functools import cache
from importlib import util
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from conftest import MODELS, PROJECT, ROOT, Command, model
from headless import FOLDER
from osteon.errors import OsteonError, ProjectError
from osteon.evidence.conditions import CONTROL
from osteon.exporters.bundle import bundle
from osteon.simulation.contrast import Effect
from osteon.simulation.schedule import Changes, Schedule
from osteon.site import copasi
from osteon.site.expression import courses, expression
from osteon.site.texts import escaped, raw, relinked

ASSETS = ROOT / "src" / "osteon" / "site" / "assets"


@cache
def known(name: str) -> dict[str, Any]:
    """Return what the page knows of a model."""
    one = bundle(PROJECT, name)
    sources = {evidence.source.id: evidence for evidence in one.sources}
    made: dict[str, Any] = json.loads(json.dumps(expression(model(name), sources, one.provenance, "copasi.whl")))
    return made


def plain(laid_out: Schedule) -> dict[str, Any]:
    """Return a schedule in the shape of the page."""

    def changes(held: Changes) -> dict[str, Any]:
        return {target: {"value": change.value, "factor": change.factor} for target, change in held.items()}

    periods = [
        {"start": p.start, "end": p.end, "changes": changes(p.changes), "begun": changes(p.begun)}
        for p in laid_out.periods
    ]
    return {"before": changes(laid_out.before), "equilibrate": laid_out.equilibrate, "periods": periods}


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.interop
def test_the_page_composes_as_the_library_does(name: str) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed, which runs the page's own rule")
    chance, bound = random.Random(1), model(name).binding
    asked = []
    for _ in range(200):
        some = chance.sample(sorted(bound.interventions), chance.randint(0, min(6, len(bound.interventions))))
        asked.append((sorted(some), chance.choice(sorted(bound.settings))))
    given = json.dumps([[known(name), names, setting] for names, setting in asked])
    command = [node, str(FOLDER / "schedules.mjs"), str(ASSETS / "schedule.mjs")]
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=True)
    for (names, setting), found in zip(asked, json.loads(done.stdout), strict=True):
        try:
            expected = plain(model(name).schedule(names, setting))
        except ProjectError:
            assert "clash" in found, (names, setting)
            continue
        assert "clash" not in found, (names, setting, found)
        assert found["before"] == expected["before"]
        assert found["equilibrate"] == expected["equilibrate"]
        assert len(found["periods"]) == len(expected["periods"])
        for mine, theirs in zip(found["periods"], expected["periods"], strict=True):
            assert mine == theirs, (names, setting)


@pytest.fixture(scope="module")
def engine() -> ModuleType:
    """Return the page's engine as a module of this Python."""
    spec = util.spec_from_file_location("engine", ASSETS / "engine.py")
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.interop
def test_copasi_gives_the_numbers_of_libroadrunner(name: str, engine: ModuleType, tmp_path: Path) -> None:
    """Every setting with its control and a few reported conditions; all observables over the whole time."""
    path = tmp_path / "model.cps"
    path.write_text(copasi.file(model(name)), encoding="utf-8")
    opened = engine.Engine(str(path), known(name))
    conditions: dict[str, list[str]] = {setting: [""] for setting in model(name).binding.settings}
    for key in known(name)["computed"]:
        setting, _, condition = key.partition(":")
        conditions[setting].append(condition)
    for setting, reported in conditions.items():
        for condition in dict.fromkeys(reported[:1] + reported[1 :: max(1, len(reported) // 4)]):
            laid_out = model(name).schedule(condition.split("+") if condition else (), setting)
            times = np.linspace(laid_out.periods[0].start, laid_out.periods[-1].end, 21).tolist()
            expected = model(name).run(condition or CONTROL, times, setting=setting)
            found = opened.run(plain(laid_out), times)
            assert found["times"] == pytest.approx(expected.times.tolist())
            for observable, column in expected.values.items():
                assert found["values"][observable] == pytest.approx(column.tolist(), rel=1e-5, abs=1e-7), (
                    setting,
                    condition,
                    observable,
                )


@pytest.mark.interop
def test_where_copasi_comes_to_a_standstill_it_is_given_more_stops(engine: ModuleType, tmp_path: Path) -> None:
    """So few steps are allowed here that it can only get there by stopping often."""
    name = "mitochondrial_lamin"
    path = tmp_path / "model.cps"
    path.write_text(copasi.file(model(name)), encoding="utf-8")
    laid_out = plain(model(name).schedule(("cccp",), "osteocyte_culture"))
    found = []
    for steps in (100_000, 80):
        opened = engine.Engine(str(path), known(name))
        opened.task.getMethod().getParameter("Max Internal Steps").setUIntValue(steps)
        found.append(opened.run(laid_out, [1.0, 3.0]))
    with pytest.raises(engine.BrokenError, match="COPASI stopped"):
        opened._integrated(0.0, [30.0])
    assert found[1]["times"] == found[0]["times"]
    for observable, column in found[0]["values"].items():
        assert found[1]["values"][observable] == pytest.approx(column, rel=1e-5, abs=1e-8)


def test_what_was_computed_in_advance_is_what_simulate_gives() -> None:
    name = "mitochondrial_lamin"
    found = dict(courses(model(name), known(name)))
    key = f"osteocyte_culture:{'+'.join(sorted(('cccp', 'si_atf4')))}"
    course = found[known(name)["computed"][key]]
    frame = model(name).simulate("cccp+si_atf4", points=101)
    for observable in frame.columns:
        at = dict(zip(course["times"], course["values"][observable], strict=True))
        assert [at[time] for time in frame.index] == pytest.approx(frame[observable].tolist(), rel=1e-6)


def test_the_words_of_the_page_are_the_thresholds() -> None:
    words = {one["word"]: one for one in known("mitochondrial_lamin")["words"]}
    for fold in (0.5, 0.9, 0.95, 1.04, 1.08, 1.11, 3.0):
        effect = float(np.log(fold))
        holds = [w for w, one in words.items() if (one["low"] or -9) <= effect <= (one["high"] or 9)]
        word = Effect(fold, 1.0, 0.0).direction
        assert (word in holds) or word == "little change"


def test_text_cannot_become_markup() -> None:
    assert escaped("<b> `x` {y}\n[z](w)") == r"\<b\> \`x\` \{y\} \[z\]\(w\)"
    assert raw("<p>````</p>").startswith("`````{raw} html\n")


def test_links_lead_to_pages_or_become_text() -> None:
    pages = {"docs/a.md": "docs/a", "README.md": "docs/getting_started"}
    text = "[a](docs/a.md#part), [`x`](src/x.py), ![p](docs/p.svg), [out](https://example.org)"
    shown = relinked(text, "README.md", pages, "docs/getting_started")
    assert shown == "[a](../docs/a.md#part), `x`, ![p](../docs/p.svg), [out](https://example.org)"


def test_a_folder_that_is_no_site_is_not_replaced(osteon: Command, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    outcome = osteon("site", "--out", str(tmp_path))
    assert outcome.code == 2
    assert "not an earlier site" in outcome.err
    assert (tmp_path / "thesis.txt").read_text(encoding="utf-8") == "mine"


def test_copasi_says_what_it_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "COPASI", None)
    with pytest.raises(OsteonError, match="python-copasi"):
        copasi.file(model("mitochondrial_lamin"))
