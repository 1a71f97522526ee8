"""Compute the robustness of every model, and write docs/robustness.md, its picture and its numbers."""

import json
from pathlib import Path

import osteon
from osteon.analysis.robustness.result import as_dict
from osteon.analysis.robustness.tables import robustness_markdown
from osteon.cli.terminal import progress
from osteon.curation import overview
from osteon.files import write_file
from osteon.pictures.plotting import save

DRAWS = 1024
FEWER = {"bone_remodeling": 512}
"""Draws of models that take long; powers of two, at which a Sobol sequence is balanced."""

root = Path(__file__).parents[1]
found = [
    osteon.robustness(name, draws=FEWER.get(name, DRAWS), project=root, progress=progress)
    for name in osteon.models(root)
]
whole = as_dict(found)
docs = root / "docs"
write_file(docs / "results" / "robustness.json", json.dumps(whole, indent=1, allow_nan=False) + "\n")
save(osteon.plot(found), docs / "figures" / "robustness.svg")
page = docs / "robustness.md"
text = page.read_text(encoding="utf-8")
write_file(page, overview.inserted(text, robustness_markdown(whole["models"]), "robustness"))
