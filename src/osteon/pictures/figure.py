"""The figure that all pictures are drawn on."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import matplotlib
from matplotlib import figure
from matplotlib.backends.backend_agg import FigureCanvasAgg


class Figure(figure.Figure):
    """A figure of matplotlib that lays itself out, and shows itself in a notebook without pyplot.

    Args:
        width: in inches.
        height: in inches.
        searchable: whether text stays text in SVG, to be searched and read aloud, rather than curves.
    """

    def __init__(self, width: float, height: float, *, searchable: bool = False) -> None:
        # Without a fixed salt an unchanged figure would be a changed SVG file.
        matplotlib.rcParams["svg.hashsalt"] = "osteon"
        super().__init__(figsize=(width, height), layout="constrained")
        FigureCanvasAgg(self)
        self._searchable = searchable

    def savefig(self, *arguments: Any, **options: Any) -> None:
        """Write the figure; see matplotlib."""
        with matplotlib.rc_context({"svg.fonttype": "none"} if self._searchable else {}):
            super().savefig(*arguments, **options)

    def _repr_png_(self) -> bytes:
        drawn = BytesIO()
        self.savefig(drawn, format="png")
        return drawn.getvalue()
