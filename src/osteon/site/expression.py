"""What the page "Try it" knows of a model, as JSON: its settings, interventions, observables, and what was reported."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any

import numpy as np

from osteon import sbml
from osteon.errors import SimulationError
from osteon.evidence.bindings import Act, ParameterBinding
from osteon.evidence.claims import ContrastCheck, Evidence
from osteon.evidence.conditions import CONTROL, parse
from osteon.evidence.criteria import interval, labels
from osteon.experiments.runs import missing_words
from osteon.pages.links import asked
from osteon.simulation.contrast import contrasts
from osteon.simulation.model import Model

_POINTS = 101

Reported = dict[str, Any]


def expression(
    model: Model, sources: Mapping[str, Evidence], provenance: Mapping[str, ParameterBinding], wheel: str | None
) -> dict[str, Any]:
    """Return everything that the page needs in order to lay out any condition and to judge its effect.

    Times are in the model's unit. A ``start`` of ``null`` is before equilibration, an ``end`` of ``null`` never.

    Args:
        model: the model.
        sources: those that it answers to, by id.
        provenance: of its parameters: what they mean and their units.
        wheel: file name of COPASI for the browser; ``None`` for a page without it.
    """
    binding, vocabulary = model.binding, model.vocabulary
    reported = list(_reported(model, sources))
    document = sbml.read(model.sbml, model.shown)  # kept: what libsbml gives out dies with its document
    species = document.getModel().getListOfSpecies()
    return {
        "id": model.name,
        "title": binding.title,
        "time_unit": binding.protocol.time_unit,
        "detection_limit": binding.protocol.detection_limit,
        "relative_tolerance": binding.protocol.relative_tolerance,
        "absolute_tolerance": binding.protocol.absolute_tolerance,
        "settle": binding.time(binding.protocol.settle),
        "amounts": [one.getId() for one in species if one.getHasOnlySubstanceUnits()],
        "default_setting": binding.protocol.default_setting,
        "settings": {name: _setting(model, name) for name in binding.settings},
        "interventions": {name: _intervention(model, name, provenance) for name in binding.interventions},
        "observables": {
            name: {"meaning": vocabulary.observables[name].meaning, "unit": bound.unit}
            for name, bound in binding.observables.items()
        },
        "words": [_word(word.name) for word in labels()],
        "reported": reported,
        "first": _first(model, reported),
        "computed": {key: f"reported/{number}.json" for number, key in enumerate(_computed(reported))},
        "wheel": wheel,
    }


def courses(model: Model, known: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the time course of every reported condition, simulated by Osteon, with the path of its file.

    A condition whose simulation breaks has none.

    Args:
        model: the model.
        known: its `expression`.
    """
    for key, path in known["computed"].items():
        setting, _, condition = key.partition(":")
        end = known["settings"][setting]["horizon"]
        instants = {one["at"] for one in known["reported"] if one["setting"] == setting} - {None}
        until = max([end, *instants, known["settings"][setting]["readout"]])
        names = parse(condition or CONTROL)
        start = model.schedule(names, setting, until).periods[0].start
        times = sorted({*np.linspace(start, end, _POINTS).tolist(), *instants, known["settings"][setting]["readout"]})
        try:
            found = model.run(condition or CONTROL, times, setting=setting, until=until)
        except SimulationError:
            continue
        values = {name: [float(f"{value:.9g}") for value in column] for name, column in found.values.items()}
        yield path, {"times": found.times.tolist(), "values": values}


def _word(name: str) -> dict[str, Any]:
    within = interval(name)
    return {"word": name, "low": _finite(within.low), "high": _finite(within.high)}


def _finite(number: float) -> float | None:
    return number if isfinite(number) else None


def _setting(model: Model, name: str) -> dict[str, Any]:
    place, time = model.binding.settings[name], model.binding.time
    return {
        "meaning": model.vocabulary.settings[name].meaning,
        "set": place.set,
        "scale": place.scale,
        "set_at_start": place.set_at_start,
        "horizon": time(place.horizon),
        "equilibrate": place.equilibrate,
        "readout": time(model.vocabulary.settings[name].readout),
    }


def _intervention(model: Model, name: str, provenance: Mapping[str, ParameterBinding]) -> dict[str, Any]:
    bound, word = model.binding.interventions[name], model.vocabulary.interventions[name]
    born_with = word.kind == "genotype" and bound.start is None
    return {
        "kind": word.kind,
        "meaning": word.meaning,
        "set": bound.set,
        "scale": bound.scale,
        "start": None if born_with else model.binding.time(bound.start or "0 h"),
        "end": None if bound.end is None else model.binding.time(bound.end),
        "doses": list(_doses(bound, model, provenance)),
    }


def _doses(act: Act, model: Model, provenance: Mapping[str, ParameterBinding]) -> Iterator[dict[str, Any]]:
    """Yield what a reader may move: each value or factor, up to twice the greater of it and the model's own."""
    document = sbml.read(model.sbml, model.shown)
    symbols = {one.id: one for one in sbml.symbols(document.getModel())}
    for kind, values in (("set", act.set), ("scale", act.scale)):
        for target, value in values.items():
            entry, symbol = provenance.get(target), symbols.get(target)
            own = 1.0 if kind == "scale" else (symbol.value if symbol and symbol.value is not None else 0.0)
            yield {
                "target": target,
                "kind": kind,
                "value": value,
                "low": min(0.0, value, own),
                "high": 2 * max(value, own) or 1.0,
                "meaning": entry.meaning if entry else (symbol.name if symbol and symbol.name else target),
                "unit": "" if kind == "scale" or entry is None else entry.unit,
            }


def _reported(model: Model, sources: Mapping[str, Evidence]) -> Iterator[Reported]:
    """Yield every contrast of the evidence that this model can run and that is read at a time, once a claim."""
    seen = set()
    for evidence in sources.values():
        for claim in evidence.claims:
            for check in claim.checks:
                if not isinstance(check, ContrastCheck) or missing_words(check, claim.setting, model.binding):
                    continue
                contrast = contrasts(check, claim, model.vocabulary)[0]
                if (claim.id, contrast) in seen:
                    continue
                seen.add((claim.id, contrast))
                known = asked(contrast, model)
                yield {
                    "claim": claim.id,
                    "source": evidence.source.title,
                    "statement": claim.statement,
                    **known,
                    "condition": list(parse(known["condition"])),
                    "reference": list(parse(known["reference"])),
                }


def _first(model: Model, reported: list[Reported]) -> Reported | None:
    """Return what the page opens with: the first condition of the model's figure, else the first one reported."""
    figure = model.binding.figure
    if figure is not None:
        shown = [sorted(parse(condition)) for condition in figure.conditions if condition != CONTROL]
        found = [one for one in reported if one["setting"] == figure.setting and one["condition"] in shown]
        if found:
            best = min(found, key=lambda one: (shown.index(one["condition"]), len(one["reference"])))
            return {name: best[name] for name in ("setting", "condition", "reference", "at")}
    return {name: reported[0][name] for name in ("setting", "condition", "reference", "at")} if reported else None


def _computed(reported: list[Reported]) -> list[str]:
    keys = (f"{one['setting']}:{'+'.join(one[part])}" for one in reported for part in ("condition", "reference"))
    return list(dict.fromkeys(keys))
