"""Tiles: one block a model, one tile a claim, in the order of the evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from matplotlib.patches import Rectangle

from osteon.pictures.figure import Figure

ACROSS = 20
"""How many tiles there are in a row."""


@dataclass(frozen=True)
class Tile:
    """One claim: its id, a second line of text, the colours of tile and text, and whether it was held out."""

    claim: str
    text: str
    colour: Any
    ink: str
    held_out: bool


@dataclass(frozen=True)
class Block:
    """One model: a title, and a tile for each of its claims, so many in a row."""

    title: str
    tiles: Sequence[Tile]
    across: int = ACROSS


def tiled(blocks: Sequence[Block]) -> tuple[Figure, list[Any]]:
    """Return a figure with the blocks below one another, and its panels; held-out claims have a blue edge."""
    heights = [max(1, ceil(len(block.tiles) / block.across)) for block in blocks]
    figure = Figure(0.52 * ACROSS + 0.6, 0.36 * sum(heights) + 0.55 * len(blocks) + 1.0, searchable=True)
    panels = list(figure.subplots(len(blocks), 1, squeeze=False, height_ratios=heights)[:, 0])
    for panel, block, height in zip(panels, blocks, heights, strict=True):
        for place, tile in enumerate(block.tiles):
            _draw(panel, tile, *divmod(place, block.across))
        panel.set_xlim(0, block.across)
        panel.set_ylim(height, 0)
        panel.set_axis_off()
        panel.set_title(block.title, fontsize=10, loc="left")
    return figure, panels


def _draw(panel: Any, tile: Tile, row: int, column: int) -> None:
    edge, width = ("#0072B2", 1.8) if tile.held_out else ("#b0b0b0", 0.4)
    box = Rectangle((column + 0.04, row + 0.05), 0.92, 0.9, facecolor=tile.colour, edgecolor=edge, linewidth=width)
    panel.add_patch(box)
    for text, below, size in ((tile.claim, 0.36, 6.5), (tile.text, 0.7, 6)):
        panel.text(column + 0.5, row + below, text, ha="center", va="center", fontsize=size, color=tile.ink)
