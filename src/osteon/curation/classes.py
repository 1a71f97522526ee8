"""The tables of docs/priors.md and docs/robustness.md on ranges: the classes, who uses them, and values beyond them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from osteon.evidence.bindings import ParameterBinding
from osteon.evidence.priors import Prior, Priors
from osteon.markdown import table


def class_table(priors: Priors, parameters: Iterable[Mapping[str, ParameterBinding]]) -> str:
    """Return the classes in Markdown: what each is, its range, how it is drawn, and how many parameters it has.

    Args:
        priors: the classes.
        parameters: of each binding, without those of its parts.
    """
    used = Counter(entry.prior for entries in parameters for entry in entries.values())
    rows = (
        (f"`{name}`", prior.meaning, _range(prior), prior.distribution, used[name])
        for name, prior in priors.classes.items()
    )
    return table(("class", "what it is", "range", "drawn", "parameters"), "llllr", rows)


def _range(prior: Prior) -> str:
    low, high = prior.range
    times = " times the value" if prior.measure == "factor" else ""
    return f"{low:g} to {high:g}{_unit(prior.unit)}{times}"


def _unit(name: str) -> str:
    """Return a unit as it stands after a number."""
    return "" if name == "dimensionless" else f" {name}"


def range_table(models: Mapping[str, Mapping[str, ParameterBinding]], beyond: Mapping[str, list[str]]) -> str:
    """Return in Markdown how many free parameters of each model were measured, and how many are of a class.

    Args:
        models: parameters of each model with their ranges, those of its parts included where the model has them.
        beyond: names of those whose value lies outside the range of its class, by model.
    """
    rows = []
    for name, entries in models.items():
        free = [entry for entry in entries.values() if entry.is_free]
        measured = sum(entry.prior is None for entry in free)
        rows.append((f"`{name}`", len(free), measured, len(free) - measured, len(beyond[name])))
    return table(("model", "free", "measured", "of a class", "outside of it"), "lrrrr", rows)


def outside_table(
    models: Mapping[str, Mapping[str, ParameterBinding]],
    values: Mapping[str, Mapping[str, float]],
    beyond: Mapping[str, list[str]],
) -> str:
    """Return in Markdown every value that lies outside the range of its class; see `range_table`.

    Args:
        models: as there.
        values: of all parameters of each model.
        beyond: as there.
    """
    rows = []
    for name, entries in models.items():
        for one in beyond[name]:
            entry = entries[one]
            (low, high), unit = entry.range or (0.0, 0.0), _unit(entry.unit)
            said = (f"`{name}`", f"`{one}`", entry.meaning, f"{values[name][one]:g}{unit}", f"`{entry.prior}`")
            rows.append((*said, f"{low:.3g} to {high:.3g}{unit}"))
    if not rows:
        return "Every value lies in the range of its class."
    return table(("model", "parameter", "what it is", "value", "class", "range"), "lllrll", rows)
