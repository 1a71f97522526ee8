"""The words and thresholds, as properties."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from math import inf, isnan, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osteon.evidence.criteria import (
    SMALLEST_EFFECT,
    WORDS,
    Interval,
    Word,
    band,
    holds,
    interval,
    labels,
    margin,
    names,
    ratio,
    shortfall,
    threshold,
)

TABLE = {
    "increase": (log(1.10), inf),
    "decrease": (-inf, -log(1.10)),
    "large increase": (log(2.0), inf),
    "large decrease": (-inf, -log(2.0)),
    "slight increase": (log(1.02), log(1.25)),
    "slight decrease": (-log(1.25), -log(1.02)),
    "unchanged": (-log(1.05), log(1.05)),
    "hardly changed": (-log(1.10), log(1.10)),
    "no clear difference": (-log(1.25), log(1.25)),
    "not increased": (-inf, log(1.05)),
    "abolished": (-inf, log(0.10)),
    "same": (0.9, 1.1),
    "weaker": (0.0, 0.8),
    "stronger": (1.25, inf),
    "prevented": (-inf, 0.2),
    "partly prevented": (0.2, 0.8),
    "not prevented": (0.9, inf),
}
"""Where E lies, and from "same" on where E/E' lies."""
effects = st.floats(-10, 10)
strong = effects.filter(lambda effect: abs(effect) >= log(1.10))


def test_the_words_their_thresholds_and_what_they_judge() -> None:
    """All that decides whether a word holds; a number that is changed by mistake is changed here as well, or seen."""
    intervals = {name: word.interval for name, word in WORDS.items() if word.interval is not None}
    assert {name: (within.low, within.high) for name, within in intervals.items()} == TABLE
    assert {name for name, within in intervals.items() if within.open_below} == {"weaker", "partly prevented"}
    comparisons = ("same", "weaker", "stronger", "prevented", "partly prevented", "not prevented")
    assert names("contrast") == tuple(name for name in TABLE if name not in comparisons)
    assert names("comparison") == comparisons
    assert names("order") == ("precedes",)
    assert {name for name, word in WORDS.items() if word.stress} == {"prevented", "partly prevented", "not prevented"}
    structure = {name: (word.direct, word.absent) for name, word in WORDS.items() if word.kind == "structure"}
    assert structure == {
        "influences": (False, False),
        "does not influence": (False, True),
        "directly influences": (True, False),
        "does not directly influence": (True, True),
    }
    assert not any(word.direct or word.absent for name, word in WORDS.items() if name not in structure)
    assert log(1.02) == SMALLEST_EFFECT


def test_an_interval_has_its_ends_unless_it_is_open_below() -> None:
    assert [value in Interval(1.0, 2.0) for value in (0.9, 1.0, 2.0, 2.1)] == [False, True, True, False]
    assert [value in Interval(1.0, 2.0, open_below=True) for value in (1.0, 1.1, 2.0)] == [False, True, True]


def test_the_least_effect_that_a_ratio_is_made_to() -> None:
    assert holds("same", SMALLEST_EFFECT, SMALLEST_EFFECT)
    assert not holds("same", 0.99 * SMALLEST_EFFECT, 0.99 * SMALLEST_EFFECT)
    assert holds("not prevented", log(1.10), log(1.10))
    assert not holds("not prevented", 0.99 * log(1.10), 0.99 * log(1.10))


@pytest.mark.parametrize(
    ("word", "fold", "expected"),
    [
        ("increase", 1.10, True),
        ("increase", 1.0999, False),
        ("decrease", 0.909, True),
        ("decrease", 0.9092, False),
        ("slight increase", 1.02, True),
        ("slight increase", 1.25, True),
        ("slight increase", 1.2501, False),
        ("slight decrease", 0.8001, True),
        ("slight decrease", 0.99, False),
        ("unchanged", 1.05, True),
        ("unchanged", 1.051, False),
        ("unchanged", 1 / 1.051, False),
        ("hardly changed", 1.10, True),
        ("hardly changed", 1 / 1.101, False),
        ("abolished", 0.10, True),
        ("abolished", 0.1001, False),
    ],
)
def test_thresholds_of_contrasts(word: str, fold: float, expected: bool) -> None:
    assert holds(word, log(fold)) is expected


@pytest.mark.parametrize(
    ("word", "ratio", "expected"),
    [
        ("same", 0.9, True),
        ("same", 1.11, False),
        ("weaker", 0.8, True),
        ("weaker", 0.81, False),
        ("weaker", -0.5, False),
        ("stronger", 1.25, True),
        ("stronger", 1.24, False),
        ("prevented", 0.2, True),
        ("prevented", -0.3, True),
        ("prevented", 0.21, False),
        ("partly prevented", 0.21, True),
        ("partly prevented", 0.2, False),
        ("partly prevented", 0.8, True),
        ("not prevented", 0.9, True),
        ("not prevented", 0.89, False),
    ],
)
@pytest.mark.parametrize("second", [0.5, -0.5, 4.0])
def test_thresholds_of_comparisons(word: str, ratio: float, expected: bool, second: float) -> None:
    assert holds(word, ratio * second, second) is expected


@given(effects)
def test_mirror_image(effect: float) -> None:
    for up, down in (("increase", "decrease"), ("slight increase", "slight decrease")):
        assert holds(up, effect) == holds(down, -effect)
    for even in ("unchanged", "hardly changed"):
        assert holds(even, effect) == holds(even, -effect)


@given(effects)
def test_directions_exclude_each_other(effect: float) -> None:
    assert sum(holds(word, effect) for word in ("increase", "decrease", "unchanged")) <= 1
    if holds("abolished", effect):
        assert holds("decrease", effect)


@given(strong, strong)
def test_comparisons_see_only_the_ratio(effect: float, second: float) -> None:
    for word in names("comparison"):
        assert holds(word, effect, second) == holds(word, -effect, -second)


@given(effects, strong)
def test_prevention_is_one_of_three_or_between(effect: float, second: float) -> None:
    assert sum(holds(word, effect, second) for word in ("prevented", "partly prevented", "not prevented")) <= 1


@given(effects, st.floats(-0.095, 0.095))
def test_nothing_is_prevented_where_the_stress_does_nothing(effect: float, second: float) -> None:
    assert not any(holds(word, effect, second) for word in ("prevented", "partly prevented", "not prevented"))


@given(effects, st.floats(-0.019, 0.019))
def test_no_ratio_to_noise(effect: float, second: float) -> None:
    assert not any(holds(word, effect, second) for word in names("comparison"))


def test_what_is_not_a_number_is_refused() -> None:
    with pytest.raises(ValueError, match="not a number"):
        holds("increase", float("nan"))
    with pytest.raises(ValueError, match="second is missing"):
        holds("same", 0.3)
    with pytest.raises(ValueError, match="unknown expectation"):
        holds("bigger", 0.3, 0.3)
    with pytest.raises(ValueError, match="unknown expectation"):
        threshold("bigger")
    with pytest.raises(ValueError, match="judges no effect"):
        holds("precedes", 0.3, 0.3)


def test_nothing_left_is_abolished() -> None:
    assert holds("abolished", float("-inf"))
    assert holds("decrease", float("-inf"))
    assert not holds("increase", float("-inf"))


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("increase", "fold change >= 1.1"),
        ("decrease", "fold change <= 0.909"),
        ("unchanged", "0.952 <= fold change <= 1.05"),
        ("abolished", "fold change <= 0.1"),
        ("prevented", "E/E' <= 0.2"),
        ("partly prevented", "0.2 < E/E' <= 0.8"),
        ("weaker", "0 < E/E' <= 0.8"),
        ("not prevented", "E/E' >= 0.9"),
        ("precedes", "half-maximum earlier"),
        ("influences", "graph of influences"),
    ],
)
def test_thresholds_can_be_read(word: str, said: str) -> None:
    assert threshold(word) == said


def test_every_word_has_a_threshold() -> None:
    for word in names("contrast", "comparison"):
        assert any(character.isdigit() for character in threshold(word))


@pytest.mark.parametrize(
    ("effect", "second", "expected"),
    [
        (-inf, -inf, 1.0),
        (inf, inf, 1.0),
        (inf, -inf, -1.0),
        (-inf, inf, -1.0),
        (0.4, inf, 0.0),
        (-0.4, inf, 0.0),
        (0.4, -inf, 0.0),
        (0.0, -inf, 0.0),
        (inf, 0.5, inf),
        (inf, -0.5, -inf),
        (-inf, 0.5, -inf),
        (-inf, -0.5, inf),
        (0.2, -0.4, -0.5),
    ],
)
def test_ratio_of_effects(effect: float, second: float, expected: float) -> None:
    assert ratio(effect, second) == expected


@pytest.mark.parametrize(
    ("effect", "second", "holding"),
    [
        (-inf, -inf, {"same", "not prevented"}),
        (inf, inf, {"same", "not prevented"}),
        (inf, -inf, {"prevented"}),
        (-0.5, -inf, {"prevented"}),
        (-inf, -0.5, {"stronger", "not prevented"}),
        (inf, -0.5, {"prevented"}),
    ],
)
def test_comparisons_of_what_appears_or_is_gone(effect: float, second: float, holding: set[str]) -> None:
    assert {word for word in names("comparison") if holds(word, effect, second)} == holding
    for word in names("comparison"):
        missed = shortfall(word, effect, second)
        assert not isnan(missed)
        assert (missed == 0.0) == (word in holding)


def test_how_far_a_ratio_without_limits_is_from_a_word() -> None:
    assert shortfall("weaker", -inf, -inf) == pytest.approx(0.2)
    assert shortfall("same", inf, -inf) == 1.0
    assert shortfall("not prevented", 0.3, inf) == pytest.approx(0.9)


def test_every_word_is_registered_under_its_name_and_cannot_be_changed() -> None:
    assert all(word.name == name for name, word in WORDS.items())
    with pytest.raises(FrozenInstanceError):
        WORDS["increase"].name = "rise"  # type: ignore[misc]
    with pytest.raises(TypeError):
        WORDS["rise"] = Word("rise", "contrast")  # type: ignore[index]


def test_every_word_has_an_interval_or_a_rule() -> None:
    for word in WORDS.values():
        assert (word.interval is None) == bool(word.rule) == (word.kind in ("order", "structure")), word
        assert word.threshold


def test_a_label_comes_before_those_that_include_it() -> None:
    order = [word.name for word in labels()]
    assert set(order) == {"increase", "decrease", "unchanged", "hardly changed", "abolished"}
    assert order.index("abolished") < order.index("decrease")
    assert order.index("unchanged") < order.index("hardly changed")


def test_an_interval_says_where_a_word_holds() -> None:
    assert interval("increase").low == log(1.10)
    assert interval("partly prevented").open_below


@pytest.mark.parametrize(
    ("word", "effect", "second", "expected"),
    [
        ("increase", log(1.32), None, log(1.2)),
        ("increase", log(1.0), None, -log(1.1)),
        ("increase", inf, None, inf),
        ("abolished", -inf, None, inf),
        ("unchanged", log(1.02), None, log(1.05 / 1.02)),
        ("unchanged", inf, None, -inf),
        ("prevented", 0.1, 1.0, 0.1),
        ("prevented", -0.1, -1.0, 0.1),
        ("prevented", 0.3, 1.0, -0.1),
        ("prevented", 0.0, 0.01, -inf),
        ("same", 1.0, 1.0, 0.1),
        ("stronger", 2.0, 1.0, 0.75),
        ("same", inf, inf, inf),
        ("same", 0.5, inf, -inf),
    ],
)
def test_how_far_an_effect_lies_inside_its_band(
    word: str, effect: float, second: float | None, expected: float
) -> None:
    assert margin(word, effect, second) == pytest.approx(expected)
    assert (margin(word, effect, second) >= 0.0) == holds(word, effect, second)


def test_the_band_of_a_comparison_lies_on_the_scale_of_effects() -> None:
    assert band("increase") == (log(1.10), inf)
    assert band("partly prevented", -2.0) == (-1.6, -0.4)
    assert band("prevented", -2.0) == (-0.4, inf)
    assert band("same", inf) == (-inf, inf)
    assert band("same", 0.0) == (-inf, inf)


def test_a_word_for_one_effect_needs_no_second() -> None:
    """What is compared with nothing keeps its own distance, whatever stands beside it."""
    expected = interval("increase").low - 0.01
    for second in (None, 0.0, 5.0):
        assert shortfall("increase", 0.01, second) == pytest.approx(expected)
