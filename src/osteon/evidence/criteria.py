"""The words in which a claim expects a direction, and the thresholds behind them.

With ``y`` an observable, the effect of a contrast is ``E = ln(y_condition / y_reference)``. This module is the only
place where a number decides whether a word holds; the report prints these numbers, and nothing else may move them.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, isnan, log
from typing import Literal, get_args

ContrastWord = Literal[
    "increase", "decrease", "slight increase", "slight decrease", "unchanged", "hardly changed", "abolished"
]
"""Words that judge one effect."""

ComparisonWord = Literal["same", "weaker", "stronger", "prevented", "partly prevented", "not prevented"]
"""Words that judge an effect E against a second one, E'."""

OrderWord = Literal["precedes"]
"""The word that judges the order of two half-maximum times."""

StructureWord = Literal["influences", "does not influence", "directly influences", "does not directly influence"]
"""Words that judge the graph of influences of a model."""

CONTRAST_WORDS: tuple[str, ...] = get_args(ContrastWord)
COMPARISON_WORDS: tuple[str, ...] = get_args(ComparisonWord)


@dataclass(frozen=True)
class Interval:
    """A closed interval of effects or of ratios of effects; ``open_below`` leaves the lower end out."""

    low: float
    high: float
    open_below: bool = False

    def __contains__(self, value: float) -> bool:
        above = value > self.low if self.open_below else value >= self.low
        return above and value <= self.high


_INFINITY = float("inf")

EFFECTS: dict[str, Interval] = {
    "increase": Interval(log(1.10), _INFINITY),
    "decrease": Interval(-_INFINITY, -log(1.10)),
    "slight increase": Interval(log(1.02), log(1.25)),
    "slight decrease": Interval(-log(1.25), -log(1.02)),
    "unchanged": Interval(-log(1.05), log(1.05)),
    "hardly changed": Interval(-log(1.10), log(1.10)),
    "abolished": Interval(-_INFINITY, log(0.10)),
}
"""Where the effect E must lie for a contrast word to hold."""

RATIOS: dict[str, Interval] = {
    "same": Interval(0.9, 1.1),
    "weaker": Interval(0.0, 0.8, open_below=True),
    "stronger": Interval(1.25, _INFINITY),
    "prevented": Interval(-_INFINITY, 0.2),
    "partly prevented": Interval(0.2, 0.8, open_below=True),
    "not prevented": Interval(0.9, _INFINITY),
}
"""Where the ratio E/E' must lie for a comparison word to hold."""

STRESS_WORDS = frozenset({"prevented", "partly prevented", "not prevented"})
"""Comparison words whose second effect is a stress that must itself be an increase or a decrease."""

SMALLEST_EFFECT = log(1.02)
"""Least size of E' for a ratio E/E' to mean anything: the least effect that has a word of its own."""


def holds(word: str, effect: float, second: float | None = None) -> bool:
    """Say whether an expectation holds.

    Args:
        word: a contrast or comparison word.
        effect: E, the natural logarithm of a fold change; may be infinite.
        second: E', for comparison words.

    Raises:
        ValueError: if the word is unknown, an effect is not a number, or the second effect is missing.
    """
    if isnan(effect) or (second is not None and isnan(second)):
        raise ValueError("an effect is not a number")
    if word in EFFECTS:
        return effect in EFFECTS[word]
    if word not in RATIOS:
        raise ValueError(f"unknown expectation {word!r}")
    if second is None:
        raise ValueError(f"{word!r} compares two effects, and the second is missing")
    return _is_comparable(word, second) and effect / second in RATIOS[word]


def _is_comparable(word: str, second: float) -> bool:
    if word in STRESS_WORDS:
        return second in EFFECTS["increase"] or second in EFFECTS["decrease"]
    return abs(second) >= SMALLEST_EFFECT


def shortfall(word: str, effect: float, second: float | None = None) -> float:
    """Return how far an expectation is from holding: nothing where it holds, else above zero and at most one.

    Args:
        word: a contrast or comparison word.
        effect: E.
        second: E', for comparison words.

    Raises:
        ValueError: as in `holds`.
    """
    if holds(word, effect, second):
        return 0.0
    if word in RATIOS and (second is None or not _is_comparable(word, second)):
        return 1.0
    interval = EFFECTS[word] if word in EFFECTS else RATIOS[word]
    value = effect if second is None or word in EFFECTS else effect / second
    # An open end is missed by nothing; it still is missed.
    return min(1.0, max(interval.low - value, value - interval.high, 1e-9))


def threshold(word: str) -> str:
    """Return the threshold of a word in plain characters, for tables and reports."""
    if word in EFFECTS:
        interval = EFFECTS[word]
        return _bounds("fold change", exp(interval.low), exp(interval.high), interval.open_below)
    if word in RATIOS:
        interval = RATIOS[word]
        return _bounds("E/E'", interval.low, interval.high, interval.open_below)
    return {"precedes": "half-maximum earlier"}.get(word, "graph of influences")


def _bounds(name: str, low: float, high: float, open_below: bool) -> str:
    if high == _INFINITY:
        return f"{name} >= {low:.3g}"
    if low in (-_INFINITY, 0.0) and not (open_below and low == 0.0):
        return f"{name} <= {high:.3g}"
    return f"{low:.3g} {'<' if open_below else '<='} {name} <= {high:.3g}"
