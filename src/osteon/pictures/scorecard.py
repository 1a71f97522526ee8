"""The picture of a scorecard: one tile a claim, coloured by its verdict, which stands in it as a letter too."""

from __future__ import annotations

from collections.abc import Iterator

from matplotlib.patches import Patch

from osteon.pictures.figure import Figure
from osteon.pictures.tiles import ACROSS, Block, Tile, tiled
from osteon.verification.results import ClaimResult
from osteon.verification.scorecard import Scorecard
from osteon.verification.strength import StrengthName
from osteon.verification.verdicts import Verdict

_COLOURS: dict[Verdict | StrengthName, tuple[str, str]] = {
    "supported": ("#b7dfd0", "black"),
    "partly supported": ("#b7dfd0", "black"),
    "contradicted": ("#D55E00", "white"),
    "partly contradicted": ("#D55E00", "white"),
    "failed": ("#882255", "white"),
    "not representable": ("#F0E442", "black"),
    "documented": ("#e8e8e8", "black"),
    "robust": ("#4da98b", "black"),
    "contradicted, met elsewhere": ("#f0a878", "black"),
}
"""The colours of a tile and of the text in it, by its verdict, or by its strength where that has one of its own."""


def plot_scorecard(card: Scorecard) -> Figure:
    """Draw one block of tiles a model, claims in the order of the evidence, and one of landmarks it can be asked."""
    blocks = [block for name in card.models for block in _blocks(card, name)]
    figure, _ = tiled(blocks)
    drawn = (result for result in card.results if not _is_out_of_reach(result))
    present = {(_letter(result), _told(result), _colours(result)[0]) for result in drawn}
    patches = [Patch(facecolor=colour, label=f"{letter}: {told}") for letter, told, colour in sorted(present)]
    patches.append(Patch(facecolor="white", edgecolor="#0072B2", linewidth=1.8, label="held out"))
    figure.legend(handles=patches, loc="outside lower center", ncols=3, fontsize=8, frameon=False)
    return figure


def _blocks(card: Scorecard, model: str) -> Iterator[Block]:
    own = [result for result in card.results if result.model == model and not _is_out_of_reach(result)]
    yield Block(model, [_tile(result) for result in own if not result.is_landmark])
    landmarks = [_tile(result) for result in own if result.is_landmark]
    if landmarks:
        yield Block(f"{model}: landmarks that it can be asked", landmarks, ACROSS // 2)


def _is_out_of_reach(result: ClaimResult) -> bool:
    """Say whether a result is left out: a landmark for which the model has no words."""
    return result.is_landmark and result.verdict in ("not representable", "documented")


def _tile(result: ClaimResult) -> Tile:
    colour, ink = _colours(result)
    return Tile(result.claim.id, _letter(result), colour, ink, result.role == "held_out")


def _colours(result: ClaimResult) -> tuple[str, str]:
    name = result.strength.name if result.strength else result.verdict
    return _COLOURS.get(name, _COLOURS[result.verdict])


def _told(result: ClaimResult) -> str:
    """Return verdict and strength, the same for all claims that share them."""
    return str(result).replace(f" ({result.part})", "")


def _letter(result: ClaimResult) -> str:
    """Return the initials of a verdict, with a mark for its strength: full (=), reference values (-), elsewhere (+)."""
    letters = "".join(word[0].upper() for word in result.verdict.split())
    marks = {"robust": "=", "at reference values": "-", "contradicted, met elsewhere": "+"}
    return letters + marks.get(result.strength.name if result.strength else "", "")
