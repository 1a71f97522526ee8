"""A model's own time: where its mathematics reads time, and the events that it has of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import libsbml

from osteon import sbml
from osteon.errors import OsteonError
from osteon.sbml.trees import filled


def has_own_time(model: Any) -> bool:
    """Say whether a libsbml model behaves by its own time: whether its mathematics reads time, or it has events."""
    trees = (holder.getMath() for holder in [*mathematics(model), *model.getListOfFunctionDefinitions()])
    return len(model.getListOfEvents()) > 0 or any(_reads_time(tree) for tree in trees)


def standing(text: str, shown: str) -> str:
    """Return SBML text of the model as it is while its own time stands at 0: without events, and with 0 for time.

    Raises:
        OsteonError: see `refuse_unclear`.
    """
    document = sbml.read(text, shown)
    model = document.getModel()
    refuse_unclear(model, shown)
    for holder in mathematics(model):
        replace_time(holder, filled("0"))
    while len(model.getListOfEvents()):
        model.removeEvent(0)
    return str(libsbml.writeSBMLToString(document))


def refuse_unclear(model: Any, shown: str) -> None:
    """Refuse what has no right reading in a run that rests before time passes.

    Raises:
        OsteonError: if a function definition reads time, which SBML does not allow, or an event has no trigger, or
            happens as a simulation or a condition starts.
    """
    for definition in model.getListOfFunctionDefinitions():
        if _reads_time(definition.getMath()):
            what = f"function {definition.getId()!r} reads time, which SBML does not allow; pass it as an argument"
            raise OsteonError(f"{shown}: {what}")
    for event in model.getListOfEvents():
        if event.getTrigger() is None or not event.getTrigger().isSetMath():
            raise OsteonError(f"{named(event, shown)} has no trigger; say when it happens")
    just_before, at_once, just_after = (_triggered(model, moment) for moment in ("-1e-9", "0", "1e-9"))
    for number, event in enumerate(model.getListOfEvents()):
        if at_once[number] and not event.getTrigger().getInitialValue():
            raise OsteonError(
                f"{named(event, shown)} happens at the start of a simulation, before any condition begins; "
                "write what it does as initial values"
            )
        if not just_before[number] == at_once[number] == just_after[number]:
            raise OsteonError(
                f"{named(event, shown)} is triggered at t = 0 itself, when conditions begin; programs disagree on "
                "whether it happens. Write what it does as initial values, or let it happen later"
            )


def _triggered(model: Any, time: str) -> list[bool]:
    """Return for each event of a libsbml model whether its trigger is true at a time, with initial values."""
    there = model.clone()
    for holder in mathematics(there):
        replace_time(holder, filled(time))
    return [sbml.value_of(event.getTrigger().getMath(), there) != 0.0 for event in there.getListOfEvents()]


def named(event: Any, shown: str) -> str:
    """Return an event for a message."""
    return f"{shown}: event {event.getId() or event.getName() or 'without id'!r}"


def symbols_behind(tree: Any, model: Any) -> frozenset[str]:
    """Return every symbol that mathematics reads, through rules of assignment too."""
    found, left = set[str](), set(sbml.names_in(tree))
    while left:
        name = left.pop()
        found.add(name)
        rule = model.getAssignmentRuleByVariable(name)
        left |= set() if rule is None or not rule.isSetMath() else sbml.names_in(rule.getMath()) - found
    return frozenset(found)


def mathematics(model: Any) -> Iterator[Any]:
    """Yield all that holds mathematics in a libsbml model, function definitions aside."""
    reactions, events = model.getListOfReactions(), model.getListOfEvents()
    references = [one for each in reactions for one in (*each.getListOfReactants(), *each.getListOfProducts())]
    holders = [
        *model.getListOfRules(),
        *model.getListOfInitialAssignments(),
        *model.getListOfConstraints(),
        *(reaction.getKineticLaw() for reaction in reactions),
        *(reference.getStoichiometryMath() for reference in references),
        *(part for event in events for part in (event.getTrigger(), event.getDelay(), event.getPriority())),
        *(assignment for event in events for assignment in event.getListOfEventAssignments()),
    ]
    yield from (holder for holder in holders if holder is not None and holder.isSetMath())


def replace_time(holder: Any, substitute: Any) -> None:
    """Let the mathematics of a rule, a law or the like read another tree in place of time."""
    tree = holder.getMath().deepCopy()
    if _is_time(tree):
        holder.setMath(substitute)
    elif _reads_time(tree):
        _replace_below(tree, substitute)
        holder.setMath(tree)


def _replace_below(tree: Any, substitute: Any) -> None:
    """Replace every time below a tree of mathematics.

    `ASTNode.setType` would do it in place, but fails once libsedml is imported, as `ASTNode.getType` does.
    """
    for index in range(tree.getNumChildren()):
        child = tree.getChild(index)
        if _is_time(child):
            tree.replaceChild(index, substitute.deepCopy(), True)
        else:
            _replace_below(child, substitute)


def _reads_time(tree: Any) -> bool:
    return tree is not None and (
        _is_time(tree) or any(_reads_time(tree.getChild(index)) for index in range(tree.getNumChildren()))
    )


def _is_time(tree: Any) -> bool:
    return bool(tree.isName()) and "time" in tree.getDefinitionURLString()
