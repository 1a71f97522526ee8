"""Predictions with their confidence: what an untested experiment does over all plausible parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import log
from typing import TYPE_CHECKING

import numpy as np

from osteon.errors import SimulationError
from osteon.evidence.bindings import ParameterBinding
from osteon.evidence.criteria import holds
from osteon.simulation.model import Model
from osteon.simulation.sampling import Draws
from osteon.simulation.schedule import Change

if TYPE_CHECKING:
    import pandas as pd


def direction(effect: float) -> str:
    """Return the word for an effect: ``increase``, ``decrease``, or ``little change`` between them."""
    return next((word for word in ("increase", "decrease") if holds(word, effect)), "little change")


def predict_over_draws(
    model: Model,
    provenance: Mapping[str, ParameterBinding],
    condition: str,
    reference: str = "control",
    *,
    draws: int,
    seed: int,
    observables: Sequence[str] | None = None,
    at: str | None = None,
    setting: str | None = None,
    step: Callable[[], None] | None = None,
) -> pd.DataFrame:
    """Predict as `Model.predict` does, and say how many draws of the parameters agree in direction.

    Args:
        model: to be asked; it has its own parameter values again afterwards.
        provenance: the ranges to draw from.
        condition: interventions joined by ``+``.
        reference: the condition to compare with.
        draws: how many.
        seed: the same seed gives the same draws.
        observables: which ones; all by default.
        at: as in `Model.predict`.
        setting: as in `Model.predict`.
        step: called after each draw, to show progress.

    Returns:
        As `predict_over_values` does; ``.attrs`` also carries ``seed``.
    """
    values = Draws(model.sbml, provenance, model.shown).take(draws, seed)
    frame = predict_over_values(
        model, values, condition, reference, observables=observables, at=at, setting=setting, step=step
    )
    frame.attrs["seed"] = seed
    return frame


def predict_over_values(
    model: Model,
    worlds: Iterable[Mapping[str, float]],
    condition: str,
    reference: str = "control",
    *,
    observables: Sequence[str] | None = None,
    at: str | None = None,
    setting: str | None = None,
    step: Callable[[], None] | None = None,
) -> pd.DataFrame:
    """Predict as `Model.predict` does, and say how many sets of values of the parameters agree in direction.

    Args:
        model: to be asked; it has its own parameter values again afterwards.
        worlds: the sets of values, such as draws or the members of an ensemble.
        condition: interventions joined by ``+``.
        reference: the condition to compare with.
        observables: which ones; all by default.
        at: as in `Model.predict`.
        setting: as in `Model.predict`.
        step: called after each set, to show progress.

    Returns:
        The table of `Model.predict` with ``direction``, ``agreeing`` (sets of that direction), ``low`` and ``high``
        (5 % and 95 % quantiles of the fold change). ``.attrs`` carries ``draws``, their number, and ``failed``, the
        number of those whose simulation broke; they count as not agreeing.
    """
    frame = model.predict(condition, reference, observables=observables, at=at, setting=setting)
    drawn_effects: list[dict[str, float]] = []
    try:
        for values in worlds:
            model.simulator.rebase({name: Change(value) for name, value in values.items()})
            drawn_effects.append(effects(model, condition, reference, at, setting))
            if step is not None:
                step()
    finally:
        model.restore()
    frame["direction"] = [direction(effect) if effect == effect else "none" for effect in frame["effect"]]
    drawn = {name: [each[name] for each in drawn_effects if name in each] for name in frame.index}
    frame["agreeing"] = [sum(direction(e) == row["direction"] for e in drawn[name]) for name, row in frame.iterrows()]
    for column, share in (("low", 0.05), ("high", 0.95)):
        frame[column] = [
            float(np.exp(np.quantile(drawn[name], share))) if drawn[name] else np.nan for name in frame.index
        ]
    frame.attrs |= {"draws": len(drawn_effects), "failed": sum(not each for each in drawn_effects)}
    return frame


def effects(model: Model, condition: str, reference: str, at: str | None, setting: str | None) -> dict[str, float]:
    """Return the effect of each observable that has one; none where a simulation breaks."""
    try:
        values, references = (model.values(which, at=at, setting=setting) for which in (condition, reference))
    except SimulationError:
        return {}
    least = model.binding.protocol.detection_limit
    return {
        name: log(value / references[name])
        for name, value in values.items()
        if value > least and references[name] > least
    }
