"""The picture of a scorecard: one tile a claim, coloured by its verdict, which stands in it as a letter too."""

from __future__ import annotations

from matplotlib.patches import Patch

from osteon.pictures.figure import Figure
from osteon.pictures.tiles import Block, Tile, tiled
from osteon.verification.scorecard import ClaimResult, Scorecard, Verdict

_COLOURS: dict[Verdict, tuple[str, str]] = {
    "supported": ("#b7dfd0", "black"),
    "contradicted": ("#D55E00", "white"),
    "failed": ("#882255", "white"),
    "not representable": ("#F0E442", "black"),
    "documented": ("#e8e8e8", "black"),
}
"""The colour of a tile and of the text in it."""


def plot_scorecard(card: Scorecard) -> Figure:
    """Draw one block of tiles a model, claims in the order of the evidence."""
    blocks = [Block(name, [_tile(one) for one in card.results if one.model == name]) for name in card.models]
    figure, _ = tiled(blocks)
    present = {result.verdict for result in card.results}
    patches = [
        Patch(facecolor=colour, label=f"{_letter(verdict)}: {verdict}")
        for verdict, (colour, _) in _COLOURS.items()
        if verdict in present
    ]
    patches.append(Patch(facecolor="white", edgecolor="#0072B2", linewidth=1.8, label="held out"))
    figure.legend(handles=patches, loc="outside lower center", ncols=len(patches), fontsize=8, frameon=False)
    return figure


def _tile(result: ClaimResult) -> Tile:
    colour, ink = _COLOURS[result.verdict]
    return Tile(result.claim.id, _letter(result.verdict), colour, ink, result.claim.role == "held_out")


def _letter(verdict: Verdict) -> str:
    return verdict[0].upper()
