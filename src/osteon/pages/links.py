"""Links: the address under which "Try it" shows what a check compares."""

from __future__ import annotations

from urllib.parse import urlencode

from osteon.evidence.conditions import canonical
from osteon.evidence.features import FEATURES
from osteon.simulation.contrast import Contrast
from osteon.simulation.model import Model


def asked(contrast: Contrast, model: Model) -> dict[str, str]:
    """Return a contrast as "Try it" sets it up: every part of both readings, times in the model's unit."""
    here, there = contrast.reading, contrast.reference
    return {
        "setting": contrast.setting,
        "condition": canonical(here.condition),
        "reference": canonical(there.condition),
        "at": _instant(here.at, model),
        "reference_at": _instant(there.at, model),
        "observable": here.observable,
        "reference_observable": there.observable,
    }


def address(contrast: Contrast, model: Model) -> str | None:
    """Return what stands behind ``#`` in the address of "Try it"; nothing for averages, which it does not read."""
    return urlencode(asked(contrast, model)) if contrast.reading.average is None else None


def _instant(when: str | None, model: Model) -> str:
    return str(when) if when is None or when in FEATURES else f"{model.binding.time(when):.12g}"
