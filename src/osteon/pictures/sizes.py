"""The picture of sizes: reported against simulated fold changes, one dot a check, both on a logarithmic scale."""

from __future__ import annotations

from math import inf, isfinite, log
from typing import TYPE_CHECKING, Any

import numpy as np

from osteon.errors import OsteonError
from osteon.pictures import folds
from osteon.pictures.figure import Figure
from osteon.pictures.labels import Label, spread
from osteon.verification.sizes import FACTOR

if TYPE_CHECKING:
    import pandas as pd

_SIDE = 6.2
"""About how wide and high a panel is, in inches."""
_COLOURS = {
    "within the reported range": "#009E73",
    "within a factor of two": "#56B4E9",
    "too small": "#E69F00",
    "too large": "#D55E00",
}
_PLAIN: dict[str, Any] = {"fontsize": 8, "frameon": False}
_MARKS = {"within the reported range": "o", "within a factor of two": "s", "too small": "v", "too large": "^"}


def plot_sizes(table: pd.DataFrame) -> Figure:
    """Draw one panel a model: each reported fold change against the simulated one.

    Dots are labelled with their claim and with what is measured, landmarks in italics. Dots on the line are as large as
    reported, dots in the grey wedge within a factor of two. What is gone or appears in the model has no place on a
    logarithmic scale, and is drawn at the edge.

    Args:
        table: as `Scorecard.sizes` returns it.

    Raises:
        OsteonError: if it has no rows.
    """
    if not len(table):
        raise OsteonError("no size is reported for these models, so there is nothing to draw")
    models = list(dict.fromkeys(table["model"]))
    across = min(2, len(models))
    down = -(-len(models) // across)
    figure = Figure((_SIDE + 0.6) * across, (_SIDE + 0.5) * down + 0.7, searchable=True)
    panels = list(figure.subplots(down, across, squeeze=False).flatten())
    for panel, model in zip(panels[: len(models)], models, strict=True):
        _draw(panel, table[table["model"] == model])
        panel.set_title(model, fontsize=10)
    for panel in panels[len(models) :]:
        panel.remove()
    handles = [
        panels[0].scatter([], [], color=colour, marker=_MARKS[verdict], label=verdict)
        for verdict, colour in _COLOURS.items()
    ]
    title = "in italics: landmarks; grey wedge: within a factor of two"
    figure.legend(handles=handles, title=title, title_fontsize=8, loc="outside lower center", ncols=4, **_PLAIN)
    return figure


def _draw(panel: Any, table: pd.DataFrame) -> None:
    low, high = _limits(table)
    panel.set(xscale="log", yscale="log", xlim=(low, high), ylim=(low, high))
    line = np.geomspace(low, high, 200)
    ends = line ** (1 / FACTOR), line**FACTOR
    panel.fill_between(line, np.minimum(*ends), np.maximum(*ends), color="#e8e8e8", zorder=0)
    panel.plot([low, high], [low, high], color="#767676", linewidth=0.8, zorder=1)
    panel.axhline(1.0, color="#c0c0c0", linewidth=0.6, zorder=1)
    panel.axvline(1.0, color="#c0c0c0", linewidth=0.6, zorder=1)
    labels = []
    for row in table.to_dict("records"):
        x, y, least, most = (_inside(row[name], low, high) for name in ("reported", "simulated", "low", "high"))
        panel.errorbar(
            x, y, xerr=[[max(0.0, x - least)], [max(0.0, most - x)]], color="#a0a0a0", linewidth=0.8, zorder=2
        )
        panel.scatter(x, y, color=_COLOURS[row["verdict"]], marker=_MARKS[row["verdict"]], s=28, zorder=3)
        across, upwards = ((log(value) - log(low)) / (log(high) - log(low)) for value in (x, y))
        colour, style = ("#505050", "italic") if row["landmark"] else ("black", "normal")
        labels.append(Label(across, upwards, f"{row['claim']} {row['observable']}", colour, style))
    spread(panel, labels, size=6.5, width=_SIDE, height=_SIDE)
    panel.set_xlabel("reported fold change, with its range", fontsize=9)
    panel.set_ylabel("simulated fold change", fontsize=9)
    for axis in (panel.xaxis, panel.yaxis):
        folds.mark(axis, low, high)
    panel.tick_params(labelsize=8)


def _limits(table: pd.DataFrame) -> tuple[float, float]:
    """Return limits that are the same up and across, symmetric around no change, at most a hundredfold."""
    columns = ("reported", "low", "high", "simulated")
    values = [float(v) for name in columns for v in table[name] if 0.0 < v < inf]
    most = max([3.0, *(max(value, 1 / value) for value in values)])
    edge = min(100.0, 1.5 * most)
    return 1 / edge, edge


def _inside(value: float, low: float, high: float) -> float:
    """Return a fold change, or the edge where it has no place between the limits."""
    return float(np.clip(value, low * 1.05, high / 1.05)) if isfinite(value) else high / 1.05
