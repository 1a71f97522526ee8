"""Tables for the terminal; verdicts are words as well as colours."""

from __future__ import annotations

from collections import Counter

from rich.console import Group
from rich.text import Text

from osteon.cli.grids import Column, Grid, Paragraph, exact
from osteon.evidence.claims import ContrastCheck, OrderCheck, StructureCheck
from osteon.evidence.criteria import WORDS
from osteon.verification.scorecard import CheckResult, ClaimResult, Count, Scorecard, Tally, lack, tally

STYLES = {
    "supported": "green",
    "holds": "green",
    "contradicted": "bold red",
    "refused": "bold red",
    "failed": "bold magenta",
    "not representable": "yellow",
    "documented": "dim",
}
_ROLES = {"held_out": " (held out)", "landmark": " (landmark)"}
_VERDICTS = ("supported", "contradicted", "failed", "not representable", "documented")


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
    """Return claims down and models across, with the strongest effect; a dot where a claim is not asked."""
    models = list(dict.fromkeys(result.model for result in card.results))
    cells = {(result.claim.id, result.model): result for result in card.results}
    table = Grid("Claims and models", [exact("claim"), exact("demand"), *map(Column, models)])
    for claim in {result.claim.id: result.claim for result in card.results}.values():
        found = (cells.get((claim.id, model)) for model in models)
        demand = claim.demand if claim.role == "construction" else f"{claim.demand}, {claim.role.replace('_', ' ')}"
        table.add(claim.id, demand, *(_cell(result) for result in found))
    return table


def _cell(result: ClaimResult | None) -> Text:
    if result is None:
        return Text(".", style="dim")
    effects = [check.effect for check in result.checks if check.effect is not None]
    strongest = max(effects, key=lambda effect: abs(effect.log), default=None)
    shown = "" if strongest is None else f" {strongest}"
    return Text(f"{result.verdict}{shown}", style=STYLES[result.verdict])


def _row(result: ClaimResult, verbose: bool) -> tuple[str, Text, Text, Text]:
    claim = result.claim
    said = Text(f"{claim.statement}{_ROLES.get(claim.role, '')}")
    if claim.by_construction:
        said.append(f" True by construction: {claim.by_construction}", style="dim")
    if claim.conflicts_with:
        said.append(f" Disagrees with {', '.join(claim.conflicts_with)}.", style="italic")
    shown = result.checks if verbose or result.verdict != "supported" else _strongest(result)
    lines = [described(check) for check in shown if verbose or not check.missing]
    if len(shown) < len(result.checks):
        lines.append(Text(f"and {len(result.checks) - len(shown)} more", style="dim"))
    if result.missing and not verbose:
        lines.append(Text(lack(result.missing), style=STYLES["not representable"]))
    if result.because or claim.documented:
        lines.append(Text(result.because or claim.documented or "", style="italic"))
    return claim.id, said, Text(result.verdict, style=STYLES[result.verdict]), Text("\n").join(lines)


def _strongest(result: ClaimResult) -> tuple[CheckResult, ...]:
    return tuple(sorted(result.checks, key=lambda check: -abs(check.effect.log if check.effect else 0.0))[:2])


def described(result: CheckResult) -> Text:
    """Say in a line what a check asked and what came out."""
    check = result.check
    if result.missing:
        return Text(f"{check.observable}: {result.reason}", style=STYLES[result.outcome])
    if isinstance(check, StructureCheck):
        text = f"{check.observable} {check.expect} {check.on}"
    elif isinstance(check, OrderCheck):
        times = f" ({result.times[0]:.3g} and {result.times[1]:.3g})" if result.times else ""
        text = f"{check.observable} {check.expect} {check.before} under {check.condition}{times}"
    else:
        text = f"{_compared(result, check)}: {_effects(result)}"
        text += f"; size reported x{result.size.size.fold:.3g}: {result.size.verdict}" if result.size else ""
    if result.outcome != "holds":
        text += f"; {result.outcome}, expected {check.expect}"
        word = WORDS[check.expect]
        text += f" ({word.threshold})" if word.interval else ""
        text += f": {result.reason}" if result.reason else ""
    return Text(text, style="" if result.outcome == "holds" else STYLES[result.outcome])


def _compared(result: CheckResult, check: ContrastCheck) -> str:
    return str(result.contrasts[0]) if result.contrasts else f"{check.observable} under {check.condition}"


def _effects(result: CheckResult) -> str:
    if result.effect is None:
        return "no effect to show"
    if result.second_effect is None:
        return str(result.effect)
    return f"{result.effect}, compared with {result.second_effect} of {result.contrasts[1]}"


def summary(card: Scorecard) -> Group:
    """Return for each model how many claims have each verdict, and what became of reported experiments."""
    lines: list[Paragraph] = []
    for model in dict.fromkeys(result.model for result in card.results):
        lines.append(Paragraph(Text(model, style="bold")))
        for role, name in (("construction", "built on"), ("held_out", "held out"), ("landmark", "landmarks")):
            if counts := card.counts(model, role):
                lines.append(Paragraph(Text(f"{name}: ").append(Text(", ").join(_counted(counts))), indent=2))
        lines += [Paragraph(Text(part), indent=2) for part in quoted(tally(card, model))]
    return Group(*lines)


def quoted(numbers: Tally) -> list[str]:
    """Return a tally as statements that a reader can quote."""
    found, forced, landmarks = numbers.findings, numbers.by_construction, numbers.landmarks
    parts = [
        f"{found.reproduced} of {found.asked} reported experiments reproduced, {found.contradicted} contradicted, "
        f"{found.not_representable} not representable"
    ]
    if forced.asked:
        parts.append(
            f"{forced.reproduced} of {forced.asked} checks that cannot fail by construction are not among them"
        )
    if numbers.sizes[1]:
        parts.append(f"{numbers.sizes[0]} of {numbers.sizes[1]} sizes within the range or a factor of two")
    if landmarks != Count():
        parts.append(
            f"landmarks apart: {landmarks.reproduced} of {landmarks.asked} reproduced, "
            f"{landmarks.not_representable} not representable"
        )
    return parts


def _counted(counts: Counter[str]) -> list[Text]:
    return [Text(f"{counts[verdict]} {verdict}", style=STYLES[verdict]) for verdict in _VERDICTS if counts[verdict]]
