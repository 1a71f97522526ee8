"""Robustness: over all plausible values of a model's parameters, how often each claim is supported."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from osteon.analysis.engine import MOST_DIFFERING, refuse_differing
from osteon.analysis.robustness.samples import Samples, judged
from osteon.evidence.claims import Claim, Role
from osteon.jobs.job import Job
from osteon.simulation.model import Model
from osteon.verification import fingerprint
from osteon.verification.many import VERDICTS, supported
from osteon.verification.strength import ROBUST
from osteon.verification.verdicts import SUPPORTED, Verdict
from osteon.verification.verify import verify
from osteon.version import __version__

if TYPE_CHECKING:
    import pandas as pd

CHUNK = 8
LARGE_CHUNK = 128
"""Draws of a chunk in libroadrunner, and in the batch core, whose lanes want many at once."""
_NUMBER = re.compile(r" \([-+.\de]+\)|, at t = [-+.\de]+")  # what tells draws with one reason apart
_FAILED = VERDICTS.index("failed")


@dataclass(frozen=True)
class Proportion:
    """How many of a number of draws do something."""

    count: int
    number: int

    @property
    def share(self) -> float:
        """The share itself."""
        return self.count / self.number

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's interval of 95 % confidence."""
        from scipy.stats import binomtest

        found = binomtest(self.count, self.number).proportion_ci(0.95, "wilson")
        return float(found.low), float(found.high)

    def as_dict(self) -> dict[str, Any]:
        """Return count, share and interval as plain values."""
        low, high = self.interval
        return {"count": self.count, "share": self.share, "low": round(low, 6), "high": round(high, 6)}


@dataclass(frozen=True)
class ClaimRobustness:
    """One claim: its verdict on the model as filed, and how many draws have each verdict.

    ``role`` is that of the claim for this model; ``checks`` says of each check in how many draws it holds.
    ``decided_by`` has the parameters whose places in their ranges go with support: up to three correlations, the
    strongest first, none weaker than chance would bring about.
    """

    source: str
    claim: Claim
    role: Role
    filed: Verdict
    counts: Mapping[Verdict, int]
    checks: tuple[int, ...]
    decided_by: Mapping[str, float]

    @property
    def supported(self) -> Proportion:
        """How many of all draws support it, in part where the model lacks a word; one that failed does not."""
        return Proportion(sum(self.counts.get(each, 0) for each in SUPPORTED), sum(self.counts.values()))

    def as_dict(self) -> dict[str, Any]:
        """Return the entry in the shape of ``osteon robustness --json``."""
        claim = self.claim
        return {
            "claim": claim.id,
            "source": self.source,
            "role": self.role,
            "demand": claim.demand,
            "statement": claim.statement,
            "filed": self.filed,
            **self.supported.as_dict(),
            "verdicts": dict(self.counts),
            "checks": list(self.checks),
            "decided_by": {name: round(value, 3) for name, value in self.decided_by.items()},
        }


@dataclass(frozen=True)
class Audit:
    """What came of repeating some draws by integration alone, at the tightest tolerance.

    ``difference`` is the greatest one between two effects E; ``changed`` counts verdicts, of ``verdicts``, that differ.
    """

    draws: int
    difference: float
    changed: int
    verdicts: int

    def as_dict(self) -> dict[str, Any]:
        """Return the audit as plain values."""
        return {
            "draws": self.draws,
            "difference": float(f"{self.difference:.3g}"),
            "changed": self.changed,
            "verdicts": self.verdicts,
        }


@dataclass(frozen=True)
class Engine:
    """What judged the draws.

    Attributes:
        core: whether the batch core did, with libroadrunner as its judge; else libroadrunner did alone.
        reason: why libroadrunner did alone, where there is something to be done about it.
        again: verdicts that libroadrunner passed again: those close to a threshold, and all of audited draws.
        differ: how many of those it passed otherwise.
    """

    core: bool
    reason: str
    again: int
    differ: int

    def as_dict(self) -> dict[str, Any]:
        """Return the entry in the shape of ``osteon robustness --json``."""
        return {"core": self.core, "again": self.again, "differ": self.differ}

    def __str__(self) -> str:
        if self.core:
            return f"by the batch core; libroadrunner passed {self.again} verdicts again, {self.differ} otherwise"
        return f"by libroadrunner: {self.reason}" if self.reason else "by libroadrunner"


@dataclass(frozen=True, repr=False)
class Robustness:
    """The robustness of one model.

    ``about`` has its id, its overrides, the fingerprint of the result, and versions of programs.
    ``ranges`` has for each parameter its lowest and highest value and how it is drawn between them; ``failed`` counts
    draws in which a simulation broke, and ``reasons`` says how often why. ``joint`` counts the draws that support all
    claims of a role; ``met`` leaves out those that the model as filed does not support either. ``table`` has one row a
    draw: the values of the parameters, then the verdict on each claim.
    """

    about: Mapping[str, Any]
    sampler: str
    seed: int
    draws: int
    ranges: Mapping[str, tuple[float, float, str]]
    claims: tuple[ClaimRobustness, ...]
    joint: Mapping[str, Proportion]
    met: Mapping[str, Proportion]
    failed: Proportion
    reasons: Mapping[str, int]
    audit: Audit
    engine: Engine
    table: Mapping[str, NDArray[Any]] = field(default_factory=dict, compare=False)

    def __repr__(self) -> str:
        robust = sum(claim.supported.share >= ROBUST for claim in self.claims)
        return (
            f"<Robustness {self.about['model']}: {robust} of {len(self.claims)} claims are supported by at least "
            f"{ROBUST:.0%} of {self.draws} draws>"
        )

    def to_frame(self) -> pd.DataFrame:
        """Return one row a claim, with the share of draws that support it.

        Returns:
            Columns ``claim``, ``source``, ``role``, ``filed`` (the verdict on the model as filed), ``count``,
            ``share``, ``low`` and ``high`` (Wilson's interval of 95 %) and ``statement``; ``.attrs`` says of what.
        """
        import pandas as pd

        columns = ["claim", "source", "role", "filed", "count", "share", "low", "high", "statement"]
        frame = pd.DataFrame([claim.as_dict() for claim in self.claims], columns=columns)
        frame.attrs.update(self._about())
        return frame

    def draws_to_frame(self) -> pd.DataFrame:
        """Return one row a draw: the values of the parameters, then the verdict on each claim."""
        import pandas as pd

        frame = pd.DataFrame(dict(self.table))
        frame.attrs.update(self._about())
        return frame

    def _about(self) -> dict[str, Any]:
        names = ("model", "overrides", "fingerprint", "versions", "draws", "seed", "sampler", "ranges")
        return {name: self.as_dict()[name] for name in names}

    def as_dict(self) -> dict[str, Any]:
        """Return the result in the shape of ``osteon robustness --json``."""
        return {
            **self.about,
            "draws": self.draws,
            "seed": self.seed,
            "sampler": self.sampler,
            "failed": self.failed.as_dict(),
            "reasons": dict(self.reasons),
            "joint": {role: share.as_dict() for role, share in self.joint.items()},
            "met": {role: share.as_dict() for role, share in self.met.items()},
            "claims": [claim.as_dict() for claim in self.claims],
            "audit": self.audit.as_dict(),
            "engine": self.engine.as_dict(),
            "ranges": {name: list(entry) for name, entry in self.ranges.items()},
        }


def samples(
    model: Model,
    claims: Iterable[tuple[str, Claim]],
    *,
    draws: int,
    seed: int,
    sampler: str = "sobol",
) -> Samples:
    """Return the samples that robustness and inference are about; see `Samples`."""
    return Samples(model, claims, sampler=sampler, number=draws, seed=seed)


def job(samples: Samples) -> Job:
    """Return the work that robustness takes."""
    key = fingerprint.key(_fingerprint(samples))
    size = LARGE_CHUNK if samples.in_core else CHUNK
    return Job("robustness", judged, samples, samples.number, size, samples.seed, key)


def _fingerprint(samples: Samples) -> dict[str, str]:
    asked = {"draws": samples.number, "seed": samples.seed, "sampler": samples.sampler, "audited": samples.every}
    asked |= {"core": samples.in_core}
    return fingerprint.fingerprint("robustness", samples.model, claims=samples.claims, request=asked)


def robustness(samples: Samples, columns: Mapping[str, NDArray[Any]]) -> Robustness:
    """Sum up what the draws made of the claims.

    Args:
        samples: what was judged.
        columns: of all draws, as `osteon.analysis.robustness.samples.judged` returns them.

    Raises:
        OsteonError: if libroadrunner passes more than one in 10,000 verdicts otherwise than the batch core.
    """
    verdicts = columns["verdicts"]
    held = _held(samples, columns["held"])
    filed = [result.verdict for result in verify(samples.model, samples.claims).results]
    claims = tuple(
        ClaimRobustness(
            source,
            claim,
            samples.model.binding.role(claim),
            verdict,
            counts={name: int((column == code).sum()) for code, name in _codes(column)},
            checks=checks,
            decided_by=_correlations(supported(column), samples),
        )
        for (source, claim), verdict, column, checks in zip(samples.claims, filed, verdicts.T, held, strict=True)
    )
    reasons = Counter(_NUMBER.sub("", str(reason)) for reason in columns["reason"] if reason)
    draws = samples.draws
    return Robustness(
        about=fingerprint.record(samples.model, _fingerprint(samples)),
        sampler=samples.sampler,
        seed=samples.seed,
        draws=samples.number,
        ranges={name: (*draws.ranges[name], draws.scale(name)) for name in draws.names},
        claims=claims,
        joint=_joint(claims, verdicts, [True] * len(claims)),
        met=_joint(claims, verdicts, [claim.filed in SUPPORTED for claim in claims]),
        failed=Proportion(int((verdicts == _FAILED).any(axis=1).sum()), len(verdicts)),
        reasons=dict(reasons.most_common()),
        audit=_audit(columns),
        engine=_engine(samples, columns),
        table=_table(samples, verdicts),
    )


def _table(samples: Samples, verdicts: NDArray[Any]) -> dict[str, NDArray[Any]]:
    """Return one row a draw: the values of the parameters, and the verdict on each claim in words."""
    table: dict[str, NDArray[Any]] = dict(samples.columns(range(samples.number)))
    words = np.array(VERDICTS)[verdicts]
    return table | {claim.id: words[:, index] for index, (_, claim) in enumerate(samples.claims)}


def as_dict(found: Iterable[Robustness]) -> dict[str, Any]:
    """Return the results of several models in the shape of ``osteon robustness --json``."""
    return {"osteon": __version__, "models": [one.as_dict() for one in found]}


def _correlations(supported: NDArray[np.bool_], samples: Samples) -> dict[str, float]:
    """Return which parameters go with support, beyond four standard errors of a correlation that is not there."""
    spread = samples.quantiles.std(axis=0) * supported.std()
    if not (spread > 0.0).all():
        return {}
    places = samples.quantiles - samples.quantiles.mean(axis=0)
    found = (places * supported[:, np.newaxis]).mean(axis=0) / spread
    order = np.argsort(-np.abs(found), kind="stable")[:3]
    least = 4.0 / np.sqrt(len(supported))
    return {samples.draws.names[place]: float(found[place]) for place in order if abs(found[place]) >= least}


def _held(samples: Samples, held: NDArray[np.bool_]) -> list[tuple[int, ...]]:
    """Return for each claim in how many draws each of its checks holds."""
    counts = held.sum(axis=0).tolist()
    lengths = [len(claim.checks) for _, claim in samples.claims]
    starts = np.cumsum([0, *lengths[:-1]]).tolist()
    return [tuple(counts[start : start + length]) for start, length in zip(starts, lengths, strict=True)]


def _codes(column: NDArray[Any]) -> list[tuple[int, Verdict]]:
    return [(code, VERDICTS[code]) for code in sorted({int(each) for each in column})]


def _joint(claims: tuple[ClaimRobustness, ...], verdicts: NDArray[Any], chosen: list[bool]) -> dict[str, Proportion]:
    """Count the draws that support every chosen claim of a role, those that the model has no part for aside."""
    found = {}
    for role in ("construction", "held_out"):
        columns = [
            index
            for index, claim in enumerate(claims)
            if chosen[index] and claim.role == role and claim.filed != "not representable"
        ]
        if columns:
            every = supported(verdicts[:, columns]).all(axis=1)
            found[role] = Proportion(int(every.sum()), len(verdicts))
    return found


def _engine(samples: Samples, columns: Mapping[str, NDArray[Any]]) -> Engine:
    again, differ = (int(number) for number in columns["again"].sum(axis=0))
    told = (
        f"passed {differ} of {again} verdicts otherwise than the batch core, which is more than one in {MOST_DIFFERING}"
    )
    refuse_differing(samples.model, differ, again, told)
    return Engine(samples.in_core, samples.why, again, differ)


def _audit(columns: Mapping[str, NDArray[Any]]) -> Audit:
    rows = columns["audited"]
    first, second = columns["effects"][rows], columns["audit_effects"][rows]
    both = np.isfinite(first) & np.isfinite(second)
    changed = columns["verdicts"][rows] != columns["audit_verdicts"][rows]
    difference = np.abs(first[both] - second[both]).max(initial=0.0)
    return Audit(int(rows.sum()), float(difference), int(changed.sum()), int(changed.size))
