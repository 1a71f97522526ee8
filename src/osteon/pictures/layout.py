"""Layouts: where everything of a model's diagram lies. Made by Graphviz once and kept, since its versions differ."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

from osteon.errors import OsteonError
from osteon.pictures.wiring import Arrow, Node, Wiring

FONT_SIZE = 12
_LABEL = 18  # characters in a line of a label
_POINTS = 72  # in an inch, as Graphviz measures boxes

Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """A rectangle: its upper left corner and its size, in points."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> Point:
        """Its centre."""
        return self.x + self.width / 2, self.y + self.height / 2


@dataclass(frozen=True)
class Layout:
    """A drawn model.

    ``boxes`` are those of the nodes, ``groups`` frames around the nodes of each part; ``curves`` are the points of each
    arrow (`key`): a start, then three for each cubic Bezier piece.
    """

    width: float
    height: float
    boxes: Mapping[str, Box]
    groups: Mapping[str, Box]
    curves: Mapping[str, tuple[Point, ...]]

    @property
    def present(self) -> frozenset[str]:
        """What is laid out: ids of nodes and keys of arrows."""
        return frozenset(self.boxes) | frozenset(self.curves)

    def text(self) -> str:
        """Return the layout as JSON, one thing a line."""
        parts: dict[str, Any] = {"width": self.width, "height": self.height}
        for name, boxes in (("boxes", self.boxes), ("groups", self.groups)):
            parts[name] = {key: [box.x, box.y, box.width, box.height] for key, box in sorted(boxes.items())}
        parts["curves"] = dict(sorted(self.curves.items()))
        lines = []
        for name, value in parts.items():
            inside = json.dumps(value)
            if isinstance(value, dict):
                inside = "{" + ",".join(f"\n  {json.dumps(k)}: {json.dumps(v)}" for k, v in value.items()) + "\n }"
            lines.append(f' "{name}": {inside}')
        return "{\n" + ",\n".join(lines) + "\n}\n"


def read(text: str) -> Layout:
    """Read a layout from JSON; see `Layout.text`."""
    parts = json.loads(text)
    boxes, groups = ({key: Box(*box) for key, box in parts[name].items()} for name in ("boxes", "groups"))
    curves = {key: tuple((x, y) for x, y in points) for key, points in parts["curves"].items()}
    return Layout(parts["width"], parts["height"], boxes, groups, curves)


def key(arrow: Arrow) -> str:
    """Return by what a layout knows an arrow."""
    return f"{arrow.source} {arrow.sign} {arrow.target}"


def needed(wiring: Wiring) -> frozenset[str]:
    """Return what a layout of a wiring has to hold; see `Layout.present`."""
    return frozenset(node.id for node in wiring.nodes) | frozenset(key(arrow) for arrow in wiring.arrows)


def lines(label: str) -> list[str]:
    """Return a label broken into lines."""
    return wrap(label, _LABEL, break_long_words=False)


def title_lines(title: str) -> list[str]:
    """Return the title of a part broken into lines."""
    return wrap(title, 2 * _LABEL)


def laid_out(wiring: Wiring) -> Layout:
    """Lay a model out with Graphviz.

    Raises:
        OsteonError: if its program ``dot`` is not installed.
    """
    program = shutil.which("dot")
    if program is None:
        raise OsteonError("Graphviz is not installed; its program `dot` lays diagrams out")
    told = "\n".join(["digraph {", *_statements(wiring), "}"])
    printed = subprocess.run([program, "-Tjson"], input=told, capture_output=True, text=True, check=True).stdout
    return _read_graphviz(json.loads(printed))


def _statements(wiring: Wiring) -> Iterator[str]:
    yield "graph [rankdir=TB, nodesep=0.3, ranksep=0.55, splines=true, outputorder=edgesfirst, pad=0.2, newrank=true]"
    yield f'node [shape=box, fontname="Helvetica", fontsize={FONT_SIZE}, margin="0.12,0.07", height=0.4]'
    yield "edge [arrowhead=none]"
    groups = sorted({node.group for node in wiring.nodes})
    for group in groups:
        inside = [node for node in wiring.nodes if node.group == group]
        if group:
            title = "\\l".join(title_lines(wiring.titles[group]))
            yield f'subgraph cluster_{group} {{ margin=14; labeljust=l; fontname="Helvetica bold"; label="{title}\\l"'
        yield from (_node(node) for node in inside)
        if group:
            yield "}"
    for arrow in wiring.arrows:
        heavy = 3 if arrow.sign == "turns into" else 1
        yield f'"{arrow.source}" -> "{arrow.target}" [id="{key(arrow)}", weight={heavy}]'


def _node(node: Node) -> str:
    label = "\\n".join(lines(node.label))
    return f'"{node.id}" [label="{label}"]'


def _read_graphviz(found: Mapping[str, Any]) -> Layout:
    _, _, width, height = (float(number) for number in found["bb"].split(","))
    boxes, groups = {}, {}
    for item in found.get("objects", ()):
        if "bb" in item:
            left, bottom, right, top = (float(number) for number in item["bb"].split(","))
            groups[item["name"].removeprefix("cluster_")] = _rounded(left, height - top, right - left, top - bottom)
        elif "pos" in item:
            x, y = (float(number) for number in item["pos"].split(","))
            wide, high = float(item["width"]) * _POINTS, float(item["height"]) * _POINTS
            boxes[item["name"]] = _rounded(x - wide / 2, height - y - high / 2, wide, high)
    curves = {item["id"]: tuple(_points(item["pos"], height)) for item in found.get("edges", ())}
    return Layout(round(width, 1), round(height, 1), boxes, groups, curves)


def _rounded(*numbers: float) -> Box:
    return Box(*(round(number, 1) for number in numbers))


def _points(text: str, height: float) -> Iterator[Point]:
    for pair in text.split():
        x, y = (float(number) for number in pair.split(","))
        yield round(x, 1), round(height - y, 1)
