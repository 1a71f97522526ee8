"""Diagrams: every influence drawn once, with its sign and in its place, as a picture and in the SBML for COPASI."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import combinations, pairwise
from typing import Any
from xml.etree import ElementTree

import COPASI
import libsbml
import pytest

import small
from conftest import MODELS, ROOT
from exported import gathered
from osteon import sbml
from osteon.errors import OsteonError
from osteon.exporters import diagram
from osteon.pictures import layout
from osteon.pictures.layout import Box, Layout
from osteon.pictures.wiring import Wiring, wiring
from osteon.sbml import influence

SVG = "{http://www.w3.org/2000/svg}"
ARMS = """
  substanceOnly species A in cell = 1 dimensionless, B in cell = 1 dimensionless, C in cell = 1 dimensionless
  substanceOnly species D in cell = 1 dimensionless, E in cell = 1 dimensionless
  A is "the activator"
  k = 0.5 per_day; off = 0 dimensionless; half = 1 dimensionless; two = 2 dimensionless; most = 2 dimensionless
  Signal := A/(half + B)
  Signal has dimensionless
  Relayed := two*Signal
  Relayed has dimensionless
  made_a: => A; k
  lost_a: A => ; k*A
  made_b: => B; k*A*(1 + off*D)
  lost_b: B => ; k*B
  made_c: => C; k*Signal
  lost_c: C => ; k*C*(1 + Signal)
  matured: C => D; k*C*E
  lost_d: D => ; k*D
  made_e: => E; k*D*(most - D)
  lost_e: E => ; k*Relayed*E
"""


@cache
def wired(name: str) -> Wiring:
    """Return what is drawn of a model."""
    return diagram.wired_model(gathered(name))


@cache
def placed(name: str) -> Layout:
    """Return the kept layout of a model."""
    return layout.read(gathered(name).layout or "")


@cache
def written(name: str) -> dict[str, str]:
    """Return the exported files of a model by name."""
    return {file.path: file.content.decode() for file in diagram.files(gathered(name))}


def drawn(document: Any) -> Any:
    """Return the one layout in an SBML document, which the caller has to hold."""
    plugin = document.getModel().getPlugin("layout")
    assert plugin.getNumLayouts() == 1
    return plugin.getLayout(0)


def glyphs(found: Any, kind: str) -> list[Any]:
    """Return all glyphs of one kind."""
    return [getattr(found, f"get{kind}")(number) for number in range(getattr(found, f"getNum{kind}s")())]


def corners(glyph: Any) -> tuple[float, ...]:
    """Return the place and the size of a glyph."""
    box = glyph.getBoundingBox()
    return tuple(round(number, 3) for number in (box.x, box.y, box.width, box.height))


def test_signs_are_those_of_the_laws() -> None:
    found = wiring(small.model(ARMS).sbml, {}, "small.xml")
    arrows = {(arrow.source, arrow.target): (arrow.sign, arrow.reactions) for arrow in found.arrows}
    assert arrows == {
        ("A", "B"): ("raises", ("made_b",)),  # and D does not: its arm is switched off
        ("A", "Signal"): ("raises", ()),
        ("B", "Signal"): ("lowers", ()),
        # It makes C at 0.5 and takes it away at 0.5 C, which is 0.5 on the average.
        ("Signal", "C"): ("both ways", ("lost_c", "made_c")),
        ("Signal", "E"): ("lowers", ("lost_e",)),  # through Relayed, which only passes it on
        ("C", "matured"): ("turns into", ("matured",)),
        ("matured", "D"): ("turns into", ("matured",)),
        ("E", "matured"): ("raises", ("matured",)),
        ("D", "E"): ("both ways", ("made_e",)),
    }
    assert {node.id: (node.label, node.kind) for node in found.nodes} == {
        "A": ("the activator", "species"),
        **{name: (name, "species") for name in "BCDE"},
        "Signal": ("Signal", "rule"),
        "matured": ("matured", "conversion"),
    }
    assert found.own == {"A": ("made_a", "lost_a"), "B": ("lost_b",), "D": ("lost_d",)}


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.slow
def test_drawn_is_what_influences(name: str) -> None:
    species = {node.id for node in wired(name).nodes if node.kind == "species"}
    ways: dict[str, set[str]] = {}
    for arrow in wired(name).arrows:
        ways.setdefault(arrow.source, set()).add(arrow.target)
        if arrow.sign == "turns into" and arrow.source in species:
            ways.setdefault(arrow.target, set()).add(arrow.source)  # what speeds a conversion empties its source

    def reached(source: str) -> Iterator[str]:
        front, seen = set(ways.get(source, ())), set[str]()
        while front - seen:
            node = (front - seen).pop()
            seen.add(node)
            if node in species:
                yield node
            else:
                front |= ways.get(node, set())

    graph = influence.graph(sbml.read(gathered(name).model.sbml, name), {})
    edges = {(source, target) for source, targets in graph.edges.items() for target in targets if source != target}
    assert {(source, target) for source in species for target in reached(source) if source != target} == edges


@pytest.mark.parametrize("name", MODELS)
def test_boxes_are_apart_and_arrows_join_them(name: str) -> None:
    boxes = placed(name).boxes
    for (first, a), (second, b) in combinations(boxes.items(), 2):
        beside = a.x + a.width <= b.x or b.x + b.width <= a.x
        assert beside or a.y + a.height <= b.y or b.y + b.height <= a.y, (first, second)
    for arrow in wired(name).arrows:
        curve = placed(name).curves[layout.key(arrow)]
        assert len(curve) % 3 == 1
        for end, (x, y) in ((arrow.source, curve[0]), (arrow.target, curve[-1])):
            box = boxes[end]
            assert -3 <= x - box.x <= box.width + 3, (arrow, end)
            assert -3 <= y - box.y <= box.height + 3, (arrow, end)
    assert set(placed(name).groups) == {node.group for node in wired(name).nodes if node.group}


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.slow
def test_the_kept_picture_is_that_of_the_model_of_today(name: str) -> None:
    kept = (ROOT / "docs" / "diagrams" / f"{name}.svg").read_text(encoding="utf-8")
    assert kept == written(name)[f"{name}.svg"], "run `make diagrams`"


@pytest.mark.parametrize("name", MODELS)
def test_the_picture_names_every_node_and_ends_every_arrow(name: str) -> None:
    root = ElementTree.fromstring(written(name)[f"{name}.svg"])
    words = {" ".join(item.itertext()).strip() for item in root.iter(f"{SVG}text")}
    assert {node.label for node in wired(name).nodes} <= words
    heads = {f"url(#{marker.get('id')})" for marker in root.iter(f"{SVG}marker")}
    arrows = [item for item in root.iter(f"{SVG}path") if item.find(f"{SVG}title") is not None]
    assert len(arrows) == len(wired(name).arrows)
    assert {item.get("marker-end") for item in arrows} <= heads | {"none"}
    _, _, width, height = (float(number) for number in root.get("viewBox", "").split())
    assert all(float(box.get("width", "0").rstrip("%")) < width for box in root.iter(f"{SVG}rect"))
    assert placed(name).width < width
    assert placed(name).height < height


@pytest.mark.parametrize("name", MODELS)
def test_sbml_with_the_picture_is_valid_and_complete(name: str) -> None:
    document = libsbml.readSBMLFromString(written(name)[f"{name}.xml"])
    assert sbml.problems(document) == []
    found, model = drawn(document), document.getModel()
    assert {glyph.getSpeciesId() for glyph in glyphs(found, "SpeciesGlyph")} == {
        item.getId() for item in model.getListOfSpecies()
    }
    assert {glyph.getReactionId() for glyph in glyphs(found, "ReactionGlyph")} == {
        item.getId() for item in model.getListOfReactions()
    }
    labels: dict[str, list[str]] = {}
    for text in glyphs(found, "TextGlyph"):
        labels.setdefault(text.getGraphicalObjectId(), []).append(text.getText())
    named = {f"glyph_{node.id}": node.label for node in wired(name).nodes}
    assert {glyph: " ".join(texts) for glyph, texts in labels.items()} == named
    # The model itself is as it was.
    for package in ("render", "layout"):
        document.disablePackage(document.getSBMLNamespaces().getNamespaces().getURI(package), package)
    bare = sbml.read(gathered(name).model.sbml, name)
    assert libsbml.writeSBMLToString(document) == libsbml.writeSBMLToString(bare)


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.interop
def test_copasi_keeps_every_glyph_its_place_and_its_look(name: str) -> None:
    text = written(name)[f"{name}.xml"]
    opened = COPASI.CRootContainer.addDatamodel()
    try:
        assert opened.importSBMLFromString(text)
        assert opened.getListOfLayouts().size() == 1
        again = opened.exportSBMLToString(3, 1)
    finally:
        COPASI.CRootContainer.removeDatamodel(opened)
    documents = [libsbml.readSBMLFromString(each) for each in (text, again)]
    before, after = (drawn(document) for document in documents)
    for kind in ("SpeciesGlyph", "ReactionGlyph", "TextGlyph", "AdditionalGraphicalObject"):
        assert [corners(glyph) for glyph in glyphs(before, kind)] == [corners(glyph) for glyph in glyphs(after, kind)]
    curves = [
        [role.getCurve().getNumCurveSegments() for glyph in glyphs(one, "ReactionGlyph") for role in roles(glyph)]
        for one in (before, after)
    ]
    assert curves[0] == curves[1]
    assert min(curves[0]) > 0
    looks = [one.getPlugin("render").getRenderInformation(0) for one in (before, after)]
    assert looks[0].getNumStyles() == looks[1].getNumStyles()
    assert looks[0].getNumLineEndings() == looks[1].getNumLineEndings() == 4


def roles(glyph: Any) -> list[Any]:
    """Return what takes part in a drawn reaction."""
    return glyphs(glyph, "SpeciesReferenceGlyph")


def test_every_arrow_is_in_the_sbml() -> None:
    name = "rankl_reverse_signaling"
    document = libsbml.readSBMLFromString(written(name)[f"{name}.xml"])
    found = drawn(document)
    acting = [role.getRoleString() for glyph in glyphs(found, "ReactionGlyph") for role in roles(glyph)]
    free = [glyph for glyph in glyphs(found, "AdditionalGraphicalObject") if glyph.getId().startswith("arrow_")]
    counted = {word: acting.count(word) for word in ("activator", "inhibitor", "modifier")}
    expected = {"raises": "activator", "lowers": "inhibitor", "both ways": "modifier"}
    kinds = {node.id: node.kind for node in wired(name).nodes}
    signs = [arrow.sign for arrow in wired(name).arrows if kinds[arrow.source] == "species" and arrow.reactions]
    assert counted == {word: signs.count(sign) for sign, word in expected.items()}
    assert len(free) == len(wired(name).arrows) - len(signs)


def test_a_model_without_a_layout_or_with_that_of_another_is_refused() -> None:
    name = "mitochondrial_lamin"
    with pytest.raises(OsteonError, match=r"^models/layout/mitochondrial_lamin.json: no such file; `python scripts/"):
        list(diagram.files(replace(gathered(name), layout=None)))
    other = gathered("runx2_osteogenesis").layout
    with pytest.raises(
        OsteonError, match=r"^models/layout/mitochondrial_lamin.json: not the layout of this model, for"
    ):
        list(diagram.files(replace(gathered(name), layout=other)))


def test_a_layout_is_read_as_it_was_written() -> None:
    kept = Layout(10.0, 20.5, {"A": Box(1.0, 2.0, 3.0, 4.0)}, {}, {"A raises A": ((0.0, 1.0), (1.0, 2.0))})
    assert layout.read(kept.text()) == kept


def test_laying_out_needs_graphviz(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(OsteonError, match=r"^Graphviz is not installed; its program `dot` lays diagrams out$"):
        layout.laid_out(wired("mitochondrial_lamin"))


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
def test_what_is_laid_out_is_complete_and_in_order() -> None:
    found = layout.laid_out(wired("mitochondrial_lamin"))
    assert found.present == layout.needed(wired("mitochondrial_lamin"))
    chain = ("ROS", "Mitochondria", "eIF2a_P", "ATF4")
    assert all(found.boxes[first].y < found.boxes[second].y for first, second in pairwise(chain))
