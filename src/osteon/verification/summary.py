"""The summary that a reader can quote: distinct reported experiments by what became of them, and sizes.

Terminal, JSON, README, report and site all take their numbers and their words from here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from osteon.evidence.questions import Question
from osteon.verification.results import CheckResult, ClaimResult
from osteon.verification.size_table import agreeing, size_rows
from osteon.verification.strength import ROBUST
from osteon.verification.verdicts import SUPPORTED


@dataclass(frozen=True)
class Count:
    """Distinct reported experiments by what became of them; a check that several claims share counts once.

    Attributes:
        reproduced: as reported.
        robust: those of them that hold in nearly all parameter sets on record.
        unrated: those of them about which nothing is on record.
        contradicted: otherwise than reported.
        met_elsewhere: those of them that hold in some parameter sets on record.
        failed: could not be simulated.
        not_representable: the model lacks a word of it.
    """

    reproduced: int = 0
    robust: int = 0
    unrated: int = 0
    contradicted: int = 0
    met_elsewhere: int = 0
    failed: int = 0
    not_representable: int = 0

    @property
    def asked(self) -> int:
        """All of which the model has every word."""
        return self.reproduced + self.contradicted + self.failed

    @property
    def share(self) -> str:
        """How many were reproduced, of how many: ``96 of 99``; nothing where none was asked."""
        return f"{self.reproduced} of {self.asked}" if self.asked else ""

    @property
    def robust_share(self) -> str:
        """How many are robust; ``not on record`` where no strength is."""
        if self.reproduced and self.unrated == self.reproduced:
            return "not on record"
        return f"{self.robust} of {self.reproduced - self.unrated}" if self.unrated else str(self.robust)

    def as_dict(self) -> dict[str, int]:
        """Return the counts in the shape of ``osteon verify --json``."""
        return asdict(self)


@dataclass(frozen=True)
class Tally:
    """What one model makes of the evidence, in numbers that can be quoted.

    An experiment stands in one group alone: the first of these that it belongs to, but for what cannot fail.

    Attributes:
        reported: experiments that the sources report.
        inferred: those that only inferences of the sources ask for.
        relations: those that only relations between sources ask for, which this project states itself.
        by_construction: those among checks of the sources that cannot fail.
        landmarks: those that only landmarks ask for.
        held_out: claims without which the model was built that it supports, and those that it can be asked.
        sizes: reported sizes of the sources within the range or a factor of two, and all that could be compared.
        landmark_sizes: the same of landmarks.
    """

    reported: Count
    inferred: Count
    relations: Count
    by_construction: Count
    landmarks: Count
    held_out: tuple[int, int]
    sizes: tuple[int, int]
    landmark_sizes: tuple[int, int]

    def as_dict(self) -> dict[str, Any]:
        """Return the tally in the shape of ``osteon verify --json``."""
        supported, asked = self.held_out
        return {
            "reported": self.reported.as_dict(),
            "inferred": self.inferred.as_dict(),
            "relations": self.relations.as_dict(),
            "by_construction": self.by_construction.as_dict(),
            "landmarks": self.landmarks.as_dict(),
            "held_out": {"supported": supported, "asked": asked},
            "sizes": _sizes(self.sizes),
            "landmark_sizes": _sizes(self.landmark_sizes),
            "sentences": sentences(self),
        }


def tally(results: Iterable[ClaimResult], model: str) -> Tally:
    """Count the distinct reported experiments of one model.

    A question that a claim asks by construction is no finding, whatever other claims ask it too. One that a source
    reports is not counted again where an inference, a relation or a landmark asks it.
    """
    results = [result for result in results if result.model == model]
    checks: dict[Question, CheckResult] = {}
    groups: dict[str, set[Question]] = {name: set() for name in _GROUPS}
    for result in results:
        for check, question in zip(result.checks, result.questions, strict=True):
            known = checks.setdefault(question, check)
            checks[question] = check if known.share is None else known
            groups[_group(result)].add(question)
    seen: set[Question] = set()
    counts = {}
    for name in _GROUPS:
        counts[name] = _count([checks[question] for question in groups[name] - seen])
        seen |= groups[name]
    held_out = [result for result in results if result.role == "held_out" and not _is_out_of_reach(result)]
    rows = size_rows(results)
    return Tally(
        **counts,
        held_out=(sum(result.verdict in SUPPORTED for result in held_out), len(held_out)),
        sizes=agreeing(row for row in rows if not row.landmark),
        landmark_sizes=agreeing(row for row in rows if row.landmark),
    )


_GROUPS = ("by_construction", "reported", "inferred", "relations", "landmarks")
"""The groups of experiments, the one that comes first where an experiment belongs to several."""


def _group(result: ClaimResult) -> str:
    if result.is_landmark:
        return "landmarks"
    if result.claim.by_construction is not None:
        return "by_construction"
    return {"inference": "inferred", "relation": "relations"}.get(result.claim.kind, "reported")


def _is_out_of_reach(result: ClaimResult) -> bool:
    return result.verdict in ("not representable", "documented")


def _count(checks: Iterable[CheckResult]) -> Count:
    checks = tuple(checks)
    found = Counter(check.outcome for check in checks)
    held = [check.share for check in checks if check.outcome == "holds"]
    return Count(
        reproduced=found["holds"],
        robust=sum(share is not None and share >= ROBUST for share in held),
        unrated=held.count(None),
        contradicted=found["refused"],
        met_elsewhere=sum(bool(check.share) for check in checks if check.outcome == "refused"),
        failed=found["failed"],
        not_representable=found["not representable"],
    )


def sentences(numbers: Tally) -> list[str]:
    """Return a tally as statements that a reader can quote, the reported experiments first."""
    reported, forced, landmarks = numbers.reported, numbers.by_construction, numbers.landmarks
    parts = [f"{reported.reproduced} of {reported.asked} reported experiments reproduced{_told(reported)}"]
    if numbers.sizes[1]:
        parts.append(f"{numbers.sizes[0]} of {numbers.sizes[1]} reported sizes within the range or a factor of two")
    others = (("inferences of the sources", numbers.inferred), ("our relations between sources", numbers.relations))
    parts += [
        f"{name} apart: {count.share or 'none'} reproduced{_told(count)}" for name, count in others if _any(count)
    ]
    if forced.asked:
        parts.append(f"checks that cannot fail by construction apart: {forced.share}")
    if _any(landmarks):
        told = f"landmarks apart: {landmarks.share or 'none'} reproduced{_told(landmarks, rated=False)}"
        agreeing_, compared = numbers.landmark_sizes
        parts.append(told + (f"; {agreeing_} of {compared} sizes within the range or a factor of two" * bool(compared)))
    if numbers.held_out[1]:
        parts.append(f"{numbers.held_out[0]} of {numbers.held_out[1]} held-out claims supported")
    return parts


def _any(count: Count) -> bool:
    return count != Count()


def _told(count: Count, *, rated: bool = True) -> str:
    """Return what goes on after how many were reproduced."""
    strength = ""
    if rated and count.reproduced:
        known = count.reproduced - count.unrated
        parts = [f"{count.robust} robust", f"{known - count.robust} at reference values"] if known else []
        parts += [f"strength of {count.unrated} not on record"] if count.unrated and known else []
        strength = f" ({', '.join(parts) or 'strength not on record'})"
    elsewhere = f" ({count.met_elsewhere} met elsewhere)" if count.met_elsewhere else ""
    failed = f", {count.failed} failed" if count.failed else ""
    return (
        f"{strength}, {count.contradicted} contradicted{elsewhere}{failed}, {count.not_representable} not representable"
    )


def unrated(results: Iterable[ClaimResult], model: str) -> str | None:
    """Return why the verdicts of a model have no strength, and how to compute it; nothing where they have one."""
    own = (result for result in results if result.model == model and not result.is_landmark)
    lacking = (one.strength for one in own if one.strength is not None and one.strength.share is None)
    found = next(lacking, None)
    return None if found is None else f"no strength: {found}; `osteon robustness {model}` computes it"


HEADS = (
    *("reported experiments reproduced", "robust", "contradicted", "not representable", "sizes"),
    *("inferences", "relations", "by construction", "held out", "landmarks", "sizes of landmarks"),
)
"""The columns of the summary as a table; see `cells`."""


def cells(numbers: Tally) -> tuple[str, ...]:
    """Return a tally as the cells of a table, one for each of `HEADS`; empty where there is nothing to count."""
    reported = numbers.reported
    return (
        reported.share,
        reported.robust_share,
        str(reported.contradicted + reported.failed),
        str(reported.not_representable),
        _of(numbers.sizes),
        numbers.inferred.share,
        numbers.relations.share,
        str(numbers.by_construction.asked or ""),
        _of(numbers.held_out),
        numbers.landmarks.share,
        _of(numbers.landmark_sizes),
    )


def _of(pair: tuple[int, int]) -> str:
    return f"{pair[0]} of {pair[1]}" if pair[1] else ""


def _sizes(pair: tuple[int, int]) -> Mapping[str, int]:
    return {"agreeing": pair[0], "compared": pair[1]}
