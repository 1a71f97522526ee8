"""Mathematics of SBML as terms of a graph (`osteon.sbml.expressions`)."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

import libsbml
from defusedxml import ElementTree

from osteon.sbml.expressions import TIME, Expressions

_CONSTANTS = {"pi": 3.141592653589793, "exponentiale": 2.718281828459045}
_NAMES = {"ln": "log", "abs": "abs", "exp": "exp", "floor": "floor", "ceiling": "ceil"}
_NAMES |= {"sin": "sin", "cos": "cos", "tanh": "tanh"}
_RELATIONS = {"lt": ("lt", False), "leq": ("le", False), "gt": ("lt", True), "geq": ("le", True), "eq": ("eq", False)}


class NotSupportedError(Exception):
    """There is something that no terms of this kind say; holds what, in plain words."""


class MathReader:
    """Reads mathematics into a graph of terms.

    Args:
        terms: the graph.
        symbol: gives the node of a symbol.
    """

    def __init__(self, terms: Expressions, symbol: Callable[[str], int]) -> None:
        self._terms, self._symbol = terms, symbol

    def read(self, tree: Any) -> int:
        """Return the node of a tree of libsbml."""
        if tree is None:
            raise NotSupportedError("a rule without mathematics")
        whole = ElementTree.fromstring(libsbml.writeMathMLToString(tree))
        return self._read(whole[0])

    def _read(self, element: Any) -> int:
        kind = _tag(element)
        if kind == "cn":
            return self._terms.number(_number(element))
        if kind == "ci":
            return self._symbol(element.text.strip())
        if kind == "csymbol" and element.get("definitionURL", "").endswith("/time"):
            return self._terms.symbol(TIME)
        if kind in _CONSTANTS:
            return self._terms.number(_CONSTANTS[kind])
        if kind == "piecewise":
            return self._piecewise(element)
        if kind != "apply":
            raise NotSupportedError(f"<{kind}> in mathematics")
        return self._apply(_tag(element[0]), list(element[1:]))

    def _apply(self, operator: str, elements: list[Any]) -> int:
        terms = self._terms
        if operator in ("root", "log"):
            return self._with_base(operator, elements)
        nodes = [self._read(each) for each in elements]
        if operator == "plus":
            return terms.add(*nodes)
        if operator == "minus":
            return terms.neg(nodes[0]) if len(nodes) == 1 else terms.add(nodes[0], terms.neg(nodes[1]))
        if operator == "times":
            return terms.product(*nodes)
        if operator == "divide":
            return terms.product(nodes[0], terms.inv(nodes[1]))
        if operator == "power":
            return terms.power(*nodes)
        if operator in ("min", "max"):
            return reduce(
                lambda a, b: terms.choose(terms.condition("lt", *((a, b) if operator == "min" else (b, a))), a, b),
                nodes,
            )
        if operator in _NAMES:
            return terms.call(_NAMES[operator], nodes[0])
        raise NotSupportedError(f"<{operator}> in mathematics")

    def _with_base(self, operator: str, elements: list[Any]) -> int:
        *given, inner = elements
        terms, node = self._terms, self._read(inner)
        base = self._read(given[0][0]) if given else terms.number(2.0 if operator == "root" else 10.0)
        if operator == "root":
            return terms.power(node, terms.inv(base))
        return terms.product(terms.call("log", node), terms.inv(terms.call("log", base)))

    def _piecewise(self, element: Any) -> int:
        *pieces, last = list(element)
        if _tag(last) != "otherwise":
            raise NotSupportedError("<piecewise> without <otherwise>")
        found = self._read(last[0])
        for piece in reversed(pieces):
            found = self._terms.choose(self._condition(piece[1]), self._read(piece[0]), found)
        return found

    def _condition(self, element: Any) -> int:
        operator, parts = _tag(element[0]) if len(element) else _tag(element), list(element[1:])
        if operator in _RELATIONS and len(parts) == 2:
            name, turned = _RELATIONS[operator]
            first, second = (self._read(each) for each in parts)
            if any(self._terms.nodes[node] == ("symbol", TIME) for node in self._terms.order([first, second])):
                # A step that begins before and ends after such an instant would not notice what lies between.
                raise NotSupportedError("<piecewise> that switches with time")
            return self._terms.condition(name, *((second, first) if turned else (first, second)))
        if operator in ("and", "or") and parts:
            return reduce(lambda a, b: self._terms.condition(operator, a, b), [self._condition(each) for each in parts])
        if operator == "not":
            return self._terms.condition("not", self._condition(parts[0]))
        raise NotSupportedError(f"<{operator}> as a condition")


def _tag(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _number(element: Any) -> float:
    kind = element.get("type", "real")
    texts = [element.text or "", *(each.tail or "" for each in element)]
    first, *second = (float(text) for text in texts if text.strip())
    if kind == "e-notation":
        return float(f"{first!r}e{int(second[0])}")
    return first / second[0] if kind == "rational" else first
