"""Tables for the terminal; verdicts are words as well as colours."""

from __future__ import annotations

from collections import Counter

from rich.console import Group
from rich.text import Text

from osteon.cli.grids import Column, Grid, Paragraph, exact, number
from osteon.verification.results import CheckResult, ClaimResult, lack
from osteon.verification.scorecard import Scorecard
from osteon.verification.size_table import size_rows
from osteon.verification.strength import Strength, percentage
from osteon.verification.summary import sentences, tally, unrated

STYLES = {
    "supported": "green",
    "partly supported": "green",
    "holds": "green",
    "contradicted": "bold red",
    "partly contradicted": "bold red",
    "refused": "bold red",
    "failed": "bold magenta",
    "not representable": "yellow",
    "documented": "dim",
}
_STRENGTHS = {"robust": "bold green", "at reference values": "yellow", "contradicted, met elsewhere": "red"}
_ROLE_NAMES = (("construction", "claims built on"), ("held_out", "claims held out"), ("landmark", "landmarks"))
_ROLES = {"held_out": " (held out)", "landmark": " (landmark)"}


def claims_table(card: Scorecard, verbose: bool) -> Group:
    """Return one table a model: every claim that was checked, with its verdict and its effects.

    Claims of which the model has nothing are counted in `unasked`, and shown here if ``verbose``.
    """
    tables = []
    for model in dict.fromkeys(result.model for result in card.results):
        heads = [exact("claim"), Column("what is reported"), exact("verdict"), Column("what the model does")]
        table = Grid(model, heads)
        for result in card.results:
            if result.model == model and (verbose or (result.checks and not result.is_foreign)):
                table.add(*_row(result, verbose))
        tables.append(table)
    return Group(*tables)


def unasked(card: Scorecard, most: int = 8) -> Text:
    """Return for each model how many claims it has nothing of, and the words that would be needed most."""
    lines = []
    for model in dict.fromkeys(result.model for result in card.results):
        lacking = [result for result in card.results if result.model == model and result.is_foreign]
        if lacking:
            words = Counter(word for result in lacking for word in result.missing)
            told = ", ".join(f"{word} ({count})" for word, count in words.most_common(most))
            more = f", and {len(words) - most} more" if len(words) > most else ""
            lines.append(Text(f"{model} has no part in {len(lacking)} claims, listed by --verbose. Words it lacks: "))
            lines[-1].append(f"{told}{more}", style="dim")
    return Text("\n").join(lines)


def matrix(card: Scorecard) -> Grid:
    """Return claims down and models across, with the check that decides; a dot where a claim is not asked."""
    cells = {(result.claim.id, result.model): result for result in card.results}
    table = Grid("Claims and models", [exact("claim"), exact("demand"), *map(Column, card.models)])
    for claim in {result.claim.id: result.claim for result in card.results}.values():
        found = (cells.get((claim.id, model)) for model in card.models)
        demand = f"{claim.demand}, landmark" if claim.role == "landmark" else claim.demand
        table.add(claim.id, demand, *(_cell(result) for result in found))
    return table


def _cell(result: ClaimResult | None) -> Text:
    if result is None:
        return Text(".", style="dim")
    told = Text(f"{result}{_ROLES.get(result.role, '')}", style=STYLES[result.verdict])
    return told.append(f"\n{result.deciding}", style="dim") if result.deciding else told


def _row(result: ClaimResult, verbose: bool) -> tuple[str, Text, Text, Text]:
    claim = result.claim
    said = Text(f"{claim.statement}{_ROLES.get(result.role, '')}")
    if claim.by_construction:
        said.append(f" True by construction: {claim.by_construction}", style="dim")
    if claim.conflicts_with:
        said.append(f" Disagrees with {', '.join(claim.conflicts_with)}.", style="italic")
    shown = result.checks if verbose else _decisive(result)
    lines = [described(check) for check in shown]
    others = sum(verbose or not check.missing for check in result.checks) - len(shown)
    if others:
        lines.append(Text(f"and {others} more", style="dim"))
    if result.missing and not verbose:
        lines.append(Text(lack(result.missing), style=STYLES["not representable"]))
    if result.because or claim.documented:
        lines.append(Text(result.because or claim.documented or "", style="italic"))
    return claim.id, said, _verdict(result), Text("\n").join(lines)


def _verdict(result: ClaimResult) -> Text:
    """Return a verdict with its strength below it."""
    told = f"{result.verdict}\n({result.part})" if result.part else result.verdict
    text = Text(told, style=STYLES[result.verdict])
    if result.strength is not None:
        text.append(f"\n{_strength(result.strength)}", style=_STRENGTHS.get(result.strength.name, "dim"))
    return text


def _strength(strength: Strength) -> str:
    if strength.share is None:
        return f"strength:\n{strength.name}"
    name = strength.name.removeprefix("contradicted, ")
    return f"{name}\n({percentage(strength.share)} of sets)" if name != "contradicted" else "in all sets"


def _decisive(result: ClaimResult) -> tuple[CheckResult, ...]:
    """Return the check that decides, and after it all others that do not hold."""
    first = result.deciding
    others = (check for check in result.checks if check is not first and check.outcome in ("refused", "failed"))
    return () if first is None else (first, *others)


def described(result: CheckResult) -> Text:
    """Say in a line what a check asked and what came out."""
    size = f"; size reported x{result.size.size.fold:.3g}: {result.size.verdict}" if result.size else ""
    return Text(f"{result}{size}", style="" if result.outcome == "holds" else STYLES[result.outcome])


def sizes_table(card: Scorecard) -> Grid | None:
    """Return every reported size with the simulated one, those of the sources first; nothing where there is none."""
    rows = size_rows(card.results)
    if not rows:
        return None
    heads = [exact("model"), exact("claim"), Column("experiment"), number("reported"), number("range")]
    table = Grid("Reported and simulated sizes (fold changes)", [*heads, number("simulated"), Column("size")])
    for row in rows:
        low, high = row.result.size.range
        agrees = STYLES["supported"] if row.result.agrees else STYLES["contradicted"]
        table.add(
            *(row.model, f"{row.claim}{' (landmark)' * row.landmark}", row.experiment),
            *(f"{row.result.size.fold:.3g}", f"{low:.3g} to {high:.3g}", f"{row.result.fold:.3g}"),
            Text(row.result.verdict, style=agrees),
        )
    return table


def summary(card: Scorecard) -> Group:
    """Return what a reader can quote of each model, and how many claims have each verdict."""
    lines: list[Paragraph] = []
    for model in card.models:
        lines.append(Paragraph(Text(model, style="bold")))
        for role, name in _ROLE_NAMES:
            if counts := card.counts(model, role):
                lines.append(Paragraph(Text(f"{name}: ").append(Text(", ").join(_counted(counts))), indent=2))
        if reason := unrated(card.results, model):
            lines.append(Paragraph(Text(reason, style="dim"), indent=2))
        lines += [Paragraph(Text(part), indent=2) for part in sentences(tally(card.results, model))]
    return Group(*lines)


def _counted(counts: Counter[str]) -> list[Text]:
    return [Text(f"{counts[verdict]} {verdict}", style=STYLES[verdict]) for verdict in STYLES if counts[verdict]]
