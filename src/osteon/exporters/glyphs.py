"""Glyphs: a laid-out model inside its SBML, by the packages ``layout`` and ``render``.

A species is a box. A reaction that makes or takes one species is a short stub at its box: makings come in from the
left, losses leave to the right. What acts on a reaction is an arrow from its own box; values that rules compute are
boxes of their own, and what acts on them and through them are general glyphs.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import libsbml

from osteon import sbml
from osteon.pictures.drawing import COLOURS
from osteon.pictures.layout import FONT_SIZE, Box, Layout, Point, key, lines
from osteon.pictures.wiring import Arrow, ArrowSign, Wiring

_LAYOUT = "http://www.sbml.org/sbml/level3/version1/layout/version1"
_RENDER = "http://www.sbml.org/sbml/level3/version1/render/version1"
_MARGIN, _STUB = 30.0, 10.0
_LINE = 1.2 * FONT_SIZE
_ROLES = {
    "raises": libsbml.SPECIES_ROLE_ACTIVATOR,
    "lowers": libsbml.SPECIES_ROLE_INHIBITOR,
    "both ways": libsbml.SPECIES_ROLE_MODIFIER,
}
_PLAIN = "#8A8A8A"


def with_layout(text: str, wiring: Wiring, layout: Layout) -> str:
    """Return SBML text with a diagram in it.

    Args:
        text: the model.
        wiring: read from it.
        layout: of the wiring.
    """
    document = sbml.read(text, "the model")
    for uri, name in ((_LAYOUT, "layout"), (_RENDER, "render")):
        document.enablePackage(uri, name, True)
        document.setPackageRequired(name, False)
    writer = _Writer(document.getModel(), wiring, layout)
    writer.write()
    return str(libsbml.writeSBMLToString(document))


class _Writer:
    def __init__(self, model: Any, wiring: Wiring, layout: Layout) -> None:
        self._model, self._wiring, self._layout = model, wiring, layout
        self._drawn = model.getPlugin("layout").createLayout()
        self._species = {node.id for node in wiring.nodes if node.kind == "species"}
        self._stubs = self._all_stubs()
        self._styled: dict[ArrowSign, list[str]] = {}
        self._stations: list[str] = []

    def write(self) -> None:
        """Add the layout and how it is rendered."""
        self._drawn.setId("diagram")
        self._drawn.setName("Diagram")
        size = self._drawn.getDimensions()
        size.setWidth(self._layout.width + 2 * _MARGIN)
        size.setHeight(self._layout.height + 2 * _MARGIN)
        for node in self._wiring.nodes:
            if node.kind == "species":
                glyph = self._drawn.createSpeciesGlyph()
                glyph.setSpeciesId(node.id)
                self._place(glyph, node.id)
            elif node.kind == "rule":
                glyph = self._drawn.createGeneralGlyph()
                glyph.setReferenceId(node.id)
                self._place(glyph, node.id)
                self._stations.append(glyph.getId())
            if node.kind != "conversion":
                self._label(node.id, node.label)
        acting = self._acting()
        for reaction in self._model.getListOfReactions():
            self._react(reaction, acting.get(reaction.getId(), ()))
        for arrow in self._wiring.arrows:
            if arrow.sign != "turns into" and (arrow.source not in self._species or not arrow.reactions):
                self._free_arrow(arrow)
        self._render()

    def _acting(self) -> dict[str, list[Arrow]]:
        """Return the arrows from a species by the first of the reactions through which it acts."""
        found: dict[str, list[Arrow]] = {}
        for arrow in self._wiring.arrows:
            if arrow.sign != "turns into" and arrow.source in self._species and arrow.reactions:
                found.setdefault(arrow.reactions[0], []).append(arrow)
        return found

    def _react(self, reaction: Any, acting: Iterable[Arrow]) -> None:
        name = reaction.getId()
        glyph = self._drawn.createReactionGlyph()
        glyph.setId(f"glyph_{name}")
        glyph.setReactionId(name)
        if name in self._layout.boxes:
            self._box(glyph, self._layout.boxes[name])
            self._label(name, reaction.getName() or name)
            for reference, makes in _references(reaction):
                species = reference.getSpecies()
                ends = (name, species) if makes else (species, name)
                points = self._layout.curves[key(Arrow(*ends, "turns into"))]
                self._reference(glyph, species, makes, points if makes else tuple(reversed(points)))
        else:
            for reference, makes in _references(reaction):
                inner, outer = self._stubs[name, reference.getSpecies(), makes]
                self._reference(glyph, reference.getSpecies(), makes, (outer, outer, inner, inner))
                self._curve(glyph.getCurve(), (outer, outer, outer, outer))
        for number, arrow in enumerate(acting):
            role = glyph.createSpeciesReferenceGlyph()
            role.setId(f"glyph_{name}__{number}")
            role.setSpeciesGlyphId(f"glyph_{arrow.source}")
            role.setRole(_ROLES[arrow.sign])
            self._curve(role.getCurve(), self._layout.curves[key(arrow)])

    def _reference(self, glyph: Any, species: str, makes: bool, points: tuple[Point, ...]) -> None:
        reference = glyph.createSpeciesReferenceGlyph()
        reference.setId(f"{glyph.getId()}__{'makes' if makes else 'takes'}_{species}")
        reference.setSpeciesGlyphId(f"glyph_{species}")
        reference.setRole(libsbml.SPECIES_ROLE_PRODUCT if makes else libsbml.SPECIES_ROLE_SUBSTRATE)
        self._curve(reference.getCurve(), points)

    def _all_stubs(self) -> dict[tuple[str, str, bool], tuple[Point, Point]]:
        """Return where each stub begins at the box of its species, and where it ends outside."""
        sides: dict[tuple[str, bool], list[str]] = {}
        for reaction in self._model.getListOfReactions():
            if reaction.getId() not in self._layout.boxes:
                for reference, makes in _references(reaction):
                    sides.setdefault((reference.getSpecies(), makes), []).append(reaction.getId())
        found = {}
        for (species, makes), reactions in sides.items():
            box = self._layout.boxes[species]
            edge, out = (box.x, box.x - _STUB) if makes else (box.x + box.width, box.x + box.width + _STUB)
            for number, name in enumerate(reactions, start=1):
                y = box.y + box.height * number / (len(reactions) + 1)
                found[name, species, makes] = (edge, y), (out, y)
        return found

    def _free_arrow(self, arrow: Arrow) -> None:
        """Add an arrow from or to a value that a rule computes."""
        glyph = self._drawn.createGeneralGlyph()
        glyph.setId(f"arrow_{arrow.source}__{arrow.target}")
        self._curve(glyph.getCurve(), self._layout.curves[key(arrow)])
        self._styled.setdefault(arrow.sign, []).append(glyph.getId())

    def _place(self, glyph: Any, name: str) -> None:
        glyph.setId(f"glyph_{name}")
        self._box(glyph, self._layout.boxes[name])

    def _box(self, glyph: Any, box: Box) -> None:
        bounds = glyph.getBoundingBox()
        for set_, value in (
            (bounds.setX, box.x + _MARGIN),
            (bounds.setY, box.y + _MARGIN),
            (bounds.setWidth, box.width),
            (bounds.setHeight, box.height),
        ):
            set_(value)

    def _label(self, name: str, label: str) -> None:
        """Add a text for each line of a label: no program breaks lines."""
        box, texts = self._layout.boxes[name], lines(label)
        top = box.middle[1] - len(texts) * _LINE / 2
        for number, text in enumerate(texts):
            glyph = self._drawn.createTextGlyph()
            glyph.setId(f"label_{name}__{number}")
            glyph.setGraphicalObjectId(f"glyph_{name}")
            glyph.setText(text)
            self._box(glyph, Box(box.x, top + number * _LINE, box.width, _LINE))

    def _curve(self, curve: Any, points: tuple[Point, ...]) -> None:
        for first in range(0, len(points) - 1, 3):
            start, one, two, end = (libsbml.Point(*self._at(point)) for point in points[first : first + 4])
            piece = curve.createCubicBezier()
            piece.setStart(start)
            piece.setBasePoint1(one)
            piece.setBasePoint2(two)
            piece.setEnd(end)

    def _at(self, point: Point) -> tuple[Any, float, float]:
        return libsbml.LayoutPkgNamespaces(3, 1, 1), point[0] + _MARGIN, point[1] + _MARGIN

    def _render(self) -> None:
        information = self._drawn.getPlugin("render").createLocalRenderInformation()
        information.setId("look")
        information.setName("Osteon")
        for number, colour in enumerate(["#FFFFFF", "#333333", _PLAIN, *COLOURS.values()]):
            definition = information.createColorDefinition()
            definition.setId(f"colour{number}")
            definition.setColorValue(colour)
        for sign, colour in COLOURS.items():
            _head(information, sign, colour)
        _shape(information, "species", "#FFFFFF", "#333333", 6.0).addType("SPECIESGLYPH")
        # COPASI draws general glyphs last: a filled one would hide its label.
        station = _shape(information, "stations", "none", _PLAIN, 14.0)
        for name in self._stations:
            station.addId(name)
        _shape(information, "conversions", "#FFFFFF", "#333333", 0.0).addType("REACTIONGLYPH")
        text = information.createStyle("labels")
        text.addType("TEXTGLYPH")
        text.getGroup().setStroke("#000000")
        text.getGroup().setFontFamily("sans-serif")
        text.getGroup().setFontSize(libsbml.RelAbsVector(FONT_SIZE))
        text.getGroup().setTextAnchor("middle")
        text.getGroup().setVTextAnchor("middle")
        lines: list[tuple[str, str, float, ArrowSign | None]] = [
            ("substrate", _PLAIN, 1.2, None),
            ("product", _PLAIN, 1.2, "turns into"),
            ("activator", COLOURS["raises"], 1.5, "raises"),
            ("inhibitor", COLOURS["lowers"], 1.5, "lowers"),
            ("modifier", COLOURS["both ways"], 1.5, "both ways"),
        ]
        for role, colour, width, head in lines:
            _line(information, role, colour, width, head).addRole(role)
        for sign, names in self._styled.items():
            style = _line(information, f"rule_{sign.replace(' ', '_')}", COLOURS[sign], 1.5, sign)
            for name in names:
                style.addId(name)


def _references(reaction: Any) -> list[tuple[Any, bool]]:
    """Return every species reference of a reaction, and whether the reaction makes that species."""
    made = [(reference, True) for reference in reaction.getListOfProducts()]
    return made + [(reference, False) for reference in reaction.getListOfReactants()]


def _line(information: Any, name: str, colour: str, width: float, head: ArrowSign | None) -> Any:
    style = information.createStyle(f"line_{name}")
    style.getGroup().setStroke(colour)
    style.getGroup().setStrokeWidth(width)
    if head is not None:
        style.getGroup().setEndHead(f"head_{head.replace(' ', '_')}")
    return style


def _shape(information: Any, name: str, fill: str, stroke: str, radius: float) -> Any:
    style = information.createStyle(f"shape_{name}")
    group = style.getGroup()
    group.setStroke(stroke)
    group.setStrokeWidth(1.4)
    group.setFillColor(fill)
    rectangle = group.createRectangle()
    rectangle.setCoordinates(*(libsbml.RelAbsVector(0) for _ in "xyz"))
    rectangle.setSize(libsbml.RelAbsVector(0, 100), libsbml.RelAbsVector(0, 100))
    rectangle.setRadii(libsbml.RelAbsVector(radius), libsbml.RelAbsVector(radius))
    return style


def _head(information: Any, sign: ArrowSign, colour: str) -> None:
    """Add the end of an arrow: a bar for what lowers, a triangle for the rest."""
    ending = information.createLineEnding()
    ending.setId(f"head_{sign.replace(' ', '_')}")
    ending.setEnableRotationalMapping(True)
    bar = sign == "lowers"
    x, width = (-4.0, 3.0) if bar else (-9.0, 9.0)
    box = ending.getBoundingBox()
    for set_, value in ((box.setX, x), (box.setY, -4.5), (box.setWidth, width), (box.setHeight, 9.0)):
        set_(value)
    group = ending.getGroup()
    group.setStroke(colour)
    group.setStrokeWidth(1.0)
    group.setFillColor(colour)
    shape = group.createPolygon()
    corners = ((0, 0), (100, 0), (100, 100), (0, 100)) if bar else ((0, 0), (100, 50), (0, 100))
    for across, down in corners:
        shape.createPoint().setCoordinates(libsbml.RelAbsVector(0, across), libsbml.RelAbsVector(0, down))
