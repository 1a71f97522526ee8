"""Draw the figure of every model, and the sizes of all, to docs/figures."""

from pathlib import Path

import osteon
from osteon.pictures.plotting import save

root = Path(__file__).parents[1]
folder = root / "docs" / "figures"
for name in osteon.models(root):
    save(osteon.plot(osteon.load(name, project=root)), folder / f"{name}.svg")
save(osteon.plot(osteon.verify(project=root).sizes()), folder / "sizes.svg")
