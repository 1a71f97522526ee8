"""Take every model apart, keep the results in models/results, and write docs/ablation.md and its picture."""

from pathlib import Path

import osteon
from osteon.cli.terminal import progress
from osteon.pictures.plotting import save

PICTURED = "mitochondrial_lamin"

root = Path(__file__).parents[1]
for name in osteon.models(root):
    found = osteon.ablate(name, record=True, project=root, progress=progress)
    if name == PICTURED:
        save(osteon.plot(found), root / "docs" / "figures" / "ablation.svg")
osteon.build(project=root)
