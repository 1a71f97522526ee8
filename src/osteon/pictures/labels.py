"""Labels of dots that do not lie over each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import cos, pi, sin
from typing import Any

_WIDE, _TALL = 0.66, 1.4
"""How wide a letter and how high a line is at most, as a share of the size of the font."""
_TURNS = (0, 1, 7, 2, 6, 3, 5, 4)
"""Directions in eighths of a turn, the one that reads best first."""


@dataclass(frozen=True)
class Label:
    """A text beside a dot.

    Attributes:
        x: of the dot, as a share of the width of the panel.
        y: of the dot, as a share of its height.
        text: what it says.
        colour: of the text.
        style: of the font, ``normal`` or ``italic``.
    """

    x: float
    y: float
    text: str
    colour: str = "black"
    style: str = "normal"


_Box = tuple[float, float, float, float]


def spread(panel: Any, labels: Sequence[Label], *, size: float, width: float, height: float) -> None:
    """Write labels as near to their dots as there is room, with a thin line to dots that are further away.

    Args:
        panel: axes of matplotlib.
        labels: in the order in which they choose their places.
        size: of the font, in points.
        width: of the panel, in inches.
        height: of the panel, in inches.
    """
    taken = [_around(label.x, label.y, 0.12 / width, 0.12 / height) for label in labels]
    for label in labels:
        extent = _WIDE * size / 72 * len(label.text) / width, _TALL * size / 72 / height
        box, near = _place(label, extent, taken)
        taken.append(box)
        middle = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        if not near:
            end = min(max(label.x, box[0]), box[2]), min(max(label.y, box[1]), box[3])
            panel.plot(*zip((label.x, label.y), end, strict=True), **_LINE, transform=panel.transAxes)
        panel.text(
            *middle,
            label.text,
            ha="center",
            va="center",
            fontsize=size,
            color=label.colour,
            style=label.style,
            transform=panel.transAxes,
        )


_LINE: dict[str, Any] = {"color": "#b0b0b0", "linewidth": 0.5, "zorder": 1.5}


def _place(label: Label, extent: tuple[float, float], taken: Iterable[_Box]) -> tuple[_Box, bool]:
    """Return where a label finds room, and whether that is beside its dot; the first place if there is none."""
    taken = tuple(taken)
    places = list(_places(label, extent))
    return next(((box, near) for box, near in places if _is_free(box, taken)), places[0])


def _places(label: Label, extent: tuple[float, float]) -> Iterator[tuple[_Box, bool]]:
    wide, tall = extent
    for step in range(12):
        reach = 0.02 + 0.02 * step
        for turn in _TURNS:
            across, upwards = cos(turn * pi / 4), sin(turn * pi / 4)
            middle = label.x + across * (reach + wide / 2), label.y + upwards * (reach + tall / 2)
            yield _around(*middle, wide, tall), step == 0


def _around(x: float, y: float, wide: float, tall: float) -> _Box:
    return x - wide / 2, y - tall / 2, x + wide / 2, y + tall / 2


def _is_free(box: _Box, taken: Iterable[_Box]) -> bool:
    inside = min(box) >= 0.0 and max(box) <= 1.0
    return inside and not any(
        box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3] for other in taken
    )
