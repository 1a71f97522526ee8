"""Predictions with their confidence: what an untested experiment does over many sets of parameter values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import ceil, floor, isfinite
from typing import TYPE_CHECKING

import numpy as np

from osteon.errors import SimulationError
from osteon.simulation.contrast import Contrast, Effect, table
from osteon.simulation.model import Model

if TYPE_CHECKING:
    import pandas as pd


def predict_over_draws(
    model: Model, asked: Sequence[Contrast], *, draws: int, seed: int, step: Callable[[], None] | None = None
) -> pd.DataFrame:
    """Predict over draws of the parameters; see `predict_over_values`.

    Args:
        model: to be asked.
        asked: what is compared; see `Model.contrasts`.
        draws: how many.
        seed: the same seed gives the same draws.
        step: called after each draw, to show progress.
    """
    frame = predict_over_values(model, model.draws.take(draws, seed), asked, step=step)
    frame.attrs["seed"] = seed
    return frame


def predict_over_values(
    model: Model,
    members: Iterable[Mapping[str, float]],
    asked: Sequence[Contrast],
    *,
    step: Callable[[], None] | None = None,
) -> pd.DataFrame:
    """Predict as `Model.predict` does, and say how many sets of parameter values agree in direction.

    Args:
        model: to be asked; what a user overrides holds in every set.
        members: the sets of values, such as draws or the members of an ensemble.
        asked: what is compared; see `Model.contrasts`.
        step: called after each set, to show progress.

    Returns:
        The table of `Model.predict` with ``direction``, ``agreeing`` (sets of that direction), ``low`` and ``high``
        (5 % and 95 % quantiles of the fold change; NaN where there is no path). ``.attrs`` carries ``draws``, their
        number, and ``failed``, the number of those whose simulation broke; they count as not agreeing.

    Raises:
        SimulationError: if a simulation breaks with the model's own values.
    """
    own = model.effects(asked)
    found: list[tuple[Effect, ...]] = []
    number = 0
    for values in members:
        number += 1
        effects = effects_of(model.with_values(values), asked)
        if effects is not None:
            found.append(effects)
        if step is not None:
            step()
    frame = table(asked, own)
    columns = list(zip(*found, strict=True)) or [()] * len(own)
    frame["direction"] = [effect.direction for effect in own]
    frame["agreeing"] = [
        sum(one.direction == effect.direction for one in column) for effect, column in zip(own, columns, strict=True)
    ]
    for name, share in (("low", 0.05), ("high", 0.95)):
        frame[name] = [_quantile([one.fold for one in column if one.path], share) for column in columns]
    frame.attrs = {"model": model.name, **frame.attrs, "draws": number, "failed": number - len(found)}
    return frame


def effects_of(model: Model, asked: Sequence[Contrast]) -> tuple[Effect, ...] | None:
    """Return the effect of each contrast; nothing where a simulation breaks."""
    try:
        return model.effects(asked)
    except SimulationError:
        return None


def _quantile(folds: Sequence[float], share: float) -> float:
    """Return a quantile of fold changes, interpolated on the logarithmic scale.

    Between something finite and an infinite or zero fold change nothing is interpolated: the nearer one counts.
    """
    if not folds:
        return float("nan")
    ranked = sorted(folds)
    place = share * (len(ranked) - 1)
    below, above = ranked[floor(place)], ranked[ceil(place)]
    if below == above:
        return below
    if below == 0.0 or not isfinite(above):
        return ranked[round(place)]
    return float(np.exp(np.interp(place, [floor(place), ceil(place)], np.log([below, above]))))
