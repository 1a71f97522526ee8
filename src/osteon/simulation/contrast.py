"""Contrasts: what is compared with what, and the effect that comes of it.

The only place that turns two values into a fold change, its logarithm and a word. Verification, predictions, scans,
sensitivity, pages and the command line pass a `Contrast` and its `Effect` on whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, inf, isfinite, isinf, log
from typing import TYPE_CHECKING, Any

from osteon.evidence.criteria import holds, labels

if TYPE_CHECKING:
    import pandas as pd

    from osteon.evidence.claims import Claim, ContrastCheck, Vocabulary
    from osteon.evidence.reading import Reading
    from osteon.simulation.vector import Vector

UNREAD = 5e-4
"""An effect below this size shows as none: a twentieth of a per cent is no difference to read."""

MOST = 100.0
"""The greatest fold change that is told as a number: beyond it the reference is a trace, and a ratio means little."""


NO_PATH = "no path"
"""The word where no path of influence leads from what is done to what is read."""
SPOKEN = frozenset({NO_PATH, "appears", "gone", "absent"})
"""The words that say all there is to say of an effect, so that no number does."""


@dataclass(frozen=True)
class Effect:
    """Two values of one contrast; at or below ``limit``, the detection limit, a value counts as nothing.

    Attributes:
        value: of the condition.
        reference: of the reference.
        limit: in the unit of the values.
        path: whether any path of influence leads from what is done to what is read; where none does, nothing is said of
            an effect.
    """

    value: float
    reference: float
    limit: float
    path: bool = True

    @property
    def log(self) -> float:
        """The effect E, the natural logarithm of the fold change: infinite where something appears or is gone."""
        if not self.path:
            return 0.0
        if self.value <= self.limit:
            return 0.0 if self.reference <= self.limit else -inf
        return inf if self.reference <= self.limit else log(self.value / self.reference)

    @property
    def bounded(self) -> float:
        """The effect E as far as the detection limit lets one see it: what lies below the limit counts as the limit.

        Always finite, for methods that need a number; where something appears or is gone, E is at least of this size.
        """
        return log(max(self.value, self.limit) / max(self.reference, self.limit)) if self.path else 0.0

    @property
    def fold(self) -> float:
        """The fold change: infinite where something appears, zero where it is gone, one where there was and is none."""
        return exp(self.log) if isfinite(self.log) else max(0.0, self.log)

    @property
    def word(self) -> str:
        """``no path``; ``appears``, ``gone`` or ``absent`` where one of the values is nothing; else the `direction`."""
        if not self.path:
            return NO_PATH
        if self.value <= self.limit:
            return "absent" if self.reference <= self.limit else "gone"
        return "appears" if self.reference <= self.limit else self.direction

    @property
    def direction(self) -> str:
        """``increase`` or ``decrease``, where that word of the evidence holds; ``little change`` or ``no path``."""
        if not self.path:
            return NO_PATH
        return next((word for word in ("increase", "decrease") if holds(word, self.log)), "little change")

    @property
    def label(self) -> str:
        """The `word` where there is no path or one of the values is nothing, else the narrowest of the `labels`."""
        if not self.path or self.value <= self.limit or self.reference <= self.limit:
            return self.word
        return next(label.name for label in labels() if holds(label.name, self.log))

    def __str__(self) -> str:
        return self.word if self.word in SPOKEN else percent(self.log)

    def as_dict(self) -> dict[str, Any]:
        """Return the effect as JSON has it; see `plain`."""
        return {
            "value": self.value,
            "reference": self.reference,
            "fold_change": plain(self.fold) if self.path else None,
            "effect": plain(self.log) if self.path else None,
            "word": self.word,
        }


def logs(values: Vector, references: Vector, limit: float) -> Vector:
    """Return the effects E of many pairs of values; see `Effect.log`. NaN stays NaN."""
    import numpy as np

    nothing, before = values <= limit, references <= limit
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.where(nothing, np.where(before, 0.0, -inf), np.where(before, inf, np.log(values / references)))
    return np.where(np.isnan(values) | np.isnan(references), np.nan, found)


@dataclass(frozen=True)
class Contrast:
    """One reading against another in one setting; both say when they are made.

    Attributes:
        setting: id of the setting.
        reading: observable, condition and instant of the one.
        reference: the same of the other.
    """

    setting: str
    reading: Reading
    reference: Reading

    @property
    def readings(self) -> tuple[tuple[str, Reading], tuple[str, Reading]]:
        """Both readings, each with its setting."""
        return (self.setting, self.reading), (self.setting, self.reference)

    def __str__(self) -> str:
        here, there = self.reading, self.reference
        differs = here.at != there.at
        when, then = (f" at {one.at}" if differs else "" for one in (here, there))
        other = "" if here.observable == there.observable else f"{there.observable}, "
        return f"{here.observable}, {here.condition}{when} against {other}{there.condition}{then}"

    def as_dict(self) -> dict[str, str | None]:
        """Return the contrast as JSON has it."""
        here, there = self.reading, self.reference
        return {
            "setting": self.setting,
            "observable": here.observable,
            "condition": here.condition,
            "at": here.at,
            "average": here.average,
            "reference_observable": there.observable,
            "reference": there.condition,
            "reference_at": there.at,
        }


def contrasts(check: ContrastCheck, claim: Claim, vocabulary: Vocabulary) -> tuple[Contrast, ...]:
    """Return what a check of a claim compares: one contrast, or two that are compared with each other."""
    usual = claim.at or vocabulary.settings[claim.setting].readout
    pairs = (check.readings, check.second_readings)
    return tuple(
        Contrast(claim.setting, *(one.made_at(usual, claim.average) for one in pair))
        for pair in pairs
        if pair is not None
    )


def table(compared: Sequence[Contrast], effects: Sequence[Effect | None]) -> pd.DataFrame:
    """Return effects as a table.

    Args:
        compared: the contrasts, all of one question but for the observable.
        effects: of each; ``None`` where the simulation broke.

    Returns:
        One row an observable (index), with ``value``, ``reference``, ``fold_change``, ``effect`` and ``change``, the
        word of the effect; NaN and ``none`` where the simulation broke, and NaN as fold change and effect where no path
        leads from what is done to what is read. ``.attrs`` carries what was compared.
    """
    import pandas as pd

    nan = float("nan")
    rows = [
        {"value": nan, "reference": nan, "fold_change": nan, "effect": nan, "change": "none"}
        if one is None
        else {
            "value": one.value,
            "reference": one.reference,
            "fold_change": one.fold if one.path else nan,
            "effect": one.log if one.path else nan,
            "change": one.word,
        }
        for one in effects
    ]
    names = [one.reading.observable for one in compared]
    frame = pd.DataFrame(rows, index=pd.Index(names, name="observable"))
    if compared:
        frame.attrs |= said(compared[0])
    return frame


def said(compared: Contrast) -> dict[str, str]:
    """Return what the contrasts of one question share, as plain values; what is the same on both sides is said once."""
    whole = compared.as_dict()
    shared = {name: str(whole[name]) for name in ("condition", "reference", "setting", "at")}
    if whole["average"] is not None:
        shared["average"] = str(whole["average"])
    if whole["reference_at"] != whole["at"]:
        shared["reference_at"] = str(whole["reference_at"])
    if whole["reference_observable"] != whole["observable"]:
        shared["reference_observable"] = str(whole["reference_observable"])
    return shared


def percent(effect: float) -> str:
    """Return an effect E as people say it: a percentage, or a fold change where it is large."""
    if isinf(effect):
        return "appears" if effect > 0 else "gone"
    if abs(effect) < UNREAD:
        return "0 %"
    fold = exp(effect)
    if fold > MOST:
        return f"more than x{MOST:g}"
    return f"x{float(f'{fold:.3g}'):g}" if fold >= 2 else f"{100 * (fold - 1):+.3g} %"


def plain(number: float | None) -> float | str | None:
    """Return a number as JSON has it: infinities, for which JSON has no number, as words, and NaN as nothing."""
    if number is None or isfinite(number):
        return number
    return None if number != number else "-inf" if number < 0 else "inf"
