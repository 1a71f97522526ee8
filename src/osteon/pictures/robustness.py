"""Pictures of many claims at once: one tile a claim, coloured by the share of draws that support it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import floor
from typing import Any

import matplotlib

from osteon.pictures.figure import Figure
from osteon.pictures.tiles import Block, Tile, tiled
from osteon.verification.verdicts import SUPPORTED

_MAP = "YlOrBr_r"  # pale where all draws agree, so that what is fragile stands out; told apart in grey, too


def plot_robustness(found: Sequence[Mapping[str, Any]]) -> Figure:
    """Draw one block of tiles a model, claims in the order of the evidence.

    Args:
        found: as under ``models`` in the JSON of ``osteon robustness``.
    """
    colours = matplotlib.colormaps[_MAP]
    blocks = [
        Block(f"{one['model']}, {one['draws']} draws", [_tile(claim, colours) for claim in one["claims"]])
        for one in found
    ]
    figure, panels = tiled(blocks)
    scale = matplotlib.cm.ScalarMappable(matplotlib.colors.Normalize(0, 1), colours)
    bar = figure.colorbar(scale, ax=panels, orientation="horizontal", fraction=0.03, aspect=50, pad=0.01)
    bar.set_label(
        "share of draws that support the claim (tiles: in per cent); blue: held out; ×: not supported as filed"
    )
    return figure


def _tile(entry: Mapping[str, Any], colours: Any) -> Tile:
    share = entry["share"]
    mark = "" if entry["filed"] in SUPPORTED else " ×"
    return Tile(
        entry["claim"] + mark,
        f"{floor(100 * share + 1e-9)}",
        colours(share),
        "black" if share > 0.45 else "white",
        entry["role"] == "held_out",
    )
