"""Hierarchies: SBML documents of the ``comp`` package, in which a model holds other models as submodels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from osteon.sbml import reading

Place = tuple[str, str]
"""A symbol of a part: the submodel's id, and the symbol's id inside it."""


def complete(document: Any, flat: Any, shared: Iterable[tuple[Place, Place]]) -> None:
    """Let every element that the whole and its parts share be the whole's own, in place.

    Args:
        document: libsbml document of the ``comp`` package, as Antimony writes it.
        flat: libsbml document of the same model without parts, where symbol ``x`` of part ``p`` is ``p_x``.
        shared: pairs of symbols of two parts that are one symbol.
    """
    flat.enablePackage(document.getPlugin("comp").getURI(), "comp", True)
    whole, source = document.getModel(), flat.getModel()
    for name, place in list(_replaced(whole)):
        _replace(_adopt(whole, source, name), place)
    for name, place in list(_overridden(document, source)):
        _replace(_adopt(whole, source, name), place)
    for pair in shared:
        target = next(name for name in map("_".join, pair) if source.getElementBySId(name) is not None)
        element = whole.getElementBySId(target) or _adopt(whole, source, target)
        for place in pair:
            if place not in _places(element):
                _replace(element, place)


def flattened(document: Any) -> Any:
    """Return a libsbml document without submodels; symbol ``x`` of part ``p`` is ``p__x`` there."""
    import libsbml

    document = document.clone()
    properties = libsbml.ConversionProperties()
    properties.addOption("flatten comp", True)
    if document.convert(properties) != libsbml.LIBSBML_OPERATION_SUCCESS:
        raise ValueError(document.getErrorLog().toString())
    return document


def _replaced(model: Any) -> Iterator[tuple[str, Place]]:
    """Yield the id of every element of the whole that only stands for one of a part, with that one's place."""
    for items in (model.getListOfCompartments(), model.getListOfSpecies(), model.getListOfParameters()):
        for item in items:
            if item.getPlugin("comp").isSetReplacedBy():
                link = item.getPlugin("comp").getReplacedBy()
                yield item.getId(), (link.getSubmodelRef(), link.getIdRef())


def _overridden(document: Any, source: Any) -> Iterator[tuple[str, Place]]:
    """Yield the id in the flat model of every element of a part whose value the whole changes, with its place.

    Compartments come along, for the whole's species need them there.
    """
    whole = document.getModel()
    parts = whole.getPlugin("comp")
    for part in (parts.getSubmodel(number) for number in range(parts.getNumSubmodels())):
        inside = document.getPlugin("comp").getModelDefinition(part.getModelRef())
        for items in (inside.getListOfCompartments(), inside.getListOfSpecies(), inside.getListOfParameters()):
            for item in items:
                name = f"{part.getId()}_{item.getId()}"
                flat = source.getElementBySId(name)
                if flat is None or whole.getElementBySId(name) is not None:
                    continue
                if flat.getElementName() == "compartment" or _value(flat) != _value(item):
                    yield name, (part.getId(), item.getId())


def _value(element: Any) -> float | None:
    """Return the value that an element is written with, or ``None`` where it has none."""
    return reading.value(element, element.getElementName())


def _adopt(whole: Any, source: Any, name: str) -> Any:
    """Put the flat model's element of a name into the whole, in place of its own, and return it."""
    original = source.getElementBySId(name)
    kind = {"compartment": "Compartment", "species": "Species", "parameter": "Parameter"}[original.getElementName()]
    getattr(whole, f"remove{kind}")(name)
    getattr(whole, f"add{kind}")(original)
    return whole.getElementBySId(name)


def _places(element: Any) -> list[Place]:
    plugin = element.getPlugin("comp")
    links = [plugin.getReplacedElement(number) for number in range(plugin.getNumReplacedElements())]
    return [(link.getSubmodelRef(), link.getIdRef()) for link in links]


def _replace(element: Any, place: Place) -> None:
    link = element.getPlugin("comp").createReplacedElement()
    link.setSubmodelRef(place[0])
    link.setIdRef(place[1])
