"""Readings: every condition of the evidence as the values of a few parameters of one SBML model.

The model runs in one time course: it comes to rest, and from t = 0 on it is treated. So any program that runs SBML with
events runs any experiment, and none needs to know of settings, genotypes or windows of time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from math import inf, nan
from typing import Literal

from osteon import sbml
from osteon.errors import OsteonError
from osteon.evidence.claims import Claim
from osteon.evidence.conditions import CONTROL
from osteon.experiments.equilibration import needed
from osteon.experiments.own_time import has_own_time
from osteon.experiments.runs import runs
from osteon.experiments.staged_sbml import (
    ELAPSING,
    RUNNING,
    Stages,
    own_value,
    parameter_id,
    staged,
)
from osteon.simulation.model import Model
from osteon.simulation.readings import Run
from osteon.simulation.schedule import Change, Schedule
from osteon.simulation.timecourse import TimeCourse

_BEFORE = 2.0**-36  # over the length of a rest: far above the rounding of times, far below any process

Role = Literal["value", "initial", "factor", "added"]


@dataclass(frozen=True)
class ConditionParameter:
    """One parameter by which conditions differ: what ``target`` becomes at a stage, with ``value`` as in control.

    A ``value`` or ``initial`` replaces; a species that changes later becomes ``factor`` times what it is, plus
    ``added``. The target `staged_sbml.RUNNING` is 0 where a setting does not rest, so that it stays at its initial
    values; `staged_sbml.ELAPSING` is 0 until the condition begins, so that the model's own time stands at 0.
    """

    id: str
    target: str
    stage: int
    role: Role
    value: float


@dataclass(frozen=True)
class Experiment:
    """One condition in one setting.

    Times are model times: 0 is when treatments begin; `ExperimentSet.run_time` turns them into the engine's own. A
    value at ``start`` or at any boundary is the one before the change.

    Attributes:
        id: an SId, unique in the design.
        label: such as ``mouse: ovariectomy+anti_rankl``.
        setting: id of the setting.
        condition: canonical.
        steady: whether ``end`` is far enough for the model to rest under the condition, for readings of that state.
        start: the first time that counts.
        end: the last.
        times: when its observables are read, ascending; boundaries of the condition included, as in a `TimeCourse`.
        values: of every condition parameter.
    """

    id: str
    label: str
    setting: str
    condition: str
    steady: bool
    start: float
    end: float
    times: tuple[float, ...]
    values: Mapping[str, float]


@dataclass(frozen=True)
class ExperimentSet:
    """One model with all its experiments.

    Attributes:
        sbml: the model; its own values are those of control in the default setting.
        time_unit: of all times.
        lead: the engine's time at which treatments begin.
        rest: how long a run rests at least.
        boundaries: the model times at which something may change, by an event just then.
        condition_parameters: all of them; every experiment gives each a value.
        experiments: control first, in the default setting.
        observables: the id in the SBML of each observable.
    """

    sbml: str
    time_unit: str
    lead: float
    rest: float
    boundaries: tuple[float, ...]
    condition_parameters: tuple[ConditionParameter, ...]
    experiments: tuple[Experiment, ...]
    observables: Mapping[str, str]

    def run_time(self, time: float) -> float:
        """Return the engine's own time at which the value at a model time is to be read.

        At a boundary it is a trace earlier: programs disagree on which side of an event they are at its very time.
        """
        before = (
            self.rest * _BEFORE
            if any(abs(time - boundary) < self.rest * _BEFORE for boundary in self.boundaries)
            else 0.0
        )
        return self.lead + time - before

    def model_time(self, time: float) -> float:
        """Return the model time that an engine's own time stands for, a boundary just before it."""
        found = time - self.lead
        near = (boundary for boundary in self.boundaries if abs(found - boundary) < 2.0 * self.rest * _BEFORE)
        return next(near, found)

    @property
    def control(self) -> Experiment:
        """The experiment whose values the SBML has itself."""
        return self.experiments[0]

    @property
    def horizon(self) -> float:
        """The last time of any experiment that is no steady state."""
        return max(experiment.end for experiment in self.experiments if not experiment.steady)


def design(model: Model, claims: Iterable[Claim]) -> ExperimentSet:
    """Lay out every experiment that claims need of a model, and control in its default setting.

    Args:
        model: as its file has it; another overrides is not carried over.
        claims: whose readings are wanted.

    Raises:
        OsteonError: if a run cannot change what a condition changes; see `staged_sbml.staged`.
    """
    wanted = runs(model, claims)
    default = (model.binding.protocol.default_setting, CONTROL)
    whole = Run(*default, times=(), whole=True, resting=False)
    control = wanted.pop(default, whole)
    found = [control if control.simulated else replace(control, whole=True), *(wanted[key] for key in sorted(wanted))]
    layout = _layout(model, needed(model, found), {run.since for run in found})
    experiments = tuple(one for run in found for one in _experiments(model, run, layout))
    text = sbml.with_observables(model.sbml, model.formulas, model.shown)
    return ExperimentSet(
        sbml=staged(text, layout.stages, experiments[0].values, model.shown),
        time_unit=model.binding.protocol.time_unit,
        lead=layout.stages.lead,
        rest=layout.stages.rest,
        boundaries=layout.stages.boundaries,
        condition_parameters=tuple(
            replace(one, value=experiments[0].values[one.id]) for one in layout.condition_parameters
        ),
        experiments=experiments,
        observables=sbml.observable_ids(text, model.formulas),
    )


def condition_values(design: ExperimentSet, model: Model, schedule: Schedule) -> dict[str, float]:
    """Return what every condition parameter of a design is under any condition, reported or not.

    Args:
        design: of the model.
        model: the model.
        schedule: the condition laid out in time without an end, ``model.schedule(names, setting, math.inf)``.
    """
    return _values(schedule, _layout(model, design.rest, design.boundaries))


@dataclass(frozen=True)
class _Layout:
    """The stages of a model, its condition_parameters (with no value yet) and the values of its own."""

    stages: Stages
    condition_parameters: tuple[ConditionParameter, ...]
    own: Mapping[str, float]


def _layout(model: Model, rest: float, also: Iterable[float]) -> _Layout:
    """Lay out a model in stages; ``also`` are further boundaries, such as where it is first read before t = 0."""
    known = sbml.read(model.sbml, model.shown).getModel()
    moving = frozenset(species.getId() for species in known.getListOfSpecies())
    entries: dict[str, set[float]] = {}
    for target, time in _entries(model, moving):
        entries.setdefault(target, set() if target in moving else {-inf}).add(time)
    holds = not all(place.equilibrate for place in model.binding.settings.values())
    switches = ([RUNNING] if holds else []) + ([ELAPSING] if has_own_time(known) else [])
    earlier = {time for times in [also, *entries.values()] for time in times if time < 0.0}
    entries |= dict.fromkeys(switches, earlier | {-inf, 0.0})
    boundaries = sorted(earlier.union(*entries.values()) - {-inf})
    number = {time: stage for stage, time in enumerate([-inf, *boundaries])}
    stages = Stages(
        lead=rest - min([0.0, *boundaries]),
        rest=rest,
        boundaries=tuple(boundaries),
        targets={target: tuple(sorted(number[time] for time in entries[target])) for target in sorted(entries)},
        trace=model.binding.protocol.absolute_tolerance,
    )
    condition_parameters = tuple(_condition_parameters(stages, moving))
    own = {target: own_value(known, target, model.shown) for target in entries if target not in switches}
    return _Layout(stages, condition_parameters, own)


def _entries(model: Model, moving: frozenset[str]) -> Iterator[tuple[str, float]]:
    """Yield every target with each time at which a setting or an intervention changes it; -inf is before any rest.

    Acts compose, so what a combination changes, and when, is what its members change alone, or beside the one that
    gives the animal its age: genotypes begin at birth.
    """
    words, bound = model.vocabulary.interventions, tuple(model.binding.interventions)
    ages = ((), *((name,) for name in bound if words[name].age is not None))
    for setting in model.binding.settings:
        for names in ((*age, *own) for age in ages for own in ((), *((name,) for name in bound if name not in age))):
            try:
                alone = model.schedule(names, setting, inf)
            except OsteonError:  # It means nothing there, or sets two values at once: nobody can run this one.
                continue
            yield from ((target, -inf) for target in alone.before)
            former = alone.before
            for period in alone.periods:
                for target in {*former, *period.changes}:
                    begun = (
                        target in period.begun if target in moving else former.get(target) != period.changes.get(target)
                    )
                    if begun:
                        yield target, period.start
                former = period.changes


def _condition_parameters(stages: Stages, moving: frozenset[str]) -> Iterator[ConditionParameter]:
    for target, entered in stages.targets.items():
        for stage in entered:
            if target not in moving:
                yield ConditionParameter(
                    target if entered == (0,) else parameter_id(target, stage), target, stage, "value", nan
                )
            elif stage == 0:
                yield ConditionParameter(parameter_id(target, 0), target, 0, "initial", nan)
            else:
                yield ConditionParameter(parameter_id(target, stage, "factor"), target, stage, "factor", nan)
                yield ConditionParameter(parameter_id(target, stage, "added"), target, stage, "added", nan)


def _experiments(model: Model, run: Run, layout: _Layout) -> Iterator[Experiment]:
    name, label = f"{run.setting}__{'__'.join(run.names) or CONTROL}", f"{run.setting}: {run.condition}"
    if run.simulated:
        laid_out = model.schedule(run.names, run.setting, run.until(model.binding), run.since)
        times = tuple(laid_out.times(run.wanted(model.binding)))
        whole = _values(model.schedule(run.names, run.setting, inf), layout)
        yield Experiment(name, label, run.setting, run.condition, False, times[0], times[-1], times, whole)
    if run.resting:
        laid_out = model.schedule(run.names, run.setting)
        start, end = laid_out.periods[0].start, laid_out.periods[-1].end + layout.stages.rest
        lasting = _values(laid_out, layout)
        name, label = f"{name}__steady_state", f"{label}, steady state"
        yield Experiment(name, label, run.setting, run.condition, True, start, end, (start, end), lasting)


def _values(schedule: Schedule, layout: _Layout) -> dict[str, float]:
    return {one.id: _value(one, schedule, layout) for one in layout.condition_parameters}


def _value(one: ConditionParameter, schedule: Schedule, layout: _Layout) -> float:
    stages = layout.stages
    begun = [period for period in schedule.periods if one.stage and period.start <= stages.boundaries[one.stage - 1]]
    if one.target == RUNNING:
        return 1.0 if schedule.equilibrate or begun else 0.0
    if one.target == ELAPSING:
        return 1.0 if begun else 0.0
    if one.role in ("value", "initial"):
        changes = begun[-1].changes if begun else schedule.before
        return changes.get(one.target, Change()).applied(layout.own[one.target])
    entered = begun and begun[-1].start == stages.boundaries[one.stage - 1]
    change = begun[-1].begun.get(one.target, Change()) if entered else Change()
    if one.role == "factor":
        return change.factor if change.value is None else 0.0
    return 0.0 if change.value is None else change.applied(nan)


class Recorded:
    """Numbers that another program gave for a design's experiments, as a source for `verification.verify`.

    Args:
        design: whose experiments were run.
        time_courses: what was read of each, by its id, at its ``times``.
    """

    def __init__(self, design: ExperimentSet, time_courses: Mapping[str, TimeCourse]) -> None:
        self._found = {(one.setting, one.condition, one.steady): time_courses[one.id] for one in design.experiments}

    def time_course(self, run: Run) -> TimeCourse:
        """Return a time course; see `verification.Source`."""
        return self._found[run.setting, run.condition, False]

    def resting(self, run: Run) -> Mapping[str, float]:
        """Return the state at the end of a run to the steady state; see `verification.Source`."""
        time_course = self._found[run.setting, run.condition, True]
        return {name: float(column[-1]) for name, column in time_course.values.items()}
