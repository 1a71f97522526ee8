"""Compute the robustness of every model, and write docs/robustness.md, its picture and its numbers."""

import json
from pathlib import Path

import osteon
from osteon.authoring import building, fragility, overview
from osteon.cli.computing import computed
from osteon.cli.ensembles import trials
from osteon.ensembles.robustness import as_dict, job, robustness
from osteon.inputs.library import Library
from osteon.pictures.tiles import draw_robustness

DRAWS = 2048
FEWER = {"bone_remodeling": 1024}
"""Draws of models that take long; powers of two, at which a Sobol sequence is balanced."""

root = Path(__file__).parents[1]
library = Library(root)
found = []
for name in osteon.models(root):
    made = trials(library, name, FEWER.get(name, DRAWS), seed=1, sampler="sobol")
    columns = computed(job(made), f"Judging {name}", workers=None, scheduler=None, results=None)
    found.append(robustness(made, columns))
whole = as_dict(found)
docs = root / "docs"
building.write(docs / "results" / "robustness.json", json.dumps(whole, indent=1, allow_nan=False) + "\n")
draw_robustness(whole["models"], docs / "figures" / "robustness.svg")
page = docs / "robustness.md"
text = page.read_text(encoding="utf-8")
building.write(page, overview.inserted(text, fragility.markdown(whole["models"]), "robustness"))
