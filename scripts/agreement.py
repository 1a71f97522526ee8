"""Run every experiment of every model in COPASI and tellurium; write the table of docs/interoperability.md."""

import json
from pathlib import Path

import osteon
from osteon.agreement import ROUTES, agreement, as_dict, markdown
from osteon.authoring import building, overview
from osteon.export.subject import subject
from osteon.inputs.library import Library

root = Path(__file__).parents[1]
library = Library(root)
found = []
for name in osteon.models(root):
    one = subject(library, name)
    found += [agreement(one, route) for route in ROUTES]
whole = as_dict(found)
docs = root / "docs"
building.write(docs / "results" / "agreement.json", json.dumps(whole, indent=1) + "\n")
page = docs / "interoperability.md"
text = page.read_text(encoding="utf-8")
building.write(page, overview.inserted(text, markdown(whole["agreements"]), "agreement"))
