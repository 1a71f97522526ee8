"""Skips that are accounted for: under OSTEON_SKIPS a skip for a reason that is not on the list is a failure.

A test that skips looks like one that passes. What may skip, and why, stands in `skips.toml`.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Generator
from functools import cache
from pathlib import Path

import pytest

LIST = Path(__file__).with_name("skips.toml")
VARIABLE = "OSTEON_SKIPS"


@cache
def allowed(table: str) -> tuple[str, ...]:
    """Return the patterns of one table of the list, read once: some tests count what is read.

    Raises:
        pytest.UsageError: if there is no such table.
    """
    tables = tomllib.loads(LIST.read_text(encoding="utf-8"))
    if table not in tables:
        raise pytest.UsageError(f"{VARIABLE}={table!r} names no table of {LIST.name}; there are {', '.join(tables)}")
    return tuple(tables[table])


def refused(report: pytest.TestReport | pytest.CollectReport, patterns: tuple[str, ...]) -> str | None:
    """Return why a report is refused: it is of a skip whose reason no pattern matches."""
    if not report.skipped or hasattr(report, "wasxfail"):
        return None
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    if any(re.search(pattern, reason) for pattern in patterns):
        return None
    return f"skipped for a reason that is not in tests/{LIST.name}: {reason}"


def _refuse(report: pytest.TestReport | pytest.CollectReport) -> None:
    if table := os.environ.get(VARIABLE):
        fault = refused(report, allowed(table))
        if fault is not None:
            report.outcome, report.longrepr = "failed", fault


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _refuse(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _refuse(report)
    return report


def pytest_sessionstart() -> None:
    if table := os.environ.get(VARIABLE):
        allowed(table)
