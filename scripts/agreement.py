"""Run every experiment of every model in COPASI and tellurium; write the table of docs/interoperability.md."""

import json
from pathlib import Path

import osteon
from osteon.curation import overview
from osteon.evidence.project import Project
from osteon.exporters.agreement import ROUTES, agreement, as_dict, markdown
from osteon.exporters.bundle import bundle
from osteon.files import write_file

root = Path(__file__).parents[1]
project = Project(root)
found = []
for name in osteon.models(root):
    one = bundle(project, name)
    found += [agreement(one, route) for route in ROUTES]
whole = as_dict(found)
docs = root / "docs"
write_file(docs / "results" / "agreement.json", json.dumps(whole, indent=1) + "\n")
page = docs / "interoperability.md"
text = page.read_text(encoding="utf-8")
write_file(page, overview.inserted(text, markdown(whole["agreements"]), "agreement"))
