"""Mathematics put together from parts, so that an id of a model is a symbol whatever its name means elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

import libsbml


def symbol(name: str) -> Any:
    """Return a symbol of a model, be it called ``time``, ``pi`` or ``gamma``."""
    tree = libsbml.ASTNode(libsbml.AST_NAME)
    tree.setName(name)
    return tree


def filled(pattern: str, **parts: Any) -> Any:
    """Return mathematics with trees, or the symbols of these ids, in the places of some of its names.

    Args:
        pattern: in SBML's infix mathematics, such as ``"factor*target"``; ``time`` in it is time.
        parts: for each name to be replaced a tree or an id.
    """
    whole = libsbml.parseL3Formula(pattern)
    trees = {name: symbol(part) if isinstance(part, str) else part for name, part in parts.items()}
    if whole.isName() and whole.getName() in trees:
        return trees[whole.getName()].deepCopy()
    for parent, place in list(_places(whole, trees.keys())):
        parent.replaceChild(place, trees[parent.getChild(place).getName()].deepCopy(), True)
    return whole


def _places(tree: Any, names: Collection[str]) -> Iterator[tuple[Any, int]]:
    for place in range(tree.getNumChildren()):
        child = tree.getChild(place)
        if child.isName() and child.getName() in names:
            yield tree, place
        yield from _places(child, names)
