"""The words in which a claim expects a result, and the thresholds behind them.

With ``y`` an observable, the effect of a contrast is ``E = ln(y_condition / y_reference)``. `WORDS` is the only place
where a number decides whether a word holds. Evidence, its JSON Schema, verification, exports, the report and the site
all read it, so a new word is one new entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import copysign, exp, inf, isfinite, isinf, isnan, log
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WordKind = Literal["contrast", "comparison", "order", "structure"]
"""What a word judges: one effect E; E against a second effect E'; the order of two half-maximum times; or the graph of
influences of a model."""


@dataclass(frozen=True)
class Interval:
    """A closed interval of effects or of ratios of effects; ``open_below`` leaves the lower end out."""

    low: float
    high: float
    open_below: bool = False

    def __contains__(self, value: float) -> bool:
        above = value > self.low if self.open_below else value >= self.low
        return above and value <= self.high


@dataclass(frozen=True)
class Word:
    """One word of expectation.

    Attributes:
        name: as it stands under ``expect`` in a check.
        kind: what it judges.
        interval: where E (contrast) or the ratio E/E' (comparison) must lie; ``None`` for the other kinds.
        stress: whether E' is the effect of a stress, so that it must itself be an increase or a decrease.
        label: whether the word also serves to name any effect, such as that of a prediction.
        rule: what must be the case, in plain characters, where no interval says so.
        direct: whether a structure word is about a direct influence, and not about any path of influences.
        absent: whether a structure word expects that there is none.
    """

    name: str
    kind: WordKind
    interval: Interval | None = None
    stress: bool = False
    label: bool = False
    rule: str = ""
    direct: bool = False
    absent: bool = False

    @property
    def threshold(self) -> str:
        """The threshold in plain characters, for tables and reports."""
        if self.interval is None:
            return self.rule
        low, high = self.interval.low, self.interval.high
        if self.kind == "contrast":
            return _bounds("fold change", exp(low), exp(high), self.interval.open_below)
        return _bounds("E/E'", low, high, self.interval.open_below)


_GRAPH = "graph of influences"

WORDS: Mapping[str, Word] = MappingProxyType(
    {
        word.name: word
        for word in (
            Word("increase", "contrast", Interval(log(1.10), inf), label=True),
            Word("decrease", "contrast", Interval(-inf, -log(1.10)), label=True),
            Word("large increase", "contrast", Interval(log(2.0), inf)),
            Word("large decrease", "contrast", Interval(-inf, -log(2.0))),
            Word("slight increase", "contrast", Interval(log(1.02), log(1.25))),
            Word("slight decrease", "contrast", Interval(-log(1.25), -log(1.02))),
            Word("unchanged", "contrast", Interval(-log(1.05), log(1.05)), label=True),
            Word("hardly changed", "contrast", Interval(-log(1.10), log(1.10)), label=True),
            Word("no clear difference", "contrast", Interval(-log(1.25), log(1.25))),
            Word("not increased", "contrast", Interval(-inf, log(1.05))),
            Word("abolished", "contrast", Interval(-inf, log(0.10)), label=True),
            Word("same", "comparison", Interval(0.9, 1.1)),
            Word("weaker", "comparison", Interval(0.0, 0.8, open_below=True)),
            Word("stronger", "comparison", Interval(1.25, inf)),
            Word("prevented", "comparison", Interval(-inf, 0.2), stress=True),
            Word("partly prevented", "comparison", Interval(0.2, 0.8, open_below=True), stress=True),
            Word("not prevented", "comparison", Interval(0.9, inf), stress=True),
            Word("precedes", "order", rule="half-maximum earlier"),
            Word("influences", "structure", rule=_GRAPH),
            Word("does not influence", "structure", rule=_GRAPH, absent=True),
            Word("directly influences", "structure", rule=_GRAPH, direct=True),
            Word("does not directly influence", "structure", rule=_GRAPH, direct=True, absent=True),
        )
    }
)
"""Every word of expectation, by its name."""

SMALLEST_EFFECT = log(1.02)
"""Least size of E' for a ratio E/E' to mean anything: the least effect that has a word of its own."""


def names(*kinds: WordKind) -> tuple[str, ...]:
    """Return the words of some kinds, in the order of `WORDS`."""
    return tuple(word.name for word in WORDS.values() if word.kind in kinds)


@cache
def labels() -> tuple[Word, ...]:
    """Return the words that name an effect, the more specific first: a word comes before one that includes it."""
    chosen = [word for word in WORDS.values() if word.label]
    return tuple(sorted(chosen, key=lambda word: -sum(_includes(other.name, word.name) for other in chosen)))


def _includes(wide: str, narrow: str) -> bool:
    outer, inner = interval(wide), interval(narrow)
    return outer != inner and outer.low <= inner.low and inner.high <= outer.high


def _known(word: str) -> Word:
    if word not in WORDS:
        raise ValueError(f"unknown expectation {word!r}")
    return WORDS[word]


def interval(word: str) -> Interval:
    """Return where the effect E must lie for a contrast word to hold, or the ratio E/E' for a comparison word.

    Raises:
        ValueError: if the word is unknown, or judges no effect.
    """
    found = _known(word).interval
    if found is None:
        raise ValueError(f"{word!r} judges no effect")
    return found


def ratio(effect: float, second: float) -> float:
    """Return E/E', also where the observable disappears (E = -inf) or appears (E = inf).

    Two effects without limit are equal, up to their sign; beside one without limit every finite effect is nothing.

    Args:
        effect: E.
        second: E'; not zero.
    """
    if isinf(effect) and isinf(second):
        return copysign(1.0, effect) * copysign(1.0, second)
    return effect / second


def holds(word: str, effect: float, second: float | None = None) -> bool:
    """Say whether an expectation holds.

    Args:
        word: a contrast or comparison word.
        effect: E, the natural logarithm of a fold change; may be infinite.
        second: E', for comparison words; may be infinite.

    Raises:
        ValueError: if the word is unknown or judges no effect, an effect is not a number, or the second is missing.
    """
    if isnan(effect) or (second is not None and isnan(second)):
        raise ValueError("an effect is not a number")
    within = interval(word)
    if WORDS[word].kind == "contrast":
        return effect in within
    if second is None:
        raise ValueError(f"{word!r} compares two effects, and the second is missing")
    return _is_comparable(WORDS[word], second) and ratio(effect, second) in within


def _is_comparable(word: Word, second: float) -> bool:
    if word.stress:
        return holds("increase", second) or holds("decrease", second)
    return abs(second) >= SMALLEST_EFFECT


def held(
    word: str, effects: NDArray[np.float64], seconds: NDArray[np.float64] | None = None, *, share: float = 0.0
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Say of many effects at once whether an expectation holds, and which come close to where that changes.

    Args:
        word: a contrast or comparison word.
        effects: E, one a draw.
        seconds: E', for comparison words.
        share: what lies within this share of a threshold is close to it.

    Returns:
        What `holds` says of each, and whether it is close; neither means anything where an effect is not a number.
    """
    import numpy as np

    within = interval(word)
    if seconds is None:
        return _inside(within, effects, share)
    least = Interval(interval("increase").low if WORDS[word].stress else SMALLEST_EFFECT, inf)
    comparable, close = _inside(least, np.abs(seconds), share)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = np.where(np.isinf(effects) & np.isinf(seconds), np.sign(effects) * np.sign(seconds), effects / seconds)
    good, near = _inside(within, ratios, share)
    return comparable & good, close | (comparable & near)


def _inside(within: Interval, values: NDArray[np.float64], share: float) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Say which values lie in an interval, and which come close to an end of it."""
    import numpy as np

    above = values > within.low if within.open_below else values >= within.low
    close = np.zeros(np.shape(values), dtype=bool)
    for end in (within.low, within.high):
        if isfinite(end):
            close |= np.abs(values - end) <= share * max(abs(end), SMALLEST_EFFECT)
    return above & (values <= within.high), close


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
    value, within = effect, interval(word)
    if WORDS[word].kind == "comparison" and second is not None:
        if not _is_comparable(WORDS[word], second):
            return 1.0
        value = ratio(effect, second)
    # An open end is missed by nothing; it still is missed.
    return min(1.0, max(within.low - value, value - within.high, 1e-9))


def band(word: str, second: float | None = None) -> tuple[float, float]:
    """Return between which effects E an expectation holds; all there are where a second effect gives no bounds.

    Args:
        word: a contrast or comparison word.
        second: E', for comparison words.

    Raises:
        ValueError: if the word is unknown, or judges no effect.
    """
    within = interval(word)
    if WORDS[word].kind == "contrast":
        return within.low, within.high
    if second is None or isinf(second) or second == 0.0:
        return -inf, inf
    low, high = sorted((within.low * second, within.high * second))
    return low, high


def margin(word: str, effect: float, second: float | None = None) -> float:
    """Return how far an effect lies inside the `band` of a word, on the scale of E; below zero where it lies outside.

    Infinite where no number decides: E is infinite, or the second effect gives no bounds.

    Args:
        word: a contrast or comparison word.
        effect: E.
        second: E', for comparison words.

    Raises:
        ValueError: as in `holds`.
    """
    good = holds(word, effect, second)
    low, high = band(word, second)
    if second is not None and not _is_comparable(WORDS[word], second):
        return -inf
    ends = [effect - low] * (low > -inf) + [high - effect] * (high < inf)
    return min(ends, default=inf if good else -inf)


def threshold(word: str) -> str:
    """Return the threshold of a word in plain characters, for tables and reports.

    Raises:
        ValueError: if the word is unknown.
    """
    return _known(word).threshold


def _bounds(name: str, low: float, high: float, open_below: bool) -> str:
    if high == inf:
        return f"{name} >= {low:.3g}"
    if low in (-inf, 0.0) and not (open_below and low == 0.0):
        return f"{name} <= {high:.3g}"
    return f"{low:.3g} {'<' if open_below else '<='} {name} <= {high:.3g}"
