"""Figures of time courses, for people to look at."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from math import ceil, sqrt
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Any

from osteon.errors import OsteonError
from osteon.evidence.conditions import CONTROL, parse
from osteon.files import write_file

if TYPE_CHECKING:
    import pandas as pd

    from osteon.pictures.figure import Figure
    from osteon.simulation.model import Model

FORMATS = (".png", ".svg", ".pdf")
# Okabe and Ito's colours, told apart by colour-blind readers; control is grey and dashed besides.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
_CONTROL = "#767676"


def plot_time_courses(courses: Mapping[str, pd.DataFrame], *, title: str) -> Figure:
    """Draw conditions against each other, one panel an observable.

    Args:
        courses: for each condition, as written, its time course, as `Model.simulate` returns it; equal columns.
        title: of the whole figure.
    """
    from osteon.pictures.figure import Figure

    names = list(next(iter(courses.values())).columns)
    columns = min(4, ceil(sqrt(len(names))))
    rows = ceil(len(names) / columns)
    figure = Figure(3.4 * columns + 0.6, 2.5 * rows + 1.1)
    figure.suptitle(title)
    panels = figure.subplots(rows, columns, squeeze=False).flatten()
    for panel, name in zip(panels, names, strict=False):
        _draw_panel(panel, name, courses)
    for panel in panels[len(names) :]:
        panel.remove()
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=min(4, len(labels)), frameon=False)
    return figure


def plot_model(model: Model) -> Figure:
    """Draw the figure that a model's binding describes; see `plot_time_courses`.

    Where the model rests at first, all conditions are drawn from the first intervention of any on.

    Raises:
        OsteonError: if the binding describes none.
    """
    figure = model.binding.figure
    if figure is None:
        raise OsteonError(f"models/bindings/{model.name}.toml: no [figure]; say what a picture of the model shows best")
    names = list(figure.observables)
    begun = [model.schedule(parse(one), figure.setting).periods[0].start for one in figure.conditions]
    since = min(begun) if model.binding.settings[figure.setting].equilibrate else 0.0
    courses = {
        condition: model.simulate(condition, setting=figure.setting, until=figure.until, since=since)[names]
        for condition in figure.conditions
    }
    return plot_time_courses(courses, title=model.binding.title)


def refuse_unknown_format(path: Path) -> None:
    """Refuse a file whose ending is not that of a picture, before anything is computed for it.

    Raises:
        OsteonError: if it is not.
    """
    if path.suffix.lower() not in FORMATS:
        raise OsteonError(f"{path}: unknown kind of picture {path.suffix!r}; expected {', '.join(FORMATS)}")


def save(figure: Figure, path: Path) -> None:
    """Write a figure; its file's ending says the format.

    Raises:
        OsteonError: if the ending is not that of a picture, or the file cannot be written.
    """
    refuse_unknown_format(path)
    # Without a date and with a fixed salt an unchanged figure is an unchanged file.
    metadata = {"Date": None} if path.suffix.lower() == ".svg" else None
    drawn = BytesIO()
    figure.savefig(drawn, format=path.suffix[1:].lower(), dpi=150, metadata=metadata)
    write_file(path, drawn.getvalue())


def _draw_panel(panel: Any, name: str, courses: Mapping[str, pd.DataFrame]) -> None:
    colours = iter(_COLOURS * len(courses))
    for condition, course in courses.items():
        style = {"color": _CONTROL, "linestyle": "--"} if condition == CONTROL else {"color": next(colours)}
        panel.plot(course.index, course[name], label=condition, **style)
        panel.set_ylabel(fill(course.attrs["units"][name], 26), fontsize=8)
        panel.set_xlabel(f"time ({course.attrs['time_unit']})", fontsize=8)
    panel.set_title(name.replace("_", " "), fontsize=10)
    panel.tick_params(labelsize=8)
    panel.set_ylim(bottom=0)
    panel.margins(x=0)
