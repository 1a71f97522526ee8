"""The graph of influences of a model, read from its SBML.

A *state* is a species, or a parameter with a rate rule. One state influences another directly when it stands in the
rate law of a reaction that makes or uses up the other, or in its rate rule, whether written there or reached through
assignment rules; what an assignment rule computes is not a step of its own, for it takes no time. An arm that is
switched off, so that a factor of zero removes it from the law, is no influence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import libsbml

from osteon.sbml import reading
from osteon.sbml.reading import is_symbol


@dataclass(frozen=True)
class Graph:
    """Direct influences: ``edges[a]`` holds every state that ``a`` influences; ``parts`` resolves any symbol."""

    edges: Mapping[str, frozenset[str]]
    parts: Mapping[str, frozenset[str]]

    def states(self, symbol: str) -> frozenset[str]:
        """Return the states that a symbol stands for: itself, or those an assignment rule computes it from."""
        return self.parts.get(symbol, frozenset({symbol}))

    def directly(self, source: str, target: str) -> bool:
        """Say whether ``target`` is computed from a state of ``source``, or a state of it has one in its law."""
        sources, targets = self.states(source), self.states(target)
        return bool(sources & targets) or any(self.edges.get(state, frozenset()) & targets for state in sources)

    def influences(self, source: str, target: str) -> bool:
        """Say whether a path of direct influences leads from ``source`` to ``target``."""
        goal, seen = self.states(target), set(self.states(source))
        front = set(seen)
        if front & goal:
            return True
        while front:
            front = set().union(*(self.edges.get(state, frozenset()) for state in front)) - seen
            if front & goal:
                return True
            seen |= front
        return False


def graph(document: Any, formulas: Mapping[str, str]) -> Graph:
    """Build the graph of a model.

    Args:
        document: libsbml document.
        formulas: further symbols to resolve, such as observables, each with its formula.
    """
    document = reading.flattened(document)
    model = document.getModel()
    reader = Reader(model)
    edges: dict[str, set[str]] = {}
    for reaction in model.getListOfReactions():
        changed = _changed(reaction, model)
        for source in reader.symbols(reaction.getKineticLaw().getMath()):
            edges.setdefault(source, set()).update(changed)
    for rule in model.getListOfRules():
        if rule.isRate():
            for source in reader.symbols(rule.getMath()):
                edges.setdefault(source, set()).add(rule.getVariable())
    parts = {name: reader.symbols(libsbml.parseL3FormulaWithModel(text, model)) for name, text in formulas.items()}
    parts |= {name: reader.symbols(tree) for name, tree in reader.rules.items()}
    return Graph({source: frozenset(targets) for source, targets in edges.items()}, parts)


def _changed(reaction: Any, model: Any) -> set[str]:
    sides = (*reaction.getListOfReactants(), *reaction.getListOfProducts())
    species = (model.getSpecies(reference.getSpecies()) for reference in sides)
    return {item.getId() for item in species if not item.getBoundaryCondition() and not item.getConstant()}


class Reader:
    """Reads the live symbols of mathematics: those whose value the result depends on.

    Args:
        model: libsbml model without function definitions or local parameters; see `sbml.flattened`.
        acted: parameters that are no constants, for something acts on them.
    """

    def __init__(self, model: Any, acted: frozenset[str] = frozenset()) -> None:
        self.rules = {rule.getVariable(): rule.getMath() for rule in model.getListOfRules() if rule.isAssignment()}
        rated = {rule.getVariable() for rule in model.getListOfRules() if rule.isRate()}
        self._constants = {
            item.getId(): item.getValue()
            for item in model.getListOfParameters()
            if item.getId() not in {*self.rules, *rated, *reading.changed_by_events(model), *acted}
        }

    def symbols(self, tree: Any) -> frozenset[str]:
        """Return every live symbol of a tree, with assignment rules resolved and constants left out."""
        return self._read(tree, resolve=True)[1]

    def written(self, tree: Any) -> frozenset[str]:
        """Return every live symbol that is written in a tree itself; assignment rules are not resolved."""
        return self._read(tree, resolve=False)[1]

    def vanishes(self, tree: Any) -> bool:
        """Say whether a tree is zero whatever the state."""
        return self._read(tree, resolve=True)[0] == 0.0

    def _read(self, tree: Any, resolve: bool) -> tuple[float | None, frozenset[str]]:
        """Return a tree's value, where it is a constant, and its live symbols."""
        if tree.isNumber():
            return float(tree.getValue()), frozenset()
        if is_symbol(tree):
            return self._read_name(tree.getName(), resolve)
        operator = tree.getOperatorName() if tree.isOperator() else tree.getName()
        parts = [self._read(tree.getChild(number), resolve) for number in range(tree.getNumChildren())]
        live = frozenset[str]().union(*(names for _, names in parts))
        values = [value for value, _ in parts]
        if operator == "times" and 0.0 in values:
            return 0.0, frozenset()
        if operator in ("divide", "power") and values[0] == 0.0:
            return 0.0, frozenset()
        if operator in ("plus", "minus") and None not in values:
            numbers = [value for value in values if value is not None]
            return (sum(numbers) if operator == "plus" else _difference(numbers)), live
        return None, live

    def _read_name(self, name: str, resolve: bool) -> tuple[float | None, frozenset[str]]:
        if name in self.rules:
            value, names = self._read(self.rules[name], resolve=True)
            return value, names if resolve else frozenset({name})
        if name in self._constants:
            return self._constants[name], frozenset()
        return None, frozenset({name})


def _difference(numbers: list[float]) -> float:
    return -numbers[0] if len(numbers) == 1 else numbers[0] - numbers[1]
