"""Take every model apart, keep the results in models/results, and write docs/ablation.md and its picture."""

from pathlib import Path

import osteon
from osteon.authoring import building
from osteon.cli.computing import computed
from osteon.ensembles.dissection import dissection, job, necessity
from osteon.inputs.library import Library
from osteon.pictures.charts import draw_necessity

PICTURED = "mitochondrial_lamin"

root = Path(__file__).parents[1]
library = Library(root)
for name in osteon.models(root):
    model = osteon.load(name, root)
    whole = dissection(model, library.claims(model.binding))
    found = necessity(whole, computed(job(whole), f"Taking {name} apart", workers=None, scheduler=None, results=None))
    building.write(library.files(name).result("ablation"), found.text())
    if name == PICTURED:
        draw_necessity(found, root / "docs" / "figures" / "ablation.svg")
for _, path, text in building.built(library, None):
    building.write(path, text)
