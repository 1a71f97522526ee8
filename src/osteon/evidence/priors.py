"""Priors: the range of each class of quantities, one for the whole project, chosen without a look at any claim.

A parameter that was measured has a range of its own in its model's binding. Every other one that is free belongs to a
class, such as the half-lives of proteins, and is drawn from the range of its class in whatever model it stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import log
from typing import Literal

from pydantic import Field, model_validator

from osteon.errors import Finding, suggestion
from osteon.evidence.bindings import Distribution, ParameterBinding
from osteon.evidence.durations import SECONDS
from osteon.evidence.fields import Identifier
from osteon.evidence.toml import Document

Measure = Literal["half-life", "mean time", "value", "factor"]


class Prior(Document):
    """One class of quantities: what is known of any of them before a model of it is judged."""

    meaning: str
    """What a quantity of this class is, in a few words."""
    measure: Measure
    """What the range is of. 'half-life' and 'mean time': a parameter is such a time, or a rate that follows from it;
    'value': the parameter itself; 'factor': the parameter over its reference value, where nothing absolute is known."""
    distribution: Distribution
    """How a value is drawn from the range."""
    range: tuple[float, float]
    """The lowest and the highest plausible value, in the unit below."""
    unit: str
    """The unit of the range; a parameter with 'value' has the same."""
    citation: str | None = None
    """The publications that the range is from."""
    reason: str | None = None
    """Why the range is plausible; needed where no publication gives it."""

    @model_validator(mode="after")
    def _is_a_range(self) -> Prior:
        low, high = self.range
        if low >= high:
            raise ValueError(f"range {list(self.range)} is no range; the lowest value comes first")
        if low <= 0 and (self.distribution == "log-uniform" or self.measure != "value"):
            raise ValueError(f"range {list(self.range)}: a {self.measure} drawn {self.distribution} is above zero")
        if self.measure in ("half-life", "mean time") and self.unit not in SECONDS:
            raise ValueError(f"unit {self.unit!r} is no unit of time; one of {', '.join(SECONDS)}")
        if self.measure == "factor" and self.unit != "dimensionless":
            raise ValueError(f"unit {self.unit!r}: a factor is dimensionless")
        if not (self.citation or self.reason):
            raise ValueError("needs a 'citation', or a 'reason' where no publication gives the range")
        return self

    def bounds(self, unit: str, reference: float) -> tuple[float, float]:
        """Return the range of a parameter of this class, in its own unit.

        Args:
            unit: of the parameter.
            reference: its value in the model.

        Raises:
            ValueError: if a parameter in that unit is none of this class, or a factor of nothing is asked for.
        """
        low, high = self.range
        if self.measure == "factor":
            if reference <= 0:
                raise ValueError(f"the range is a factor of the model's value, which is {reference:g}")
            return low * reference, high * reference
        if self.measure == "value":
            if unit != self.unit:
                raise ValueError(f"the range is in {self.unit}, not in {unit!r}")
            return low, high
        time = unit.removeprefix("1/")
        if time not in SECONDS:
            raise ValueError(f"a {self.measure} is a time or makes a rate; {unit!r} is the unit of neither")
        low, high = (bound * SECONDS[self.unit] / SECONDS[time] for bound in (low, high))
        if time == unit:
            return low, high
        total = log(2) if self.measure == "half-life" else 1.0
        return total / high, total / low


class Priors(Document):
    """All classes of quantities of a project."""

    classes: dict[Identifier, Prior] = Field(default_factory=dict)
    """The classes, by the names under which bindings refer to them."""


def ranged(
    parameters: Mapping[str, ParameterBinding], priors: Priors, values: Mapping[str, float]
) -> dict[str, ParameterBinding]:
    """Return parameters with the ranges that their classes give; whatever draws or prints a range reads it from here.

    Args:
        parameters: as the bindings have them.
        priors: the classes.
        values: of the model, by symbol; what it lacks keeps its entry.

    Raises:
        ValueError: if a class does not exist or a parameter cannot be of it; `class_findings` names all such faults.
    """
    return {
        name: entry if entry.prior is None or name not in values else _placed(entry, priors, values[name])
        for name, entry in parameters.items()
    }


def _placed(entry: ParameterBinding, priors: Priors, value: float) -> ParameterBinding:
    prior = _prior(entry, priors)
    return entry.model_copy(update={"range": prior.bounds(entry.unit, value), "distribution": prior.distribution})


def _prior(entry: ParameterBinding, priors: Priors) -> Prior:
    name = entry.prior or ""
    if name not in priors.classes:
        raise ValueError(f"unknown class {name!r}{suggestion(name, priors.classes) or '; see models/priors.toml'}")
    return priors.classes[name]


def class_findings(
    parameters: Mapping[str, ParameterBinding], priors: Priors, values: Mapping[str, float], shown: str
) -> Iterator[Finding]:
    """Yield every free parameter that has neither been measured nor a class, and every class that cannot be its own.

    Args:
        parameters: of one binding.
        priors: the classes of the project.
        values: of the model, by symbol.
        shown: the binding's file as the user knows it.
    """
    for name, entry in parameters.items():
        where = f"{shown}: parameters.{name}"
        if entry.prior is None:
            if entry.is_free and entry.citation is None:
                what = "without the 'citation' of a measurement; cite one, or give the class of the quantity as 'prior'"
                yield Finding(f"{where}.range", what)
            continue
        try:
            _prior(entry, priors).bounds(entry.unit, values.get(name, 1.0))
        except ValueError as error:
            yield Finding(f"{where}.prior", str(error))


def outside(parameters: Mapping[str, ParameterBinding], values: Mapping[str, float]) -> list[str]:
    """Return the parameters whose value in the model lies outside the range of their class.

    The class is right and the model departs from it: its range is not widened for the sake of one value.

    Args:
        parameters: as `ranged` gives them.
        values: of the model, by symbol.
    """
    return [
        name
        for name, entry in parameters.items()
        if entry.prior is not None
        and entry.range is not None
        and name in values
        and not entry.range[0] <= values[name] <= entry.range[1]
    ]
