"""The tables of docs/ablation.md, written between two marks from the results on record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from osteon.analysis.ablation.result import STANDINGS, Ablation
from osteon.markdown import table
from osteon.verification.fingerprint import digest

_WORDS = {
    "felt": "Untested: effects move without them, but no claim falls",
    "silent": "Untested: nothing that a claim reads moves without them",
    "broken": "Untested so far: claims fall only because a simulation breaks or nothing is left to compare with",
    "sign": "Tested by their sign alone: claims are contradicted when they are reversed, none when they are removed",
}

_EITHER_WAY = (
    "Needed, but not their sign: claims are contradicted when they are removed, none falls when they are reversed"
)
_MEND = "`osteon ablate {} --record` computes it anew."
_HEADS = ("model", "edges", *STANDINGS, "either way", "claims", "one edge", "no edge")


def ablation_tables(found: Sequence[tuple[Ablation, str | None]], statements: Mapping[str, str]) -> str:
    """Return the tables in Markdown.

    Args:
        found: the result of each model, and what has changed since, as `fingerprint.changes` says it.
        statements: what each claim says, by its id.
    """
    rows = []
    for one, _ in found:
        standings = [one.support(edge) for edge in one.edges]
        counts = [len(one.edges), *(standings.count(name) for name in STANDINGS), len(one.either_way())]
        counts += [len(one.supported), len(_single(one)), len(one.unbreakable())]
        rows.append((f"`{one.model}`", *counts))
    whole = table(_HEADS, "l" + "r" * (len(_HEADS) - 1), rows)
    return "\n".join([whole, *(line for one, changes in found for line in _model(one, changes, statements))])


def _model(one: Ablation, changes: str | None, statements: Mapping[str, str]) -> list[str]:
    versions = ", ".join(f"{name} {number}" for name, number in one.versions.items())
    whole = digest(one.fingerprint)[:12]
    lines = ["", f"### `{one.model}`", f"For the model and claims of digest `{whole}`, with {versions}."]
    if changes is not None:
        lines += ["", f"**Out of date**: {changes}. {_MEND.format(one.model)}"]
    lines += _edges(one)
    for claim, edge in _single(one).items():
        lines += ["", f"- One edge alone, `{edge}`, carries {_said(claim, statements)}"]
    for claim in one.unbreakable():
        how = "none can" if claim in one.structural else "where it falls, it cannot be judged"
        lines += ["", f"- No change of an edge contradicts ({how}) {_said(claim, statements)}"]
    return lines


def _edges(one: Ablation) -> list[str]:
    kinds = {words: [edge for edge in one.edges if one.support(edge) == name] for name, words in _WORDS.items()}
    kinds[_EITHER_WAY] = list(one.either_way())
    lines = []
    for words, edges in kinds.items():
        if edges:
            lines += ["", f"- {words} ({len(edges)}): {', '.join(f'`{edge}`' for edge in edges)}."]
    return lines


def _said(claim: str, statements: Mapping[str, str]) -> str:
    return f"{claim}: {statements.get(claim, 'a claim no longer on record')}"


def _single(one: Ablation) -> dict[str, str]:
    """Return the claims that are contradicted without exactly one edge, with that edge."""
    breakers = {claim: one.breakers(claim) for claim in one.supported}
    return {claim: str(edges[0]) for claim, edges in breakers.items() if len(edges) == 1}
