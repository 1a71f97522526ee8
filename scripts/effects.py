"""Write the effect of every check to tests/effects.json, so that a change in a model shows in review."""

import json
from pathlib import Path

import osteon

root = Path(__file__).parents[1]
effects = osteon.verify(project=root).effects()
(root / "tests" / "effects.json").write_text(json.dumps(effects, indent=1) + "\n", encoding="utf-8")
