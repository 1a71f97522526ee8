"""Paths of influence: whether what two conditions do differently can act on an observable at all, in a setting.

What is known exactly counts: a factor of zero takes a term out of its law, whatever the state; and what starts at zero
and is only made by such terms stays there. It runs in the page "Try it" as well; see `osteon.sbml.laws` for the data.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any

from osteon.evidence.conditions import canonical, parse
from osteon.simulation.bound import Bound, Words
from osteon.simulation.contrast import Contrast
from osteon.simulation.schedule import Change, Schedule, schedule

_Found = tuple[float | None, frozenset[str]]
_NOTHING: frozenset[str] = frozenset()


class Paths:
    """The paths of influence of one model.

    Args:
        laws: of the model, with its own values; see `osteon.sbml.laws`.
        binding: of the model.
        vocabulary: the words.
    """

    def __init__(self, laws: Mapping[str, Any], binding: Bound, vocabulary: Words) -> None:
        self._laws, self._binding, self._vocabulary = laws, binding, vocabulary
        self._reached: dict[tuple[str, str, str], frozenset[str]] = {}

    def lead(self, contrast: Contrast) -> bool:
        """Say whether a path leads from what the two sides of a contrast do differently to what is read.

        What does not compare two conditions at one time and by one observable differs in other ways as well.
        """
        here, there = contrast.reading, contrast.reference
        alike = (here.observable, here.at, here.average) == (there.observable, there.at, there.average)
        sides = canonical(here.condition), canonical(there.condition)
        if not alike or sides[0] == sides[1] or self._laws["open"]:
            return True
        key = (contrast.setting, *sides)
        if key not in self._reached:
            self._reached[key] = self._observables(contrast.setting, *(parse(side) for side in sides))
        return here.observable in self._reached[key]

    def _observables(self, setting: str, *sides: Sequence[str]) -> frozenset[str]:
        """Return the observables that a path leads to from what two conditions do differently."""
        acts = self._binding.interventions
        differing = frozenset(sides[0]) ^ frozenset(sides[1])
        sources = {target for name in differing for target in (*acts[name].set, *acts[name].scale)}
        schedules = [schedule(self._binding, self._vocabulary, names, setting=setting) for names in sides]
        live = _live(self._laws, schedules, sources)
        reached = {name for name in sources if live.symbol(name)[0] != 0.0}
        flows = [(live.read(tree)[1], changed) for tree, changed in self._laws["flows"]]
        size = -1
        while len(reached) > size:
            size = len(reached)
            reached.update(name for symbols, changed in flows if symbols & reached for name in changed)
        seen = {name: live.read(tree)[1] for name, tree in self._laws["observables"].items()}
        return frozenset(name for name, symbols in seen.items() if symbols & reached)


@dataclass(frozen=True)
class _Live:
    """What mathematics depends on: its value, where that is one number throughout, and the symbols that are live."""

    fixed: Mapping[str, float]
    rules: Mapping[str, Any]
    homes: Mapping[str, str]
    known: dict[str, _Found] = field(default_factory=dict)

    def read(self, tree: Any) -> _Found:
        """Return the value of a tree, if it has one throughout, and its live symbols."""
        if isinstance(tree, str):
            return self.symbol(tree)
        if not isinstance(tree, list):
            return float(tree), _NOTHING
        operator, *operands = tree
        parts = [self.read(operand) for operand in operands]
        values = [value for value, _ in parts]
        if (operator == "times" and 0.0 in values) or (operator in ("divide", "power") and values[0] == 0.0):
            return 0.0, _NOTHING
        numbers = [value for value in values if value is not None]
        if operator in ("times", "plus", "minus") and len(numbers) == len(values):
            return _folded(operator, numbers), _NOTHING
        return None, _NOTHING.union(*(symbols for _, symbols in parts))

    def symbol(self, name: str) -> _Found:
        """Return the value of a symbol, if it has one throughout, and the live symbols behind it."""
        if name in self.fixed:
            return self.fixed[name], _NOTHING
        if name not in self.known:
            rule, home = self.rules.get(name), self.homes.get(name)
            behind = _NOTHING if home is None else self.symbol(home)[1]
            self.known[name] = (None, behind | {name}) if rule is None else self.read(rule)
        return self.known[name]


def _folded(operator: str, numbers: list[float]) -> float:
    if operator == "minus":
        return -numbers[0] if len(numbers) == 1 else numbers[0] - numbers[1]
    return prod(numbers) if operator == "times" else sum(numbers)


def _live(laws: Mapping[str, Any], schedules: Iterable[Schedule], sources: Collection[str]) -> _Live:
    """Return what is live under some conditions: all but what has one value in each of them, and what stays at zero.

    What the conditions differ in is live as well, even where it happens to have one value, but for one of zero.
    """
    stages = [changes for one in schedules for changes in (one.before, *(period.changes for period in one.periods))]
    own = {**laws["constants"], **laws["starts"]}
    taken = {
        name: {stage.get(name, Change()).applied(own.get(name, 0.0)) for stage in stages}
        for name in {name for stage in stages for name in stage}
    }
    fixed = {name: value for name, value in laws["constants"].items() if name not in taken}
    for name, values in taken.items():
        if len(values) == 1 and name not in laws["starts"] and (name not in sources or values == {0.0}):
            fixed[name] = min(values)
    rules = {name: tree for name, tree in laws["rules"].items() if name not in taken}
    zero = {name for name, value in laws["starts"].items() if taken.get(name, {value}) == {0.0}}
    while True:
        live = _Live(fixed | dict.fromkeys(zero, 0.0), rules, laws["homes"])
        made = {name for tree, changed in laws["flows"] if live.read(tree)[0] != 0.0 for name in changed}
        if not made & zero:
            return live
        zero -= made
