"""The report: complete, self-contained, equal to the verdicts, and safe with text that pretends to be HTML."""

from __future__ import annotations

import json
import re
import shutil
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

import osteon as osteon_
from conftest import MODELS, PROJECT, ROOT, Command, model, scorecard
from osteon.analysis.robustness.result import as_dict
from osteon.errors import OsteonError, ProjectError
from osteon.evidence.criteria import holds, names
from osteon.evidence.project import Project
from osteon.files import write_file
from osteon.pages.panels import BOTTOM, TOP, panel
from osteon.pages.report import judged, report
from osteon.pages.support import support
from osteon.pages.timecourses import TimeCourses
from osteon.pages.wording import change, decisive
from osteon.simulation.model import load
from osteon.verification.diff import changes, read_run
from osteon.verification.summary import sentences, tally
from osteon.verification.verify import verify

NAME = "osteoblast_vesicles"
RECORD = PROJECT.shares[NAME]


@cache
def courses_of(name: str) -> TimeCourses:
    """Return the time courses of a model, simulated once for all tests."""
    return TimeCourses(model(name))


@pytest.fixture(scope="module")
def text() -> str:
    """Return the report of one model."""
    return report(PROJECT, [model(NAME)])


class Reader(HTMLParser):
    """Reads tags, ids and attributes of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    @property
    def ids(self) -> list[str]:
        return [value for _, attributes in self.tags if (value := attributes.get("id"))]


def test_every_claim_has_a_card_and_every_check_its_outcome(text: str) -> None:
    page = Reader(text)
    card = scorecard(NAME)
    assert len(page.ids) == len(set(page.ids))
    assert {result.claim.id for result in card.results} <= set(page.ids)
    findings = [tag for tag, attributes in page.tags if attributes.get("class") == "finding"]
    assert len(findings) == sum(len(result.checks) for result in card.results)
    for result in card.results:
        assert result.claim.statement in page.text
        for check in result.checks:
            if check.effect is not None:
                assert change(check.effect) in page.text


def test_it_says_what_verify_says_at_its_end(text: str, osteon: Command) -> None:
    page = " ".join(Reader(text).text.split())
    told = " ".join(osteon("verify", NAME, "--accept-unmet").out.split())
    for one in sentences(tally(verify(model(NAME), PROJECT.answers(model(NAME).binding), record=RECORD).results, NAME)):
        assert one in page
        assert one in told


def test_every_verdict_stands_with_its_strength_and_the_check_that_decides(text: str) -> None:
    page = " ".join(Reader(text).text.split())
    for result in verify(model(NAME), PROJECT.answers(model(NAME).binding), record=RECORD).results:
        if result.deciding is not None:
            assert str(result) in page, result.claim.id
            assert " ".join(decisive(result).split()) in page, result.claim.id


def test_landmarks_are_shown_apart(text: str) -> None:
    page = Reader(text)
    themes = [PROJECT.theme(name) for name in model(NAME).binding.landmarks]
    for claim in (claim for landmarks in themes for claim in landmarks.claims):
        assert claim.id in page.ids
        assert claim.statement in page.text
    assert "What the sources found" not in page.text


def test_every_link_leads_to_a_place_in_the_page(text: str) -> None:
    page = Reader(text)
    for tag, attributes in page.tags:
        if tag == "a":
            assert (attributes["href"] or "").removeprefix("#") in page.ids


def test_it_asks_nothing_of_the_network(text: str) -> None:
    page = Reader(text)
    assert not [tag for tag, _ in page.tags if tag in ("script", "link", "iframe", "object", "base")]
    assert not re.search(r"url\(|@import", text)
    for _, attributes in page.tags:
        assert (attributes.get("src") or "data:").startswith("data:")
    policies = [a["content"] or "" for _, a in page.tags if a.get("http-equiv") == "Content-Security-Policy"]
    assert len(policies) == 1
    assert policies[0].startswith("default-src 'none'")


def test_the_numbers_behind_the_words_are_printed(text: str) -> None:
    page = Reader(text)
    for word in names("contrast", "comparison", "order", "structure"):
        assert word in page.text
    assert "fold change ≥ 1.1" in page.text
    assert "E/E′ ≤ 0.2" in page.text


@pytest.mark.parametrize("name", MODELS)
def test_a_check_holds_when_its_dot_lies_in_its_band(name: str) -> None:
    courses, seen = courses_of(name), 0
    for result in scorecard(name).results:
        for check in result.checks:
            drawn = panel(check, result.claim, courses)
            if drawn is None or drawn.band is None or check.effect is None:
                continue
            seen += 1
            dot = next(dot for dot in drawn.dots if dot.part == "condition")
            assert TOP <= dot.y <= BOTTOM
            # A word on a stress also wants the stress to be there; the band is about the ratio alone.
            if holds(check.check.expect, *(effect.log for effect in check.effects)):
                assert drawn.band.top - 0.2 <= dot.y <= drawn.band.bottom + 0.2, (result.claim.id, check.check)
            elif check.check.expect in names("contrast"):
                assert dot.y < drawn.band.top + 0.2 or dot.y > drawn.band.bottom - 0.2
    assert seen > 5


@pytest.mark.parametrize("name", MODELS)
def test_the_dot_of_a_reading_in_time_lies_on_its_curve(name: str) -> None:
    courses, seen = courses_of(name), 0
    for result in scorecard(name).results:
        for check in result.checks:
            drawn = panel(check, result.claim, courses)
            if drawn is None or drawn.margin or check.effect is None:
                continue
            curves = {curve.part: curve for curve in drawn.curves}
            for dot in drawn.dots:
                # Two readings of one curve at two times share it.
                curve = curves.get(dot.part, drawn.curves[0])
                assert abs(_height(curve.points, dot.x) - dot.y) < 1.5, (result.claim.id, check.check)
                seen += 1
    assert seen > 5


def _height(points: str, x: float) -> float:
    pairs = [tuple(map(float, point.split(","))) for point in points.split()]
    for (left, low), (right, high) in pairwise(pairs):
        if left <= x <= right:
            return low + (high - low) * (x - left) / (right - left) if right > left else high
    return pairs[-1][1]


HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"


@pytest.fixture
def hostile(tmp_path: Path) -> Project:
    """Return a project whose claim, name and SBML note all try to be HTML."""
    for name in ("antimony", "docs/diagrams", "docs/results", "evidence", "models"):
        shutil.copytree(ROOT / name, tmp_path / name)
    evidence = tmp_path / "evidence" / f"{NAME}.toml"
    written = evidence.read_text(encoding="utf-8")
    evidence.write_text(written.replace('statement = "', f'statement = "{HOSTILE}', 1), encoding="utf-8")
    sbml = tmp_path / "models" / "sbml" / f"{NAME}.xml"
    escaped = HOSTILE.replace("<", "&lt;").replace(">", "&gt;")
    written = sbml.read_text(encoding="utf-8").replace("<p>", f"<p>{escaped}", 1)
    sbml.write_text(re.sub(r'(<reaction [^>]*name=")', rf"\1{escaped}", written), encoding="utf-8")
    binding = tmp_path / "models" / "bindings" / f"{NAME}.toml"
    written = binding.read_text(encoding="utf-8")
    binding.write_text(re.sub(r'^title = "', f'title = "{HOSTILE}', written, flags=re.MULTILINE), encoding="utf-8")
    return Project(tmp_path)


def test_hostile_text_shows_as_text(hostile: Project, text: str) -> None:
    page = Reader(report(hostile, [load(hostile, NAME)]))
    assert page.text.count(HOSTILE) >= 10
    assert "script" not in {tag for tag, _ in page.tags}
    assert not [attributes for _, attributes in page.tags if "onerror" in attributes]
    assert sorted(tag for tag, _ in page.tags) == sorted(tag for tag, _ in Reader(text).tags)


def test_the_command_writes_one_file(osteon: Command, tmp_path: Path) -> None:
    outcome = osteon("report", NAME, "--out", str(tmp_path))
    assert outcome.code == 0, outcome.err
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


def test_changes_since_an_earlier_run(tmp_path: Path) -> None:
    now = scorecard(NAME).as_dict()
    then = json.loads(json.dumps(now))
    checked = next(claim for claim in then["claims"] if any(check.get("effect") for check in claim["checks"]))
    checked["verdict"] = "contradicted"
    check = next(check for check in checked["checks"] if check.get("effect"))
    check["effect"] += 0.02
    gone = then["claims"].pop()
    found = changes(then, now)
    assert [(one.claim, one.before, one.after) for one in found.verdicts] == [
        (checked["claim"], "contradicted", "supported"),
        (gone["claim"], "not on record", gone["verdict"]),
    ]
    assert [(one.claim, round(one.before - one.after, 9)) for one in found.effects] == [(checked["claim"], 0.02)]
    page = Reader(report(PROJECT, [model(NAME)], then))
    assert "What changed since the earlier run" in page.text


def test_nothing_changes_between_equal_runs_and_small_moves_are_not_told() -> None:
    now = scorecard(NAME).as_dict()
    then = json.loads(json.dumps(now))
    for claim in then["claims"]:
        for check in claim["checks"]:
            if isinstance(check.get("effect"), float):
                check["effect"] += 0.009
    found = changes(then, now)
    assert (found.verdicts, found.effects) == ((), ())


def test_models_of_one_run_alone_are_not_compared() -> None:
    assert changes({"claims": []}, scorecard(NAME).as_dict()).verdicts == ()


@pytest.mark.parametrize(
    ("content", "said"),
    [("", "not JSON"), ("[]", "not a saved run"), ('{"claims": [1]}', "not a saved run"), (None, "cannot be read")],
)
def test_a_file_that_is_no_saved_run_is_refused(content: str | None, said: str, tmp_path: Path) -> None:
    path = tmp_path / "old.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(OsteonError, match=said):
        read_run(path)


def test_cards_say_how_firmly_a_claim_stands(tmp_path: Path) -> None:
    """On a project with one small mechanism, whose results are computed here: those of the models take long."""
    store = {"project": tmp_path, "results": tmp_path / "chunks", "workers": 1}
    osteon_.new("tiny", project=tmp_path)
    osteon_.build("tiny", project=tmp_path)
    needs = osteon_.ablate("tiny", record=True, **store)  # type: ignore[arg-type]
    found = as_dict([osteon_.robustness("tiny", draws=8, **store)])  # type: ignore[arg-type]
    path = tmp_path / "docs" / "results" / "robustness.json"
    write_file(path, json.dumps(found))
    project = Project(tmp_path)
    share = {one["claim"]: one["share"] for one in found["models"][0]["claims"]}
    told = support(project, load(project, "tiny"))
    assert told
    assert any(needs.breakers(claim) for claim in needs.supported)
    for (_, claim), (robustness, edges) in told.items():
        assert f"supported in {100 * share[claim]:.1f} %" in str(robustness)
        if claim in needs.supported:
            assert all(str(edge) in str(edges) for edge in needs.breakers(claim)[:8])
    assert {
        str(result.strength and result.strength.name) for result in judged(project, load(project, "tiny")).results
    } <= {
        "robust",
        "at reference values",
        "None",
    }
    binding = project.files("tiny").binding
    text = binding.read_text(encoding="utf-8")
    binding.write_text(text.replace("[protocol]", "[protocol]\ndetection_limit = 1e-5"), encoding="utf-8")
    changed = Project(tmp_path)
    assert all(
        "out of date" in str(robustness) and "out of date" in str(edges)
        for robustness, edges in support(changed, load(changed, "tiny")).values()
    )
    other = [result.strength for result in judged(changed, load(changed, "tiny")).results if result.strength]
    assert {strength.name for strength in other} == {"record of another model"}
    path.unlink()
    project.files("tiny").result("ablation").unlink()
    bare = Project(tmp_path)
    assert set(support(bare, load(bare, "tiny")).values()) == {(None, None)}


@pytest.mark.parametrize("content", ["{", "[]", "{}", '{"models": [{}]}'])
def test_a_damaged_robustness_is_refused(content: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "evidence", tmp_path / "evidence")
    path = tmp_path / "docs" / "results" / "robustness.json"
    path.parent.mkdir(parents=True)
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ProjectError, match=r"docs/results/robustness\.json: not "):
        _ = Project(tmp_path).shares
