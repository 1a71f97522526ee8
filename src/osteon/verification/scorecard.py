"""Scorecards: every claim on every model asked for, and how that is told to scripts and notebooks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

from osteon.simulation.contrast import plain
from osteon.verification.results import ClaimResult
from osteon.verification.size_table import size_rows, table
from osteon.verification.summary import tally
from osteon.verification.verdicts import Verdict
from osteon.version import __version__

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, repr=False)
class Scorecard:
    """Every claim on every model asked for."""

    results: tuple[ClaimResult, ...]

    def __repr__(self) -> str:
        told = (f"{model}: {_counted(self.documents.counts(model))}" for model in self.models)
        return f"<Scorecard {'; '.join(told) or 'without claims'}>"

    @property
    def models(self) -> tuple[str, ...]:
        """The models that were judged, in the order asked for."""
        return tuple(dict.fromkeys(result.model for result in self.results))

    @property
    def passed(self) -> bool:
        """Whether nothing has failed and no claim of a source is contradicted."""
        return not any(
            result.verdict == "failed" or (result.is_contradicted and not result.is_landmark) for result in self.results
        )

    @property
    def surprises(self) -> tuple[ClaimResult, ...]:
        """Every claim that failed, and every claim of a source that is contradicted without a reason in the binding."""
        return tuple(
            result
            for result in self.results
            if result.verdict == "failed"
            or (result.is_contradicted and result.because is None and not result.is_landmark)
        )

    @property
    def landmarks(self) -> Scorecard:
        """The landmarks alone."""
        return Scorecard(tuple(result for result in self.results if result.is_landmark))

    @property
    def documents(self) -> Scorecard:
        """All but the landmarks."""
        return Scorecard(tuple(result for result in self.results if not result.is_landmark))

    def counts(self, model: str | None = None, role: str | None = None) -> Counter[str]:
        """Return how many claims have each verdict, of one model or role where given."""
        chosen = (r for r in self.results if model in (None, r.model) and role in (None, r.role))
        return Counter(result.verdict for result in chosen)

    def effects(self) -> dict[str, dict[str, list[float | str | None]]]:
        """Return the effect E of every check of a source, by model and claim; ``None`` for checks without one."""
        found: dict[str, dict[str, list[float | str | None]]] = {}
        for result in self.documents.results:
            if result.checks:
                logs = [None if check.effect is None else check.effect.log for check in result.checks]
                numbers = [None if number is None else plain(round(number, 4)) for number in logs]
                found.setdefault(result.model, {})[result.claim.id] = numbers
        return found

    def to_frame(self) -> pd.DataFrame:
        """Return one row a check; a claim on record only, which has no check, has a row of its own.

        Returns:
            Columns ``model``, ``source``, ``claim``, ``role``, ``verdict`` and ``strength`` (of the claim),
            ``deciding`` (whether the check decides the verdict), ``outcome``, ``share`` (of the parameter sets on
            record in which the check holds), ``observable``, ``condition``, ``reference``, ``expect``, ``value``,
            ``reference_value``, ``effect`` (the natural logarithm of the fold change), ``word`` (what the effect is)
            and ``reason``; empty where a check has no such thing.
        """
        import pandas as pd

        rows = [row for result in self.results for row in _rows(result)]
        frame = pd.DataFrame(rows, columns=list(_COLUMNS))
        numbers = ["value", "reference_value", "effect", "share"]
        frame[numbers] = frame[numbers].astype(float)
        return frame

    def sizes(self) -> pd.DataFrame:
        """Return every reported size with the simulated one, one row each, for `osteon.plot` too.

        Returns:
            Columns ``model``, ``claim``, ``landmark`` (whether it is one), ``observable``, ``experiment``,
            ``reported``, ``low``, ``high`` and ``simulated`` (fold changes), ``verdict`` and ``citation``;
            ``.attrs["sizes"]`` has how many agree, and of how many.
        """
        return table(size_rows(self.results))

    def as_dict(self) -> dict[str, Any]:
        """Return the scorecard in the shape of ``osteon verify --json``."""
        return {
            "osteon": __version__,
            "passed": self.passed,
            "summary": {model: dict(sorted(self.documents.counts(model).items())) for model in self.models},
            "landmarks": {model: dict(sorted(self.landmarks.counts(model).items())) for model in self.models},
            "experiments": {model: tally(self.results, model).as_dict() for model in self.models},
            "claims": [result.as_dict() for result in self.results],
        }

    def _repr_html_(self) -> str:
        """Draw the scorecard in a notebook: claims of the sources down, the verdict with its strength in words."""
        from html import escape

        rows = "".join(
            f"<tr><td>{escape(r.model)}</td><td>{escape(r.claim.id)}</td><td>{escape(r.claim.statement)}</td>"
            f"<td>{escape(str(r))}</td></tr>"
            for r in self.documents.results
        )
        head = "<tr><th>model</th><th>claim</th><th>statement</th><th>verdict</th></tr>"
        return f"<table>{head}{rows}</table>"


_COLUMNS = (
    *("model", "source", "claim", "role", "verdict", "strength", "deciding", "outcome", "share"),
    *("observable", "condition", "reference", "expect", "value", "reference_value", "effect", "word", "reason"),
)


def _rows(result: ClaimResult) -> list[dict[str, Any]]:
    """Return what `Scorecard.to_frame` says of one claim; numbers are numbers, infinite ones too."""
    claim = result.claim
    common: dict[str, Any] = {"model": result.model, "source": result.source, "claim": claim.id, "role": result.role}
    common |= {"verdict": result.verdict, "strength": result.strength.name if result.strength else None}
    rows = []
    for check in result.checks:
        told = {name: value for name, value in check.as_dict(claim).items() if name in _COLUMNS}
        effect = {} if check.effect is None else {"effect": check.effect.log}
        rows.append(common | told | effect | {"deciding": check is result.deciding})
    return rows or [common | {"reason": claim.documented}]


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{counts[verdict]} {verdict}" for verdict in get_args(Verdict) if counts.get(verdict))
