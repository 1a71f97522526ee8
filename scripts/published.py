"""Score published models and write the table of docs/scoring.md. Takes the folder that holds their SBML."""

import sys
from pathlib import Path

from osteon.curation import overview, published
from osteon.evidence.project import Project
from osteon.files import write_file

root = Path(__file__).parents[1]
project = Project(root)
folder = Path(sys.argv[1])
cards = {name: published.scored(project, name, folder / f"{file}.xml") for name, file in published.FILES.items()}
page = root / "docs" / "scoring.md"
write_file(page, overview.inserted(page.read_text(encoding="utf-8"), published.markdown(cards), "published"))
