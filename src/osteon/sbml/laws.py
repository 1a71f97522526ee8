"""The laws of a model as plain data: what each of its parts is computed from, for asking what can act on what.

The page "Try it" has them as JSON, for there is no libsbml. A tree of mathematics is a number, the id of a symbol, or a
list of an operator and its operands: ``times``, ``divide``, ``power``, ``plus`` and ``minus`` are told from ``other``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import libsbml

from osteon.sbml import reading
from osteon.sbml.trees import filled, symbol

_OPERATORS = frozenset({"times", "divide", "power", "plus", "minus"})

Tree = float | str | list[Any]
Laws = dict[str, Any]
"""See `laws`."""


def laws(document: Any, formulas: Mapping[str, str]) -> Laws:
    """Return the laws of a model.

    Args:
        document: libsbml document.
        formulas: of each observable.

    Returns:
        ``constants``, the value of each parameter and compartment that nothing in the model changes; ``starts``, the
        first value of each species and of whatever has a rule of rate; ``rules``, the tree of each assignment;
        ``flows``, each a tree and what it changes: rate laws, rules of rate, events and initial values; ``homes``, the
        compartment of each species that counts as a concentration; ``observables``, the tree of each; ``open``, whether
        the model also has algebraic rules, of which nothing is known.
    """
    document = reading.flattened(document)
    model = document.getModel()
    rules = {rule.getVariable(): rule.getMath() for rule in model.getListOfRules() if rule.isAssignment()}
    rated = {rule.getVariable() for rule in model.getListOfRules() if rule.isRate()}
    assigned = {one.getSymbol(): one.getMath() for one in model.getListOfInitialAssignments()}
    species = {one.getId(): one for one in model.getListOfSpecies()}
    quantities = [
        *((one, "parameter") for one in model.getListOfParameters()),
        *((one, "compartment") for one in model.getListOfCompartments()),
    ]
    moving = {*species, *rated, *reading.changed_by_events(model)} - {*rules}
    values = {one.getId(): reading.value(one, kind) for one, kind in quantities}
    starts = {name: reading.value(one, "species") for name, one in species.items()} | values
    at_start = {name: tree for name, tree in assigned.items() if name not in moving and name not in rules}
    return {
        "constants": {
            name: value
            for name, value in values.items()
            if value is not None and not {name} & {*rules, *moving, *assigned}
        },
        "starts": {name: starts[name] or 0.0 for name in sorted(moving)},
        "rules": {name: _tree(tree) for name, tree in {**at_start, **rules}.items()},
        "flows": [[_tree(tree), changed] for tree, changed in _flows(model, assigned, moving)],
        "homes": {
            name: one.getCompartment()
            for name, one in species.items()
            if not one.getHasOnlySubstanceUnits() and name not in rules
        },
        "observables": {name: _tree(libsbml.parseL3FormulaWithModel(text, model)) for name, text in formulas.items()},
        "open": any(rule.isAlgebraic() for rule in model.getListOfRules()),
    }


def _flows(model: Any, assigned: Mapping[str, Any], moving: set[str]) -> Iterator[tuple[Any, list[str]]]:
    """Yield each piece of mathematics with what it changes."""
    for reaction in model.getListOfReactions():
        yield from _of_reaction(reaction, model)
    for rule in model.getListOfRules():
        if rule.isRate():
            yield rule.getMath(), [rule.getVariable()]
    for event in model.getListOfEvents():
        yield from _of_event(event)
    yield from ((tree, [name]) for name, tree in assigned.items() if name in moving)


def _of_reaction(reaction: Any, model: Any) -> Iterator[tuple[Any, list[str]]]:
    sides = (*reaction.getListOfReactants(), *reaction.getListOfProducts())
    changed = sorted({one.getSpecies() for one in sides if _changes(model.getSpecies(one.getSpecies()))})
    if reaction.isSetKineticLaw() and reaction.getKineticLaw().isSetMath():
        yield reaction.getKineticLaw().getMath(), changed
    for one in sides:
        if one.isSetStoichiometryMath():
            yield one.getStoichiometryMath().getMath(), changed
        elif one.isSetId() and not one.getConstant():
            yield symbol(one.getId()), changed


def _of_event(event: Any) -> Iterator[tuple[Any, list[str]]]:
    assignments = [one for one in event.getListOfEventAssignments() if one.isSetMath()]
    for one in (event.getTrigger(), event.getDelay(), event.getPriority()):
        if one is not None and one.isSetMath():
            yield _moved(one.getMath()), sorted({one.getVariable() for one in assignments})
    yield from ((_moved(one.getMath()), [one.getVariable()]) for one in assignments)


def _changes(species: Any) -> bool:
    return not species.getBoundaryCondition() and not species.getConstant()


def _moved(tree: Any) -> Any:
    """Return the mathematics of an event in a function that never vanishes: a value of zero is a change as well."""
    return filled("exp(x)", x=tree)


def _tree(tree: Any) -> Tree:
    if tree.isNumber():
        return float(tree.getValue())
    if reading.is_symbol(tree):
        return str(tree.getName())
    operator = tree.getOperatorName() if tree.isOperator() else tree.getName()
    parts = [_tree(tree.getChild(number)) for number in range(tree.getNumChildren())]
    return [operator if operator in _OPERATORS else "other", *parts]
