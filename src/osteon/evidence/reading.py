"""Readings: one number of an experiment, as evidence asks for it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from osteon.evidence.conditions import CONTROL


@dataclass(frozen=True)
class Reading:
    """One number: an observable under a condition at an instant.

    Attributes:
        observable: id of the observable.
        condition: as written.
        at: a duration after t = 0, or before it with a minus sign, or the name of a feature; ``None`` for the usual
            time.
        average: the period up to ``at`` over which the observable is averaged; ``None`` for its value at that time.
        against: the condition whose value at each time is taken off before a feature is read; ``None`` for the
            observable as it is.
    """

    observable: str
    condition: str = CONTROL
    at: str | None = None
    average: str | None = None
    against: str | None = None

    def made_at(self, usual: str, average: str | None = None) -> Reading:
        """Return the reading with the instant at which it is made, and its average: its own, or the usual ones."""
        return replace(self, at=self.at or usual, average=self.average or average)
