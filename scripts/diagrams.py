"""Lay out the diagram of every model, or of those named, anew, and draw it to docs/diagrams. Needs Graphviz."""

import sys
from pathlib import Path

import osteon
from osteon.curation.build import write
from osteon.evidence.project import Project
from osteon.exporters.bundle import bundle
from osteon.exporters.diagram import picture, wired_model
from osteon.pictures.layout import laid_out

root = Path(__file__).parents[1]
project = Project(root)
for name in sys.argv[1:] or osteon.models(root):
    gathered = bundle(project, name)
    wired = wired_model(gathered)
    layout = laid_out(wired)
    write(project.files(name).layout, layout.text())
    write(root / "docs" / "diagrams" / f"{name}.svg", picture(gathered, wired, layout))
