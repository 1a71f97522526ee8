"""Draw the figure of every model to docs/figures."""

from pathlib import Path

import osteon
from osteon.pictures.plotting import draw_model

root = Path(__file__).parents[1]
folder = root / "docs" / "figures"
folder.mkdir(parents=True, exist_ok=True)
for name in osteon.models(root):
    draw_model(osteon.load(name, root), folder / f"{name}.svg")
