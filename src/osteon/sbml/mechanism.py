"""A model's equations, from its SBML: rates, rules and constants as terms of one graph.

Species stand for amounts, as in a state of `osteon.simulation.engine`; where the file counts a species in
concentrations, its symbol in mathematics becomes the amount over the size of its compartment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import nan
from typing import Any

from osteon.sbml import reading
from osteon.sbml.expressions import Expressions
from osteon.sbml.mathematics import MathReader, NotSupportedError


@dataclass(frozen=True)
class Mechanism:
    """The equations of a model.

    Attributes:
        terms: the graph that all nodes are in.
        rates: for each state the node of its rate of change; of species in amounts.
        rules: for each rule of assignment its node.
        constants: parameters, compartments and species that nothing changes, with their values in the file.
        counted: for each state that the file counts in concentrations, its compartment.
        compartments: ids of the compartments.
    """

    terms: Expressions
    rates: Mapping[str, int]
    rules: Mapping[str, int]
    constants: Mapping[str, float]
    counted: Mapping[str, str]
    compartments: frozenset[str]


def mechanism(text: str, shown: str, inputs: frozenset[str] = frozenset()) -> Mechanism:
    """Read the equations of a model.

    Args:
        text: its SBML text.
        shown: the file as the user knows it, for messages.
        inputs: species that nothing in the model changes.

    Raises:
        NotSupportedError: if it has events, delays, algebraic rules or whatever else these equations do not say.
    """
    document = reading.flattened(reading.read(text, shown))
    model = document.getModel()
    _refuse(model)
    return _Reader(model, inputs).read()


def _refuse(model: Any) -> None:
    checks = (
        ("events", model.getNumEvents()),
        ("constraints", model.getNumConstraints()),
        ("initial assignments", model.getNumInitialAssignments()),
        ("algebraic rules", any(rule.isAlgebraic() for rule in model.getListOfRules())),
        ("a conversion factor", model.isSetConversionFactor()),
        ("function definitions", model.getNumFunctionDefinitions()),
        ("compartments of variable size", any(model.getRule(one.getId()) for one in model.getListOfCompartments())),
    )
    for what, there in checks:
        if there:
            raise NotSupportedError(what)


class _Reader:
    def __init__(self, model: Any, inputs: frozenset[str]) -> None:
        self._model, self._inputs = model, inputs
        self._terms = Expressions()
        self._math = MathReader(self._terms, self._symbol)
        self._assigned = {rule.getVariable(): rule.getMath() for rule in model.getListOfRules() if rule.isAssignment()}
        # A reaction's id stands for its rate.
        self._laws = {one.getId(): self._law(one) for one in model.getListOfReactions()}
        self._species = {one.getId(): one for one in model.getListOfSpecies()}
        self._made: dict[str, int] = {}
        self._open: set[str] = set()
        self._rated = {rule.getVariable() for rule in model.getListOfRules() if rule.isRate()}

    def _law(self, reaction: Any) -> Any:
        if not reaction.isSetKineticLaw() or reaction.getKineticLaw().getMath() is None:
            raise NotSupportedError(f"reaction {reaction.getId()!r} without a rate law")
        return reaction.getKineticLaw().getMath()

    def read(self) -> Mechanism:
        rates = {
            name: self._terms.number(0.0)
            for name, one in self._species.items()
            if name not in self._inputs and name not in self._assigned and not one.getBoundaryCondition()
        }
        for reaction in self._model.getListOfReactions():
            self._react(reaction, rates)
        for rule in self._model.getListOfRules():
            if rule.isRate():
                name = rule.getVariable()
                if name in self._species and not self._species[name].getHasOnlySubstanceUnits():
                    raise NotSupportedError(f"a rate rule for {name!r}, which counts in concentrations")
                rates[name] = self._math.read(rule.getMath())
        rules = {name: self._symbol(name) for name in self._assigned}
        lists = (("parameter", self._model.getListOfParameters()), ("compartment", self._model.getListOfCompartments()))
        values = {item.getId(): reading.value(item, kind) for kind, items in lists for item in items}
        fixed = {name: value for name, value in values.items() if name not in {*self._assigned, *rates}}
        constants = {name: nan if value is None else value for name, value in fixed.items()}
        for name in self._species:
            if name not in rates and name not in self._assigned:
                constants[name] = nan  # the engine knows in which unit it is counted
        compartments = frozenset(one.getId() for one in self._model.getListOfCompartments())
        counted = {
            name: self._species[name].getCompartment()
            for name in rates
            if name in self._species and not self._species[name].getHasOnlySubstanceUnits()
        }
        return Mechanism(self._terms, rates, rules, constants, counted, compartments)

    def _react(self, reaction: Any, rates: dict[str, int]) -> None:
        law = self._symbol(reaction.getId())
        for sign, side in ((-1.0, reaction.getListOfReactants()), (1.0, reaction.getListOfProducts())):
            for reference in side:
                name = reference.getSpecies()
                if reference.isSetStoichiometryMath() or (
                    reference.isSetId() and self._model.getRule(reference.getId())
                ):
                    raise NotSupportedError(f"a stoichiometry of {name!r} that is computed")
                if self._species[name].isSetConversionFactor():
                    raise NotSupportedError("a conversion factor")
                if name in rates:
                    number = self._terms.number(sign * reference.getStoichiometry())
                    rates[name] = self._terms.add(rates[name], self._terms.mul(number, law))

    def _symbol(self, name: str) -> int:
        """Return the node of a symbol in mathematics."""
        if name not in self._made:
            if name in self._open:
                raise NotSupportedError(f"rules that go in a circle through {name!r}")
            self._open.add(name)
            self._made[name] = self._resolved(name)
        return self._made[name]

    def _resolved(self, name: str) -> int:
        if name in self._assigned or name in self._laws:
            return self._math.read(self._assigned.get(name) or self._laws[name])
        species = self._species.get(name)
        symbol = self._terms.symbol(name)
        if species is None:
            if self._model.getParameter(name) is None and self._model.getCompartment(name) is None:
                raise NotSupportedError(f"the symbol {name!r} in mathematics")
            return symbol
        counted = species.getBoundaryCondition() and name not in self._rated
        if species.getHasOnlySubstanceUnits() or counted or name in self._inputs:
            return symbol
        return self._terms.product(symbol, self._terms.inv(self._symbol(species.getCompartment())))
