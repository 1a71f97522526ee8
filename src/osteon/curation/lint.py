"""Curation: whether a model, its binding and the evidence fit together. Every fault is a finding."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from math import isclose
from typing import Any

from osteon import sbml
from osteon.errors import CompilationError, Finding, suggestion
from osteon.evidence.bindings import Binding, ParameterBinding
from osteon.evidence.claims import Claim
from osteon.evidence.priors import Prior
from osteon.sbml import units

_ID = re.compile(r"\b[A-Za-z][A-Za-z0-9]*-[0-9]{2,}\b")


def binding_findings(
    binding: Binding,
    document: Any,
    shown: str,
    *,
    inherited: Mapping[str, ParameterBinding] | None = None,
) -> Iterator[Finding]:
    """Yield every fault of a binding against its model.

    Args:
        binding: to be checked.
        document: libsbml document of the model.
        shown: the binding's file as the user knows it.
        inherited: provenance taken over from the parts of a composed model (`Project.inherited`). Without it the model
            is somebody else's, and its parameters need no provenance.
    """
    model = document.getModel()
    parts = {part.id: part for part in sbml.symbols(model)}
    changeable = [part.id for part in parts.values() if part.rule is None]
    for place, targets in _targets(binding):
        for target in sorted(targets):
            if target not in changeable:
                hint = suggestion(target, changeable)
                yield Finding(f"{shown}: {place}", f"the model has no parameter or species {target!r} to change{hint}")
    yield from _observable_findings(binding, model, shown)
    constants = {part.id: part for part in parts.values() if part.kind == "parameter" and part.constant}
    if inherited is not None:
        known = {**inherited, **binding.parameters}
        for name in constants:
            if name not in known:
                yield Finding(f"{shown}: parameters.{name}", "no provenance; say where its value comes from")
    for name, entry in binding.parameters.items():
        where = f"{shown}: parameters.{name}"
        if name not in constants:
            yield Finding(where, f"the model has no such parameter{suggestion(name, constants)}")
        else:
            yield from _parameter_findings(entry, constants[name], model, where)


def _observable_findings(binding: Binding, model: Any, shown: str) -> Iterator[Finding]:
    for name, observable in binding.observables.items():
        where = f"{shown}: observables.{name}"
        try:
            sbml.parse_formula(observable.mathematics, model, where)
        except CompilationError as error:
            yield Finding(where, str(error).removeprefix(f"{where}: "))


def _targets(binding: Binding) -> Iterator[tuple[str, Iterable[str]]]:
    for name, setting in binding.settings.items():
        yield f"settings.{name}", setting.targets | frozenset(setting.set_at_start)
    for name, intervention in binding.interventions.items():
        yield f"interventions.{name}", intervention.targets
    for name, counterfactual in binding.counterfactuals.items():
        yield f"counterfactuals.{name}", counterfactual.targets


def _parameter_findings(entry: ParameterBinding, part: sbml.Symbol, model: Any, where: str) -> Iterator[Finding]:
    value = part.value
    if value is not None and entry.range is not None and not entry.range[0] <= value <= entry.range[1]:
        yield Finding(f"{where}.range", f"the model's value {value:g} lies outside {list(entry.range)}")
    try:
        if not units.same(entry.unit, part.unit, model):
            yield Finding(f"{where}.unit", f"{entry.unit!r} is not the unit that the model declares, {part.unit!r}")
    except ValueError as error:
        yield Finding(f"{where}.unit", str(error))
    if entry.formula is None or value is None:
        return
    try:
        derived = sbml.evaluate(entry.formula, model, f"{where}.formula")
    except CompilationError as error:
        yield Finding(f"{where}.formula", str(error).removeprefix(f"{where}.formula: "))
    else:
        if not isclose(derived, value, rel_tol=1e-3, abs_tol=1e-9):
            yield Finding(f"{where}.formula", f"gives {derived:.6g}, but the model's value is {value:g}")


def reason_findings(
    entries: Mapping[str, ParameterBinding] | Mapping[str, Prior], claims: Collection[str], shown: str
) -> Iterator[Finding]:
    """Yield every parameter, or class of quantities, that gives a claim as the reason for its value or its range.

    A value that rests on a claim makes the claim's verdict a repetition. What the value was chosen to do can be said in
    words, and a measurement can be cited.

    Args:
        entries: parameters of a binding, or classes of quantities.
        claims: ids of all claims of the project.
        shown: the file and the table in it, as the user knows them.
    """
    for name, entry in entries.items():
        for field in ("reason", "citation"):
            for word in _ID.findall(getattr(entry, field) or ""):
                if word in claims:
                    yield Finding(
                        f"{shown}.{name}.{field}",
                        f"names claim {word!r}; cite a measurement, or say what the value was chosen to do",
                    )


def claim_findings(binding: Binding, claims: Iterable[tuple[str, Claim]], shown: str) -> Iterator[Finding]:
    """Yield every entry of a binding's ``unmet`` that names no claim of its sources."""
    known = [claim.id for _, claim in claims]
    for name in binding.unmet:
        if name not in known:
            yield Finding(
                f"{shown}: unmet.{name}", f"none of the model's sources has this claim{suggestion(name, known)}"
            )
