"""Slices: the smallest part of a model that answers what is read of an experiment.

A state has to be integrated only if it *moves* (something that changes after rest reaches it) and if something that is
read *needs* it. A state that does not move stays at its rest, and one that starts at zero with a rate of zero stays
there; both are constants, and a term that is multiplied by zero carries no influence. So the answer of a slice is that
of the whole model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_

from osteon.sbml.expressions import TIME
from osteon.sbml.mechanism import Mechanism
from osteon.simulation.schedule import Change, Changes, Schedule

_KEEP_ZERO = ("abs", "sign", "floor", "ceil", "sin", "tanh")


class Influences:
    """What each rate and each rule of a model depends on, given which symbols are zero."""

    def __init__(self, model: Mechanism) -> None:
        self._terms, self._model = model.terms, model
        wanted = [*model.rates.values(), *model.rules.values()]
        self._order = self._terms.order(wanted)
        names = sorted({part[1] for node in self._order for part in [self._terms.nodes[node]] if part[0] == "symbol"})
        self._bits = {name: 1 << number for number, name in enumerate(names)}
        self._found: dict[frozenset[str], dict[int, int]] = {}
        self._every = self._masks(frozenset())

    @property
    def states(self) -> frozenset[str]:
        """Everything that has a rate."""
        return frozenset(self._model.rates)

    def rates(self, zero: frozenset[str]) -> dict[str, frozenset[str] | None]:
        """Return the symbols that each rate depends on; nothing for a rate that is zero whatever they are."""
        masks = self._masks(zero)
        return {name: None if masks[node] < 0 else self._names(masks[node]) for name, node in self._model.rates.items()}

    def rule(self, name: str, zero: frozenset[str]) -> frozenset[str]:
        """Return the symbols that a rule depends on."""
        return self._names(max(0, self._masks(zero)[self._model.rules[name]]))

    def _names(self, mask: int) -> frozenset[str]:
        return frozenset(name for name, bit in self._bits.items() if mask & bit)

    def _masks(self, zero: frozenset[str]) -> dict[int, int]:
        """Return for each node the symbols that it depends on, as bits; minus one where it is zero."""
        if zero not in self._found:
            masks: dict[int, int] = {}
            for node in self._order:
                masks[node] = self._mask(node, masks, zero)
            self._found[zero] = masks
        return self._found[zero]

    def _mask(self, node: int, masks: Mapping[int, int], zero: frozenset[str]) -> int:
        kind, *parts = self._terms.nodes[node]
        if kind == "number":
            return -1 if parts[0] == 0.0 else 0
        if kind == "symbol":
            return -1 if parts[0] in zero else self._bits[parts[0]]
        operands = [masks[part] for part in parts]
        together = reduce(or_, (mask for mask in operands if mask >= 0), 0)
        if self._vanishes(kind, parts, operands):
            return -1
        if kind == "inv" and operands[0] < 0:  # what becomes of that is not for us to say
            return self._every[node]
        return together

    def _vanishes(self, kind: str, parts: list[int], operands: list[int]) -> bool:
        nothing = [mask < 0 for mask in operands]
        if kind == "mul":
            return any(nothing)
        if kind == "add":
            return all(nothing)
        if kind == "choose":
            return nothing[1] and nothing[2]
        if kind == "pow":
            return nothing[0] and self._is_positive(parts[1])
        return kind in _KEEP_ZERO and nothing[0]

    def _is_positive(self, node: int) -> bool:
        kind, *parts = self._terms.nodes[node]
        value = parts[0] if kind == "number" else self._model.constants.get(parts[0], 0.0) if kind == "symbol" else 0.0
        return bool(value > 0.0)


@dataclass(frozen=True)
class Start:
    """What is known of a model's own values in every draw: the constants and the states that are zero."""

    constants: frozenset[str]
    states: frozenset[str]


@dataclass(frozen=True)
class Slice:
    """The part of a model that answers one experiment.

    Attributes:
        states: what has to be integrated, from rest on.
        needed: what has to move if the rest is to be found as well.
        timed_rest: whether time acts on the resting state, so that there is none.
        timed_end: whether it acts on the state that the experiment leads to.
    """

    states: frozenset[str]
    needed: frozenset[str]
    timed_rest: bool
    timed_end: bool


def sliced(influences: Influences, schedule: Schedule, observables: Iterable[str], start: Start) -> Slice:
    """Return the slice of one experiment.

    Args:
        influences: of the model.
        schedule: the experiment.
        observables: the rules of the model that are read.
        start: what is zero in the model's own values.
    """
    stages: list[tuple[Changes, Changes]] = [(schedule.before, schedule.before)]
    stages += [(period.changes, period.begun) for period in schedule.periods]
    still = start.states
    found = []
    for changes, begun in stages:
        # A species is set once, when its change begins; a constant stays as it is set.
        held = {name: change for name, change in changes.items() if name not in influences.states}
        zero = _zero_constants(held, start.constants)
        still = _still(influences, zero, frozenset(name for name in still if _stays_zero(begun.get(name))))
        found.append((zero | still, influences.rates(zero | still)))
    union = {name: _together(rates[name] for _, rates in found) for name in found[0][1]}
    read = _together(influences.rule(name, zero) for name in observables for zero, _ in found)
    needed = _closed(read & union.keys(), lambda name: union[name] & union.keys())
    moved = _moved(schedule, union) if schedule.equilibrate else frozenset(union)
    rest, end = (frozenset().union(*(each or () for each in rates.values())) for _, rates in (found[0], found[-1]))
    return Slice((needed & moved) - still, needed - still, TIME in rest, TIME in end)


def _zero_constants(changes: Changes, own: frozenset[str]) -> frozenset[str]:
    """Return the constants that are zero under some changes."""
    changed = {name for name, change in changes.items() if change.factor == 0.0 or change.value == 0.0}
    other = {name for name, change in changes.items() if change.value is not None}
    return frozenset(changed | (own - other))


def _stays_zero(change: Change | None) -> bool:
    return change is None or not change.value or change.factor == 0.0


def _still(influences: Influences, zero: frozenset[str], states: frozenset[str]) -> frozenset[str]:
    """Return the states that stay zero: those whose rates are zero as long as all of these are."""
    while True:
        rates = influences.rates(zero | states)
        kept = frozenset(name for name in states if rates[name] is None)
        if kept == states:
            return kept
        states = kept


def _moved(schedule: Schedule, rates: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Return the states that something reaches which is not as it was at rest."""
    changed = {TIME}
    for period in schedule.periods:
        names = {*period.changes, *schedule.before}
        changed |= {name for name in names if period.changes.get(name) != schedule.before.get(name)}
        changed |= set(period.begun)
    reached = {name for name in rates if name in changed}
    while True:
        more = {name for name, read in rates.items() if name not in reached and (read & changed or read & reached)}
        if not more:
            return frozenset(reached)
        reached |= more


def _together(sets: Iterable[frozenset[str] | None]) -> frozenset[str]:
    return frozenset().union(*(each for each in sets if each))


def _closed(start: frozenset[str], following: Callable[[str], frozenset[str]]) -> frozenset[str]:
    found, front = set(start), list(start)
    while front:
        fresh = following(front.pop()) - found
        found |= fresh
        front += fresh
    return frozenset(found)


GROUPS = 8
"""Most groups of slices, each of which is compiled."""


def grouped(slices: Mapping[str, frozenset[str]], most: int = GROUPS) -> dict[str, frozenset[str]]:
    """Return for each experiment the states of its group: at most so many groups, joined where that costs least.

    A step costs about as much as there are states. Groups are joined also where that costs less than a tenth of all.
    """
    groups: list[tuple[frozenset[str], list[str]]] = []
    for states in dict.fromkeys(slices.values()):
        groups.append((states, [name for name, one in slices.items() if one == states]))
    whole = sum(len(states) * len(names) for states, names in groups)
    while len(groups) > 1:
        cost, first, second = min((_cost(groups[i], groups[j]), i, j) for i in range(len(groups)) for j in range(i))
        if len(groups) <= most and cost > whole / 10:
            break
        joined = (groups[first][0] | groups[second][0], groups[first][1] + groups[second][1])
        groups = [one for place, one in enumerate(groups) if place not in (first, second)] + [joined]
    return {name: states for states, names in groups for name in names}


def _cost(one: tuple[frozenset[str], list[str]], other: tuple[frozenset[str], list[str]]) -> int:
    together = len(one[0] | other[0]) * (len(one[1]) + len(other[1]))
    return together - len(one[0]) * len(one[1]) - len(other[0]) * len(other[1])
