"""The wiring of a model: what raises and what lowers what, for drawing.

Finer than `influence`, which asks only whether one state moves another: here the values that rules compute are stations
on the way, every arrow has a sign, and every reaction has its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal

import numpy as np

from osteon import sbml
from osteon.simulation.vector import Vector as Slopes

ArrowSign = Literal["raises", "lowers", "both ways", "turns into"]
NodeKind = Literal["species", "rule", "conversion"]

# Signs are read in these states around the one in the file: a derivative may vanish or turn in a single one.
_STATES = 8
_SPREAD = 0.1  # standard deviation of the logarithm of each species: bone must stay in its space
_STEP = 1e-4
_NEGLIGIBLE = 1e-9


@dataclass(frozen=True)
class Node:
    """A species, a value that a rule computes, or a reaction that turns one species into another.

    ``group`` is the prefix of the part that brings it, or empty.
    """

    id: str
    label: str
    kind: NodeKind
    group: str


@dataclass(frozen=True)
class Arrow:
    """An arrow from one node to another, with the reactions through which it acts."""

    source: str
    target: str
    sign: ArrowSign
    reactions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wiring:
    """A model as nodes and arrows.

    ``own`` are the reactions on which no other node acts, by the species they change; ``titles`` those of the parts, by
    the group of their nodes.
    """

    nodes: tuple[Node, ...]
    arrows: tuple[Arrow, ...]
    own: Mapping[str, tuple[str, ...]]
    titles: Mapping[str, str]


def wiring(text: str, parts: Mapping[str, str], shown: str) -> Wiring:
    """Read the wiring from SBML text.

    An arm that is switched off has no arrow. Where a rule would only pass on what one node does, or what is done to one
    node, its neighbours are joined directly.

    Args:
        text: the model.
        parts: title of each part, by the prefix of its symbols.
        shown: the file as the user knows it, for messages.
    """
    return _Reader(sbml.flattened(sbml.read(text, shown)), parts).read()


class _Reader:
    def __init__(self, document: Any, parts: Mapping[str, str]) -> None:
        self._document, self._parts = document, parts
        self._model = document.getModel()
        self._bare = document.clone()  # without rules: what they compute can be moved by itself
        self._species = {item.getId(): item for item in self._model.getListOfSpecies()}
        listed = self._model.getListOfRules()
        self._rules = {rule.getVariable(): rule.getMath() for rule in listed if rule.isAssignment()}
        for name in self._rules:
            self._bare.getModel().removeRuleByVariable(name)
        self._states = list(self._some_states())

    def read(self) -> Wiring:
        """Return the wiring."""
        arrows = _merged([*self._rule_arrows(), *self._reaction_arrows()])
        arrows = _without_stations(arrows, frozenset(self._rules) - frozenset(self._species))
        ends = {end for arrow in arrows for end in (arrow.source, arrow.target)}
        names = [*self._species, *(name for name in (*self._rules, *self._conversions()) if name in ends)]
        acted = {reaction for arrow in arrows for reaction in arrow.reactions}
        own: dict[str, list[str]] = {}
        for reaction in self._model.getListOfReactions():
            if reaction.getId() not in acted:
                own.setdefault(next(iter(_changes(reaction)), ""), []).append(reaction.getId())
        return Wiring(
            tuple(self._node(name) for name in dict.fromkeys(names)),
            tuple(arrows),
            {name: tuple(reactions) for name, reactions in own.items()},
            self._parts,
        )

    def _some_states(self) -> Iterator[dict[str, float]]:
        generator = np.random.default_rng(0)
        for number in range(_STATES):
            state = {}
            for name, item in self._species.items():
                own = sbml.value(item, "species") or 0.0
                factor = float(np.exp(_SPREAD * generator.standard_normal()))
                state[name] = own if number == 0 else max(own, 0.1) * factor
            yield state | self._computed(state)

    def _computed(self, state: Mapping[str, float]) -> dict[str, float]:
        """Return what every rule makes of a state."""
        document = self._document.clone()
        for name, value in state.items():
            _set(document.getModel(), name, value)
        return {name: sbml.value_of(math, document.getModel()) for name, math in self._rules.items()}

    def _slopes(self, math: Any, name: str, names: Iterable[str]) -> Slopes:
        """Return the derivative by one of the symbols in every state, with nothing where it is only rounding."""
        model = self._bare.getModel()
        slopes = []
        for state in self._states:
            for other in names:
                _set(model, other, state[other])
            step = _STEP * max(abs(state[name]), 1e-2)
            values = []
            for moved in (state[name] + step, state[name]):
                _set(model, name, moved)
                values.append(sbml.value_of(math, model))
            slope = (values[0] - values[1]) / step
            slopes.append(slope if abs(slope) > _NEGLIGIBLE * max(1.0, abs(values[1])) else 0.0)
        return np.array(slopes)

    def _inputs(self, math: Any) -> dict[str, Slopes]:
        names = sorted(sbml.names_in(math) & {*self._species, *self._rules})
        found = {name: self._slopes(math, name, names) for name in names}
        return {name: slopes for name, slopes in found.items() if slopes.any()}

    def _rule_arrows(self) -> Iterator[Arrow]:
        for target, math in self._rules.items():
            for source, slopes in self._inputs(math).items():
                yield Arrow(source, target, _word(slopes))

    def _reaction_arrows(self) -> Iterator[Arrow]:
        """Yield what acts on each species, all its reactions taken together, and on each conversion."""
        total: dict[tuple[str, str], Slopes] = {}
        through: dict[tuple[str, str], list[str]] = {}
        conversions = self._conversions()
        for reaction in self._model.getListOfReactions():
            name, changes = reaction.getId(), _changes(reaction)
            inputs = self._inputs(reaction.getKineticLaw().getMath())
            if name in conversions:
                used = {species for species, change in changes.items() if change < 0}
                yield from (Arrow(species, name, "turns into", (name,)) for species in sorted(used))
                yield from (Arrow(name, species, "turns into", (name,)) for species in sorted(set(changes) - used))
                inputs = {source: slopes for source, slopes in inputs.items() if source not in used}
                changes = {name: 1.0}
            for (source, slopes), (target, change) in product(inputs.items(), changes.items()):
                if source != target:
                    total[source, target] = total.get((source, target), 0.0) + change * slopes
                    through.setdefault((source, target), []).append(name)
        for (source, target), slopes in total.items():
            if slopes.any():
                yield Arrow(source, target, _word(slopes), tuple(through[source, target]))

    def _conversions(self) -> list[str]:
        return [
            item.getId()
            for item in self._model.getListOfReactions()
            if len({*map(np.sign, _changes(item).values())}) == 2
        ]

    def _node(self, name: str) -> Node:
        part = next((part for part in self._parts if name.startswith(f"{part}_")), "")
        own = name.removeprefix(f"{part}_") if part else name
        item = self._model.getElementBySId(name)
        kind: NodeKind = "species" if name in self._species else "rule" if name in self._rules else "conversion"
        return Node(name, item.getName() or _spoken(own), kind, part)


def _changes(reaction: Any) -> dict[str, float]:
    """Return by how much one turn of a reaction changes each species."""
    changes: dict[str, float] = {}
    for sides, factor in ((reaction.getListOfReactants(), -1.0), (reaction.getListOfProducts(), 1.0)):
        for reference in sides:
            name = reference.getSpecies()
            changes[name] = changes.get(name, 0.0) + factor * reference.getStoichiometry()
    return {name: change for name, change in changes.items() if change}


def _set(model: Any, name: str, value: float) -> None:
    species = model.getSpecies(name)
    if species is None:
        model.getParameter(name).setValue(value)
    elif species.isSetInitialConcentration():
        species.setInitialConcentration(value)
    else:
        species.setInitialAmount(value)


def _word(slopes: Slopes) -> ArrowSign:
    signs = {*np.sign(slopes)} - {0.0}
    return "both ways" if len(signs) == 2 else "raises" if signs == {1.0} else "lowers"


def _spoken(name: str) -> str:
    """Return a symbol as words: ``FreeSclerostin`` as ``Free sclerostin``."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).replace("_", " ").split()
    return " ".join([words[0], *(word if word.isupper() else word[0].lower() + word[1:] for word in words[1:])])


def _merged(arrows: Iterable[Arrow]) -> list[Arrow]:
    """Return one arrow for all that join the same nodes in the same way."""
    found: dict[tuple[str, str, ArrowSign], set[str]] = {}
    for arrow in arrows:
        found.setdefault((arrow.source, arrow.target, arrow.sign), set()).update(arrow.reactions)
    return [Arrow(*key, tuple(sorted(reactions))) for key, reactions in found.items()]


def _without_stations(arrows: list[Arrow], rules: frozenset[str]) -> list[Arrow]:
    """Take out every rule that nothing reads, nothing moves, or that only hands on between one node and others."""
    for rule in sorted(rules):
        into = [arrow for arrow in arrows if arrow.target == rule]
        out = [arrow for arrow in arrows if arrow.source == rule]
        if min(len(into), len(out)) <= 1:
            joined = [_joined(first, second) for first, second in product(into, out)]
            left = [arrow for arrow in arrows if rule not in (arrow.source, arrow.target)]
            return _without_stations(
                _merged([*left, *(arrow for arrow in joined if arrow.source != arrow.target)]), rules - {rule}
            )
    return arrows


def _joined(first: Arrow, second: Arrow) -> Arrow:
    signs = {first.sign, second.sign}
    sign: ArrowSign = "both ways" if "both ways" in signs else "raises" if len(signs) == 1 else "lowers"
    return Arrow(first.source, second.target, sign, second.reactions)
