"""What the page "Try it" knows of a model, as JSON: its settings, interventions, observables, and what was reported."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from osteon import sbml
from osteon.evidence.bindings import Act, ParameterBinding
from osteon.evidence.claims import Claim, ContrastCheck, Evidence
from osteon.evidence.conditions import CONTROL, parse
from osteon.evidence.features import FEATURES
from osteon.experiments.runs import missing_words
from osteon.pages.links import asked
from osteon.simulation.contrast import Contrast, contrasts
from osteon.simulation.model import Model
from osteon.simulation.readings import feature_times
from osteon.site.answers import Answers

Reported = dict[str, Any]

_ASKED = ("setting", "condition", "reference", "at", "reference_at", "observable", "reference_observable")
"""What makes up a question, but for the doses that a reader moves."""


def expression(
    model: Model,
    sources: Mapping[str, Evidence],
    provenance: Mapping[str, ParameterBinding],
    wheel: str | None,
    modules: str | None,
) -> dict[str, Any]:
    """Return everything that the page and `osteon.site.answers` need to know of a model.

    Durations are as the binding has them, readouts and times of reports in the model's unit.

    Args:
        model: the model.
        sources: those that it answers to, by id.
        provenance: of its parameters: what they mean and their units.
        wheel: file name of COPASI for the browser; ``None`` for a page without it.
        modules: file name of the archive of `osteon.site.shipped`; ``None`` for a page without COPASI.
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
        "timed": sbml.depends_on_time(model.sbml, model.shown),
        "amounts": [one.getId() for one in species if one.getHasOnlySubstanceUnits()],
        "default_setting": binding.protocol.default_setting,
        "settings": {name: _setting(model, name) for name in binding.settings},
        "interventions": {name: _intervention(model, name, provenance) for name in binding.interventions},
        "observables": {
            name: {"meaning": vocabulary.observables[name].meaning, "unit": bound.unit}
            for name, bound in binding.observables.items()
        },
        "laws": sbml.laws(document, model.formulas),
        "features": {name: feature.meaning for name, feature in FEATURES.items()},
        "feature_times": _feature_times(model),
        "reported": reported,
        "first": _first(model, reported),
        "wheel": wheel,
        "modules": modules,
    }


def computed(model: Model, known: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the answer to every reported question, by libroadrunner, with the path of its file.

    Curves are files of their own, for many answers share them. A question whose simulation breaks has no files.

    Args:
        model: the model.
        known: its `expression`.
    """
    answers = Answers(known, model.simulator)
    curves: dict[tuple[str, str], str] = {}
    questions = {one["answer"]: question(one) for one in known["reported"]}
    for path, asked_for in questions.items():
        answer = answers.answer(asked_for)
        if "curves" not in answer:
            continue
        for side, name in answer["curves"].items():
            key = asked_for["setting"], "+".join(asked_for[side]) or CONTROL
            if key not in curves:
                curves[key] = f"curves/{len(curves)}.json"
                yield curves[key], _short(answers.curve(name))
            answer["curves"][side] = curves[key]
        yield path, answer


def question(reported: Reported) -> dict[str, Any]:
    """Return what the page asks when a reader chooses what was reported; see `osteon.site.answers.Answers.answer`."""
    return {**{name: reported[name] for name in _ASKED}, "doses": {}}


def _short(curve: Mapping[str, Any]) -> dict[str, Any]:
    return {**curve, "values": {name: [float(f"{y:.9g}") for y in column] for name, column in curve["values"].items()}}


def _feature_times(model: Model) -> dict[str, list[float]]:
    """Return for each horizon the times on which features are read; nine digits suffice there."""
    binding = model.binding
    by_horizon = {place.horizon: feature_times(binding, name).tolist() for name, place in binding.settings.items()}
    return {horizon: [float(f"{time:.9g}") for time in times] for horizon, times in by_horizon.items()}


def _setting(model: Model, name: str) -> dict[str, Any]:
    place, time = model.binding.settings[name], model.binding.time
    return {
        "meaning": model.vocabulary.settings[name].meaning,
        "set": place.set,
        "scale": place.scale,
        "set_at_start": place.set_at_start,
        "horizon": place.horizon,
        "equilibrate": place.equilibrate,
        "age": model.vocabulary.settings[name].age,
        "readout": time(model.vocabulary.settings[name].readout),
    }


def _intervention(model: Model, name: str, provenance: Mapping[str, ParameterBinding]) -> dict[str, Any]:
    bound, word = model.binding.interventions[name], model.vocabulary.interventions[name]
    return {
        "kind": word.kind,
        "meaning": word.meaning,
        "set": bound.set,
        "scale": bound.scale,
        "settings": None if word.settings is None else list(word.settings),
        "onset": word.onset,
        "start": bound.start or word.start,
        "end": bound.end or word.end,
        "age": word.age,
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


def reported_contrasts(model: Model, evidence: Evidence) -> Iterator[tuple[Claim, Contrast]]:
    """Yield what each claim of a source compares and the page can ask of this model, each contrast once a claim."""
    seen = set()
    for claim in evidence.claims:
        for check in claim.checks:
            if not isinstance(check, ContrastCheck) or missing_words(check, claim.setting, model.binding):
                continue
            contrast = contrasts(check, claim, model.vocabulary)[0]
            if (claim.id, contrast) not in seen and contrast.reading.average is None:
                seen.add((claim.id, contrast))
                yield claim, contrast


def _reported(model: Model, sources: Mapping[str, Evidence]) -> Iterator[Reported]:
    """Yield what was reported as the page asks it, with the file of its answer; equal questions share one."""
    answers: dict[Contrast, str] = {}
    for evidence in sources.values():
        for claim, contrast in reported_contrasts(model, evidence):
            known = asked(contrast, model)
            yield {
                "claim": claim.id,
                "source": evidence.source.title,
                "statement": claim.statement,
                **known,
                **{side: list(parse(known[side])) for side in ("condition", "reference")},
                **{name: _moment(known[name]) for name in ("at", "reference_at")},
                "answer": answers.setdefault(contrast, f"answers/{len(answers)}.json"),
            }


def _moment(text: str) -> float | str:
    return text if text in FEATURES else float(text)


def _first(model: Model, reported: list[Reported]) -> Reported | None:
    """Return what the page opens with: the first condition of the model's figure, else the first one reported."""
    figure = model.binding.figure
    if figure is not None:
        shown = [sorted(parse(condition)) for condition in figure.conditions if condition != CONTROL]
        found = [one for one in reported if one["setting"] == figure.setting and one["condition"] in shown]
        if found:
            best = min(found, key=lambda one: (shown.index(one["condition"]), len(one["reference"])))
            return {name: best[name] for name in _ASKED}
    return {name: reported[0][name] for name in _ASKED} if reported else None
