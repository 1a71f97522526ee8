"""Scans: how the response to a condition follows the dose of an intervention, or the value of a parameter.

To vary an intervention is to vary what its binding sets, in the unit of the model, or the factor by which it
multiplies. To vary a parameter is to give the model another value of its own, in the condition and in the reference;
parameters that the binding derives follow, so that control stays at rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Literal

import numpy as np

from osteon import sbml
from osteon.analysis.prediction import effects_of
from osteon.errors import OsteonError, UnknownIdError, suggestion
from osteon.evidence.bindings import Binding, InterventionBinding
from osteon.evidence.project import canonical_condition
from osteon.jobs.job import Chunk, Columns, Job
from osteon.simulation.contrast import Contrast, Effect, said, table
from osteon.simulation.model import Model
from osteon.simulation.readings import where_it_can
from osteon.verification import fingerprint

if TYPE_CHECKING:
    import pandas as pd

_CHUNK = 5


@dataclass(frozen=True)
class Axis:
    """What is varied: an intervention, by what it does to ``target``, or a parameter; and the values it takes."""

    name: str
    kind: Literal["intervention", "parameter"]
    target: str
    values: tuple[float, ...]
    unit: str


@dataclass(frozen=True)
class Scan:
    """One or two axes, and what is compared at every point of their grid; see `Model.contrasts`."""

    model: Model
    axes: tuple[Axis, ...]
    asked: tuple[Contrast, ...]

    def prepare(self) -> None:
        """Compile the model."""
        _ = self.model.simulator

    @cached_property
    def points(self) -> tuple[tuple[float, ...], ...]:
        """The grid: every combination of the values of the axes, the first axis slowest."""
        return tuple(product(*(axis.values for axis in self.axes)))

    def values(self, number: int) -> list[tuple[float, float]]:
        """Return each observable under condition and reference at one point; NaN where the simulation breaks."""
        point = tuple(zip(self.axes, self.points[number], strict=True))
        varied = {axis.name: value for axis, value in point if axis.kind == "parameter"}
        model = self.model.replace(
            binding=_dosed(self.model.binding, point),
            drawn={**self.model.drawn, **self.model.draws.completed(varied)} if varied else self.model.drawn,
        )
        effects = effects_of(model, self.asked)
        if effects is None:
            return [(np.nan, np.nan) for _ in self.asked]
        return [(effect.value, effect.reference) for effect in effects]


def _dosed(binding: Binding, point: tuple[tuple[Axis, float], ...]) -> Binding:
    """Return a binding in which interventions have the doses of a point."""
    acts = dict(binding.interventions)
    for axis, value in point:
        if axis.kind == "intervention":
            field = "set" if acts[axis.name].set else "scale"
            acts[axis.name] = acts[axis.name].model_copy(update={field: {axis.target: value}})
    return binding.model_copy(update={"interventions": acts})


def scan(
    model: Model,
    varied: Mapping[str, tuple[float, ...]],
    condition: str,
    reference: str = "control",
    *,
    observables: Sequence[str] | None = None,
    at: str | None = None,
    reference_at: str | None = None,
    average: str | None = None,
    reference_observable: str | None = None,
    setting: str | None = None,
) -> Scan:
    """Lay out a scan.

    Args:
        model: to be scanned.
        varied: for each intervention of the condition, or parameter that the condition leaves alone, its values.
        condition: interventions joined by ``+``, or ``control``.
        reference: the condition to compare with.
        observables: as in `Model.predict`, like all that follow.
        at: when the condition is read.
        reference_at: when the reference is read.
        average: the period up to each time over which it is averaged, such as ``"1 d"``; the value at it if not
            given.
        reference_observable: what is read of the reference.
        setting: where.

    Raises:
        UnknownIdError: if the model does not have something that is named.
        OsteonError: if more than two things are varied, or varying one would mean several things, or nothing.
    """
    if not 1 <= len(varied) <= 2:
        raise OsteonError(f"{len(varied)} things to vary; expected one, or two for a grid")
    asked = model.contrasts(
        condition,
        reference,
        observables=observables,
        at=at,
        reference_at=reference_at,
        average=average,
        reference_observable=reference_observable,
        setting=setting,
    )
    place = model.place(setting)
    acts = {
        name: model.binding.interventions[name]
        for text in (condition, reference)
        for name in canonical_condition(text, model.binding, model.vocabulary)
    }
    fixed = {target: name for name, act in acts.items() for target in act.set}
    bound = model.binding.settings[place]
    fixed |= dict.fromkeys({**bound.set, **bound.set_at_start}, f"setting {place}")
    axes = []
    for name, values in varied.items():
        if name in acts:
            axes.append(_of_intervention(name, acts[name], values, model))
        else:
            axes.append(_of_parameter(name, values, model, fixed, list(acts)))
    return Scan(model, tuple(axes), asked)


def _of_intervention(name: str, act: InterventionBinding, values: tuple[float, ...], model: Model) -> Axis:
    if len(act.targets) > 1 or (act.set and act.scale):
        raise OsteonError(
            f"--vary {name}: it acts on {', '.join(sorted(act.targets))} at once, so its dose is not one number; "
            "vary a parameter instead"
        )
    (target,) = act.targets
    unit = model.parameters[target].unit if target in model.parameters else ""
    return Axis(name, "intervention", target, values, f"times {target}" if act.scale else unit)


def _of_parameter(
    name: str,
    values: tuple[float, ...],
    model: Model,
    fixed: Mapping[str, str],
    interventions: list[str],
) -> Axis:
    document = sbml.read(model.sbml, model.shown)
    known = [item.id for item in sbml.symbols(document.getModel()) if item.kind == "parameter" and item.rule is None]
    if name in fixed:
        raise OsteonError(f"--vary {name}: {fixed[name]!r} sets this parameter, so another value would change nothing")
    if name in model.overrides.targets:
        raise OsteonError(f"--vary {name}: this parameter has been given another value; leave out either of the two")
    if name in model.binding.interventions:
        raise OsteonError(f"--vary {name}: {name!r} is an intervention; add it to the condition to vary its dose")
    if name not in known:
        hint = suggestion(name, [*interventions, *known])
        raise UnknownIdError(
            f"--vary {name}: expected an intervention of the condition, or a parameter of {model.name!r}{hint}"
        )
    return Axis(name, "parameter", name, values, model.parameters[name].unit if name in model.parameters else "")


def grid(low: float, high: float, points: int, logarithmic: bool, shown: str) -> tuple[float, ...]:
    """Return evenly spaced values from ``low`` to ``high``, on the linear or the logarithmic scale.

    Raises:
        OsteonError: if the bounds do not make a range on that scale; ``shown`` names it as the user wrote it.
    """
    if not (np.isfinite([low, high]).all() and low < high):
        raise OsteonError(f"{shown}: expected two finite numbers, the smaller one first, such as 0.5..1.5")
    if logarithmic and low <= 0:
        raise OsteonError(f"{shown}: a logarithmic scale begins above zero; give a positive bound, or leave out --log")
    values = np.geomspace(low, high, points) if logarithmic else np.linspace(low, high, points)
    return tuple(float(value) for value in values)


def job(plan: Scan) -> Job:
    """Return the points of a scan as a job for `osteon.jobs.run`."""
    key = fingerprint.key(_fingerprint(plan))
    return Job("scan", _done, plan, size=len(plan.points), chunk_size=_CHUNK, seed=0, key=key)


def _fingerprint(plan: Scan) -> dict[str, str]:
    asked = {
        "axes": [[axis.name, axis.kind, list(axis.values)] for axis in plan.axes],
        "asked": [contrast.as_dict() for contrast in plan.asked],
    }
    return fingerprint.fingerprint("scan", plan.model, request=asked)


def _done(plan: Scan, chunk: Chunk) -> Columns:
    return {"values": np.array([plan.values(item) for item in chunk.items])}


def response(plan: Scan, columns: Columns) -> pd.DataFrame:
    """Return what every observable does at every point.

    Returns:
        One row for each point and observable: a column for each axis, then what `Model.predict` returns, NaN where the
        simulation broke. ``.attrs`` carries what was asked, the number of points that ``failed``, fingerprint and
        versions.
    """
    import pandas as pd

    least = plan.model.limit
    frames = []
    for point, pairs in zip(plan.points, columns["values"], strict=True):
        effects = [
            None
            if np.isnan(value)
            else where_it_can(Effect(float(value), float(other), least), contrast, plan.model.paths.lead)
            for contrast, (value, other) in zip(plan.asked, pairs, strict=True)
        ]
        frame = table(plan.asked, effects).reset_index()
        for place, (axis, value) in enumerate(zip(plan.axes, point, strict=True)):
            frame.insert(place, axis.name, value)
        frames.append(frame)
    whole = pd.concat(frames, ignore_index=True)
    whole.attrs |= {
        **fingerprint.record(plan.model, _fingerprint(plan)),
        **said(plan.asked[0]),
        "axes": [
            {
                "name": axis.name,
                "kind": axis.kind,
                "target": axis.target,
                "unit": axis.unit,
                "range": [min(axis.values), max(axis.values)],
                "points": len(axis.values),
            }
            for axis in plan.axes
        ],
        "failed": int(np.isnan(columns["values"][:, 0, 0]).sum()),
    }
    return whole
