"""Where mathematics jumps: stops for an integrator, which would step over a jump, or over what is true for a moment.

CVODE looks at a model at the ends of its steps. A jump in between spoils the differences that it takes for derivatives,
so that it goes on with a wrong number; a trigger that is true for a moment only is not seen at all. At an event it
stops and begins anew, so that with an event that does nothing at every jump it meets them all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import libsbml

from osteon.sbml.reading import unfolded
from osteon.sbml.trees import filled

_RELATIONS = frozenset({"gt", "lt", "geq", "leq", "eq", "neq"})
_STEPS = {"floor": "x", "ceil": "x", "factorial": "x", "quotient": "x/y", "rem": "x/y"}
"""Functions that jump where a quantity, given in their arguments, passes an integer."""
_JUMPING = re.compile(r"<(gt|lt|geq|leq|eq|neq|floor|ceiling|factorial|quotient|rem)\s*/>")


def with_stops(text: str) -> str:
    """Return SBML text with an event that does nothing wherever a rate, rule or trigger jumps; the text, if none does.

    Several jumps within one step of a sawtooth that acts on nothing may still be passed.
    """
    if not _JUMPING.search(text):
        return text
    document = libsbml.readSBMLFromString(text)
    found = {libsbml.formulaToL3String(tree): tree for tree in _surfaces(unfolded(document).getModel())}
    for place, tree in enumerate(found.values()):
        event = document.getModel().createEvent()
        event.setId(f"osteon_stop_{place}")
        event.setUseValuesFromTriggerTime(True)
        trigger = event.createTrigger()
        trigger.setMath(tree)
        trigger.setPersistent(True)
        trigger.setInitialValue(True)
    return str(libsbml.writeSBMLToString(document)) if found else text


def _surfaces(model: Any) -> Iterator[Any]:
    """Yield a condition for each jump of a libsbml model, true on one side of it alone."""
    for event in model.getListOfEvents():
        trigger = event.getTrigger()
        # A trigger that is one comparison is a stop as it is.
        if trigger is not None and trigger.isSetMath() and _function(trigger.getMath()) not in _RELATIONS:
            yield from _jumps(trigger.getMath())
    for rule in model.getListOfRules():
        if rule.isSetMath():
            yield from _jumps(rule.getMath())
    for law in (reaction.getKineticLaw() for reaction in model.getListOfReactions()):
        if law is not None and law.isSetMath():
            yield from _jumps(_without_locals(law))


def _without_locals(law: Any) -> Any:
    """Return the mathematics of a law with the numbers of its own parameters, whose names mean nothing elsewhere."""
    tree = law.getMath().deepCopy()
    for parameter in law.getListOfParameters():
        number = libsbml.ASTNode(libsbml.AST_REAL)
        number.setValue(parameter.getValue())
        tree.replaceArgument(parameter.getId(), number)
    return tree


def _jumps(tree: Any) -> Iterator[Any]:
    name = _function(tree)
    if _has_names(tree) and name in _RELATIONS:
        yield filled("x > y", **_arguments(tree))
    elif _has_names(tree) and name in _STEPS:
        yield filled(f"sin(pi*({_STEPS[name]})) > 0", **_arguments(tree))
    for place in range(tree.getNumChildren()):
        yield from _jumps(tree.getChild(place))


def _function(tree: Any) -> str | None:
    return None if tree.isName() else tree.getName()


def _has_names(tree: Any) -> bool:
    return bool(tree.isName()) or any(_has_names(tree.getChild(place)) for place in range(tree.getNumChildren()))


def _arguments(tree: Any) -> dict[str, Any]:
    return {name: tree.getChild(place) for place, name in enumerate("xy"[: tree.getNumChildren()])}
