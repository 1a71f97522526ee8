"""The site: the page's rule is the library's rule, COPASI's numbers are libroadrunner's, and every page is sound."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZipFile

import numpy as np
import pytest

from conftest import MODELS, PROJECT, Command, model, scorecard
from osteon import sbml
from osteon.evidence.claims import Claim
from osteon.evidence.conditions import CONTROL, canonical, parse
from osteon.evidence.features import FEATURES
from osteon.exporters.bundle import bundle
from osteon.simulation import copasi
from osteon.simulation.contrast import Contrast
from osteon.site import shipped
from osteon.site.answers import Answers, opened
from osteon.site.expression import computed, expression, question, reported_contrasts
from osteon.site.texts import escaped, raw, relinked


@cache
def known(name: str) -> dict[str, Any]:
    """Return what the page knows of a model."""
    one = bundle(PROJECT, name)
    sources = {evidence.source.id: evidence for evidence in one.sources}
    made: dict[str, Any] = json.loads(
        json.dumps(expression(model(name), sources, one.provenance, "copasi.whl", "m.zip"))
    )
    return made


@cache
def answers(name: str) -> Answers:
    """Return the answers of a model in COPASI, as in the page."""
    made = model(name)
    text = copasi.saved(sbml.with_observables(made.sbml, made.formulas, made.shown), name)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "model.cps"
        path.write_text(text, encoding="utf-8")
        return opened(known(name), str(path))


@cache
def computed_in_advance(name: str) -> dict[str, Any]:
    return dict(computed(model(name), known(name)))


def claims(name: str) -> list[tuple[dict[str, Any], Claim, Contrast]]:
    """Return each report of the page with its claim and with what that compares."""
    compared = [pair for one in bundle(PROJECT, name).sources for pair in reported_contrasts(model(name), one)]
    return [(one, *pair) for one, pair in zip(known(name)["reported"], compared, strict=True)]


@pytest.mark.interop
@pytest.mark.parametrize("name", MODELS)
def test_the_page_asks_what_the_claim_compares(name: str) -> None:
    made = model(name)
    for reported, claim, contrast in claims(name):
        found, _ = answers(name).contrasts(question(reported))
        assert found is not None
        for mine, theirs in ((found.reading, contrast.reading), (found.reference, contrast.reference)):
            assert mine.observable == theirs.observable, claim.id
            assert canonical(mine.condition) == canonical(theirs.condition), claim.id
            at, its = str(mine.at), str(theirs.at)
            same = at == its if its in FEATURES else made.binding.time(at) == pytest.approx(made.binding.time(its))
            assert same, (claim.id, at, its)
        assert found.setting == contrast.setting
        assert found.reading != found.reference, claim.id


@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
def test_what_was_computed_in_advance_has_the_word_of_the_claim(name: str) -> None:
    """The effects that show before COPASI has loaded are those of `verify`."""
    results = {
        (result.claim.id, compared): check
        for result in scorecard(name).results
        for check in result.checks
        for compared in check.contrasts[:1]
    }
    for reported, claim, contrast in claims(name):
        found = computed_in_advance(name)[reported["answer"]]["claim"]
        check = results[claim.id, contrast]
        assert [found["value"], found["reference"]] == pytest.approx(
            [check.effects[0].value, check.effects[0].reference], rel=1e-6, abs=1e-9
        ), claim.id
        assert found["word"] == check.effects[0].label


@pytest.mark.interop
@pytest.mark.parametrize("name", MODELS)
def test_copasi_gives_the_words_of_the_claims(name: str) -> None:
    """A sample of reports, those among them that compare two times or read a feature."""
    reported = known(name)["reported"]
    special = [one for one in reported if one["at"] != one["reference_at"] or isinstance(one["at"], str)]
    for one in (special + reported)[:: max(1, len(reported) // 15)] + special[:3]:
        expected = computed_in_advance(name)[one["answer"]]["claim"]
        found = answers(name).answer(question(one))["claim"]
        assert found["word"] == expected["word"], one["claim"]
        assert [found["value"], found["reference"]] == pytest.approx(
            [expected["value"], expected["reference"]], rel=1e-4, abs=1e-7
        ), one["claim"]


@pytest.mark.interop
@pytest.mark.parametrize("name", MODELS)
def test_copasi_gives_the_numbers_of_libroadrunner(name: str) -> None:
    """Every setting with its control and a few reported conditions; all observables over the whole time."""
    other = model(name).replace(engine="copasi")
    conditions: dict[str, list[str]] = {setting: [CONTROL] for setting in model(name).binding.settings}
    for one in known(name)["reported"]:
        conditions[one["setting"]].append("+".join(one["condition"]) or CONTROL)
    for setting, reported in conditions.items():
        distinct = list(dict.fromkeys(reported))
        for condition in distinct[:1] + distinct[1 :: max(1, len(distinct) // 4)]:
            laid_out = model(name).schedule(parse(condition), setting)
            times = np.linspace(laid_out.periods[0].start, laid_out.periods[-1].end, 21).tolist()
            expected = model(name).run(condition, times, setting=setting)
            found = other.run(condition, times, setting=setting)
            assert found.times.tolist() == pytest.approx(expected.times.tolist())
            for observable, column in expected.values.items():
                assert found.values[observable].tolist() == pytest.approx(column.tolist(), rel=1e-5, abs=1e-7), (
                    setting,
                    condition,
                    observable,
                )


@pytest.mark.interop
def test_a_moved_dose_is_what_another_binding_gives() -> None:
    asked = {**question(known("mitochondrial_lamin")["reported"][0]), "condition": ["cccp"], "reference": []}
    found = answers("mitochondrial_lamin").answer({**asked, "doses": {"cccp": {"cccp": 3.0}}})
    usual = answers("mitochondrial_lamin").answer(asked)
    assert found["effects"]["atf4"]["value"] != usual["effects"]["atf4"]["value"]
    assert found["curves"]["reference"] == usual["curves"]["reference"]
    assert found["curves"]["condition"] != usual["curves"]["condition"]


@pytest.mark.interop
def test_what_cannot_be_combined_or_simulated_is_said() -> None:
    asked = {**question(known("bone_remodeling")["reported"][0]), "setting": "mouse"}
    clash = answers("bone_remodeling").answer({**asked, "condition": ["runx2_het", "runx2_ko"]})
    assert "runx2_het sets 'runx2_runx2_gene'" in clash["clash"]
    refused = answers("bone_remodeling").answer({**asked, "condition": ["calcitriol"]})
    assert refused["refused"].startswith("'calcitriol' means nothing in setting 'mouse'; it is for ")


def test_what_nothing_leads_to_has_no_path() -> None:
    """Sp7 is followed in cells from iPS cells alone; its loss says nothing of the mouse."""
    asked = {**question(known("bone_remodeling")["reported"][0]), "setting": "mouse", "at": 0.0, "reference_at": 0.0}
    answer = answers("bone_remodeling").answer({**asked, "condition": ["sp7_ko"], "reference": []})
    found = answer["effects"]["bone_formation"]
    assert (found["word"], found["text"], found["effect"], found["changes"]) == ("no path", "no path", None, False)
    assert answer["effects"]["sp7"]["word"] == "gone"


def test_what_was_computed_in_advance_is_what_simulate_gives() -> None:
    name = "mitochondrial_lamin"
    one = next(one for one in known(name)["reported"] if sorted(one["condition"]) == ["cccp", "si_atf4"])
    curve = computed_in_advance(name)[computed_in_advance(name)[one["answer"]]["curves"]["condition"]]
    frame = model(name).simulate("cccp+si_atf4", points=101, setting=one["setting"])
    for observable in frame.columns:
        at = dict(zip(curve["times"], curve["values"][observable], strict=True))
        assert [at[time] for time in frame.index] == pytest.approx(frame[observable].tolist(), rel=1e-6)


def test_the_modules_of_the_page_need_nothing_but_python(tmp_path: Path) -> None:
    """In the page there is no numpy, no pydantic and no libsbml; here they are out of reach of an isolated Python."""
    name, content = shipped.archive()
    ZipFile(BytesIO(content)).extractall(tmp_path / name)
    program = "import sys; sys.path.insert(0, sys.argv[1]); import osteon.site.answers as a; print(a.__file__)"
    command = [sys.executable, "-I", "-S", "-c", program, str(tmp_path / name)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert name in done.stdout
    assert shipped.archive() == (name, content)


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


def test_copasi_says_what_it_lacks(monkeypatch: pytest.MonkeyPatch, osteon: Command) -> None:
    monkeypatch.setitem(sys.modules, "COPASI", None)
    outcome = osteon("verify", "osteoblast_vesicles", "--engine", "copasi")
    assert outcome.code == 2
    assert "needs the package 'python-copasi', which is not installed; `pip install 'osteon[export]'`" in outcome.err
