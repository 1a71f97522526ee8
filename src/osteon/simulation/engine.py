"""The port between the rule by which a model is run and a simulator: what the rule of `simulator` asks of an engine.

`osteon.simulation.roadrunner` and `osteon.simulation.copasi` are its two adapters. A state holds what has a rate,
species as amounts in the unit of the model's file; the adapter converts where its simulator counts otherwise.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from osteon.simulation.vector import Vector


@dataclass(frozen=True)
class Accuracy:
    """How closely a model is integrated.

    Attributes:
        relative: tolerance of the integrator.
        absolute: tolerance of the integrator, in the unit of each species.
        by_integration: whether resting states are always found by integration, and never by Newton's method.
    """

    relative: float = 1e-8
    absolute: float = 1e-12
    by_integration: bool = False


class IntegrationError(Exception):
    """The integrator stopped: the reason, a plain sentence, and the model time at which it did, where that is known."""

    def __init__(self, reason: str, time: float | None) -> None:
        self.reason, self.time = reason, time
        super().__init__(reason)


class Table(Protocol):
    """Observables, then species, at some times."""

    def is_sound(self, least: Sequence[float]) -> bool:
        """Say whether every number is finite and no species is below its least value."""

    def rows(self) -> Iterable[tuple[float, Sequence[float]]]:
        """Yield each time with the values of `Engine.observables` and `Engine.species`, in that order."""


class Engine(Protocol):
    """One model in a simulator, with its observables built in."""

    @property
    def observables(self) -> Sequence[str]:
        """Ids of the observables."""

    @property
    def species(self) -> Sequence[str]:
        """Ids of the species of tables, in their order."""

    @property
    def moving(self) -> Sequence[str]:
        """Ids of what makes up a state, each with a rate of its own: species, and whatever has a rule of rate."""

    @property
    def positive(self) -> Collection[str]:
        """Ids of the species that may not be negative: those of reactions that do not start below zero."""

    @property
    def sizes(self) -> Mapping[str, float]:
        """The size of each part of a state, one where it is ordinary: what counts as little is a share of it."""

    @property
    def conserved(self) -> int:
        """How many totals of the state no reaction changes; each gives the Jacobian an eigenvalue of zero."""

    @property
    def initials(self) -> Mapping[str, str]:
        """What the file computes at the start, by initial assignments, with the id of what computes it."""

    @property
    def settable(self) -> Collection[str]:
        """Ids of all species that a change may set."""

    @property
    def filed(self) -> Mapping[str, float]:
        """The parameters and compartments that a change may set, with their values in the file."""

    @property
    def solves_near(self) -> bool:
        """Whether `solve` finds only what is near, so that it is worth asking again when the model has moved on."""

    def reset(self, values: Mapping[str, float]) -> None:
        """Go back to the values of the file, but for these parameters and compartments."""

    def set_value(self, name: str, value: float) -> None:
        """Set a parameter or a compartment."""

    def level(self, species: str) -> float:
        """Return a species in the unit in which the file counts it: an amount or a concentration."""

    def set_level(self, species: str, value: float) -> None:
        """Set a species in the unit in which the file counts it."""

    def set_time(self, time: float) -> None:
        """Set the model's time."""

    def value(self, name: str) -> float:
        """Return the present value of a parameter or a compartment, whatever computes it."""

    def state(self) -> list[float]:
        """Return the values of `moving`; of species the amounts."""

    def set_state(self, state: Sequence[float]) -> None:
        """Set the values of `moving`; of species the amounts."""

    def begin_rest(self) -> None:
        """Let no event fire until `end_rest`."""

    def end_rest(self) -> None:
        """Let events fire again, from the state and the values that there are now."""

    def rates(self) -> list[float]:
        """Return the rates of change of `moving`."""

    def solve(self) -> bool:
        """Look for a steady state by Newton's method from the present one; leave it as the state if there is any."""

    def eigenvalues(self) -> Sequence[complex] | None:
        """Return the eigenvalues of the Jacobian in the state that `solve` found; ``None`` if it is not finite."""

    def present(self) -> Table:
        """Return the present values, as a table of one row."""

    def integrate(self, times: Sequence[float]) -> Table:
        """Integrate from the first time to the last, and stay there.

        Raises:
            IntegrationError: if the integrator stops.
        """

    def joined(self, tables: Sequence[Table]) -> tuple[Vector, Mapping[str, Vector]]:
        """Return the times and each observable: the first table, then the others without their first rows."""
