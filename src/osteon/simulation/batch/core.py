"""The batch core: the experiments of one model with many sets of values at once.

It follows the rule of `osteon.simulation.simulator` with another integrator. What it cannot do, and draws in which it
finds no rest or does not come through, it leaves to libroadrunner.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf

import numpy as np
from numpy.typing import NDArray

from osteon import sbml
from osteon.errors import OsteonError
from osteon.sbml.mathematics import NotSupportedError
from osteon.sbml.mechanism import mechanism
from osteon.simulation.batch.slices import Influences, Slice, Start, grouped, sliced
from osteon.simulation.batch.stability import blocks, stable
from osteon.simulation.batch.unit import Rest, Unit
from osteon.simulation.model import Model
from osteon.simulation.readings import Key, Run
from osteon.simulation.schedule import Change, Changes, Schedule
from osteon.simulation.simulator import LEAST_SIZE, NEGATIVE, NEUTRAL, RESTING, SETTLING_TIMES, STABLE, TRACE
from osteon.simulation.timecourse import place_of
from osteon.simulation.vector import Vector

Flags = NDArray[np.bool_]
Values = Mapping[str, Vector]
"""The values of some draws: one array a parameter."""

LOOSER = 100.0
"""The tolerance of the core over that of the model: Rodas5P at 1e-6 errs less than CVODE at 1e-8."""


@dataclass(frozen=True)
class Courses:
    """One experiment in many draws.

    Attributes:
        times: of shape (times,).
        values: of each observable that is read, of shape (times, draws); at no time where only the rest is asked for.
        open: the draws in which the core has no answer.
        restless: those that have no rest to start from, or to lead to.
    """

    times: Vector
    values: Mapping[str, Vector]
    open: Flags
    restless: Flags

    def at(self, observable: str, times: Sequence[float]) -> Vector:
        """Return the values at some of the times, of shape (times, draws); see `TimeCourse.at`."""
        places = [place_of(self.times, time) for time in times]
        if None in places:
            raise OsteonError(f"{observable!r} was not simulated at all of {len(times)} times that are read")
        return np.asarray(self.values[observable][np.array(places, dtype=int)])

    def has(self, time: float) -> bool:
        """Say whether a time is one of the times but for rounding."""
        return place_of(self.times, time) is not None


@dataclass(frozen=True)
class _Plan:
    schedule: Schedule
    end: Schedule
    run: Run
    slice: Slice
    read: frozenset[str]
    unit: str


class Core:
    """A model with the experiments that it is asked about, compiled.

    Args:
        model: its values are replaced by those of draws.
        wanted: the runs.
        read: the observables that are read of each.
        drawn: the parameters that have values of their own in each draw.

    Raises:
        NotSupportedError: if the model has something that the core cannot do.
        NoCompilerError: if nothing here compiles C.
    """

    def __init__(
        self, model: Model, wanted: Mapping[Key, Run], read: Mapping[Key, frozenset[str]], drawn: frozenset[str]
    ) -> None:
        if model.accuracy.by_integration:
            raise NotSupportedError("resting states by integration alone")
        self._model, self._engine = model, model.simulator.engine
        engine = self._engine
        text = sbml.with_observables(model.sbml, model.formulas, model.shown)
        self._ids = sbml.observable_ids(text, model.formulas)
        self._equations = mechanism(text, model.shown, frozenset(engine.filed))
        self._states = list(self._equations.rates)
        if not set(self._states) <= set(engine.moving) <= {*self._states, *engine.filed}:
            raise NotSupportedError("states that libroadrunner counts otherwise")
        engine.reset({})
        first = dict(zip(engine.moving, engine.state(), strict=True))
        self._first = np.array([first[name] for name in self._states])
        self._names = sorted(self._equations.constants)
        self._place = {name: place for place, name in enumerate(self._states)}
        self._every = list(range(len(self._states)))
        self._row = {name: row for row, name in enumerate(self._names)}
        self._filed = np.array([engine.filed.get(name, self._equations.constants[name]) for name in self._names])
        self._sizes = np.array([engine.sizes[name] for name in self._states])
        floors = [NEGATIVE if name in engine.positive else -inf for name in self._states]
        self._least = np.where(np.isfinite(floors), floors * self._sizes, -inf)
        self._settle = model.binding.time(model.binding.protocol.settle)
        self._drawn = drawn
        self.excluded: dict[Key, str] = {}
        self._plans = self._planned(wanted, read)
        self._units = self._compiled(read)
        whole = self._units["whole"]
        self._blocks = blocks(len(self._states), whole.rows, whole.columns)

    def _planned(self, wanted: Mapping[Key, Run], read: Mapping[Key, frozenset[str]]) -> dict[Key, _Plan]:
        influences, start = Influences(self._equations), self._start()
        kept: dict[Key, tuple[Schedule, Schedule, Run, Slice, frozenset[str]]] = {}
        for key, run in wanted.items():
            course, end = self._schedules(run)
            reason = self._refused(course) or self._refused(end)
            if reason is None:
                rules = [self._ids[name] for name in read[key]]
                part, last = (sliced(influences, one, rules, start) for one in (course, end))
                part = replace(part, needed=part.needed | last.needed)
                if (part.timed_rest and course.equilibrate) or (last.timed_end and run.resting):
                    reason = "rates that depend on time at rest"
                kept[key] = course, end, run, part, read[key]
            if reason is not None:
                self.excluded[key] = reason
                kept.pop(key, None)
        names = {f"{key}": part.states for key, (_, _, run, part, _) in kept.items() if run.simulated}
        group = grouped(names)
        label = {states: f"slice {number}" for number, states in enumerate(dict.fromkeys(group.values()))}
        self._slices = {name: states for states, name in label.items()}
        return {
            key: _Plan(*plan, label[group[f"{key}"]] if plan[2].simulated else "whole") for key, plan in kept.items()
        }

    def _schedules(self, run: Run) -> tuple[Schedule, Schedule]:
        """Return a run laid out in time, and the way to the steady state that it leads to, as `Model` does."""
        course = self._model.schedule(run.names, run.setting, run.until(self._model.binding), run.since)
        return course, self._model.schedule(run.names, run.setting) if run.resting else course

    def _start(self) -> Start:
        """Return what is zero in the model's own values in every draw."""
        own = self._own({}, 1)[:, 0]
        constants = (name for name, value in zip(self._names, own, strict=True) if value == 0.0)
        initial = self._began(1)[:, 0]
        states = (name for name, value in zip(self._states, initial, strict=True) if value == 0.0)
        return Start(frozenset(constants) - self._drawn, frozenset(states))

    def _refused(self, schedule: Schedule) -> str | None:
        """Say why a schedule is beyond the core."""
        targets = {name for changes in (schedule.before, *(p.changes for p in schedule.periods)) for name in changes}
        if targets & self._equations.compartments:
            return "a compartment whose size is changed"
        if not targets <= {*self._row, *self._place}:
            return "something that is changed and not a value of the model"
        return None

    def _compiled(self, read: Mapping[Key, frozenset[str]]) -> dict[str, Unit]:
        observed: dict[str, set[str]] = {"whole": set(), **{name: set() for name in self._slices}}
        for key, plan in self._plans.items():
            observed[plan.unit] |= read[key]
            if plan.run.resting:
                observed["whole"] |= read[key]
        parts = {"whole": frozenset(self._states), **self._slices}
        return {
            name: Unit(
                self._equations,
                [one for one in self._states if one in part],
                [self._ids[one] for one in sorted(observed[name])],
                cached=self._model.cached,
            )
            for name, part in parts.items()
        }

    @property
    def slices(self) -> dict[Key, frozenset[str]]:
        """The states that have to be integrated for each run."""
        return {key: plan.slice.states for key, plan in self._plans.items()}

    @property
    def needed(self) -> dict[Key, frozenset[str]]:
        """The states that what is read of each run depends on."""
        return {key: plan.slice.needed for key, plan in self._plans.items()}

    @property
    def runs(self) -> tuple[Key, ...]:
        """The runs that the core answers."""
        return tuple(self._plans)

    def run(self, key: Key) -> Run:
        """Return one of the runs."""
        return self._plans[key].run

    def names(self, unit: Unit) -> list[str]:
        """Return the observables that a unit reads."""
        names = {rule: name for name, rule in self._ids.items()}
        return [names[rule] for rule in unit.observables]

    def with_draws(self, values: Values, draws: int) -> Answers:
        """Return what the experiments come to with some sets of values; worked out when it is asked for."""
        return Answers(self, values, draws)

    def _own(self, values: Values, draws: int) -> Vector:
        """Return the constants of each draw, of shape (constants, draws)."""
        first = self._model.with_values({name: float(column[0]) for name, column in values.items()})
        own = np.repeat(self._filed[:, np.newaxis], draws, axis=1)
        for name, change in first.changes.items():
            if name in self._row:
                own[self._row[name]] = change.applied(float(self._filed[self._row[name]]))
        for name in values.keys() - first.overrides.targets:
            own[self._row[name]] = values[name]
        return own

    def _began(self, draws: int) -> Vector:
        """Return the states before anything is done, of shape (states, draws)."""
        states = np.repeat(self._first[:, np.newaxis], draws, axis=1)
        self._set(states, {name: one for name, one in self._model.changes.items() if name in self._place})
        return states

    def _set(self, states: Vector, begun: Changes) -> None:
        """Set the species whose change begins."""
        for name, change in begun.items():
            if name in self._place:
                size = 1.0
                if name in self._equations.counted:
                    size = float(self._filed[self._row[self._equations.counted[name]]])
                row = states[self._place[name]]
                row[:] = replace(change, value=None if change.value is None else change.value * size).applied(row)

    def _constants(self, unit: Unit, own: Vector, changes: Changes, states: Vector) -> Vector:
        """Return the constants of a unit in a period: those of the model as changed, and states that stand still."""
        found = np.empty((len(unit.constants), own.shape[1]))
        for place, name in enumerate(unit.constants):
            if name in self._place:
                found[place] = states[self._place[name]]
            else:
                found[place] = changes.get(name, Change()).applied(own[self._row[name]])
        return found

    def _integrated(
        self, unit: Unit, states: Vector, constants: Vector, times: Sequence[float], places: Sequence[int]
    ) -> tuple[Vector, Vector, Flags]:
        """Integrate a unit, whose states have these places among all; see `Unit.integrate`."""
        return unit.integrate(
            states,
            constants,
            times,
            relative=self._model.accuracy.relative * LOOSER,
            absolute=self._model.accuracy.absolute * self._sizes[places],
            least=self._least[places],
        )

    def _rest(self, unit: Unit, states: Vector, constants: Vector, **options: int) -> Rest:
        return unit.rest(states, constants, settle=self._settle, sizes=self._sizes, least=self._least, **options)

    def _is_resting(self, found: Rest) -> Flags:
        """Say which states are finite, not negative, and at rest."""
        least = RESTING * np.maximum(np.abs(found.states), LEAST_SIZE * self._sizes[:, np.newaxis])
        sound = np.isfinite(found.states) & (found.states >= self._least[:, np.newaxis])
        return np.asarray((sound & (np.abs(found.rates) * self._settle <= least)).all(axis=0))


class Answers:
    """The experiments of a core with some sets of values, each simulated when it is first asked for."""

    def __init__(self, core: Core, values: Values, draws: int) -> None:
        self._core, self._own, self.draws = core, core._own(values, draws), draws
        self._rests: dict[tuple[tuple[str, Change], ...], tuple[Vector, Flags, Flags]] = {}

    def courses(self, key: Key) -> Courses | None:
        """Return one experiment over time; nothing where it is left to libroadrunner."""
        core = self._core
        plan = core._plans.get(key)
        if plan is None:
            return None
        schedule, unit = plan.schedule, core._units[plan.unit]
        states, open_, restless = self._begin(schedule)
        wanted = plan.run.wanted(core._model.binding)
        places = [core._place[name] for name in unit.states]
        moments = [schedule.periods[0].start]
        # At a boundary the value is the one before the change.
        before = core._constants(unit, self._own, schedule.before, states)
        tables = [core._integrated(unit, states[places], before, moments, places)[1]]
        for period in schedule.periods:
            core._set(states, period.begun)
            constants = core._constants(unit, self._own, period.changes, states)
            times = period.moments(wanted)
            states[places], seen, through = core._integrated(unit, states[places], constants, times, places)
            tables.append(seen[1:])
            moments += times[1:]
            open_ |= ~through
        whole = np.concatenate(tables)
        open_ |= ~np.isfinite(whole).all(axis=(0, 1))
        # What the unit reads for others of its experiments would be wrong here.
        values = {name: whole[:, column] for column, name in enumerate(core.names(unit)) if name in plan.read}
        return Courses(np.array(moments), values, open_ & ~restless, restless)

    def resting(self, key: Key) -> Courses | None:
        """Return every observable in the steady state that an experiment leads to; see `courses`."""
        core = self._core
        plan = core._plans.get(key)
        if plan is None:
            return None
        states, open_, restless = self._begin(plan.end)
        for period in plan.end.periods:
            core._set(states, period.begun)
        found, lost, moving = self._settled(states, plan.end.periods[-1].changes)
        values = dict(zip(core.names(core._units["whole"]), found.observables, strict=True))
        open_ |= lost | ~np.isfinite(found.observables).all(axis=0)
        restless |= moving
        return Courses(np.zeros(0), values, open_ & ~restless, restless)

    def _begin(self, schedule: Schedule) -> tuple[Vector, Flags, Flags]:
        """Return the states in which a condition starts, and in which draws that is open, or there is none."""
        core = self._core
        key = tuple(sorted(schedule.before.items(), key=lambda item: item[0]))
        states = core._began(self.draws)
        core._set(states, schedule.before)
        if not schedule.equilibrate:
            return states, np.zeros(self.draws, dtype=bool), np.zeros(self.draws, dtype=bool)
        if key not in self._rests:
            found, open_, restless = self._settled(states, schedule.before)
            self._rests[key] = found.states, open_, restless
        states, open_, restless = self._rests[key]
        return states.copy(), open_.copy(), restless.copy()

    def _settled(self, states: Vector, changes: Changes) -> tuple[Rest, Flags, Flags]:
        """Bring draws to rest as `Simulator` does: a sound answer of the solver, else integration.

        Returns:
            The resting states, the draws in which the core has no answer, and those that have no rest.
        """
        core = self._core
        unit = core._units["whole"]
        constants = core._constants(unit, self._own, changes, states)
        found = core._rest(unit, states, constants)
        open_ = ~(found.found & core._is_resting(found))
        chosen = np.flatnonzero(~open_)
        matrices = np.zeros((len(chosen), len(core._states), len(core._states)))
        matrices[:, unit.rows, unit.columns] = found.entries[:, chosen].T
        conserved = core._engine.conserved
        open_[chosen] = ~stable(core._blocks, matrices, neutral=NEUTRAL, greatest=STABLE, conserved=conserved)
        restless = np.zeros(self.draws, dtype=bool)
        left = np.asarray(np.flatnonzero(open_), dtype=np.int_)
        if len(left):
            self._integrate_to_rest(left, states, constants, found, open_, restless)
        found.states[np.abs(found.states) < TRACE * core._sizes[:, np.newaxis]] = 0.0
        return found, open_, restless

    def _integrate_to_rest(
        self, left: NDArray[np.int_], states: Vector, constants: Vector, found: Rest, open_: Flags, restless: Flags
    ) -> None:
        """Integrate some draws until they rest, as long as `Simulator` does; write down what comes of it."""
        core = self._core
        unit = core._units["whole"]
        moving = states[:, left]
        for _ in range(SETTLING_TIMES):
            moving, _, through = core._integrated(unit, moving, constants[:, left], [0.0, core._settle], core._every)
            moving[np.abs(moving) < TRACE * core._sizes[:, np.newaxis]] = 0.0
            here = core._rest(unit, moving, constants[:, left], rounds=0)
            done = through & core._is_resting(here)
            for whole, part in ((found.states, here.states), (found.observables, here.observables)):
                whole[:, left[done]] = part[:, done]
            open_[left[done]] = False
            left, moving = left[through & ~done], moving[:, through & ~done]
            if not len(left):
                return
        open_[left], restless[left] = False, True
