"""Drawing parameters from the ranges that bindings call plausible.

A parameter is drawn log-uniformly where its range is positive and uniformly where it begins at zero; one whose range is
a single value is left alone. Derived parameters follow from their formulas in every draw, so control stays at rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from osteon import sbml
from osteon.bindings import ParameterBinding


class Draws:
    """Reproducible draws of one model's parameters.

    Args:
        text: the model's SBML text.
        provenance: range of each parameter, and the formula of the derived ones.
        shown: the SBML file as the user knows it, for messages.
    """

    def __init__(self, text: str, provenance: Mapping[str, ParameterBinding], shown: str) -> None:
        # The document is kept, for libsbml frees a model with it.
        self._document = sbml.read(text, shown)
        self._model: Any = self._document.getModel()
        here = {name: entry for name, entry in provenance.items() if self._model.getParameter(name) is not None}
        free = {name: entry for name, entry in here.items() if entry.formula is None}
        self._ranges = {name: entry.range for name, entry in free.items() if entry.range[0] < entry.range[1]}
        self._formulas = {
            name: sbml.parse_formula(entry.formula, self._model, f"parameters.{name}.formula")
            for name, entry in here.items()
            if entry.formula is not None
        }

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters that are drawn, in a fixed order."""
        return tuple(sorted(self._ranges))

    def take(self, number: int, seed: int) -> Iterator[dict[str, float]]:
        """Yield values of all drawn and derived parameters, ``number`` times; the same seed gives the same values."""
        generator = np.random.default_rng(seed)
        for _ in range(number):
            yield self.completed({name: self._drawn(name, generator) for name in self.names})

    def completed(self, values: Mapping[str, float]) -> dict[str, float]:
        """Return values with those that follow from them by formula; formulas may build on one another."""
        for name, value in values.items():
            self._model.getParameter(name).setValue(value)
        derived: dict[str, float] = {}
        for _ in self._formulas:
            before = dict(derived)
            for name, formula in self._formulas.items():
                derived[name] = sbml.value_of(formula, self._model)
                self._model.getParameter(name).setValue(derived[name])
            if derived == before:
                break
        return {**values, **derived}

    def _drawn(self, name: str, generator: np.random.Generator) -> float:
        low, high = self._ranges[name]
        if low > 0:
            return float(np.exp(generator.uniform(np.log(low), np.log(high))))
        return float(generator.uniform(low, high))
