"""Tables of shares of draws, for the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group
from rich.text import Text

from osteon.analysis.robustness.result import ClaimRobustness, Proportion, Robustness
from osteon.cli.grids import Column, Grid, exact, number
from osteon.cli.tables import STYLES
from osteon.verification.strength import ROBUST


def robustness_tables(found: Sequence[Robustness], verbose: bool) -> Group:
    """Return one table a model: claims with the share of draws that support them, the most fragile first."""
    return Group(*(_table(one, verbose) for one in found))


def robustness_summary(found: Sequence[Robustness]) -> Text:
    """Return what all draws together say, some lines a model."""
    text = Text()
    for one in found:
        robust = sum(claim.supported.share >= ROBUST for claim in one.claims)
        text.append(f"{one.about['model']}: ", style="bold")
        text.append(
            f"{robust} of {len(one.claims)} claims are supported by at least {ROBUST:.0%} of {one.draws} draws\n"
        )
        for role, share in one.met.items():
            said = "built on" if role == "construction" else "held out"
            text.append(f"  all claims {said} that the model as filed supports: {shown(share)}\n")
        text.append(
            f"  draws in which a simulation broke: {one.failed.count}\n", style="red" if one.failed.count else ""
        )
        audit = one.audit
        text.append(
            f"  audit of {audit.draws} draws by tight integration: effects differ by up to {audit.difference:.2g}, "
            f"{audit.changed} of {audit.verdicts} verdicts differ\n"
        )
        text.append(f"  judged {one.engine}\n", style="red" if one.engine.differ else "")
    text.rstrip()
    return text


def shown(share: Proportion) -> str:
    """Return a share with its interval, such as ``98.1 % (97.0 to 98.8)``."""
    low, high = share.interval
    return f"{100 * share.share:.1f} % ({100 * low:.1f} to {100 * high:.1f})"


def _table(one: Robustness, verbose: bool) -> Grid:
    title = f"{one.about['model']}: {one.draws} draws of {len(one.ranges)} parameters ({one.sampler}, seed {one.seed})"
    columns = [exact("claim"), Column("what is reported"), exact("as filed"), number("supported in")]
    table = Grid(title, columns)
    for claim in sorted(one.claims, key=lambda claim: claim.supported.share):
        if verbose or claim.supported.share < ROBUST:
            table.add(*_row(claim))
    return table


def _row(entry: ClaimRobustness) -> tuple[str, Text, Text, str]:
    held_out = " (held out)" if entry.role == "held_out" else ""
    said = Text(f"{entry.claim.statement}{held_out}")
    return entry.claim.id, said, Text(entry.filed, style=STYLES[entry.filed]), shown(entry.supported)
