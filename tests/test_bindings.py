"""What a binding may say."""

from __future__ import annotations

import pytest

from osteon.evidence.bindings import InterventionBinding, ParameterBinding


def test_a_range_runs_from_low_to_high() -> None:
    given = {"meaning": "x", "unit": "1", "provenance": "assumed", "reason": "x"}
    assert ParameterBinding.model_validate({**given, "range": (1.0, 1.0)}).range == (1.0, 1.0)
    with pytest.raises(ValueError, match=r"range \[2.0, 1.0\] runs backwards"):
        ParameterBinding.model_validate({**given, "range": (2.0, 1.0)})


def test_a_window_ends_after_it_starts() -> None:
    given = {"set": {"k": 1.0}, "reason": "x"}
    assert InterventionBinding.model_validate({**given, "start": "1 d", "end": "25 h"}).end == "25 h"
    for window in ({"end": "0 h"}, {"start": "1 d", "end": "24 h"}):
        with pytest.raises(ValueError, match="is not after start"):
            InterventionBinding.model_validate({**given, **window})
