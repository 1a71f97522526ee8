"""Compute the robustness of every model, and write docs/robustness.md, its picture and its numbers."""

import json
from pathlib import Path

import osteon
from osteon.analysis.robustness.result import as_dict, job, robustness
from osteon.analysis.robustness.tables import robustness_markdown
from osteon.cli.computing import computed
from osteon.cli.uncertainty import samples
from osteon.curation import overview
from osteon.evidence.project import Project
from osteon.files import write_file
from osteon.pictures.robustness import draw_robustness

DRAWS = 2048
FEWER = {"bone_remodeling": 1024}
"""Draws of models that take long; powers of two, at which a Sobol sequence is balanced."""

root = Path(__file__).parents[1]
project = Project(root)
found = []
for name in osteon.models(root):
    made = samples(project, name, FEWER.get(name, DRAWS), seed=1, sampler="sobol")
    columns = computed(job(made), f"Judging {name}", workers=None, scheduler=None, results=None)
    found.append(robustness(made, columns))
whole = as_dict(found)
docs = root / "docs"
write_file(docs / "results" / "robustness.json", json.dumps(whole, indent=1, allow_nan=False) + "\n")
draw_robustness(whole["models"], docs / "figures" / "robustness.svg")
page = docs / "robustness.md"
text = page.read_text(encoding="utf-8")
write_file(page, overview.inserted(text, robustness_markdown(whole["models"]), "robustness"))
