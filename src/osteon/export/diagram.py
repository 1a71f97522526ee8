"""Diagrams: a picture of the model as SVG, and the SBML with the same picture in it, which COPASI shows.

The layout is a file of the project, since no two versions of a layout program agree; `scripts/diagrams.py` makes it
anew.
"""

from __future__ import annotations

from collections.abc import Iterator

from osteon.errors import OsteonError
from osteon.export.glyphs import with_layout
from osteon.export.subject import File, Subject
from osteon.mechanisms import sbml
from osteon.mechanisms.compilation import credited
from osteon.pictures import drawing, layout
from osteon.pictures.layout import Layout
from osteon.pictures.wiring import Wiring, wiring


def files(subject: Subject) -> Iterator[File]:
    """Yield the picture, and the SBML with the picture.

    Raises:
        OsteonError: if the layout is missing, or is not that of the model of today.
    """
    wired = wired_model(subject)
    if subject.layout is None:
        raise OsteonError(f"models/layout/{subject.name}.json: no such file; `python scripts/diagrams.py` makes it")
    laid_out = layout.read(subject.layout)
    missing = sorted(layout.needed(wired) ^ laid_out.present)
    if missing:
        raise OsteonError(
            f"models/layout/{subject.name}.json: not the layout of this model, for {missing[0]!r} is in one alone; "
            "`python scripts/diagrams.py` makes it anew"
        )
    yield File.text(f"{subject.name}.svg", picture(subject, wired, laid_out))
    yield File.text(f"{subject.name}.xml", credited(with_layout(subject.model.sbml, wired, laid_out)))


def wired_model(subject: Subject) -> Wiring:
    """Return the wiring of a model, with its parts where it has any."""
    model = subject.model
    return wiring(model.sbml, subject.titles, model.shown)


def picture(subject: Subject, wired: Wiring, laid_out: Layout) -> str:
    """Return a laid-out model as SVG."""
    document = sbml.read(subject.model.sbml, subject.model.shown)
    reactions = {one.id: one.name or one.id for one in sbml.reactions(document.getModel())}
    return drawing.svg(wired, laid_out, subject.model.binding.title, reactions)
