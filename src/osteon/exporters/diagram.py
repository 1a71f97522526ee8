"""Diagrams: a picture of the model as SVG, and the SBML with the same picture in it, which COPASI shows.

The layout is a file of the project, since no two versions of a layout program agree; `scripts/diagrams.py` makes it
anew.
"""

from __future__ import annotations

from collections.abc import Iterator

from osteon import sbml
from osteon.errors import OsteonError
from osteon.exporters.bundle import Bundle, File
from osteon.exporters.glyphs import with_layout
from osteon.pictures import drawing, layout
from osteon.pictures.layout import Layout
from osteon.pictures.wiring import Wiring, wiring
from osteon.sbml.antimony import credited


def files(bundle: Bundle) -> Iterator[File]:
    """Yield the picture, and the SBML with the picture.

    Raises:
        OsteonError: if the layout is missing, or is not that of the model of today.
    """
    wired = wired_model(bundle)
    if bundle.layout is None:
        raise OsteonError(f"models/layout/{bundle.name}.json: no such file; `python scripts/diagrams.py` makes it")
    laid_out = layout.read(bundle.layout)
    missing = sorted(layout.needed(wired) ^ laid_out.present)
    if missing:
        raise OsteonError(
            f"models/layout/{bundle.name}.json: not the layout of this model, for {missing[0]!r} is in one alone; "
            "`python scripts/diagrams.py` makes it anew"
        )
    yield File.text(f"{bundle.name}.svg", picture(bundle, wired, laid_out))
    yield File.text(f"{bundle.name}.xml", credited(with_layout(bundle.model.sbml, wired, laid_out)))


def wired_model(bundle: Bundle) -> Wiring:
    """Return the wiring of a model, with its parts where it has any."""
    model = bundle.model
    return wiring(model.sbml, bundle.titles, model.shown)


def picture(bundle: Bundle, wired: Wiring, laid_out: Layout) -> str:
    """Return a laid-out model as SVG."""
    document = sbml.read(bundle.model.sbml, bundle.model.shown)
    reactions = {one.id: one.name or one.id for one in sbml.reactions(document.getModel())}
    return drawing.svg(wired, laid_out, bundle.model.binding.title, reactions)
