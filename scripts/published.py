"""Score published models and write the table of docs/scoring.md. Takes the folder that holds their SBML."""

import sys
from pathlib import Path

from osteon.authoring import building, overview, published
from osteon.inputs.library import Library

root = Path(__file__).parents[1]
library = Library(root)
folder = Path(sys.argv[1])
cards = {name: published.scored(library, name, folder / f"{file}.xml") for name, file in published.FILES.items()}
page = root / "docs" / "scoring.md"
building.write(page, overview.inserted(page.read_text(encoding="utf-8"), published.markdown(cards), "published"))
