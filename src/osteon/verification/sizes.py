"""Sizes: whether a simulated effect is as large as the reported one, judged apart from its direction."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, inf, log
from typing import Any, Literal

from osteon.evidence.claims import Size
from osteon.evidence.criteria import ratio
from osteon.simulation.contrast import plain

SizeVerdict = Literal["within the reported range", "within a factor of two", "too small", "too large"]

FACTOR = 2.0
"""How many times larger or smaller than the reported one an effect E may be."""


@dataclass(frozen=True)
class SizeResult:
    """A reported size and what a model has in its place.

    Attributes:
        size: as reported.
        simulated: the effect E of the model, the natural logarithm of its fold change; may be infinite.
        verdict: what became of the comparison.
    """

    size: Size
    simulated: float
    verdict: SizeVerdict

    @property
    def fold(self) -> float:
        """The fold change of the model; zero where something is gone, infinite where something appears."""
        return exp(self.simulated) if self.simulated < inf else inf

    @property
    def agrees(self) -> bool:
        """Whether the size is within the reported range or within a factor of two."""
        return self.verdict.startswith("within")

    def as_dict(self) -> dict[str, Any]:
        """Return the result in the shape of ``osteon verify --json``."""
        return {
            **self.size.model_dump(mode="json"),
            "simulated": plain(self.fold),
            "verdict": self.verdict,
        }


def judge_size(size: Size, effect: float) -> SizeVerdict:
    """Say whether an effect is as large as reported.

    On the log scale a fall to a third and a rise to three times are of one size. An effect is within a factor of two
    where E is between half and twice the reported E; one in the other direction is too small.

    Args:
        size: the reported fold change and its range.
        effect: E of the model; may be infinite.
    """
    low, high = size.range
    if _log(low) <= effect <= _log(high):
        return "within the reported range"
    reported = _log(size.fold)
    if reported == 0.0:
        return "too large"
    share = ratio(effect, reported)
    if share > FACTOR:
        return "too large"
    return "within a factor of two" if share >= 1 / FACTOR else "too small"


def _log(fold: float) -> float:
    return log(fold) if fold > 0.0 else -inf
