"""A model without the states that nobody asks about, as SBML."""

from __future__ import annotations

from typing import Any

import libsbml

from osteon.sbml import reading


def reduced(text: str, kept: frozenset[str], shown: str) -> str:
    """Return SBML text in which some states move as in the whole model, and all others stand still.

    It is the caller's business that no kept state depends on one that is not, unless that is constant anyway.

    Args:
        text: the model's SBML text.
        kept: species, and whatever else has a rate rule.
        shown: the SBML file as the user knows it, for messages.
    """
    document = reading.read(text, shown)
    model = document.getModel()
    named = {name for tree in _mathematics(model) for name in reading.names_in(tree)}
    for reaction in list(model.getListOfReactions()):
        changed = {one.getSpecies() for side in _sides(reaction) for one in side}
        if not changed & kept and reaction.getId() not in named:
            model.removeReaction(reaction.getId())
    for rule in [one for one in model.getListOfRules() if one.isRate()]:
        if rule.getVariable() not in kept:
            model.removeRuleByVariable(rule.getVariable())
    assigned = {rule.getVariable() for rule in model.getListOfRules()}
    for species in model.getListOfSpecies():
        if species.getId() not in kept and species.getId() not in assigned:
            species.setBoundaryCondition(True)
    return str(libsbml.writeSBMLToString(document))


def _sides(reaction: Any) -> tuple[Any, Any]:
    return reaction.getListOfReactants(), reaction.getListOfProducts()


def _mathematics(model: Any) -> list[Any]:
    laws = [one.getKineticLaw().getMath() for one in model.getListOfReactions() if one.isSetKineticLaw()]
    return [tree for tree in (*laws, *(rule.getMath() for rule in model.getListOfRules())) if tree is not None]
