"""Plain words for verdicts, effects and conditions; a reader needs no colour to tell them apart."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from osteon.evidence.claims import Check, Claim, ContrastCheck, OrderCheck, StructureCheck, Vocabulary
from osteon.evidence.conditions import CONTROL, parse
from osteon.evidence.criteria import WORDS, threshold
from osteon.evidence.reading import Reading
from osteon.simulation.contrast import Effect
from osteon.verification.results import CheckResult, ClaimResult
from osteon.verification.strength import ROBUST, percentage


@dataclass(frozen=True)
class Sign:
    """How a verdict or an outcome shows: a character, a word, a CSS class, and what it means."""

    symbol: str
    word: str
    css: str
    meaning: str


VERDICTS: dict[str, Sign] = {
    "supported": Sign("✓", "supported", "good", "every check of the claim holds"),
    "partly supported": Sign("✓", "partly supported", "good", "the checks hold for which the model has the words"),
    "contradicted": Sign("✗", "contradicted", "bad", "at least one check of the claim does not hold"),
    "partly contradicted": Sign(
        "✗", "partly contradicted", "bad", "of the checks for which the model has the words, at least one does not hold"
    ),
    "failed": Sign("!", "failed", "broken", "the simulation broke, or a fold change is undefined"),
    "not representable": Sign("–", "not representable", "absent", "the model has no such part"),
    "documented": Sign("○", "documented", "filed", "on record, with the reason why no simulation can test it"),
}
"""Every verdict, in the order of summaries."""

_SETS = "parameter sets on record"
STRENGTHS: dict[str, Sign] = {
    "robust": Sign("✓", "robust", "good", f"the claim holds in at least {ROBUST:.0%} of the {_SETS}"),
    "at reference values": Sign(
        "◐",
        "at reference values",
        "weak",
        f"it holds at the reference values, and in less than {ROBUST:.0%} of the {_SETS}",
    ),
    "contradicted": Sign(
        "✗", "contradicted", "bad", f"it holds neither at the reference values nor in any of the {_SETS}"
    ),
    "contradicted, met elsewhere": Sign(
        "◔", "contradicted, met elsewhere", "bad", f"it fails at the reference values, and holds in some of the {_SETS}"
    ),
    "not on record": Sign("?", "strength: not on record", "unrated", "no robustness has been computed for it"),
    "record of another model": Sign(
        "?",
        "strength: record of another model",
        "unrated",
        "the robustness on record is of an earlier state of the model",
    ),
}
"""Every strength of a verdict."""


def sign(result: ClaimResult) -> Sign:
    """Return how a verdict shows with its strength: one that holds in few parameter sets has no tick."""
    verdict, strength = VERDICTS[result.verdict], result.strength
    if strength is None:
        return replace(verdict, word=str(result))
    shown = STRENGTHS[strength.name]
    if strength.share is None:
        known = result.is_contradicted
        return replace(
            shown, symbol=verdict.symbol if known else "?", word=str(result), css="bad" if known else shown.css
        )
    some = strength.name in ("at reference values", "contradicted, met elsewhere")
    word = f"{result} ({percentage(strength.share)} of sets)" if some else str(result)
    return replace(shown, word=word)


def decisive(result: ClaimResult) -> str:
    """Return the check that decides a verdict: what is compared, what came out, and the band it was expected in."""
    return "" if result.deciding is None else typeset(str(result.deciding))


def typeset(text: str) -> str:
    """Return plain characters of numbers and thresholds as typographic ones."""
    text = re.sub(r"\bx(?=\d)", "×", text.replace(">=", "≥").replace("<=", "≤").replace("E'", "E′"))
    return re.sub(r"(?<![\w])-(?=\d)", "−", text)


OUTCOMES: dict[str, Sign] = {
    "holds": Sign("✓", "holds", "good", "the model moves as reported"),
    "refused": Sign("✗", "does not hold", "bad", "the model does not move as reported"),
    "failed": VERDICTS["failed"],
    "not representable": VERDICTS["not representable"],
}
"""Every outcome of a check."""

KINDS = {
    "experiment": "the source's own result",
    "prior experiment": "an earlier result of the same group",
    "background": "reported of others",
    "inference": "concluded by the source",
    "relation": "concluded by us from several sources",
    "method": "design of the experiment",
    "gap": "stated as unknown",
}
"""What a claim rests on."""


def told(condition: str) -> str:
    """Return a condition as people read it: ``cccp + si_atf4``."""
    return " + ".join(parse(condition)) or CONTROL


def named(observable: str, vocabulary: Vocabulary) -> str:
    """Return what an observable is, as the vocabulary says it, without the full stop."""
    known = vocabulary.observables.get(observable)
    return known.meaning.rstrip(".") if known else observable


def instant(reading: Reading, claim: Claim, vocabulary: Vocabulary) -> str:
    """Return when a reading of a claim is taken: a duration, with what it is averaged over, or a feature."""
    when = reading.at or claim.at or vocabulary.settings[claim.setting].readout
    average = reading.average or claim.average
    return when if average is None else f"{when} (average over {average})"


def asked(check: Check, claim: Claim, vocabulary: Vocabulary) -> str:
    """Say in a sentence what a check asks of a model."""
    if isinstance(check, StructureCheck):
        return f"{check.observable} {check.expect} {check.on}, in the graph of influences of the model."
    if isinstance(check, OrderCheck):
        return (
            f"{check.observable} reaches half of its difference from {told(check.reference)} before {check.before} "
            f"does, under {told(check.condition)}."
        )
    first = _contrast(check.readings, claim, vocabulary)
    if check.second_readings is None:
        return f"{first}: {check.expect}."
    return f"{first}: {check.expect}, compared with {_contrast(check.second_readings, claim, vocabulary)}."


def _contrast(pair: tuple[Reading, Reading], claim: Claim, vocabulary: Vocabulary) -> str:
    here, there = pair
    when, then = (instant(reading, claim, vocabulary) for reading in pair)
    against = [] if here.condition == there.condition else [told(there.condition)]
    against += [f"{there.observable}"] * (here.observable != there.observable) + [f"at {then}"] * (when != then)
    return f"{here.observable} under {told(here.condition)} at {when}, against {' '.join(against)}"


def titled(check: Check, vocabulary: Vocabulary) -> str:
    """Return what a check is about, as the heading of its figure."""
    first = named(check.observable, vocabulary)
    if isinstance(check, OrderCheck):
        return f"{first}, before: {named(check.before, vocabulary)}"
    if isinstance(check, StructureCheck):
        return f"{first}, on: {named(check.on, vocabulary)}"
    other = check.readings[1].observable
    return first if other == check.observable else f"{first}, against: {named(other, vocabulary)}"


def expected(check: Check, claim: Claim, vocabulary: Vocabulary) -> str:
    """Return the word that a check expects, with the number behind it and when it is read."""
    if isinstance(check, StructureCheck):
        return check.expect
    if isinstance(check, OrderCheck):
        return f"{check.expect}, under {told(check.condition)}"
    when = dict.fromkeys(instant(reading, claim, vocabulary) for reading in check.readings)
    return f"{check.expect} ({typeset(threshold(check.expect))}), {' against '.join(when)}"


def thresholds() -> list[tuple[str, str]]:
    """Return every word of expectation with its threshold, in the order of `WORDS`."""
    return [(word.name, typeset(word.threshold)) for word in WORDS.values()]


def found(result: CheckResult, time_unit: str) -> str:
    """Say in a few words what came out of a check on one model."""
    check = result.check
    if result.effect is None or not isinstance(check, ContrastCheck):
        return _found_without_effect(result, time_unit)
    text = change(result.effect)
    if result.second_effect is None or check.second_readings is None:
        return text
    return f"{text}; {change(result.second_effect)} {_second(check.readings, check.second_readings)}"


def _second(first: tuple[Reading, Reading], second: tuple[Reading, Reading]) -> str:
    """Return how a second contrast differs from the first."""
    (here, there), (other, another) = first, second
    parts = [f"in {other.observable}"] * (here.observable != other.observable)
    parts += [f"under {told(other.condition)}"] * (here.condition != other.condition)
    parts += [f"against {told(another.condition)}"] * (there.condition != another.condition)
    parts += [f"at {other.at}"] * (here.at != other.at and other.at is not None)
    return " ".join(parts) or "in the second contrast"


def _found_without_effect(result: CheckResult, time_unit: str) -> str:
    if result.times is not None:
        first, second = result.times
        return f"half-maximum at {first:.3g} {time_unit} and at {second:.3g} {time_unit}"
    return result.reason or "no effect to show"


def change(effect: Effect) -> str:
    """Return an effect with typographic signs: ``−43 %``, ``×2.4``; or that something appears, is gone or absent."""
    return typeset(str(effect))
