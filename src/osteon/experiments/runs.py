"""Which runs the claims on a model need. Pure data; nothing is simulated.

The one place that says so: verification carries them out, and every file for another tool holds them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from osteon.evidence.bindings import Binding
from osteon.evidence.claims import Check, Claim, ContrastCheck, OrderCheck, StructureCheck, words
from osteon.evidence.reading import Reading
from osteon.simulation import readings
from osteon.simulation.contrast import contrasts
from osteon.simulation.model import Model
from osteon.simulation.readings import Key, Run


def runs(model: Model, claims: Iterable[Claim]) -> dict[Key, Run]:
    """Return every run that claims need of a model, by setting and canonical condition."""
    return readings.runs(
        model.binding,
        (
            reading
            for claim in claims
            for check in claim.checks
            if not missing_words(check, claim.setting, model.binding)
            for reading in readings_of(check, claim, model)
        ),
    )


def readings_of(check: Check, claim: Claim, model: Model) -> Iterator[tuple[str, Reading]]:
    """Yield every reading that a check makes, with its setting and its instant; a structural check makes none."""
    if isinstance(check, ContrastCheck):
        for contrast in contrasts(check, claim, model.vocabulary):
            yield from contrast.readings
    elif isinstance(check, OrderCheck):
        yield from ((claim.setting, reading) for reading in check.readings)


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
