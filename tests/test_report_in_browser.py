"""The report as a reader sees it: no request, no message, nothing too wide, nothing that axe finds."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import PROJECT, model
from headless import browser, visit
from osteon.pages.report import report

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the address of a report on disk."""
    browser()
    path: Path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(report(PROJECT, [model("osteoblast_vesicles")]), encoding="utf-8")
    return path.as_uri()


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_it_shows_without_a_fault(page: str, width: int, dark: bool) -> None:
    found = visit(page, width=width, dark=dark, open=True, axe=True)
    assert found["violations"] == []
    assert found["messages"] == []
    assert [request for request in found["requests"] if not request.startswith("data:")] == [page]
    assert found["width"] <= width


def test_the_keyboard_reaches_the_scorecard_first(page: str) -> None:
    assert visit(page)["focus"][:2] == ["To the scorecard", "Scorecard"]
