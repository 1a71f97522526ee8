"""Describing one model in words and tables: what `osteon show` prints."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from osteon import sbml
from osteon.analysis.ablation.recorded import ablation
from osteon.analysis.ablation.result import STANDINGS, Ablation
from osteon.evidence.bindings import Binding, InterventionBinding, ParameterBinding
from osteon.evidence.claims import Claim
from osteon.evidence.project import Project
from osteon.simulation.model import load


@dataclass(frozen=True)
class Section:
    """One table: a title, column heads, and rows of text."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Description:
    """All that there is to say of a model before running it."""

    id: str
    title: str
    prose: tuple[str, ...]
    symbols: tuple[sbml.Symbol, ...]
    reactions: tuple[sbml.Reaction, ...]
    binding: Binding
    provenance: Mapping[str, ParameterBinding]
    claims: tuple[tuple[str, Claim], ...]
    ablation: Ablation | None
    changes_since_ablation: str | None

    def sections(self) -> list[Section]:
        """Return the tables, in the order of the model: parts, equations, numbers, words, claims."""
        return [
            _species(self.symbols),
            _reactions(self.reactions),
            _rules(self.symbols),
            _parameters(self.symbols, self.provenance),
            _interventions(self.binding),
            _observables(self.binding),
            _claims(self.claims, self.binding),
            _needs(self.id, self.ablation, self.changes_since_ablation),
        ]

    def as_dict(self) -> dict[str, Any]:
        """Return the description for ``osteon show --json``."""
        return {
            "id": self.id,
            "title": self.title,
            "prose": list(self.prose),
            "symbols": [asdict(symbol) for symbol in self.symbols],
            "reactions": [asdict(reaction) for reaction in self.reactions],
            "binding": self.binding.model_dump(mode="json", exclude_none=True),
            "claims": [
                {"source": source, **claim.model_dump(mode="json", exclude_none=True)} for source, claim in self.claims
            ],
            "ablation": self.ablation.as_dict() if self.ablation is not None else None,
            "ablation_is_current": self.ablation is not None and self.changes_since_ablation is None,
        }


def describe(project: Project, name: str) -> Description:
    """Describe one model of a project.

    Raises:
        UnknownIdError: if there is no such model.
        ProjectError: if one of its files is wrong.
    """
    model = load(project, name)
    compiled = sbml.read(model.sbml, model.shown).getModel()
    claims = tuple(project.claims(model.binding))
    needs, changes = ablation(project, model)
    return Description(
        id=name,
        title=model.binding.title,
        prose=_prose(compiled.getNotesString()),
        symbols=tuple(sbml.symbols(compiled)),
        reactions=tuple(sbml.reactions(compiled)),
        binding=model.binding,
        provenance=model.parameters,
        claims=claims,
        ablation=needs,
        changes_since_ablation=changes,
    )


def _prose(notes: str) -> tuple[str, ...]:
    from html import unescape

    paragraphs = re.findall(r"<p>(.*?)</p>", notes, flags=re.DOTALL)
    return tuple(unescape(" ".join(re.sub(r"<[^>]+>", "", text).split())) for text in paragraphs)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _species(symbols: Sequence[sbml.Symbol]) -> Section:
    rows = tuple((s.id, s.name, _number(s.value), s.unit) for s in symbols if s.kind == "species")
    return Section(f"Species ({len(rows)})", ("id", "name", "at rest", "unit"), rows)


def _reactions(reactions: Sequence[sbml.Reaction]) -> Section:
    rows = tuple((r.id, r.name, r.equation, r.rate) for r in reactions)
    return Section(f"Reactions ({len(rows)})", ("id", "name", "equation", "rate"), rows)


def _rules(symbols: Sequence[sbml.Symbol]) -> Section:
    rows = tuple((s.id, s.rule or "", s.unit) for s in symbols if s.rule)
    return Section(f"Computed at every instant ({len(rows)})", ("id", "equals", "unit"), rows)


def _parameters(symbols: Sequence[sbml.Symbol], provenance: Mapping[str, ParameterBinding]) -> Section:
    rows = []
    for symbol in symbols:
        entry = provenance.get(symbol.id)
        if entry is not None:
            bounds = f"{entry.range[0]:g} to {entry.range[1]:g}" if entry.range else ""
            value = _number(symbol.value)
            rows.append((symbol.id, entry.meaning, value, entry.unit, bounds, entry.prior or "", _whence(entry)))
    columns = ("id", "meaning", "value", "unit", "plausible range", "class of range", "provenance")
    return Section(f"Parameters ({len(rows)})", columns, tuple(rows))


def _whence(entry: ParameterBinding) -> str:
    return f"{entry.provenance}: {entry.citation or entry.formula or entry.reason}"


def _interventions(binding: Binding) -> Section:
    rows = tuple((name, _doing(bound), bound.reason) for name, bound in binding.interventions.items())
    return Section(f"Interventions ({len(rows)})", ("id", "what it does", "reason"), rows)


def _doing(bound: InterventionBinding) -> str:
    acts = [f"{target} = {value:g}" for target, value in bound.set.items()]
    acts += [f"{target} x {factor:g}" for target, factor in bound.scale.items()]
    window = [f"from {bound.start}"] * (bound.start is not None) + [f"until {bound.end}"] * (bound.end is not None)
    return ", ".join(acts + window)


def _observables(binding: Binding) -> Section:
    rows = tuple((name, bound.mathematics, bound.unit) for name, bound in binding.observables.items())
    return Section(f"Observables ({len(rows)})", ("id", "is", "unit"), rows)


def _claims(claims: Sequence[tuple[str, Claim]], binding: Binding) -> Section:
    rows = tuple((claim.id, claim.statement, claim.place, _asked(claim, binding)) for _, claim in claims)
    return Section(f"Claims it answers to ({len(rows)})", ("id", "what is reported", "where", "asked of a model"), rows)


def _asked(claim: Claim, binding: Binding) -> str:
    if claim.documented is not None:
        return f"on record only: {claim.documented}"
    return f"{len(claim.checks)} checks, {claim.demand}" + (", held out" if binding.role(claim) == "held_out" else "")


def _needs(model: str, ablation: Ablation | None, changes: str | None) -> Section:
    """Say for each edge what the evidence needs of it; a result for another state of the model is not shown."""
    title, columns = "What the evidence needs", ("edge", "support", "removed", "reversed")
    if ablation is None or changes is not None:
        fault = "not computed" if ablation is None else f"out of date: {changes}"
        return Section(f"{title}: {fault}; `osteon ablate {model} --record` computes it", columns, ())
    rows = []
    for edge in ablation.edges:
        told = {change: ablation.statement(outcome) for change, outcome in ablation.of(edge).items()}
        rows.append((str(edge), STANDINGS[ablation.support(edge)], told["removed"], told.get("reversed", "")))
    return Section(f"{title} ({len(rows)} edges)", columns, tuple(rows))
