"""The words and thresholds, as properties."""

from __future__ import annotations

from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osteon.evidence.criteria import COMPARISON_WORDS, CONTRAST_WORDS, RATIOS, holds, threshold

effects = st.floats(-10, 10)
strong = effects.filter(lambda effect: abs(effect) >= log(1.10))


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
    for word in COMPARISON_WORDS:
        assert holds(word, effect, second) == holds(word, -effect, -second)


@given(effects, strong)
def test_prevention_is_one_of_three_or_between(effect: float, second: float) -> None:
    assert sum(holds(word, effect, second) for word in ("prevented", "partly prevented", "not prevented")) <= 1


@given(effects, st.floats(-0.095, 0.095))
def test_nothing_is_prevented_where_the_stress_does_nothing(effect: float, second: float) -> None:
    assert not any(holds(word, effect, second) for word in ("prevented", "partly prevented", "not prevented"))


@given(effects, st.floats(-0.019, 0.019))
def test_no_ratio_to_noise(effect: float, second: float) -> None:
    assert not any(holds(word, effect, second) for word in RATIOS)


def test_what_is_not_a_number_is_refused() -> None:
    with pytest.raises(ValueError, match="not a number"):
        holds("increase", float("nan"))
    with pytest.raises(ValueError, match="second is missing"):
        holds("same", 0.3)
    with pytest.raises(ValueError, match="unknown expectation"):
        holds("bigger", 0.3, 0.3)


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
    for word in (*CONTRAST_WORDS, *COMPARISON_WORDS):
        assert any(character.isdigit() for character in threshold(word))
