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
        at: a duration after t = 0, or the name of a feature; ``None`` for the usual time.
    """

    observable: str
    condition: str = CONTROL
    at: str | None = None

    def made_at(self, usual: str) -> Reading:
        """Return the reading with the instant at which it is made: its own, or the usual one."""
        return self if self.at is not None else replace(self, at=usual)
