"""Predictions with their confidence: what an untested experiment does over many sets of parameter values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from math import ceil, floor, isfinite
from typing import TYPE_CHECKING

import numpy as np

from osteon.analysis.engine import core_for, refuse_differing
from osteon.analysis.robustness.samples import TIGHT
from osteon.errors import SimulationError
from osteon.evidence.criteria import held
from osteon.simulation.batch.core import Core
from osteon.simulation.batch.readings import ManyReadings
from osteon.simulation.contrast import Contrast, Effect, table
from osteon.simulation.model import Model
from osteon.simulation.readings import where_it_can
from osteon.verification.many import NEAR

if TYPE_CHECKING:
    import pandas as pd

_CHUNK = 128
_EVERY = 50


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
        OsteonError: if libroadrunner gives more than one in 10,000 effects another direction than the batch core.
    """
    own = model.effects(asked)
    every = list(members)
    number = len(every)
    found = [effects for effects in effects_over(model, every, asked, step or (lambda: None)) if effects is not None]
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


def effects_over(
    model: Model, members: Sequence[Mapping[str, float]], asked: Sequence[Contrast], step: Callable[[], None]
) -> Iterator[tuple[Effect, ...] | None]:
    """Yield for each set of values what `effects_of` returns; many sets go through the batch core.

    libroadrunner repeats every fiftieth set, those in which an effect is close to where its direction changes, and
    those that the core leaves open.
    """
    readings = [reading for one in asked for reading in one.readings]
    drawn = frozenset(name for values in members for name in values)
    core = core_for(model, readings, drawn, len(members))
    again = differ = 0
    for start in range(0, len(members), _CHUNK):
        part = members[start : start + _CHUNK]
        first = _in_core(core, model, part, asked) if isinstance(core, Core) else [None] * len(part)
        for place, (values, effects) in enumerate(zip(part, first, strict=True)):
            result = effects
            if effects is None or (start + place) % _EVERY == 0 or any(map(_is_close, effects)):
                result = effects_of(model.with_values(values), asked)
                if effects is not None and _others(effects, result):
                    # Where several states are stable, Newton's method may find another rest than the model comes to.
                    result = effects_of(model.replace(accuracy=TIGHT).with_values(values), asked)
                if effects is not None:
                    again, differ = again + len(asked), differ + _others(effects, result)
            step()
            yield result
    refuse_differing(model, differ, again, f"gives {differ} of {again} effects another direction than the batch core")


def _in_core(
    core: Core, model: Model, members: Sequence[Mapping[str, float]], asked: Sequence[Contrast]
) -> list[tuple[Effect, ...] | None]:
    """Return the effects in some sets of values; nothing where the core has no answer."""
    columns = {name: np.array([values[name] for values in members]) for name in members[0]}
    readings = ManyReadings(core.with_draws(columns, len(members)), model.binding)
    pairs = [[readings.value(*reading) for reading in one.readings] for one in asked]
    lost = np.zeros(len(members), dtype=bool)
    for one in (read for pair in pairs for read in pair):
        lost |= one.open | one.restless | np.isnan(one.values)
    return [
        None
        if lost[draw]
        else tuple(
            where_it_can(Effect(float(a.values[draw]), float(b.values[draw]), model.limit), one, model.paths.lead)
            for one, (a, b) in zip(asked, pairs, strict=True)
        )
        for draw in range(len(members))
    ]


def _others(effects: Sequence[Effect], found: Sequence[Effect] | None) -> int:
    """Return how many effects have another direction; all of them where the simulation broke."""
    if found is None:
        return len(effects)
    return sum(one.direction != other.direction for one, other in zip(effects, found, strict=True))


def _is_close(effect: Effect) -> bool:
    near = any(abs(value - effect.limit) <= NEAR * effect.limit for value in (effect.value, effect.reference))
    return near or any(bool(held(word, np.array(effect.log), share=NEAR)[1]) for word in ("increase", "decrease"))


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
