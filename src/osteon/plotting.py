"""Figures of time courses, for people to look at."""

from __future__ import annotations

from math import ceil, sqrt
from pathlib import Path
from typing import TYPE_CHECKING, Any

from osteon.errors import OsteonError

if TYPE_CHECKING:
    import pandas as pd

FORMATS = (".png", ".svg", ".pdf")
# Okabe and Ito's colours, told apart by colour-blind readers; control is grey and dashed besides.
_CONDITION, _CONTROL = "#0072B2", "#767676"


def draw_time_course(frame: pd.DataFrame, control: pd.DataFrame, *, title: str, condition: str, path: Path) -> None:
    """Draw a condition against control, one panel an observable.

    Args:
        frame: time course of the condition, as `Model.simulate` returns it.
        control: time course of control, with the same columns.
        title: the model's title.
        condition: the condition, as written.
        path: file to write; its ending says the format.

    Raises:
        OsteonError: if the ending is not that of a picture, or the file cannot be written.
    """
    if path.suffix.lower() not in FORMATS:
        raise OsteonError(f"{path}: unknown kind of picture {path.suffix!r}; expected {', '.join(FORMATS)}")
    figure = _figure(frame, control, title, condition)
    try:
        figure.savefig(path, dpi=150)
    except OSError as error:
        raise OsteonError(f"{path}: cannot be written: {error.strerror}") from None


def _figure(frame: pd.DataFrame, control: pd.DataFrame, title: str, condition: str) -> Any:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    columns = min(4, ceil(sqrt(len(frame.columns))))
    rows = ceil(len(frame.columns) / columns)
    figure = Figure(figsize=(3.6 * columns + 0.6, 2.5 * rows + 1.2), layout="constrained")
    FigureCanvasAgg(figure)
    figure.suptitle(title)
    panels = figure.subplots(rows, columns, squeeze=False).flatten()
    for panel, name in zip(panels, frame.columns, strict=False):
        panel.plot(control.index, control[name], color=_CONTROL, linestyle="--", label="control")
        if condition != "control":
            panel.plot(frame.index, frame[name], color=_CONDITION, label=condition)
        panel.set_title(name.replace("_", " "), fontsize=10)
        panel.set_ylabel(frame.attrs["units"][name], fontsize=8)
        panel.set_xlabel(f"time ({frame.attrs['time_unit']})", fontsize=8)
        panel.tick_params(labelsize=8)
        panel.set_ylim(bottom=0)
        panel.margins(x=0)
    for panel in panels[len(frame.columns) :]:
        panel.remove()
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=2, frameon=False)
    return figure
