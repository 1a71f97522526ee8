"""The tables of docs/ablation.md, written between two marks from the results on record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from osteon.necessity import STANDINGS, Necessity

_WORDS = {
    "felt": "Untested: effects move without them, but no claim falls",
    "silent": "Untested: nothing that a claim reads moves without them",
    "broken": "Untested so far: claims fall only because a simulation breaks or nothing is left to compare with",
    "sign": "Tested by their sign alone: claims are contradicted when they are reversed, none when they are removed",
}


def tables(found: Sequence[Necessity], statements: Mapping[str, str]) -> str:
    """Return the tables in Markdown.

    Args:
        found: the result of each model.
        statements: what each claim says, by its id.
    """
    heads = ["model", "edges", *STANDINGS, "claims", "one edge", "no edge"]
    lines = [f"| {' | '.join(heads)} |", f"|---|{'--:|' * (len(heads) - 1)}"]
    for one in found:
        standings = [one.standing(edge) for edge in one.edges]
        counts = [len(one.edges), *(standings.count(name) for name in STANDINGS)]
        counts += [len(one.supported), len(_single(one)), len(one.unbreakable())]
        lines.append(f"| `{one.model}` | {' | '.join(map(str, counts))} |")
    return "\n".join([*lines, *(line for one in found for line in _model(one, statements))])


def _model(one: Necessity, statements: Mapping[str, str]) -> list[str]:
    versions = ", ".join(f"{name} {number}" for name, number in one.versions.items())
    lines = ["", f"### `{one.model}`", f"For the model and claims of digest `{one.digest[:12]}`, with {versions}."]
    for standing, words in _WORDS.items():
        edges = [f"`{edge}`" for edge in one.edges if one.standing(edge) == standing]
        if edges:
            lines += ["", f"- {words} ({len(edges)}): {', '.join(edges)}."]
    single = [f"{claim} (`{edge}`)" for claim, edge in _single(one).items()]
    if single:
        lines += ["", f"- Claims that hang on a single edge ({len(single)}): {', '.join(single)}."]
    for claim in one.unbreakable():
        lines += [
            "",
            f"- No change of any edge contradicts {claim}: {statements.get(claim, 'a claim no longer on record')}",
        ]
    return lines


def _single(one: Necessity) -> dict[str, str]:
    """Return the claims that are contradicted without exactly one edge, with that edge."""
    breakers = {claim: one.breakers(claim) for claim in one.supported}
    return {claim: str(edges[0]) for claim, edges in breakers.items() if len(edges) == 1}
