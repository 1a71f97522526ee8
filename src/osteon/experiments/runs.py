"""Runs: which conditions, settings and times the claims on a model need. Pure data; nothing is simulated.

The one place that says so: verification runs them, and every file for another tool holds them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from osteon.evidence.bindings import Binding
from osteon.evidence.claims import (
    FEATURES,
    Check,
    Claim,
    ContrastCheck,
    OrderCheck,
    Reading,
    StructureCheck,
    readings,
    words,
)
from osteon.evidence.conditions import canonical, parse
from osteon.simulation.model import Model

STEADY_STATE = "steady state"


@dataclass(frozen=True)
class Run:
    """One condition in one setting, and when claims read it, in the model's time unit.

    ``times`` are the instants, ``whole`` says that features of the whole time course are wanted as well, ``resting``
    that the steady state is.
    """

    setting: str
    condition: str
    times: tuple[float, ...]
    whole: bool
    resting: bool

    @property
    def names(self) -> tuple[str, ...]:
        """The interventions of the condition."""
        return parse(self.condition)

    @property
    def simulated(self) -> bool:
        """Whether a time course is needed, and not the steady state alone."""
        return self.whole or bool(self.times)

    def wanted(self, model: Model) -> list[float]:
        """Return the times on which a time course is wanted, those of features included."""
        return [*self.times, *(model.feature_times(self.setting).tolist() if self.whole else ())]

    def until(self, model: Model) -> float:
        """Return the last time of its time course: after t = 0 also where it is only read there or before."""
        horizon = model.binding.time(model.binding.settings[self.setting].horizon) if self.whole else 0.0
        return max(horizon, *self.times, 0.0) or model.binding.time("1 min")


def runs(model: Model, claims: Iterable[Claim]) -> dict[tuple[str, str], Run]:
    """Return every readout that claims need of a model, by setting and canonical condition."""
    found: dict[tuple[str, str], Run] = {}
    for claim, check, reading in _wanted(claims, model):
        key = (claim.setting, canonical(reading.condition))
        one = found.get(key, Run(*key, times=(), whole=False, resting=False))
        found[key] = _extended(one, check, instant(reading, claim, model), model)
    return found


def _extended(one: Run, check: Check, when: str, model: Model) -> Run:
    whole = isinstance(check, OrderCheck) or (when in FEATURES and when != STEADY_STATE)
    resting = not isinstance(check, OrderCheck) and when == STEADY_STATE
    times = set(one.times) if whole or resting else {*one.times, model.binding.time(when)}
    return Run(one.setting, one.condition, tuple(sorted(times)), one.whole or whole, one.resting or resting)


def instant(reading: Reading, claim: Claim, model: Model) -> str:
    """Return when a reading is made: as it says, as its claim says, or as usual in the setting."""
    return reading.at or claim.at or model.vocabulary.settings[claim.setting].readout


def _wanted(claims: Iterable[Claim], model: Model) -> Iterator[tuple[Claim, Check, Reading]]:
    for claim in claims:
        for check in claim.checks:
            if not missing_words(check, claim.setting, model.binding):
                for reading in readings(check):
                    yield claim, check, reading


def missing_words(check: Check, setting: str, binding: Binding) -> list[str]:
    """Return every word of a check that a model does not bind."""
    missing = [word for kind, word in dict.fromkeys(words(check)) if word not in getattr(binding, kind)]
    if not isinstance(check, StructureCheck) and setting not in binding.settings:
        missing.append(setting)
    return missing or list(dict.fromkeys(_without_common_unit(check, binding)))


def _without_common_unit(check: Check, binding: Binding) -> Iterator[str]:
    """Yield what a check would need in order to compare two observables of different units."""
    if not isinstance(check, ContrastCheck):
        return
    for pair in (check.readings, check.second_readings or check.readings):
        first, second = (binding.observables[reading.observable] for reading in pair)
        if first.unit != second.unit:
            yield f"common unit of {pair[0].observable} and {pair[1].observable}"
