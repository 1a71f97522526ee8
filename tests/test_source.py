"""Rules of the program's text, file by file. The path is the parameter, by which mutation testing finds the test."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "src" / "osteon").rglob("*.py"))
MUTABLE = {"src/osteon/site/content.py": ["SiteContent"]}
"""Dataclasses that may change, by file: a page fills its own as it is made."""
UNEQUAL = {
    "src/osteon/pictures/charts.py": 2,
    "src/osteon/pictures/plotting.py": 1,
    "src/osteon/simulation/simulator.py": 1,
}
"""Number of places where the lists that are gone through together may differ in length, by file."""


@cache
def _nodes(path: str) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))))


def _calls(path: str, name: str) -> Iterator[ast.Call]:
    for node in _nodes(path):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
            yield node


def _option(call: ast.expr, name: str) -> object:
    options = call.keywords if isinstance(call, ast.Call) else []
    return next((option.value.value for option in options if option.arg == name), None)  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", FILES)
def test_dataclasses_are_frozen(path: str) -> None:
    changing = [
        node.name
        for node in _nodes(path)
        if isinstance(node, ast.ClassDef)
        for decorator in node.decorator_list
        if ast.unparse(decorator).startswith("dataclass") and _option(decorator, "frozen") is not True
    ]
    assert changing == MUTABLE.get(path, [])


@pytest.mark.parametrize("path", FILES)
def test_lists_that_are_gone_through_together_are_of_one_length(path: str) -> None:
    strict = [_option(call, "strict") for call in _calls(path, "zip")]
    assert None not in strict
    assert strict.count(False) == UNEQUAL.get(path, 0)


def test_the_exceptions_are_there() -> None:
    assert MUTABLE.keys() | UNEQUAL.keys() <= set(FILES)
