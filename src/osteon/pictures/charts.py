"""Charts of what is computed over many models or parameters: matrices, rankings and responses."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil, sqrt
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import ListedColormap
from matplotlib.patches import Patch

from osteon.analysis.ablation.result import Ablation
from osteon.pictures import folds
from osteon.pictures.figure import Figure
from osteon.sbml.edges import Alteration, Edge
from osteon.simulation.contrast import NO_PATH

if TYPE_CHECKING:
    import pandas as pd

_GREY, _BLUE, _ORANGE, _WINE = "#e8e8e8", "#0072B2", "#E69F00", "#882255"
_BARS = 15
_INDICES = {"mu_star": "mu* (Morris)", "ST": "ST (Sobol)"}


def plot_ablation(result: Ablation) -> Figure:
    """Draw edges down and claims across; a cell says what makes the claim fall.

    Edges without which nothing can be simulated, and edges that are switched off, are left out and counted.
    """
    edges = [edge for edge in result.edges if result.support(edge) not in ("off", "vital")]
    figure = Figure(3.2 + 0.13 * max(8, len(result.supported)), 1.8 + 0.13 * len(edges))
    left_out = len(result.edges) - len(edges)
    figure.suptitle(f"{result.model}: claims that fall with each edge ({left_out} edges left out)", fontsize=10)
    axes = figure.subplots()
    axes.spines[:].set_visible(False)
    if edges and result.supported:
        _draw_cells(axes, result, edges)
    else:
        axes.set_axis_off()
        axes.text(0.5, 0.5, "nothing runs without any of them", ha="center", fontsize=8)
    meanings = {
        _BLUE: "contradicted without the edge",
        _WINE: "fails without the edge: a simulation breaks, or nothing is left to compare with",
        _ORANGE: "falls only when the influence is reversed",
    }
    patches = [Patch(color=colour, label=text) for colour, text in meanings.items()]
    figure.legend(handles=patches, loc="outside lower center", fontsize=7, frameon=False)
    return figure


def _draw_cells(axes: Any, result: Ablation, edges: list[Edge]) -> None:
    column = {claim: index for index, claim in enumerate(result.supported)}
    cells = np.zeros((len(edges), len(column)))
    changes: tuple[tuple[Alteration, int, int], ...] = (("reversed", 2, 2), ("removed", 1, 3))
    for row, edge in enumerate(edges):
        outcomes = result.of(edge)
        for change, contradicted, failed in changes:
            outcome = outcomes.get(change)
            if outcome is not None and not result.stops(outcome):
                cells[row, [column[claim] for claim in outcome.contradicted]] = contradicted
                cells[row, [column[claim] for claim in outcome.failed]] = failed
    axes.imshow(cells, cmap=ListedColormap([_GREY, _BLUE, _ORANGE, _WINE]), vmin=0, vmax=3, aspect="auto")
    axes.set_yticks(range(len(edges)), [str(edge) for edge in edges], fontsize=6)
    axes.set_xticks(range(len(column)), list(column), fontsize=6, rotation=90)
    axes.set_xticks(np.arange(len(column)) - 0.5, minor=True)
    axes.set_yticks(np.arange(len(edges)) - 0.5, minor=True)
    axes.grid(which="minor", color="white", linewidth=0.6)
    axes.tick_params(which="both", length=0)


def plot_tornado(table: pd.DataFrame) -> Figure:
    """Draw how an effect moves when each parameter goes from one end of its range to the other, the greatest first.

    Args:
        table: what `osteon.analysis.sensitivity.ranking` returns.
    """
    said = table.attrs
    index = "mu_star" if said["method"] == "morris" else "ST"
    names = list(said["effect"])
    figure = Figure(6.2 * len(names), 1.6 + 0.24 * _BARS)
    figure.suptitle(_title(said, 80 * len(names)), fontsize=10)
    for axes, name in zip(figure.subplots(1, len(names), squeeze=False)[0], names, strict=True):
        rows = table[table["observable"] == name].head(_BARS)[::-1]
        own = said["effect"][name]
        for place, (_, row) in enumerate(rows.iterrows()):
            for end, colour in (("low", _BLUE), ("high", _ORANGE)):
                axes.barh(place, np.exp(row[end]) - np.exp(own), left=np.exp(own), color=colour, height=0.7)
            axes.annotate(
                f"{row[index]:.2f}", (1.02, place), xycoords=("axes fraction", "data"), fontsize=7, va="center"
            )
        axes.annotate(
            _INDICES[index], (1.02, 1.01), xycoords="axes fraction", fontsize=7, va="bottom", annotation_clip=False
        )
        axes.axvline(np.exp(own), color="black", linewidth=0.8)
        axes.set_yticks(range(len(rows)), list(rows["parameter"]), fontsize=8)
        axes.set_title(name.replace("_", " "), fontsize=10)
        axes.set_xlabel("fold change with one parameter at an end of its range", fontsize=8)
        axes.set_xscale("log")
        folds.mark(axes.xaxis, *axes.get_xlim())
        axes.tick_params(axis="x", which="both", labelsize=7, length=3)
    patches = [Patch(color=_BLUE, label="low end"), Patch(color=_ORANGE, label="high end")]
    figure.legend(handles=patches, loc="outside lower center", ncols=2, fontsize=8, frameon=False)
    return figure


def _title(said: Mapping[Any, Any], width: int) -> str:
    asked = f"{said['condition']} against {said['reference']}, {said['at']}".replace("+", " + ")
    return "\n".join([said["model"], *wrap(asked, width)])


def plot_response(table: pd.DataFrame) -> Figure:
    """Draw a scan, one panel an observable; with two axes, one line for each value of the second.

    Args:
        table: what `osteon.analysis.scan.response` returns.
    """
    said = table.attrs
    names = list(dict.fromkeys(table["observable"]))
    columns = min(4, ceil(sqrt(len(names))))
    rows = ceil(len(names) / columns)
    figure = Figure(3.4 * columns + 0.6, 2.6 * rows + 1.1)
    figure.suptitle(_title(said, 52 * columns), fontsize=10)
    panels = figure.subplots(rows, columns, squeeze=False).flatten()
    for panel, name in zip(panels, names, strict=False):
        _draw_lines(panel, table[table["observable"] == name], said["axes"])
        panel.set_title(name.replace("_", " "), fontsize=10)
    for panel in panels[len(names) :]:
        panel.remove()
    handles, labels = panels[0].get_legend_handles_labels()
    if len(said["axes"]) > 1:
        figure.legend(
            handles,
            labels,
            title=_named(said["axes"][1]),
            title_fontsize=8,
            loc="outside lower center",
            ncols=min(7 if columns > 1 else 4, len(labels)),
            fontsize=8,
            frameon=False,
        )
    return figure


def _draw_lines(panel: Any, rows: pd.DataFrame, axes: list[dict[str, Any]]) -> None:
    first, *others = axes
    groups = rows.groupby(others[0]["name"]) if others else [(None, rows)]
    ramp = colormaps["viridis"](np.linspace(0.0, 0.9, max(2, len(list(groups)))))
    for colour, (value, group) in zip(ramp, groups, strict=False):
        label = f"{value:.4g}" if others else None
        panel.plot(group[first["name"]], group["fold_change"], marker="o", markersize=3, color=colour, label=label)
    panel.axhline(1.0, color="#767676", linestyle="--", linewidth=0.8)
    if (rows["change"] == NO_PATH).all():
        panel.annotate(NO_PATH, (0.5, 0.6), xycoords="axes fraction", fontsize=9, ha="center")
    panel.set_xlabel(_named(first), fontsize=8)
    panel.set_ylabel("fold change", fontsize=8)
    if _is_logarithmic(rows[first["name"]].unique()):
        panel.set_xscale("log")
    panel.tick_params(labelsize=8)


def _named(axis: dict[str, Any]) -> str:
    unit = f" ({axis['unit']})" if axis["unit"] not in ("", "dimensionless", "relative") else ""
    return f"{axis['name']}{unit}"


def _is_logarithmic(values: Any) -> bool:
    """Say whether values are spaced evenly on the logarithmic scale, and not on the linear one."""
    if len(values) < 3 or values.min() <= 0:
        return False
    return bool(np.allclose(np.diff(np.log(values)), np.log(values[1] / values[0])))
