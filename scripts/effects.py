"""Write the effect of every check to tests/effects.json, so that a change in a model shows in review."""

import json
from pathlib import Path

import osteon
from osteon.files import write_file

root = Path(__file__).parents[1]
effects = osteon.verify(project=root).effects()
write_file(root / "tests" / "effects.json", json.dumps(effects, indent=1) + "\n")
