"""Contrasts: what a check compares, as a reader would set it up to see it live."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from osteon.evidence.bindings import Binding
from osteon.evidence.claims import FEATURES, Claim, ContrastCheck
from osteon.evidence.conditions import CONTROL, canonical, parse


@dataclass(frozen=True)
class Contrast:
    """Two sets of interventions in one setting, and when to compare them; ``at`` is in the model's unit of time.

    It is ``None`` where the setting says when, or where no time is meant: a peak, a mean, or the steady state.
    """

    setting: str
    condition: tuple[str, ...]
    reference: tuple[str, ...]
    at: float | None

    @property
    def address(self) -> str:
        """Return it as what stands behind ``#`` in the address of "Try it"."""
        parts = {"setting": self.setting, "condition": _joined(self.condition), "reference": _joined(self.reference)}
        return urlencode(parts if self.at is None else parts | {"at": f"{self.at:g}"})


def contrast(check: object, claim: Claim, binding: Binding) -> Contrast | None:
    """Return what a check of a claim compares, or ``None`` if it is no contrast or the model has no words for it."""
    if not isinstance(check, ContrastCheck) or claim.setting not in binding.settings:
        return None
    here, there = check.readings
    condition, reference = (tuple(sorted(parse(canonical(reading.condition)))) for reading in (here, there))
    if not {*condition, *reference} <= set(binding.interventions):
        return None
    when = here.at or claim.at
    return Contrast(
        claim.setting, condition, reference, None if when is None or when in FEATURES else binding.time(when)
    )


def _joined(names: tuple[str, ...]) -> str:
    return "+".join(names) or CONTROL
