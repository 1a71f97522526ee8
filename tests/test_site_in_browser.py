"""The site as a reader uses it: COPASI in the page, links, keyboard, light and dark, text that tries to be markup."""

from __future__ import annotations

import html
import json
import re
import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from conftest import PROJECT, ROOT, model, scorecard
from headless import browser, run, visit
from osteon import exporters
from osteon.errors import OsteonError, ProjectError
from osteon.evidence.project import Project
from osteon.simulation.model import Model, load
from osteon.site import vendored
from osteon.site.generator import generate

pytestmark = pytest.mark.browser

NAME = "mitochondrial_lamin"
BESIDE = ROOT / "build" / "vendored"
"""Where `osteon site` keeps third-party files too, so that they are brought once."""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def served(folder: Path) -> Iterator[str]:
    """Serve a folder on this machine alone; yield its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def needs() -> None:
    """Skip the test, with the reason, without a browser or the files that run in it."""
    browser()
    try:
        vendored.engine(BESIDE)
    except OsteonError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a site of two models, the largest among them."""
    needs()
    out = tmp_path_factory.mktemp("site") / "html"
    # Every format of the largest model takes longer than all the rest; the other site here offers them all.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exporters, "FORMATS", {"sbml": exporters.FORMATS["sbml"]})
        generate(PROJECT, [model(NAME), model("bone_remodeling")], out, engine=True, cache=BESIDE)
    yield from served(out)


def used(url: str, **wanted: Any) -> dict[str, Any]:
    """Use the page "Try it"; see ``try.mjs``."""
    found: dict[str, Any] = run("try.mjs", url, json.dumps(wanted))
    assert found["outside"] == []
    assert found["messages"] == []
    assert grave(found) == []
    return found


def expression_of(site: str, name: str) -> dict[str, Any]:
    """Return what the page knows of a model."""
    with urlopen(f"{site}/try/{name}/expression.json") as answer:
        known: dict[str, Any] = json.load(answer)
    return known


def grave(found: dict[str, Any]) -> list[dict[str, str]]:
    """Return what axe calls serious or critical."""
    return [one for one in found["violations"] if one["impact"] in ("serious", "critical")]


def agrees(state: dict[str, Any], condition: str, reference: str, of: str | Model = NAME, **where: Any) -> None:
    """See that what the page shows is what `osteon predict` gives."""
    expected = (model(of) if isinstance(of, str) else of).predict(condition, reference, **where)
    for observable, row in expected.iterrows():
        shown = state["rows"][observable]
        assert shown["condition"] == pytest.approx(row["value"], rel=1e-5, abs=1e-7), observable
        assert shown["reference"] == pytest.approx(row["reference"], rel=1e-5, abs=1e-7), observable


def dosed(intervention: str, target: str, value: float) -> Model:
    """Return the model of `NAME` with another dose of an intervention."""
    binding = model(NAME).binding
    act = binding.interventions[intervention]
    moved = {**binding.interventions, intervention: act.model_copy(update={"set": {**act.set, target: value}})}
    changed = binding.model_copy(update={"interventions": moved})
    return Model(model(NAME).sbml, changed, PROJECT.vocabulary, shown=NAME)


def test_choose_combine_move_and_share(site: str) -> None:
    steps = [
        {"clear": True},
        {"tick": "cccp"},
        {"press": "si_atf4"},
        {"select": "reference", "option": "cccp"},
        {"dose": "cccp-cccp", "value": 3},
        {"untick": "si_atf4"},
    ]
    found = used(f"{site}/try/{NAME}.html", steps=steps, follow=True)
    opened, cleared, ticked, combined, compared, moved, single = found["states"]
    assert opened["shown"] == "live"
    agrees(cleared, "control", "control")
    agrees(ticked, "cccp", "control")
    assert ticked["rows"]["atf4"]["word"] == "increase"
    agrees(combined, "cccp+si_atf4", "control")
    agrees(compared, "cccp+si_atf4", "cccp")
    agrees(moved, "cccp+si_atf4", "cccp", dosed("cccp", "cccp", 3.0))
    agrees(single, "cccp", "control", dosed("cccp", "cccp", 3.0))
    assert single["rows"] != ticked["rows"]
    assert found["followed"] == single


def test_the_largest_model_agrees_too(site: str) -> None:
    name = "bone_remodeling"
    address = f"{site}/try/{name}.html#setting=mouse&condition=ovariectomy&reference=control"
    found = used(address, dark=True, width=390, steps=[{"tick": "runx2_het"}, {"tick": "runx2_ko"}])
    alone, both, clash = found["states"]
    agrees(alone, "ovariectomy", "control", name, setting="mouse")
    agrees(both, "ovariectomy+runx2_het", "control", name, setting="mouse")
    assert found["width"] <= 390
    with pytest.raises(ProjectError, match="sets 'runx2_runx2_gene'"):
        model(name).schedule(("runx2_het", "runx2_ko"), "mouse")
    assert "runx2_het sets runx2_runx2_gene" in clash["trouble"].replace("'", "")


def test_a_claim_opens_its_own_experiment(site: str) -> None:
    """The link beside a figure leads to the same numbers, in the page's own COPASI."""
    result = next(one for one in scorecard(NAME).results if one.claim.id == "S0-43")
    with urlopen(f"{site}/sources/{NAME}.html") as answer:
        _, _, card = answer.read().decode().partition('id="S0-43-title"')
    check = result.checks[0]
    link = html.unescape(re.findall(rf'href="\.\./(try/{NAME}\.html#[^"]*)"', card)[0])
    (state,) = used(f"{site}/{link}")["states"]
    shown = state["rows"][check.check.observable]
    assert [shown["condition"], shown["reference"]] == pytest.approx(
        [check.effects[0].value, check.effects[0].reference], rel=1e-5, abs=1e-7
    )


def test_a_late_answer_shows_under_no_other_name(site: str) -> None:
    """CCCP is answered when the knock-down is chosen already; nothing of it may show there."""
    steps = [{"tick": "cccp"}, {"untick": "cccp"}, {"tick": "si_lmna"}]
    address = f"{site}/try/{NAME}.html#setting=osteocyte_culture&condition=control&reference=control"
    states = used(address, steps=steps, delayed=1500)["states"][1:]
    assert len(states) > 10
    for state in states[:-1]:
        assert "condition=si_lmna" in state["hash"]
        assert not state["drawn"]
        assert state["summary"] == ""
        assert all(row["condition"] is None for row in state["rows"].values())
    assert states[-1]["summary"] == "si_lmna control"
    agrees(states[-1], "si_lmna", "control")


@pytest.mark.parametrize("id_", ["S2-14", "S4-11"])
def test_a_claim_of_two_times_keeps_both(site: str, id_: str) -> None:
    """Choosing the report and following its address show what the claim compares, and not a condition with itself."""
    name = "bone_remodeling"
    reported = expression_of(site, name)["reported"]
    number = next(
        place for place, one in enumerate(reported) if one["claim"] == id_ and one["at"] != one["reference_at"]
    )
    result = next(one for one in scorecard(name).results if one.claim.id == id_)
    check = next(
        one for one in result.checks if one.contrasts and one.contrasts[0].reading.at != one.contrasts[0].reference.at
    )
    found = used(f"{site}/try/{name}.html", steps=[{"select": "reported", "option": str(number)}], follow=True)
    chosen = found["states"][-1]
    assert f"reference_at={reported[number]['reference_at']:g}" in chosen["hash"]
    assert str(check.effects[0]) in chosen["comparison"] or check.effects[0].label in chosen["comparison"]
    assert chosen["reported"] == str(number)
    assert found["followed"]["comparison"] == chosen["comparison"]
    shown = [{name: row["word"] for name, row in one["rows"].items()} for one in (found["followed"], chosen)]
    assert shown[0] == shown[1]


def test_without_webassembly_reported_experiments_show(site: str) -> None:
    found = used(f"{site}/try/{NAME}.html#setting=osteocyte_culture&condition=cccp", webassembly=False)
    assert found["states"][0]["shown"] == "precomputed"
    agrees(found["states"][0], "cccp", "control")


@pytest.mark.parametrize(
    "page",
    [
        "index",
        "scorecard",
        "landmarks",
        f"models/{NAME}",
        f"sources/{NAME}",
        "docs/api",
        "docs/evidence",
        "docs/tutorial",
    ],
)
@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_pages_show_without_a_fault(site: str, page: str, width: int, dark: bool) -> None:
    found = visit(f"{site}/{page}.html", width=width, dark=dark, axe=True)
    assert grave(found) == []
    assert [message for message in found["messages"] if not message.startswith("[PST]")] == []
    assert [one for one in found["requests"] if not one.startswith((site, "data:"))] == []
    assert found["width"] <= width


def test_search_finds_a_claim_by_its_words(site: str) -> None:
    found = visit(f"{site}/search.html?q=paraquat", wait="#search-results li a", text=True)
    assert PROJECT.evidence(NAME).source.title in found["text"]
    assert [one for one in found["requests"] if not one.startswith((site, "data:"))] == []


HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>`{raw} html` ``` "


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a site whose claim, names and SBML note all try to be HTML or a directive."""
    needs()
    folder = tmp_path_factory.mktemp("hostile")
    for name in ("antimony", "evidence", "models"):
        shutil.copytree(ROOT / name, folder / name)
    evidence = folder / "evidence" / f"{NAME}.toml"
    text = evidence.read_text(encoding="utf-8")
    for field in ("statement", "title", "summary"):
        text = text.replace(f'{field} = "', f'{field} = "{HOSTILE}', 1)
    evidence.write_text(text, encoding="utf-8")
    escaped = HOSTILE.replace("<", "&lt;").replace(">", "&gt;")
    sbml = folder / "models" / "sbml" / f"{NAME}.xml"
    text = sbml.read_text(encoding="utf-8").replace("<p>", f"<p>{escaped}", 1)
    sbml.write_text(re.sub(r'(<reaction [^>]*name=")', rf"\1{escaped}", text), encoding="utf-8")
    binding = folder / "models" / "bindings" / f"{NAME}.toml"
    text = binding.read_text(encoding="utf-8")
    binding.write_text(re.sub(r'^title = "', f'title = "{HOSTILE}', text, flags=re.MULTILINE), encoding="utf-8")
    project = Project(folder)
    generate(project, [load(project, NAME)], folder / "site", engine=True, cache=BESIDE)
    yield from served(folder / "site")


@pytest.mark.parametrize("page", ["index", f"models/{NAME}", f"sources/{NAME}"])
def test_hostile_text_shows_as_text(hostile: str, page: str) -> None:
    found = visit(f"{hostile}/{page}.html", open=True, text=True)
    assert found["dialogs"] == 0
    assert "<script>alert(1)</script>" in found["text"]
    assert [one for one in found["requests"] if one.endswith("/x")] == []


def test_every_format_can_be_downloaded(hostile: str) -> None:
    with urlopen(f"{hostile}/models/{NAME}.html") as answer:
        offered = re.findall(r'href="\.\./(downloads/[^"]+)" download', answer.read().decode())
    assert len(offered) == 2 + len(exporters.FORMATS)
    assert {Path(path).suffix for path in offered} >= {".xml", ".ant", ".cps", ".omex", ".zip"}
    for path in offered:
        with urlopen(f"{hostile}/{path}") as answer:
            assert answer.read()


def test_hostile_text_does_nothing_where_the_model_runs(hostile: str) -> None:
    found = used(f"{hostile}/try/{NAME}.html")
    assert found["states"][0]["shown"] == "live"
