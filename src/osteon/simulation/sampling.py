"""Drawing parameters from the ranges that bindings call plausible.

A parameter is drawn from the range that was measured or that its class has (`osteon.evidence.priors.ranged`), in the
way that belongs to the range; one whose range is a single value is left alone. Derived parameters follow from their
formulas in every draw, so control stays at rest.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, Literal, get_args

import numpy as np

from osteon import sbml
from osteon.evidence.bindings import Act, ParameterBinding
from osteon.sbml.formulas import Formulas
from osteon.sbml.mathematics import NotSupportedError
from osteon.simulation.schedule import changes_of
from osteon.simulation.vector import Vector

Sampler = Literal["sobol", "lhs", "random"]
"""How draws are spread: a scrambled Sobol sequence, a Latin hypercube, or independently."""

SAMPLERS: tuple[str, ...] = get_args(Sampler)


class Draws:
    """Reproducible draws of one model's parameters.

    Args:
        text: the model's SBML text.
        parameters: range of each parameter, and the formula of the derived ones.
        shown: the SBML file as the user knows it, for messages.
        overrides: what the user gave; a parameter that it touches is neither drawn nor derived.
    """

    def __init__(self, text: str, parameters: Mapping[str, ParameterBinding], shown: str, overrides: Act) -> None:
        # The document is kept, for libsbml frees a model with it.
        self._document = sbml.read(text, shown)
        self._model: Any = self._document.getModel()
        for name, change in changes_of(overrides).items():
            parameter = self._model.getParameter(name)
            if parameter is not None:
                parameter.setValue(change.applied(float(parameter.getValue())))
        here = {
            name: entry
            for name, entry in parameters.items()
            if self._model.getParameter(name) is not None and name not in overrides.targets
        }
        free = {name: entry for name, entry in here.items() if entry.is_free}
        self.ranges = {name: entry.range for name, entry in free.items() if entry.range is not None}
        self._logarithmic = {name for name, entry in free.items() if entry.is_logarithmic}
        self.own = {name: float(self._model.getParameter(name).getValue()) for name in self.ranges}
        self._formulas = {
            name: sbml.parse_formula(entry.formula, self._model, f"parameters.{name}.formula")
            for name, entry in here.items()
            if entry.formula is not None
        }

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters that are drawn, in a fixed order."""
        return tuple(sorted(self.ranges))

    def take(self, number: int, seed: int) -> Iterator[dict[str, float]]:
        """Yield values of all drawn and derived parameters, ``number`` times; the same seed gives the same values."""
        for row in quantiles("random", number, len(self.names), seed):
            yield self.placed(row)

    def completed(self, values: Mapping[str, float]) -> dict[str, float]:
        """Return values with those that follow from them by formula; formulas may build on one another.

        What is not among the values has the model's own.
        """
        before = {name: float(self._model.getParameter(name).getValue()) for name in {*values, *self._formulas}}
        try:
            for name, value in values.items():
                self._model.getParameter(name).setValue(value)
            formulas = {name: tree for name, tree in self._formulas.items() if name not in values}
            return {**values, **self._solved(formulas)}
        finally:
            for name, value in before.items():
                self._model.getParameter(name).setValue(value)

    def _solved(self, formulas: Mapping[str, Any]) -> dict[str, float]:
        derived: dict[str, float] = {}
        for _ in formulas:
            before = dict(derived)
            for name, formula in formulas.items():
                derived[name] = sbml.value_of(formula, self._model)
                self._model.getParameter(name).setValue(derived[name])
            if derived == before:
                break
        return derived

    def placed(self, places: Vector) -> dict[str, float]:
        """Return values of all drawn and derived parameters.

        Args:
            places: for each of `names`, how far up its range the value lies, in [0, 1); on the log scale for those
                that are drawn log-uniformly.
        """
        return {name: float(column[0]) for name, column in self.columns(places[np.newaxis]).items()}

    @property
    def filled(self) -> frozenset[str]:
        """The parameters that have a value of their own in each draw: those drawn, and those derived."""
        return frozenset({*self.ranges, *self._formulas})

    def columns(self, places: Vector) -> dict[str, Vector]:
        """Return the values of many draws, one array a parameter; see `placed`.

        Args:
            places: of shape (draws, `names`).
        """
        values = {name: self._placed(name, places[:, place]) for place, name in enumerate(self.names)}
        if self._many is None:
            rows = [
                self.completed({name: float(one[row]) for name, one in values.items()}) for row in range(len(places))
            ]
            return {name: np.array([row[name] for row in rows]) for name in self.filled if rows}
        own = {name: np.full(len(places), self._model.getParameter(name).getValue()) for name in self._many.symbols}
        return {**values, **self._many.solved({**own, **values}, len(places))}

    @cached_property
    def _many(self) -> Formulas | None:
        """The formulas for many draws at once, where that can be done."""
        try:
            found = Formulas(self._formulas)
        except NotSupportedError:
            return None
        return found if all(self._model.getParameter(name) is not None for name in found.symbols) else None

    def _placed(self, name: str, share: Vector) -> Vector:
        low, high = self.ranges[name]
        if name in self._logarithmic:
            return np.asarray(np.exp(np.log(low) + share * (np.log(high) - np.log(low))))
        return low + share * (high - low)

    def scale(self, name: str) -> str:
        """Say how a parameter is drawn: ``log-uniform`` or ``uniform``."""
        return "log-uniform" if name in self._logarithmic else "uniform"


def quantiles(sampler: str, number: int, dimensions: int, seed: int) -> Vector:
    """Return draws from the unit cube, of shape (number, dimensions); the same seed gives the same draws.

    With ``sobol`` and ``random``, more draws begin with the same ones.
    """
    generator = np.random.default_rng(seed)
    if sampler == "random" or dimensions == 0:
        return generator.random((number, dimensions))
    from scipy.stats import qmc

    if sampler == "lhs":
        return np.asarray(qmc.LatinHypercube(dimensions, rng=generator).random(number))
    with warnings.catch_warnings():
        # The sequence is best balanced at powers of two; other numbers only lose some of what it gains.
        warnings.filterwarnings("ignore", message="The balance properties of Sobol", category=UserWarning)
        return np.asarray(qmc.Sobol(dimensions, rng=generator).random(number))
