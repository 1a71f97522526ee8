"""Take every model apart, keep the results in models/results, and write docs/ablation.md and its picture."""

from pathlib import Path

import osteon
from osteon.analysis.ablation.run import ablation, ablation_plan, job
from osteon.cli.computing import computed
from osteon.curation import build
from osteon.evidence.project import Project
from osteon.files import write_file
from osteon.pictures.charts import draw_ablation

PICTURED = "mitochondrial_lamin"

root = Path(__file__).parents[1]
project = Project(root)
for name in osteon.models(root):
    model = osteon.load(name, root)
    whole = ablation_plan(model, project.claims(model.binding))
    found = ablation(whole, computed(job(whole), f"Taking {name} apart", workers=None, scheduler=None, results=None))
    write_file(project.files(name).result("ablation"), found.text())
    if name == PICTURED:
        draw_ablation(found, root / "docs" / "figures" / "ablation.svg")
for _, path, text in build.built(project, None):
    write_file(path, text)
