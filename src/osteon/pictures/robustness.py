"""Pictures of many claims at once: one tile a claim, coloured by the share of draws that support it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil, floor
from pathlib import Path
from typing import Any

from osteon.pictures.plotting import save

_ACROSS = 20
_MAP = "YlOrBr_r"  # pale where all draws agree, so that what is fragile stands out; told apart in grey, too


def draw_robustness(found: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Draw one block of tiles a model, claims in the order of the evidence.

    Args:
        found: as under ``models`` in the JSON of ``osteon robustness``.
        path: file to write; its ending says the format.

    Raises:
        OsteonError: if the ending is not that of a picture, or the file cannot be written.
    """
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    matplotlib.rcParams["svg.hashsalt"] = "osteon"
    heights = [ceil(len(one["claims"]) / _ACROSS) for one in found]
    figure = Figure(figsize=(0.52 * _ACROSS + 0.6, 0.36 * sum(heights) + 0.55 * len(found) + 1.0), layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(len(found), 1, squeeze=False, height_ratios=heights)[:, 0]
    colours = matplotlib.colormaps[_MAP]
    for panel, one, height in zip(panels, found, heights, strict=True):
        for place, claim in enumerate(one["claims"]):
            _draw_tile(panel, claim, place, colours)
        panel.set_xlim(0, _ACROSS)
        panel.set_ylim(height, 0)
        panel.set_axis_off()
        panel.set_title(f"{one['model']}, {one['draws']} draws", fontsize=10, loc="left")
    scale = matplotlib.cm.ScalarMappable(matplotlib.colors.Normalize(0, 1), colours)
    bar = figure.colorbar(scale, ax=list(panels), orientation="horizontal", fraction=0.03, aspect=50, pad=0.01)
    bar.set_label(
        "share of draws that support the claim (tiles: in per cent); blue: held out; ×: not supported as filed"
    )
    with matplotlib.rc_context({"svg.fonttype": "none"}):  # so that text can be searched and read aloud
        save(figure, path)


def _draw_tile(panel: Any, entry: Mapping[str, Any], place: int, colours: Any) -> None:
    from matplotlib.patches import Rectangle

    row, column = divmod(place, _ACROSS)
    share = entry["share"]
    held_out = entry["role"] == "held_out"
    tile = Rectangle((column + 0.04, row + 0.05), 0.92, 0.9, facecolor=colours(share))
    tile.set(edgecolor="#0072B2" if held_out else "#b0b0b0", linewidth=1.8 if held_out else 0.4)
    panel.add_patch(tile)
    ink = "black" if share > 0.45 else "white"
    mark = "" if entry["filed"] == "supported" else " ×"
    panel.text(column + 0.5, row + 0.36, entry["claim"] + mark, ha="center", va="center", fontsize=6.5, color=ink)
    panel.text(
        column + 0.5,
        row + 0.7,
        f"{floor(100 * share + 1e-9)}",
        ha="center",
        va="center",
        fontsize=6,
        color=ink,
    )
