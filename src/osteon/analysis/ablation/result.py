"""What the evidence needs of a mechanism: the claims that fall when one of its edges is changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from osteon.errors import listing
from osteon.sbml.edges import Alteration, Edge
from osteon.simulation.contrast import percent, plain

if TYPE_CHECKING:
    import pandas as pd

STANDINGS = {
    "needed": "claims are contradicted without it",
    "sign": "no claim is contradicted without it, but some are when it is turned round",
    "broken": "claims are lost, but only because a simulation breaks; none is contradicted",
    "felt": "untested: effects change without it, but no claim falls",
    "silent": "untested: nothing that any claim reads changes without it",
    "vital": "nothing runs without it, or a part of the model is gone: every simulated claim falls",
    "off": "switched off in the model as written",
}
"""What the evidence can know of an edge, in words; *untested* is mechanism that no claim needs."""

NOTICEABLE = 0.01
"""An effect E that moves by less than this has not moved: no word of the evidence tells 1 % apart."""


@dataclass(frozen=True)
class EdgeOutcome:
    """What becomes of the claims when one edge is changed.

    ``contradicted`` and ``failed`` are claims that were supported before; ``gained`` are those that became supported.
    ``shift`` is the greatest change of any effect E that is still defined.
    """

    edge: Edge
    change: Alteration
    contradicted: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    gained: tuple[str, ...] = ()
    shift: float = 0.0

    @property
    def fallen(self) -> tuple[str, ...]:
        """Every claim that was supported and is not any more."""
        return self.contradicted + self.failed

    def as_dict(self) -> dict[str, Any]:
        """Return the outcome for the result file; empty lists are left out."""
        entry: dict[str, Any] = {"law": self.edge.law, "symbol": self.edge.symbol, "change": self.change}
        if self.edge.off:
            entry["off"] = True
        for name in ("contradicted", "failed", "gained"):
            if getattr(self, name):
                entry[name] = list(getattr(self, name))
        return entry | {"shift": plain(round(self.shift, 4))}

    @classmethod
    def from_dict(cls, entry: Mapping[str, Any]) -> EdgeOutcome:
        """Return the outcome that `as_dict` made an entry of."""
        lists = {name: tuple(entry.get(name, ())) for name in ("contradicted", "failed", "gained")}
        edge = Edge(entry["law"], entry["symbol"], bool(entry.get("off")))
        return cls(edge, entry["change"], shift=float(entry["shift"]), **lists)


@dataclass(frozen=True, repr=False)
class Ablation:
    """Every edge of one model, and what the claims make of its loss.

    Attributes:
        model: its id.
        fingerprint: of the model and its claims; see `osteon.verification.fingerprint`.
        supported: the claims that there were to lose.
        structural: those among them that look at the graph of influences alone; they need no simulation.
        outcomes: what was done, in the order of the model.
        versions: of the programs that did it.
    """

    model: str
    fingerprint: Mapping[str, str]
    supported: tuple[str, ...]
    structural: tuple[str, ...]
    outcomes: tuple[EdgeOutcome, ...]
    versions: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        standings = [self.support(edge) for edge in self.edges]
        told = ", ".join(f"{standings.count(name)} {name}" for name in STANDINGS if name in standings)
        return f"<Ablation {self.model}: {len(self.edges)} edges ({told}), {len(self.supported)} claims>"

    @property
    def edges(self) -> tuple[Edge, ...]:
        """Every edge, in the order of the model."""
        return tuple(dict.fromkeys(outcome.edge for outcome in self.outcomes))

    def of(self, edge: Edge) -> dict[Alteration, EdgeOutcome]:
        """Return the outcomes of one edge by what was done to it."""
        return self._by_edge.get(edge, {})

    @cached_property
    def _by_edge(self) -> dict[Edge, dict[Alteration, EdgeOutcome]]:
        found: dict[Edge, dict[Alteration, EdgeOutcome]] = {}
        for outcome in self.outcomes:
            found.setdefault(outcome.edge, {})[outcome.change] = outcome
        return found

    @cached_property
    def _telling(self) -> tuple[EdgeOutcome, ...]:
        """The outcomes that do not stop the model."""
        return tuple(outcome for outcome in self.outcomes if not self.stops(outcome))

    def stops(self, outcome: EdgeOutcome) -> bool:
        """Say whether every simulated claim falls, most by failing: what does not run says nothing of the evidence."""
        simulated = set(self.supported) - set(self.structural)
        broken = len(outcome.failed) > len(outcome.contradicted)
        return bool(simulated) and simulated <= set(outcome.fallen) and broken

    def support(self, edge: Edge) -> str:
        """Return what the evidence knows of an edge: one of `STANDINGS`."""
        if edge.off:
            return "off"
        outcomes = self.of(edge)
        removed = outcomes["removed"]
        if self.stops(removed):
            return "vital"
        if removed.contradicted:
            return "needed"
        told = [outcome for outcome in outcomes.values() if not self.stops(outcome)]
        if any(outcome.contradicted for outcome in told):
            return "sign"
        if any(outcome.fallen for outcome in outcomes.values()):
            return "broken"
        return "felt" if removed.shift >= NOTICEABLE else "silent"

    def statement(self, outcome: EdgeOutcome) -> str:
        """Say in a few words what one change does to the claims."""
        if self.stops(outcome):
            return "every simulated claim falls: nothing runs, or a part is gone"
        if outcome.fallen:
            broken = f" ({len(outcome.failed)} for a simulation breaks)" if outcome.failed else ""
            return f"{len(outcome.fallen)} of {len(self.supported)} claims fall{broken}: {listing(outcome.fallen, 4)}"
        if outcome.shift < NOTICEABLE:
            return "no claim falls, and no effect moves"
        return f"no claim falls; effects move by up to {percent(outcome.shift)}"

    def breakers(self, claim: str, change: Alteration = "removed") -> tuple[Edge, ...]:
        """Return the edges whose change contradicts a claim, those aside that stop the model."""
        changed = (outcome for outcome in self._telling if outcome.change == change)
        return tuple(outcome.edge for outcome in changed if claim in outcome.contradicted)

    def either_way(self) -> tuple[Edge, ...]:
        """Return the influences that are needed, and yet may be reversed without any claim falling."""
        needed = ((edge, self.of(edge).get("reversed")) for edge in self.edges if self.support(edge) == "needed")
        return tuple(edge for edge, turned in needed if turned is not None and not turned.fallen)

    def unbreakable(self) -> tuple[str, ...]:
        """Return the claims that no change of any edge contradicts, those aside that stop the model."""
        lost = {claim for outcome in self._telling for claim in outcome.contradicted}
        return tuple(claim for claim in self.supported if claim not in lost)

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each change of an edge, lists as text; ``.attrs`` has model, fingerprint and versions."""
        import pandas as pd

        rows = [
            {
                "edge": str(outcome.edge),
                "law": outcome.edge.law,
                "symbol": outcome.edge.symbol or "",
                "change": outcome.change,
                "support": self.support(outcome.edge),
                "contradicted": " ".join(outcome.contradicted),
                "failed": " ".join(outcome.failed),
                "gained": " ".join(outcome.gained),
                "shift": outcome.shift,
            }
            for outcome in self.outcomes
        ]
        frame = pd.DataFrame(rows)
        frame.attrs |= {name: self.as_dict()[name] for name in ("model", "fingerprint", "versions")}
        return frame

    def as_dict(self) -> dict[str, Any]:
        """Return the result in the shape of ``osteon ablate --json``."""
        return {
            "model": self.model,
            "fingerprint": dict(self.fingerprint),
            "versions": dict(self.versions),
            "supported": list(self.supported),
            "structural": list(self.structural),
            "outcomes": [outcome.as_dict() for outcome in self.outcomes],
        }

    def text(self) -> str:
        """Return the result as a file: JSON with one change of an edge on each line."""
        whole = self.as_dict()
        lines = [json.dumps(outcome, ensure_ascii=False) for outcome in whole.pop("outcomes")]
        head = json.dumps(whole, ensure_ascii=False)[:-1]
        return f'{head}, "outcomes": [\n' + ",\n".join(lines) + "\n]}\n"

    @classmethod
    def from_dict(cls, result: Mapping[str, Any]) -> Ablation:
        """Return the result that `as_dict` made a dictionary of.

        Raises:
            ValueError: if it is not such a dictionary.
        """
        try:
            return cls._read(result)
        except (KeyError, TypeError) as error:
            raise ValueError(f"not a result of `osteon ablate`: {error}") from None

    @classmethod
    def _read(cls, result: Mapping[str, Any]) -> Ablation:
        outcomes = tuple(map(EdgeOutcome.from_dict, result["outcomes"]))
        lists = (tuple(result["supported"]), tuple(result["structural"]))
        return cls(result["model"], dict(result["fingerprint"]), *lists, outcomes, result["versions"])
