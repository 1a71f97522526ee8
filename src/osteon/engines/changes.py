"""Models of SED-ML with their changes made, so that no engine has to make them and none can leave one out.

A change is made in the XML of the model, as SED-ML has it. A symbol that is given a value loses its initial assignment,
which would win over the value. Changes of the XML's structure are refused by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from osteon.archive import Archive
from osteon.errors import ArchiveError, CompilationError
from osteon.sbml.mathml import evaluate_mathml

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_MATH = "{http://www.w3.org/1998/Math/MathML}math"
_STEP = re.compile(r"/(?P<deep>/?)(?:[\w.-]+:)?(?P<name>[A-Za-z]\w*)(?P<which>(?:\[@\w+=(?:'[^']*'|\"[^\"]*\")\])*)")
_ATTRIBUTE = re.compile(r"/@(?:[\w.-]+:)?(\w+)")
_VALUES = {
    "parameter": ("value",),
    "localParameter": ("value",),
    "compartment": ("size", "volume"),
    "species": ("initialConcentration", "initialAmount"),
    "speciesReference": ("stoichiometry",),
}
"""The attributes that are the value of an element, the one that is meant if it has none of them first."""


@dataclass(frozen=True)
class _Place:
    """Where a target leads: an element, and the attribute that it names or that is the element's value."""

    element: Element
    attribute: str


def changed_models(archive: Archive, path: str, models: Mapping[str, Element]) -> dict[str, str]:
    """Return the SBML text of every model of a SED-ML file, with its own changes and those of what it derives from.

    Args:
        archive: with the files.
        path: the SED-ML file in it.
        models: its elements ``<model>`` by id.

    Raises:
        ArchiveError: naming the model and the change that cannot be made, or a source that leads nowhere.
    """
    made: dict[str, Element] = {}
    for name in models:
        _make(archive, path, models, name, made)
    return {name: serialized(root) for name, root in made.items()}


def parent(source: str, models: Mapping[str, Element], files: Mapping[str, bytes]) -> str | None:
    """Return the model that another one derives from by its source, as ``#id`` or ``id``; ``None`` if it is a file."""
    name = source.strip().removeprefix("#")
    return name if name in models and (source.strip().startswith("#") or source not in files) else None


def serialized(root: Element) -> str:
    """Return XML text in which the namespace of the first element needs no prefix."""
    namespace = root.tag.rpartition("}")[0] + "}"
    copy = ElementTree.fromstring(ElementTree.tostring(root))
    for element in copy.iter():
        element.tag = element.tag.removeprefix(namespace)
    copy.set("xmlns", namespace[1:-1])
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(copy, encoding="unicode")


def _make(
    archive: Archive,
    path: str,
    models: Mapping[str, Element],
    name: str,
    made: dict[str, Element],
    trail: tuple[str, ...] = (),
) -> Element:
    if name in made:
        return made[name]
    if name in trail:
        raise ArchiveError(archive.shown, path, f"model {name!r} derives from itself")
    source = models[name].get("source", "")
    origin = parent(source, models, archive.files)
    if origin is None:
        root = archive.element(archive.resolve(source, path))
        if _local(root) != "sbml":
            what = f"model {name!r} is no SBML but <{_local(root)}>, which is not run"
            raise ArchiveError(archive.shown, path, what)
    else:
        before = _make(archive, path, models, origin, made, (*trail, name))
        root = ElementTree.fromstring(ElementTree.tostring(before))
    for change in _changes(models[name]):
        try:
            _change(change, root, made, name)
        except ValueError as error:
            raise ArchiveError(archive.shown, path, f"model {name!r}: <{_local(change)}>: {error}") from None
    made[name] = root
    return root


def _changes(model: Element) -> Iterator[Element]:
    for child in model:
        if _local(child) == "listOfChanges":
            yield from (change for change in child if _local(change) not in ("notes", "annotation"))


def _change(change: Element, root: Element, made: Mapping[str, Element], name: str) -> None:
    target = change.get("target", "")
    match _local(change):
        case "changeAttribute":
            if "@" not in target.rpartition("/")[2].partition("[")[0]:
                raise ValueError(f"target {target!r} names no attribute")
            place, value = _place(target, root), _literal(change.get("newValue", ""))
        case "computeChange":
            place, value = _place(target, root), repr(_computed(change, {**made, name: root}, root))
        case _:
            raise ValueError("is not carried out, and an engine would leave something out")
    _set(place, value, root)


def _set(place: _Place, value: str, root: Element) -> None:
    element, attribute = place.element, place.attribute
    alternatives = _VALUES.get(_local(element), ())
    if attribute in alternatives:
        symbol = element.get("id") or element.get("name") or ""  # In Level 1 a name is what an id is later.
        # A local parameter has no rule and no initial assignment, though a symbol of the model may have its name.
        if element in _globals(root):
            _free(symbol, root)
        for other in alternatives:
            element.attrib.pop(other, None)
    element.set(attribute, value)


def _globals(root: Element) -> list[Element]:
    kinds = ("listOfParameters/{*}parameter", "listOfSpecies/{*}species", "listOfCompartments/{*}compartment")
    return [element for kind in kinds for element in root.findall(f"{{*}}model/{{*}}{kind}")]


def _free(symbol: str, root: Element) -> None:
    """Take the initial assignment of a symbol away; refuse to give one a value that a rule computes."""
    for rule in root.findall("{*}model/{*}listOfRules/{*}assignmentRule"):
        if rule.get("variable") == symbol:
            raise ValueError(f"{symbol!r} is computed by a rule, so that a value would change nothing")
    for assignments in root.findall("{*}model/{*}listOfInitialAssignments"):
        for assignment in list(assignments):
            if assignment.get("symbol") == symbol:
                assignments.remove(assignment)
        if not len(assignments):
            root.find("{*}model").remove(assignments)  # type: ignore[union-attr]


def _place(target: str, root: Element) -> _Place:
    """Return what a target leads to.

    Raises:
        ValueError: if it is beyond elements by name and attribute, or leads to none or to several.
    """
    steps, at, text = "", 0, target.strip()
    while found := _STEP.match(text, at):
        steps += f"/{found['deep']}{{*}}{found['name']}{found['which']}"
        at = found.end()
    attribute = _ATTRIBUTE.fullmatch(text, at)
    if not steps or (attribute is None and at < len(text)):
        raise ValueError(
            f"target {target!r} is not a path of elements by their names and ids, which alone are followed"
        )
    document = ElementTree.Element("document")
    document.append(root)
    elements = document.findall(f".{steps}")
    if len(elements) != 1:
        raise ValueError(f"target {target!r} leads to {len(elements) or 'no'} elements of the model; one was expected")
    element = elements[0]
    if attribute is not None:
        return _Place(element, attribute[1])
    alternatives = _VALUES.get(_local(element))
    if alternatives is None:
        raise ValueError(f"target {target!r} leads to <{_local(element)}>, which has no value")
    return _Place(element, next((name for name in alternatives if name in element.attrib), alternatives[0]))


def _literal(value: str) -> str:
    """Return a new value as XML Schema spells it."""
    plain = value.strip()
    return {"true": "true", "false": "false", "inf": "INF", "+inf": "INF", "-inf": "-INF", "nan": "NaN"}.get(
        plain.lower(), plain
    )


def _computed(change: Element, models: Mapping[str, Element], root: Element) -> float:
    values = {}
    for part in change.iter():
        if _local(part) == "parameter":
            values[part.get("id", "")] = float(part.get("value", "nan"))
        elif _local(part) == "variable":
            owner = part.get("modelReference")
            if owner and owner not in models:
                raise ValueError(
                    f"variable {part.get('id')!r} is of model {owner!r}, which does not come before this one"
                )
            values[part.get("id", "")] = _read(part.get("target", ""), models[owner] if owner else root)
    mathematics = change.find(_MATH)
    if mathematics is None:
        raise ValueError("has no mathematics")
    try:
        return evaluate_mathml(ElementTree.tostring(mathematics, encoding="unicode"), values)
    except CompilationError as error:
        raise ValueError(str(error)) from None


def _read(target: str, root: Element) -> float:
    place = _place(target, root)
    symbol = place.element.get("id", "")
    given = [
        *root.findall("{*}model/{*}listOfRules/*[@variable]"),
        *root.findall("{*}model/{*}listOfInitialAssignments/*[@symbol]"),
    ]
    if any(symbol in (one.get("variable"), one.get("symbol")) for one in given if "rateRule" not in one.tag):
        raise ValueError(f"{symbol!r} is computed by the model itself, and its value is not in the file")
    value = place.element.get(place.attribute)
    if value is None:
        raise ValueError(f"target {target!r} leads to an element without a value")
    return float(value)


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]
