"""Inference: the sets of parameter values with which a model supports every claim that it was built on.

Together they are the ensemble of models that the evidence allows. Draws that support all those claims are kept; where
fewer than one in a thousand do, nested sampling, a sequential Monte Carlo, goes from the whole of the ranges to them.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import exp, log
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from osteon.analysis.robustness.core import shortfalls
from osteon.analysis.robustness.samples import Samples
from osteon.errors import OsteonError
from osteon.evidence.claims import Claim, ContrastCheck
from osteon.evidence.criteria import shortfall
from osteon.files import write_file
from osteon.jobs import parquet
from osteon.jobs.job import Chunk, Columns, Job
from osteon.simulation.batch.core import Core
from osteon.simulation.model import Model
from osteon.simulation.vector import Vector
from osteon.verification import fingerprint
from osteon.verification.many import supported
from osteon.verification.results import CheckResult

if TYPE_CHECKING:
    import pandas as pd

THIN = 1e-3
"""Below this share of draws, rejection gives way to nested sampling."""


@dataclass(frozen=True, repr=False)
class Ensemble:
    """Sets of values, one row a member, with what they belong to.

    ``about`` holds the fingerprint, seed, versions and ranges, the ids of the ``claims`` that every member supports,
    the ``method``, and ``share``: the share of all draws that does so, counted or estimated.
    """

    values: Mapping[str, Vector]
    about: Mapping[str, Any]

    def __len__(self) -> int:
        return len(next(iter(self.values.values()), ()))

    def __repr__(self) -> str:
        about = self.about
        return (
            f"<Ensemble {about['model']}: {len(self)} sets of {len(self.values)} values that support "
            f"{len(about['claims'])} claims, by {about['method']}>"
        )

    def to_frame(self) -> pd.DataFrame:
        """Return one row a member, one column a parameter; ``.attrs`` has what the ensemble belongs to."""
        import pandas as pd

        frame = pd.DataFrame(dict(self.values))
        frame.attrs.update(self.about)
        return frame

    def save(self, path: str | Path) -> Path:
        """Write the ensemble to a Parquet file, for `osteon.predict` and ``osteon predict --ensemble``.

        Raises:
            OsteonError: if the file cannot be written.
        """
        write_file(Path(path), saved(self))
        return Path(path)

    def members(self) -> Iterator[dict[str, float]]:
        """Yield the values of each member."""
        for row in range(len(self)):
            yield {name: float(column[row]) for name, column in self.values.items()}


def criterion(samples: Samples) -> tuple[int, ...]:
    """Return which claims members must support, as places in `Samples.claims`.

    Those are the claims of construction, but for those that the binding says the model does not meet, and those that it
    has no words for at all; of others what it has words for counts. Held-out claims play no part.

    Raises:
        OsteonError: if there are none.
    """
    chosen = tuple(
        place
        for place, (_, claim) in enumerate(samples.claims)
        if samples.model.binding.is_built_on(claim) and samples.is_representable(place)
    )
    if not chosen:
        raise OsteonError(
            f"model {samples.model.name!r} answers to no claim of construction, so nothing can be inferred"
        )
    return chosen


def kept(samples: Samples, columns: Mapping[str, NDArray[Any]]) -> Ensemble:
    """Return the draws that support every claim of the criterion.

    Args:
        samples: what was judged.
        columns: of all draws, as `osteon.analysis.robustness.samples.judged` returns them.
    """
    places = criterion(samples)
    every = supported(columns["verdicts"][:, places]).all(axis=1)
    rows = [samples.values(int(item)) for item in np.flatnonzero(every)]
    share = float(every.mean())
    return Ensemble(_columns(samples, rows), _about(samples, method="rejection", share=share))


def job(samples: Samples, *, live: int, islands: int, seed: int) -> Job:
    """Return the work of nested sampling: ``islands`` runs of ``live`` points each, apart from each other."""
    key = fingerprint.key(_fingerprint(samples, {"method": "nested sampling", "live": live, "core": samples.in_core}))
    return Job("nested", sampled, Nested(samples, live), islands, 1, seed, key)


@dataclass(frozen=True)
class Nested:
    """Samples, and how many points each run of nested sampling has."""

    samples: Samples
    live: int

    def prepare(self) -> None:
        """Compile the model."""
        self.samples.prepare()


def sampled(nested: Nested, chunk: Chunk) -> Columns:
    """Run nested sampling until every live point supports every claim of the criterion.

    The live points are then spread over the part of the ranges that does, as draws would be.

    Raises:
        OsteonError: if all live points come to miss the same, so that none leads on.
    """
    import dynesty

    samples, places = nested.samples, criterion(nested.samples)
    with warnings.catch_warnings():
        # The advice is for proposals within ellipsoids, which need more points than dimensions; walks do not.
        warnings.filterwarnings("ignore", message="Beware! Having `nlive", category=UserWarning)
        # Likelihood stands for how little is missing; points that miss nothing are all alike, and others are refused.
        warnings.filterwarnings("ignore", message="All the initial likelihood values", category=RuntimeWarning)
        warnings.filterwarnings("ignore", message="We have reached the plateau", category=UserWarning)
        sampler = dynesty.NestedSampler(
            lambda quantiles: -distance(samples, quantiles, places),
            lambda quantiles: quantiles,
            len(samples.draws.names),
            nlive=nested.live,
            bound="none",
            sample="rwalk",
            rstate=np.random.default_rng(chunk.seed),
        )
        removed = 0
        if sampler.live_logl.min() < 0.0:
            for _ in sampler.sample(dlogz=0.0, add_live=False):
                removed += 1
                if sampler.live_logl.min() >= 0.0:
                    break
    if sampler.live_logl.min() < 0.0:
        raise OsteonError(
            f"nested sampling stopped: all {nested.live} live points miss the claims by the same, "
            f"{-sampler.live_logl.min():.3g}, so that none is nearer than another; give more with --live"
        )
    points = np.array(sampler.live_u)
    return {
        "quantiles": points,
        "log_share": np.full(len(points), removed * log(nested.live / (nested.live + 1))),
        "calls": np.full(len(points), int(sampler.ncall)),
    }


def distance(samples: Samples, quantiles: Vector, places: tuple[int, ...]) -> float:
    """Return how far some values are from supporting all claims of the criterion: the sum of what checks fall short."""
    if isinstance(samples.core, Core):
        return float(shortfalls(samples.core, samples, quantiles[np.newaxis], places)[0])
    results = samples.results(samples.draws.placed(quantiles))
    return sum(_missing(check) for place in places for check in results[place])


def ensemble(samples: Samples, columns: Mapping[str, NDArray[Any]], *, live: int, islands: int, seed: int) -> Ensemble:
    """Return what the runs of nested sampling found; see `sampled`."""
    rows = [samples.draws.placed(point) for point in columns["quantiles"]]
    share = exp(float(columns["log_share"].mean()))
    about = _about(samples, method="nested sampling", share=share, seed=seed, live=live, islands=islands)
    return Ensemble(_columns(samples, rows), about | {"samples": int(columns["calls"][::live].sum())})


def saved(ensemble: Ensemble) -> bytes:
    """Return an ensemble as a Parquet file."""
    return parquet.encoded(ensemble.values, {**ensemble.about, "kind": "ensemble"})


def read(path: Path, model: Model, claims: Iterable[tuple[str, Claim]]) -> Ensemble:
    """Read an ensemble of a model.

    Args:
        path: the file.
        model: it may have other values: they are part of what is asked now, not of what the ensemble was found for.
        claims: that it answers to.

    Raises:
        OsteonError: if the file is not an ensemble, is empty, or belongs to another model or another state of it.
    """
    values, about = parquet.read(path)
    if about.get("kind") != "ensemble":
        raise OsteonError(f"{path}: not an ensemble; `osteon infer {model.name} --out FILE` writes one")
    return matched(Ensemble(values, about), str(path), model, claims)


def matched(found: Ensemble, shown: str, model: Model, claims: Iterable[tuple[str, Claim]]) -> Ensemble:
    """Return an ensemble that belongs to a model; see `read`.

    Args:
        found: the ensemble.
        shown: what the user knows it by, for messages.
        model: as in `read`.
        claims: as in `read`.

    Raises:
        OsteonError: if it is empty, or belongs to another model or another state of it.
    """
    about = found.about
    if about["model"] != model.name:
        raise OsteonError(f"{shown}: an ensemble of model {about['model']!r}, not of {model.name!r}")
    now = fingerprint.fingerprint("ensemble", model.replace(overrides=None, drawn=None), claims=claims)
    changes = fingerprint.changes(about.get("fingerprint", {}), now)
    if changes is not None:
        raise OsteonError(
            f"{shown}: an ensemble of another state of {model.name!r}, whose {changes}; "
            f"`osteon infer {model.name}` finds it anew"
        )
    if not len(found):
        raise OsteonError(f"{shown}: the ensemble has no members")
    return found


def _missing(result: CheckResult) -> float:
    if result.outcome in ("holds", "not representable"):
        return 0.0
    if not isinstance(result.check, ContrastCheck) or result.effect is None:
        return 1.0
    return shortfall(result.check.expect, *(effect.log for effect in result.effects))


def _columns(samples: Samples, rows: list[dict[str, float]]) -> dict[str, Vector]:
    names = samples.draws.completed({name: bounds[0] for name, bounds in samples.draws.ranges.items()})
    return {name: np.array([row[name] for row in rows], dtype=np.float64) for name in names}


def _fingerprint(samples: Samples, request: Mapping[str, Any]) -> dict[str, str]:
    return fingerprint.fingerprint("ensemble", samples.model, claims=samples.claims, request=request)


def _about(samples: Samples, *, method: str, share: float, **options: int) -> dict[str, Any]:
    draws = samples.draws
    asked = {"draws": samples.number, "sampler": samples.sampler, "seed": samples.seed, "method": method, **options}
    return {
        **fingerprint.record(samples.model, _fingerprint(samples, asked)),
        "claims": [samples.claims[place][1].id for place in criterion(samples)],
        **asked,
        "ranges": {name: [*draws.ranges[name], draws.scale(name)] for name in draws.names},
        "share": share,
    }
