"""What schedules and readings need of a binding and of the vocabulary.

`osteon.evidence` has them in full, read with pydantic; the page "Try it" makes its own from JSON.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol


class Act(Protocol):
    """What is done to a model; see `osteon.evidence.bindings.Act`."""

    @property
    def set(self) -> Mapping[str, float]:
        """New values, by symbol of the model."""

    @property
    def scale(self) -> Mapping[str, float]:
        """Factors, by symbol of the model."""


class Place(Act, Protocol):
    """A setting in terms of the model; see `osteon.evidence.bindings.SettingBinding`."""

    @property
    def set_at_start(self) -> Mapping[str, float]:
        """New values from t = 0 on."""

    @property
    def horizon(self) -> str:
        """How long time courses are."""

    @property
    def equilibrate(self) -> bool:
        """Whether the model is brought to rest before t = 0."""


class Window(Act, Protocol):
    """An intervention in terms of the model; see `osteon.evidence.bindings.InterventionBinding`."""

    @property
    def start(self) -> str | None:
        """When it starts."""

    @property
    def end(self) -> str | None:
        """When it ends."""


class HowRun(Protocol):
    """How the model is run; see `osteon.evidence.bindings.Protocol`."""

    @property
    def time_unit(self) -> str:
        """The unit of time of the model's equations."""

    @property
    def detection_limit(self) -> float:
        """The value at or below which an observable counts as nothing."""


class Bound(Protocol):
    """A binding; see `osteon.evidence.bindings.Binding`."""

    @property
    def id(self) -> str:
        """The model's id."""

    @property
    def protocol(self) -> HowRun:
        """How the model is run."""

    @property
    def settings(self) -> Mapping[str, Place]:
        """Every setting that the model knows."""

    @property
    def interventions(self) -> Mapping[str, Window]:
        """Every intervention that the model knows."""

    def time(self, duration: str) -> float:
        """Return a duration in the model's time unit."""


class Doing(Protocol):
    """An intervention of the vocabulary; see `osteon.evidence.claims.Intervention`."""

    @property
    def kind(self) -> str:
        """``genotype`` or ``treatment``."""

    @property
    def settings(self) -> Collection[str] | None:
        """The settings in which it means something; ``None`` for all."""

    @property
    def onset(self) -> str | None:
        """The age of the animal at which a genotype begins to act."""

    @property
    def start(self) -> str | None:
        """When a treatment begins."""

    @property
    def end(self) -> str | None:
        """When it ends."""

    @property
    def age(self) -> str | None:
        """The age at t = 0 of an animal that grew older."""


class Where(Protocol):
    """A setting of the vocabulary; see `osteon.evidence.claims.Setting`."""

    @property
    def age(self) -> str | None:
        """The age of the animal at t = 0; ``None`` for a culture."""


class Words(Protocol):
    """The vocabulary; see `osteon.evidence.claims.Vocabulary`."""

    @property
    def interventions(self) -> Mapping[str, Doing]:
        """Every intervention."""

    @property
    def settings(self) -> Mapping[str, Where]:
        """Every setting."""
