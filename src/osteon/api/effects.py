"""Experiments on a model: ``simulate`` and ``predict``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from osteon.api.arguments import MOST_DRAWS, Place, Progress, opened, overriding, silent, whole
from osteon.errors import OsteonError

if TYPE_CHECKING:
    import pandas as pd

    from osteon.analysis.inference import Ensemble
    from osteon.evidence.project import Project
    from osteon.simulation.contrast import Contrast
    from osteon.simulation.model import Model


def simulate(
    model: str,
    condition: str = "control",
    *,
    until: str | None = None,
    setting: str | None = None,
    observables: Sequence[str] | None = None,
    overrides: Mapping[str, float] | None = None,
    scale: Mapping[str, float] | None = None,
    project: Place = None,
) -> pd.DataFrame:
    """Run a condition over time.

    Args:
        model: id of a model.
        condition: interventions joined by ``+``, or ``control``.
        until: duration after t = 0, such as ``"72 h"``; the setting's horizon if not given.
        setting: such as ``"mouse"``; the model's own choice if not given.
        observables: which ones; all if not given.
        overrides: other values of parameters, by name.
        scale: factors by which parameters are multiplied, by name.
        project: as in `models`.

    Returns:
        One row a time (index, in the model's unit of time), one column an observable; ``.attrs`` has ``condition``,
        ``time_unit`` and ``units``.

    Raises:
        OsteonError: as in `load`, and if a word is not bound by the model or the simulation breaks.
    """
    from osteon.simulation.model import load

    loaded = load(opened(project), model, overriding(overrides, scale))
    names = loaded.chosen(observables)
    return loaded.simulate(condition, until=until, setting=setting)[names]


def predict(
    model: str,
    condition: str,
    reference: str = "control",
    *,
    observables: Sequence[str] | None = None,
    at: str | None = None,
    reference_at: str | None = None,
    average: str | None = None,
    reference_observable: str | None = None,
    setting: str | None = None,
    draws: int = 0,
    seed: int = 1,
    ensemble: str | Path | Ensemble | None = None,
    overrides: Mapping[str, float] | None = None,
    scale: Mapping[str, float] | None = None,
    project: Place = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Say how each observable changes under any combination of interventions, reported or not.

    Args:
        model: id of a model.
        condition: interventions joined by ``+``.
        reference: the condition to compare with.
        observables: which ones; all if not given.
        at: when: a duration such as ``"72 h"``, or a feature such as ``"steady state"`` or ``"peak"``; the setting's
            usual time of reading if not given.
        reference_at: when the reference is read; as ``at`` if not given.
        average: the period up to each time over which it is averaged, such as ``"1 d"``; the value at it if not
            given.
        reference_observable: what is read of the reference; the same observable if not given.
        setting: such as ``"mouse"``; the model's own choice if not given.
        draws: repeat over this many draws of all parameters from their plausible ranges.
        seed: of the draws.
        ensemble: repeat over the members of this ensemble, as `infer` returned it, or of its file.
        overrides: other values of parameters, by name; they hold in every draw and member too.
        scale: factors by which parameters are multiplied, by name; as ``overrides``.
        project: as in `models`.
        progress: as in `verify`.

    Returns:
        One row an observable (index), with ``value``, ``reference``, ``fold_change``, ``effect`` (its natural
        logarithm) and ``change``, its word; ``no path``, with neither, where nothing that is done can act on it there.
        With draws or an ensemble also ``direction``, ``agreeing`` (how many agree with it), ``low`` and ``high`` (5 %
        and 95 % quantiles of the fold change). ``.attrs`` has what was compared.

    Raises:
        OsteonError: as in `simulate`, and if the ensemble belongs to another model or another state of it.
    """
    from osteon.analysis.prediction import predict_over_draws, predict_over_values
    from osteon.simulation.model import load

    draws = whole("draws", draws, 0, MOST_DRAWS)
    seed = whole("seed", seed, 0)
    if draws and ensemble is not None:
        raise OsteonError("give either --draws, from all of the ranges, or --ensemble, from what the evidence allows")
    opened_ = opened(project)
    loaded = load(opened_, model, overriding(overrides, scale))

    def asked() -> tuple[Contrast, ...]:
        return loaded.contrasts(
            condition,
            reference,
            observables=observables,
            at=at,
            reference_at=reference_at,
            average=average,
            reference_observable=reference_observable,
            setting=setting,
        )

    if draws:
        with (progress or silent)("Drawing parameters", draws) as step:
            return predict_over_draws(loaded, asked(), draws=draws, seed=seed, step=step)
    if ensemble is None:
        return loaded.table(asked())
    found, shown = _ensemble(ensemble, opened_, loaded)
    with (progress or silent)("Asking each member", len(found)) as step:
        frame = predict_over_values(loaded, found.members(), asked(), step=step)
    frame.attrs["ensemble"] = shown
    return frame


def _ensemble(given: str | Path | Ensemble, project: Project, model: Model) -> tuple[Ensemble, str]:
    """Return an ensemble that belongs to the model, and what to call it."""
    from osteon.analysis import inference

    claims = project.claims(model.binding)
    if isinstance(given, inference.Ensemble):
        return inference.matched(given, repr(given), model, claims), repr(given)
    return inference.read(Path(given), model, claims), Path(given).as_posix()
