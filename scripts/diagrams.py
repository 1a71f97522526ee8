"""Lay out the diagram of every model, or of those named, anew, and draw it to docs/diagrams. Needs Graphviz."""

import sys
from pathlib import Path

import osteon
from osteon.authoring.building import write
from osteon.export.diagram import picture, wired_model
from osteon.export.subject import subject
from osteon.inputs.library import Library
from osteon.pictures.layout import laid_out

root = Path(__file__).parents[1]
library = Library(root)
for name in sys.argv[1:] or osteon.models(root):
    gathered = subject(library, name)
    wired = wired_model(gathered)
    layout = laid_out(wired)
    write(library.files(name).layout, layout.text())
    write(root / "docs" / "diagrams" / f"{name}.svg", picture(gathered, wired, layout))
