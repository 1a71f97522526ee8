"""The numbers of docs/evidence.md: claims by what they rest on, and what each model makes of the evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from osteon.evidence.claims import Claim, ContrastCheck, Vocabulary
from osteon.evidence.questions import question
from osteon.markdown import table
from osteon.verification.scorecard import Scorecard
from osteon.verification.summary import sentences, tally, unrated

_GROUPS = {
    "experiment": ("experiment of the source", "reported"),
    "prior experiment": ("earlier experiment of the same group", "reported"),
    "background": ("what the source reports of others", "reported"),
    "method": ("design of the experiment", "reported"),
    "gap": ("stated as unknown", "reported"),
    "inference": ("conclusion of the source", "inferences"),
    "relation": ("our own conclusion from several sources", "relations"),
}
"""Each kind of claim in words, and the group that its experiments are counted in."""
_HEADS = ("kind", "what it is", "counted among", "claims", "with checks", "distinct experiments")


def kinds(claims: Iterable[Claim], landmarks: Iterable[Claim], vocabulary: Vocabulary) -> str:
    """Return how many claims there are of each kind, as a table in Markdown.

    Args:
        claims: of all sources.
        landmarks: of all themes.
        vocabulary: the words.
    """
    claims, landmarks = tuple(claims), tuple(landmarks)
    rows = []
    for kind, (meaning, group) in _GROUPS.items():
        own = [claim for claim in claims if claim.kind == kind and claim.by_construction is None]
        rows.append(_row(f"`{kind}`", meaning, group, own, vocabulary))
    forced = [claim for claim in claims if claim.by_construction is not None]
    rows.append(_row("any", "checks that cannot fail", "by construction", forced, vocabulary))
    rows.append(_row("any", "published finding beside the sources", "landmarks", landmarks, vocabulary))
    sized = Counter(
        claim.role == "landmark" for claim in (*claims, *landmarks) for check in claim.checks if _sized(check)
    )
    told = f"Sizes are reported for {sized[False]} checks of the sources and {sized[True]} of landmarks."
    return f"{table(_HEADS, 'lllrrr', rows)}\n\n{told}"


def _sized(check: object) -> bool:
    return isinstance(check, ContrastCheck) and check.size is not None


def _row(kind: str, meaning: str, group: str, claims: Iterable[Claim], vocabulary: Vocabulary) -> tuple[str | int, ...]:
    claims = tuple(claims)
    asked = {question(check, claim, vocabulary) for claim in claims for check in claim.checks}
    return kind, meaning, group, len(claims), sum(bool(claim.checks) for claim in claims), len(asked)


def statements(cards: Iterable[Scorecard]) -> str:
    """Return what `osteon verify` says of each model at its end, as a list in Markdown."""
    lines = []
    for card in cards:
        for model in card.models:
            told = sentences(tally(card.results, model))
            reason = unrated(card.results, model)
            lines += [f"- `{model}`", *(f"  - {one}" for one in [*told, *([reason] if reason else [])])]
    return "\n".join(lines)
