"""Pictures of many claims at once: one tile a claim, coloured by the share of draws that support it."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from pathlib import Path
from typing import Any

from osteon.plotting import save
from osteon.robustness import ClaimRobustness, Robustness

_ACROSS = 20
_MAP = "cividis"


def draw_robustness(found: Sequence[Robustness], path: Path) -> None:
    """Draw one block of tiles a model, claims in the order of the evidence.

    Args:
        found: of each model.
        path: file to write; its ending says the format.

    Raises:
        OsteonError: if the ending is not that of a picture, or the file cannot be written.
    """
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    matplotlib.rcParams["svg.hashsalt"] = "osteon"
    heights = [ceil(len(one.claims) / _ACROSS) for one in found]
    figure = Figure(figsize=(0.52 * _ACROSS + 0.6, 0.36 * sum(heights) + 0.55 * len(found) + 1.0), layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(len(found), 1, squeeze=False, height_ratios=heights)[:, 0]
    colours = matplotlib.colormaps[_MAP]
    for panel, one, height in zip(panels, found, heights, strict=True):
        for place, claim in enumerate(one.claims):
            _draw_tile(panel, claim, place, colours)
        panel.set_xlim(0, _ACROSS)
        panel.set_ylim(height, 0)
        panel.set_axis_off()
        panel.set_title(f"{one.identity['model']}, {one.draws} draws", fontsize=10, loc="left")
    scale = matplotlib.cm.ScalarMappable(matplotlib.colors.Normalize(0, 1), colours)
    bar = figure.colorbar(scale, ax=list(panels), orientation="horizontal", fraction=0.03, aspect=50, pad=0.01)
    bar.set_label("share of draws that support the claim; framed: held out; cross: not supported as filed", fontsize=9)
    save(figure, path)


def _draw_tile(panel: Any, entry: ClaimRobustness, place: int, colours: Any) -> None:
    from matplotlib.patches import Rectangle

    row, column = divmod(place, _ACROSS)
    share = entry.supported.share
    held_out = entry.claim.role == "held_out"
    tile = Rectangle((column + 0.04, row + 0.05), 0.92, 0.9, facecolor=colours(share))
    tile.set(edgecolor="#D55E00" if held_out else "white", linewidth=1.6 if held_out else 0.5)
    panel.add_patch(tile)
    ink = "black" if share > 0.55 else "white"
    mark = "" if entry.filed == "supported" else " ×"
    panel.text(column + 0.5, row + 0.36, entry.claim.id + mark, ha="center", va="center", fontsize=6.5, color=ink)
    panel.text(column + 0.5, row + 0.7, f"{100 * share:.0f}", ha="center", va="center", fontsize=6, color=ink)
