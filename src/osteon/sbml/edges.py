"""Taking a mechanism apart, one edge at a time: SBML text in, SBML text out.

An *edge* is a reaction, or one influence: a symbol that stands in a rate law or a rule, varies, and is not used up
there. Taking a reaction away gives it a rate of zero. Taking an influence away holds its symbol, in that one law, at a
resting value. Reversing an influence reflects its symbol about that value on the logarithmic scale: twice as much
counts as half.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import libsbml

from osteon.errors import OsteonError
from osteon.sbml import reading
from osteon.sbml.influence import Reader
from osteon.sbml.trees import filled, symbol

Alteration = Literal["removed", "reversed"]

REACH = 100.0
"""The most that a reflected symbol rises above its resting value: the reflection of nothing would be infinite."""


@dataclass(frozen=True)
class Edge:
    """One piece of mechanism: the reaction ``law``, or the influence of ``symbol`` in a reaction or rule ``law``.

    ``off`` says that it is switched off in the model as written: a constant factor of zero takes it out of its law.
    """

    law: str
    symbol: str | None = None
    off: bool = False

    def __str__(self) -> str:
        return self.law if self.symbol is None else f"{self.symbol} in {self.law}"


def edges(text: str, acted: frozenset[str], shown: str) -> tuple[Edge, ...]:
    """Return every edge of a model: reactions in the order of the file, each followed by its influences, then rules.

    What is computed from constants alone is a number and no influence, unless something acts on one of them.

    Args:
        text: the model's SBML text.
        acted: parameters that an intervention or a setting changes.
        shown: the SBML file as the user knows it, for messages.
    """
    document = reading.flattened(reading.read(text, shown))
    model = document.getModel()
    reader, varying = Reader(model, acted), _varying(model, acted)
    found: list[Edge] = []
    for reaction in model.getListOfReactions():
        law = reaction.getKineticLaw().getMath()
        used = {reference.getSpecies() for reference in reaction.getListOfReactants()}
        found.append(Edge(reaction.getId(), off=reader.vanishes(law)))
        found += _influences(reaction.getId(), law, used, reader, varying)
    for rule in model.getListOfRules():
        used = {rule.getVariable()} if rule.isRate() else set()
        found += _influences(rule.getVariable(), rule.getMath(), used, reader, varying)
    return tuple(found)


def _influences(law: str, tree: Any, used: set[str], reader: Reader, varying: frozenset[str]) -> list[Edge]:
    live = reader.written(tree)
    return [Edge(law, name, off=name not in live) for name in sorted((reading.names_in(tree) & varying) - used)]


def _varying(model: Any, acted: frozenset[str]) -> frozenset[str]:
    """Return every species that can change and every variable of a rule that depends on one, on time or on an act."""
    rules = {rule.getVariable(): rule.getMath() for rule in model.getListOfRules() if rule.isAssignment()}
    species = {item.getId() for item in model.getListOfSpecies() if not item.getConstant() or item.getId() in acted}
    rated = {rule.getVariable() for rule in model.getListOfRules() if rule.isRate()}
    states = (species | rated) - set(rules)
    moving = states | acted
    while True:
        more = {name for name, tree in rules.items() if reading.names_in(tree) & moving or _names_time(tree)} - moving
        if not more:
            return frozenset(states | (moving & set(rules)))
        moving = moving | more


def _names_time(tree: Any) -> bool:
    if tree.isName() and tree.getDefinitionURLString().endswith("/time"):
        return True
    return any(_names_time(tree.getChild(number)) for number in range(tree.getNumChildren()))


def held(edge: Edge) -> str:
    """Return the parameter that an ablated model holds the symbol of an influence at."""
    return f"resting_{edge.symbol}"


def ablated(text: str, edge: Edge, change: Alteration, resting: float, shown: str) -> str:
    """Return a model without one of its edges, or with an influence turned round.

    Args:
        text: the model's SBML text.
        edge: one of its `edges`.
        change: what becomes of the edge; a reaction can only be removed.
        resting: the value that an influence's symbol rests at; it becomes the parameter `held`, so that a setting in
            which the model rests elsewhere can give it another value.
        shown: the SBML file as the user knows it, for messages.

    Raises:
        OsteonError: if the model has no such edge, or a reaction is to be reversed.
    """
    document = reading.flattened(reading.read(text, shown))
    model = document.getModel()
    law = _law(model, edge)
    if law is None:
        raise OsteonError(f"{shown}: no edge {str(edge)!r} to take away")
    if edge.symbol is None:
        if change == "reversed":
            raise OsteonError(f"{edge.law!r} is a reaction; only an influence has a sign to reverse")
        law.setMath(filled("0"))
        return str(libsbml.writeSBMLToString(document))
    parameter = model.createParameter()
    if parameter.setId(held(edge)) or sum(item.getId() == held(edge) for item in model.getListOfParameters()) > 1:
        raise OsteonError(f"{shown}: the model has a parameter {held(edge)!r} of its own; rename it to take edges away")
    parameter.setConstant(True)
    parameter.setValue(resting)
    parameter.setUnits("dimensionless")
    tree = law.getMath().deepCopy()
    tree.replaceArgument(edge.symbol, _in_place(edge, change))
    law.setMath(tree)
    return str(libsbml.writeSBMLToString(document))


def _law(model: Any, edge: Edge) -> Any:
    reaction = model.getReaction(edge.law)
    law = reaction.getKineticLaw() if reaction is not None else model.getRule(edge.law)
    if law is None or (edge.symbol is not None and edge.symbol not in reading.names_in(law.getMath())):
        return None
    return law


def _in_place(edge: Edge, change: Alteration) -> Any:
    """Return what stands for the symbol of an influence instead of the symbol.

    The reflection ``rest^2/x`` is cut at `REACH` times the resting value; of nothing, at rest or not, nothing is made.
    """
    if change == "removed":
        return symbol(held(edge))
    reflected = f"piecewise(rest*rest/level, {REACH:g}*level > rest, {REACH:g}*rest)"
    return filled(reflected, rest=held(edge), level=edge.symbol)
