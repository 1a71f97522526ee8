"""Every claim of every model is one test."""

from __future__ import annotations

import pytest

from conftest import MODELS, PROJECT, model, scorecard

CLAIMS = [(name, claim.id) for name in MODELS for _, claim in PROJECT.claims(PROJECT.binding(name))]


@pytest.mark.parametrize(("name", "claim"), CLAIMS, ids=[f"{name}-{claim}" for name, claim in CLAIMS])
def test_claim(name: str, claim: str) -> None:
    result = next(result for result in scorecard(name).results if result.claim.id == claim)
    known = model(name).binding.unmet
    if result.claim.documented is not None:
        assert result.verdict == "documented"
        assert len(result.claim.documented) > 20, "the reason why no simulation can test it"
    elif claim in known:
        assert result.verdict in ("contradicted", "not representable"), f"{claim} is met now: take it out of 'unmet'"
    else:
        wrong = [(check.check, check.effects, check.reason) for check in result.checks]
        assert result.verdict == "supported", wrong
