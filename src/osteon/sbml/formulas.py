"""Formulas that give parameters their values, for many sets of values at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from osteon.sbml.expressions import Expressions
from osteon.sbml.mathematics import MathReader

Numbers = NDArray[np.float64]


class Formulas:
    """Formulas, which may build on one another.

    Args:
        trees: libsbml mathematics for each parameter that has a formula.

    Raises:
        NotSupportedError: if one has something that cannot be computed for many values at once.
    """

    def __init__(self, trees: Mapping[str, Any]) -> None:
        self._terms = Expressions()
        reader = MathReader(self._terms, self._terms.symbol)
        self._nodes = {name: reader.read(tree) for name, tree in trees.items()}

    @property
    def symbols(self) -> frozenset[str]:
        """Every symbol in the formulas."""
        order = self._terms.order(list(self._nodes.values()))
        return frozenset(part[1] for node in order for part in [self._terms.nodes[node]] if part[0] == "symbol")

    def solved(self, values: Mapping[str, Numbers], number: int) -> dict[str, Numbers]:
        """Return what the formulas give.

        Args:
            values: of every symbol in them, of shape (number,).
            number: of sets of values.
        """
        known = dict(values)
        found: dict[str, Numbers] = {}
        for _ in self._nodes:
            before = dict(found)
            for name, node in self._nodes.items():
                found[name] = known[name] = self._value(node, known, number)
            if before and all(np.array_equal(found[name], one) for name, one in before.items()):
                break
        return found

    def _value(self, node: int, known: Mapping[str, Numbers], number: int) -> Numbers:
        done: dict[int, Any] = {}
        with np.errstate(all="ignore"):
            for each in self._terms.order([node]):
                kind, *parts = self._terms.nodes[each]
                if kind in ("number", "symbol"):
                    done[each] = known[parts[0]] if kind == "symbol" else np.float64(parts[0])
                else:
                    done[each] = _applied(kind, [done[part] for part in parts])
        return np.asarray(done[node] + np.zeros(number))


def _applied(kind: str, operands: list[Any]) -> Any:
    if kind in ("add", "mul"):
        total = operands[0]
        for one in operands[1:]:
            total = total + one if kind == "add" else total * one
        return total
    if kind == "choose":
        return np.where(*operands)
    return _FUNCTIONS[kind](*operands)


_FUNCTIONS: dict[str, Any] = {
    "inv": np.reciprocal,
    "pow": np.power,
    "lt": np.less,
    "le": np.less_equal,
    "eq": np.equal,
    "and": np.logical_and,
    "or": np.logical_or,
    "not": np.logical_not,
    **{name: getattr(np, name) for name in ("exp", "log", "abs", "sign", "floor", "ceil", "sin", "cos", "tanh")},
}
