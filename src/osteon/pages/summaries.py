"""What `osteon verify` says at its end, and the sizes, as pages show them."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO

from osteon.pictures.sizes import plot_sizes
from osteon.verification.scorecard import Scorecard
from osteon.verification.size_table import SizeRow, agreeing, size_rows, table
from osteon.verification.summary import HEADS, cells, sentences, tally, unrated


@dataclass(frozen=True)
class Summary:
    """One model in numbers: the cells of a table under `HEADS`, and the same as sentences.

    ``unrated`` says why its verdicts have no strength, where they have none.
    """

    model: str
    cells: tuple[tuple[str, str], ...]
    sentences: tuple[str, ...]
    unrated: str | None


@dataclass(frozen=True)
class Sizes:
    """Reported and simulated sizes: the rows, how many agree in words, and the picture as a data address."""

    rows: tuple[SizeRow, ...]
    share: str
    picture: str


def summaries(card: Scorecard) -> list[Summary]:
    """Return the summary of every model of a scorecard."""
    found = []
    for model in card.models:
        numbers = tally(card.results, model)
        pairs = tuple(zip(HEADS, cells(numbers), strict=True))
        found.append(Summary(model, pairs, tuple(sentences(numbers)), unrated(card.results, model)))
    return found


def sizes(card: Scorecard) -> Sizes | None:
    """Return the sizes of a scorecard; nothing where none is reported."""
    rows = size_rows(card.results)
    if not rows:
        return None
    own, others = ([row for row in rows if row.landmark is landmark] for landmark in (False, True))
    told = [f"{_share(chosen)} of {name}" for chosen, name in ((own, "the sources"), (others, "landmarks")) if chosen]
    return Sizes((*own, *others), "; ".join(told), _picture(rows))


def _share(rows: Iterable[SizeRow]) -> str:
    agree, compared = agreeing(rows)
    return f"{agree} of {compared} sizes"


def _picture(rows: Iterable[SizeRow]) -> str:
    drawn = BytesIO()
    plot_sizes(table(rows)).savefig(drawn, format="svg", metadata={"Date": None})
    return f"data:image/svg+xml;base64,{b64encode(drawn.getvalue()).decode()}"
