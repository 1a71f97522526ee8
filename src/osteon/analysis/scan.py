"""Scans: how the response to a condition follows the dose of an intervention, or the value of a parameter.

To vary an intervention is to vary what its binding sets, in the unit of the model, or the factor by which it
multiplies. To vary a parameter is to give the model another value of its own, in the condition and in the reference;
parameters that the binding derives follow, so that control stays at rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Literal

import numpy as np

from osteon import sbml
from osteon.errors import OsteonError, SimulationError, UnknownIdError, suggestion
from osteon.evidence.bindings import Act, Binding, InterventionBinding, ParameterBinding
from osteon.evidence.project import canonical_condition
from osteon.jobs.job import Chunk, Columns, Job
from osteon.simulation.model import Model
from osteon.simulation.sampling import Draws
from osteon.simulation.schedule import Change, changes_of
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
    """One or two axes, and what is read at every point of their grid; see `Model.predict`."""

    model: Model
    provenance: Mapping[str, ParameterBinding]
    axes: tuple[Axis, ...]
    condition: str
    reference: str
    observables: tuple[str, ...]
    at: str | None = None
    setting: str | None = None

    def prepare(self) -> None:
        """Compile the model."""
        _ = self.model.simulator

    @property
    def draws(self) -> Draws:
        """What follows from the parameters that are varied."""
        return Draws(self.model.sbml, self.provenance, self.model.shown)

    @property
    def points(self) -> tuple[tuple[float, ...], ...]:
        """The grid: every combination of the values of the axes, the first axis slowest."""
        return tuple(product(*(axis.values for axis in self.axes)))

    def values(self, number: int, draws: Draws) -> list[tuple[float, float]]:
        """Return each observable under condition and reference at one point; NaN where the simulation breaks."""
        point = tuple(zip(self.axes, self.points[number], strict=True))
        own = {axis.name: value for axis, value in point if axis.kind == "parameter"}
        overrides = {name: Change(value) for name, value in {**(draws.completed(own) if own else {}), **own}.items()}
        dosed = self.model.rebound(_dosed(self.model.binding, point))
        try:
            self.model.simulator.rebase({**changes_of(self.model.overrides or Act()), **overrides})
            read, compared = (
                dosed.values(which, at=self.at, setting=self.setting) for which in (self.condition, self.reference)
            )
        except SimulationError:
            return [(np.nan, np.nan) for _ in self.observables]
        finally:
            self.model.restore()
        return [(read[name], compared[name]) for name in self.observables]


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
    provenance: Mapping[str, ParameterBinding],
    varied: Mapping[str, tuple[float, ...]],
    condition: str,
    reference: str = "control",
    *,
    observables: Sequence[str] | None = None,
    at: str | None = None,
    setting: str | None = None,
) -> Scan:
    """Lay out a scan.

    Args:
        model: to be scanned.
        provenance: of its parameters; what is derived follows.
        varied: for each intervention of the condition, or parameter that the condition leaves alone, its values.
        condition: interventions joined by ``+``, or ``control``.
        reference: the condition to compare with.
        observables: which ones; all by default.
        at: as in `Model.predict`.
        setting: as in `Model.predict`.

    Raises:
        UnknownIdError: if the model does not have something that is named.
        OsteonError: if more than two things are varied, or varying one would mean several things, or nothing.
    """
    if not 1 <= len(varied) <= 2:
        raise OsteonError(f"{len(varied)} things to vary; expected one, or two for a grid")
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
            axes.append(_of_intervention(name, acts[name], values, provenance))
        else:
            axes.append(_of_parameter(name, values, model, provenance, fixed, list(acts)))
    return Scan(model, provenance, tuple(axes), condition, reference, tuple(model.chosen(observables)), at, setting)


def _of_intervention(
    name: str, act: InterventionBinding, values: tuple[float, ...], provenance: Mapping[str, ParameterBinding]
) -> Axis:
    if len(act.targets) > 1 or (act.set and act.scale):
        raise OsteonError(
            f"--vary {name}: it acts on {', '.join(sorted(act.targets))} at once, so its dose is not one number; "
            "vary a parameter instead"
        )
    (target,) = act.targets
    unit = provenance[target].unit if target in provenance else ""
    return Axis(name, "intervention", target, values, f"times {target}" if act.scale else unit)


def _of_parameter(
    name: str,
    values: tuple[float, ...],
    model: Model,
    provenance: Mapping[str, ParameterBinding],
    fixed: Mapping[str, str],
    interventions: list[str],
) -> Axis:
    document = sbml.read(model.sbml, model.shown)
    known = [item.id for item in sbml.symbols(document.getModel()) if item.kind == "parameter" and item.rule is None]
    if name in fixed:
        raise OsteonError(f"--vary {name}: {fixed[name]!r} sets this parameter, so another value would change nothing")
    if name in model.binding.interventions:
        raise OsteonError(f"--vary {name}: {name!r} is an intervention; add it to the condition to vary its dose")
    if name not in known:
        hint = suggestion(name, [*interventions, *known])
        raise UnknownIdError(
            f"--vary {name}: expected an intervention of the condition, or a parameter of {model.name!r}{hint}"
        )
    return Axis(name, "parameter", name, values, provenance[name].unit if name in provenance else "")


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
        "question": [plan.condition, plan.reference, list(plan.observables), plan.at, plan.setting],
    }
    return fingerprint.fingerprint("scan", plan.model, parameters=plan.provenance, request=asked)


def _done(plan: Scan, chunk: Chunk) -> Columns:
    draws = plan.draws
    return {"values": np.array([plan.values(item, draws) for item in chunk.items])}


def response(plan: Scan, columns: Columns) -> pd.DataFrame:
    """Return what every observable does at every point.

    Returns:
        One row for each point and observable: a column for each axis, then ``observable``, ``value``, ``reference``,
        ``fold_change`` and ``effect`` as `Model.predict` has them, all NaN where the simulation broke. ``.attrs``
        carries what was asked, the number of points that ``failed``, fingerprint and versions.
    """
    import pandas as pd

    least = plan.model.binding.protocol.detection_limit
    rows = []
    for point, pairs in zip(plan.points, columns["values"], strict=True):
        for name, (value, reference) in zip(plan.observables, pairs, strict=True):
            fold = value / reference if reference > least else np.nan
            effect = np.log(fold) if value > least and reference > least else np.nan
            rows.append((*point, name, value, reference, fold, effect))
    heads = ["observable", "value", "reference", "fold_change", "effect"]
    table = pd.DataFrame(rows, columns=[*(axis.name for axis in plan.axes), *heads])
    place = plan.model.place(plan.setting)
    table.attrs |= {
        **fingerprint.record(plan.model, _fingerprint(plan)),
        "condition": plan.condition,
        "reference": plan.reference,
        "setting": place,
        "at": plan.at or plan.model.vocabulary.settings[place].readout,
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
    return table
