"""Mathematics as a graph in which equal terms are one node, with derivatives: what code is generated from.

A node is a number. Equal terms get the same node, so common subexpressions need no search; derivatives are taken node
by node (forward mode), so they share what they have in common with the values.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

TIME = "time"
"""The symbol of time; no symbol of a model, for those come with a prefix."""

_FUNCTIONS: Mapping[str, Callable[[float], float]] = MappingProxyType(
    {
        "exp": math.exp,
        "log": math.log,
        "abs": abs,
        "sign": lambda x: float((x > 0) - (x < 0)),
        "floor": math.floor,
        "ceil": math.ceil,
        "sin": math.sin,
        "cos": math.cos,
        "tanh": math.tanh,
    }
)
"""Functions of one argument that code can be generated for."""
_MOST_FACTORS = 16  # a whole power above this is computed as any other

Gradient = dict[str, int]
"""The derivatives of one node that are not zero everywhere, by the symbol."""


class Expressions:
    """A growing graph of terms; ``nodes[n]`` is the operator of node ``n`` with its operands.

    Operators are ``number`` (a value), ``symbol`` (a name), ``add`` and ``mul`` (any number of nodes), ``inv``
    (reciprocal), ``safe_inv`` (the same, finite at zero), ``pow``, the functions of one argument, ``choose`` (a
    condition and two nodes), and for conditions ``lt``, ``le``, ``eq``, ``and``, ``or`` and ``not``.
    """

    def __init__(self) -> None:
        self.nodes: list[tuple[Any, ...]] = []
        self._known: dict[tuple[Any, ...], int] = {}

    def _node(self, *parts: Any) -> int:
        if parts not in self._known:
            self._known[parts] = len(self.nodes)
            self.nodes.append(parts)
        return self._known[parts]

    def number(self, value: float) -> int:
        """Return a number."""
        return self._node("number", float(value))

    def symbol(self, name: str) -> int:
        """Return a symbol."""
        return self._node("symbol", name)

    def value(self, node: int) -> float | None:
        """Return the value of a node that is a number."""
        return float(self.nodes[node][1]) if self.nodes[node][0] == "number" else None

    def add(self, *terms: int) -> int:
        """Return a sum."""
        rest, constant = self._apart(terms)
        total = sum(constant)
        if total or not rest:
            rest.append(self.number(total))
        return rest[0] if len(rest) == 1 else self._node("add", *sorted(rest))

    def mul(self, *factors: int) -> int:
        """Return a product."""
        rest, constant = self._apart(factors)
        total = math.prod(constant)
        if total == 0.0:
            return self.number(0.0)
        if total != 1.0 or not rest:
            rest.append(self.number(total))
        return rest[0] if len(rest) == 1 else self._node("mul", *sorted(rest))

    def product(self, *factors: int) -> int:
        """Return a product in which products are resolved, so that constant factors come together."""
        flat = [each for one in factors for each in (self.nodes[one][1:] if self.nodes[one][0] == "mul" else (one,))]
        return self.mul(*flat)

    def _apart(self, nodes: tuple[int, ...]) -> tuple[list[int], list[float]]:
        pairs = [(node, self.value(node)) for node in nodes]
        return [node for node, value in pairs if value is None], [value for _, value in pairs if value is not None]

    def neg(self, node: int) -> int:
        """Return minus a node."""
        return self.mul(self.number(-1.0), node)

    def inv(self, node: int) -> int:
        """Return the reciprocal of a node."""
        value = self.value(node)
        return self.number(1.0 / value) if value else self._node("inv", node)

    def power(self, base: int, exponent: int) -> int:
        """Return a power; a whole constant exponent becomes products."""
        value = self.value(exponent)
        if value is not None and value == int(value) and abs(value) <= _MOST_FACTORS:
            whole = self._whole(base, abs(int(value)))
            return whole if value >= 0 else self.inv(whole)
        return self._node("pow", base, exponent)

    def _whole(self, base: int, exponent: int) -> int:
        if exponent == 0:
            return self.number(1.0)
        half = self._whole(base, exponent // 2)
        squared = self.mul(half, half)
        return self.mul(squared, base) if exponent % 2 else squared

    def call(self, function: str, node: int) -> int:
        """Return a function of one argument of a node.

        Raises:
            KeyError: if no code can be generated for it.
        """
        apply, value = _FUNCTIONS[function], self.value(node)
        if value is not None and (function != "log" or value > 0.0):
            return self.number(apply(value))
        return self._node(function, node)

    def condition(self, operator: str, *nodes: int) -> int:
        """Return a condition: ``lt``, ``le``, ``eq``, ``and``, ``or`` or ``not``."""
        return self._node(operator, *nodes)

    def choose(self, condition: int, yes: int, no: int) -> int:
        """Return one of two nodes, by a condition."""
        return yes if yes == no else self._node("choose", condition, yes, no)

    def order(self, wanted: list[int]) -> list[int]:
        """Return every node that some nodes are computed from, each after its operands."""
        seen: set[int] = set()
        front = list(wanted)
        while front:
            node = front.pop()
            if node not in seen:
                seen.add(node)
                front += self.operands(node)
        return sorted(seen)  # a node is made after its operands

    def operands(self, node: int) -> tuple[int, ...]:
        """Return the nodes that a node is computed from directly."""
        kind, *parts = self.nodes[node]
        return () if kind in ("number", "symbol") else tuple(parts)

    def gradients(self, wanted: list[int], by: frozenset[str]) -> list[Gradient]:
        """Return the derivatives of some nodes by some symbols."""
        found: dict[int, Gradient] = {}
        for node in self.order(wanted):
            found[node] = self._gradient(node, found, by)
        return [found[node] for node in wanted]

    def _gradient(self, node: int, found: Mapping[int, Gradient], by: frozenset[str]) -> Gradient:
        kind, *parts = self.nodes[node]
        if kind == "symbol":
            return {parts[0]: self.number(1.0)} if parts[0] in by else {}
        if kind == "choose":
            condition, yes, no = parts
            nothing = self.number(0.0)
            names = {**found[yes], **found[no]}
            chosen = {
                name: self.choose(condition, found[yes].get(name, nothing), found[no].get(name, nothing))
                for name in names
            }
            return {name: slope for name, slope in chosen.items() if slope != nothing}
        terms: dict[str, list[int]] = {}
        for place, operand in enumerate(self.operands(node)):
            if found[operand]:
                slope = self._slope(node, place)
                for name, inner in found[operand].items():
                    terms.setdefault(name, []).append(self.mul(slope, inner))
        total = {name: self.add(*each) for name, each in terms.items()}
        return {name: slope for name, slope in total.items() if self.value(slope) != 0.0}

    def _slope(self, node: int, place: int) -> int:
        """Return the derivative of a node by one of its operands."""
        kind, *parts = self.nodes[node]
        if kind == "add":
            return self.number(1.0)
        if kind == "mul":
            return self.mul(*(part for other, part in enumerate(parts) if other != place))
        if kind in ("inv", "safe_inv"):
            return self.neg(self.mul(node, node))
        if kind == "pow":
            base, exponent = parts
            # x^n at x = 0: written as n x^n / x, with the reciprocal kept finite.
            return (
                self.mul(exponent, node, self._node("safe_inv", base))
                if place == 0
                else self.mul(node, self._node("log", base))
            )
        return self._slope_of_function(kind, node, parts[0])

    def _slope_of_function(self, kind: str, node: int, inner: int) -> int:
        if kind == "exp":
            return node
        if kind == "log":
            return self._node("safe_inv", inner)
        if kind == "abs":
            return self.call("sign", inner)
        if kind == "sin":
            return self.call("cos", inner)
        if kind == "cos":
            return self.neg(self.call("sin", inner))
        if kind == "tanh":
            return self.add(self.number(1.0), self.neg(self.mul(node, node)))
        return self.number(0.0)
