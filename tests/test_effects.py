"""A guard on numbers: the effects of all checks are tracked, so that a change in a model shows in review."""

from __future__ import annotations

import json

import pytest

from conftest import MODELS, ROOT, scorecard

TRACKED = json.loads((ROOT / "tests" / "effects.json").read_text(encoding="utf-8"))


def test_every_model_is_tracked() -> None:
    assert list(TRACKED) == list(MODELS)


@pytest.mark.parametrize("name", MODELS)
def test_effects_are_as_tracked(name: str) -> None:
    """`make effects` writes the file anew; look at the difference before committing it."""
    current = scorecard(name).effects()[name]
    assert list(current) == list(TRACKED[name])
    for claim, effects in current.items():
        for effect, tracked in zip(effects, TRACKED[name][claim], strict=True):
            assert effect == tracked or effect == pytest.approx(tracked, abs=2e-3), claim
