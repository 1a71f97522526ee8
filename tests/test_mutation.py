"""Which changes of the program `make mutation` counts as none."""

from __future__ import annotations

import importlib.util
from types import ModuleType

import pytest

from conftest import ROOT


@pytest.fixture(scope="module")
def equivalence() -> ModuleType:
    spec = importlib.util.spec_from_file_location("equivalence", ROOT / "scripts" / "mutation" / "equivalence.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("def f(a: int = 1, *, b=2) -> int: return a", "def f(a: int | None = 1, /, b=2): return a"),
        ("if TYPE_CHECKING:\n    import a\nx = 1", "if not TYPE_CHECKING:\n    import b\nx = 1"),
        ("x = 1\n'Of one.'", "x = 1\n'Of two.'"),
    ],
)
def test_what_no_run_evaluates_is_no_change(equivalence: ModuleType, first: str, second: str) -> None:
    assert equivalence.is_same(first, second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("def f(a=1): return a", "def f(a=2): return a"),
        ("def f(*, a, b=1): return a", "def f(*, a, b=2): return a"),
        ("if TYPED:\n    x = 1", "if not TYPED:\n    x = 1"),
        ("if TYPE_CHECKING:\n    x = 1\nelse:\n    x = 2", "if not TYPE_CHECKING:\n    x = 1\nelse:\n    x = 2"),
        ("f'{x:.3g}'", "f'{x:.4g}'"),
        ("zip(a, b, strict=True)", "zip(a, b, strict=False)"),
    ],
)
def test_whatever_a_run_evaluates_is_a_change(equivalence: ModuleType, first: str, second: str) -> None:
    assert not equivalence.is_same(first, second)


def test_a_text_that_is_no_python_is_no_program(equivalence: ModuleType) -> None:
    assert equivalence.is_program("x = {**a}")
    assert not equivalence.is_program("x = {*a, 'b': 1}")
