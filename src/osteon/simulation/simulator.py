"""Simulation: a compiled model brought to rest, changed and integrated, one condition after the other.

A model is compiled once and then runs any number of conditions. Each run starts from the values in the SBML file, so
that no condition leaves a trace in the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from osteon.errors import SimulationError, UnknownIdError, suggestion
from osteon.sbml.reading import OBSERVABLE_PREFIX
from osteon.simulation.roadrunner import compiled, reason_of
from osteon.simulation.schedule import Change, Changes, Period, Schedule
from osteon.simulation.timecourse import TimeCourse, Vector

NEGATIVE = -1e-6
"""Species below this are an error; what lies between it and zero is integration noise."""
RESTING = 1e-6
"""Greatest change of a state over one settling time, relative to its size, for the model to count as at rest."""
_SETTLING_TIMES = 10
_LEAST_DAMPING = 1e-4  # what NLEQ2 itself takes for highly nonlinear problems (Nowak and Weimann, 1991)
_TRACE = 1e-15
FILED: Changes = MappingProxyType({})
"""What a model runs with when nobody changes its own values: those of its file."""
_STABLE = 1e-7  # greatest real part of an eigenvalue, over the largest; conserved totals give zeros, or noise


@dataclass(frozen=True)
class Accuracy:
    """How closely a model is integrated.

    Attributes:
        relative: tolerance of CVODE.
        absolute: tolerance of CVODE, in the unit of each species.
        by_integration: whether resting states are always found by integration, and never by Newton's method.
    """

    relative: float = 1e-8
    absolute: float = 1e-12
    by_integration: bool = False


class Simulator:
    """One compiled model, with its observables built in as assignment rules (`sbml.with_observables`).

    Args:
        sbml: the model's SBML text.
        name: the model's id, for messages.
        observables: ids of the observables built in.
        time_unit: the model's time unit, passed on to time courses.
        settle: how long the model is integrated, in that unit, before it is asked whether it rests.
        accuracy: how closely it is integrated.
        cached: whether the compiled model may come from the user's cache, and go there.

    Raises:
        CompilationError: if roadrunner refuses the model.
    """

    def __init__(
        self,
        sbml: str,
        *,
        name: str,
        observables: Iterable[str],
        time_unit: str,
        settle: float,
        accuracy: Accuracy = Accuracy(),
        cached: bool = True,
    ) -> None:
        self.name, self.time_unit, self._settle = name, time_unit, settle
        self.observables = tuple(observables)
        self._by_integration = accuracy.by_integration
        self._runner = compiled(sbml, name, cached=cached)
        # Held, for every look-up costs as much as a rate. Nothing here may call `steadyState`, which replaces it.
        model = self._model = self._runner.model
        self._floating: list[str] = list(model.getFloatingSpeciesIds())
        # Those with a rule of assignment come last and have no rate of their own.
        self._moving = self._floating[: len(self._runner.getRatesOfChange())]
        self._species = {*self._floating, *model.getBoundarySpeciesIds()}
        ruled = {*self._runner.getAssignmentRuleIds(), *self._runner.getRateRuleIds()}
        fixed = {*model.getGlobalParameterIds(), *model.getCompartmentIds()} - ruled
        self._filed = {target: float(self._runner[target]) for target in sorted(fixed)}
        self._own = dict(self._filed)
        self._places = {name: place for place, name in enumerate(model.getGlobalParameterIds())}
        self._other: tuple[list[int], list[float]] = ([], [])
        self._resized: frozenset[str] = frozenset()
        self._start: Changes = {}
        self._adopted = FILED
        self._changed: set[str] = set()
        self._rests: dict[tuple[tuple[str, Change], ...], _Rest | SimulationError] = {}
        self._rated = sorted(set(self._runner.getRateRuleIds()) - set(self._moving))
        solver = self._runner.getSteadyStateSolver()
        solver.setValue("auto_moiety_analysis", False)
        # At roadrunner's own 1e-20, NLEQ2 never returns from some models without a resting state.
        solver.setValue("minimum_damping", _LEAST_DAMPING)
        integrator = self._runner.getIntegrator()
        integrator.setValue("relative_tolerance", accuracy.relative)
        # One tolerance for each species: a single one would be scaled by the amounts at the start of every integration.
        integrator.setValue("absolute_tolerance", [accuracy.absolute] * max(1, self._integrated()))
        columns = [OBSERVABLE_PREFIX + observable for observable in self.observables]
        self._runner.timeCourseSelections = ["time", *columns, *self._floating]

    def _adopt(self, own: Changes) -> None:
        """Take over what tells the model's own values from those of its file, for this run and those like it."""
        if own is self._adopted or own == self._adopted:
            return
        self._refuse_unknown(own)
        self._adopted = own
        self._own = {target: own.get(target, Change()).applied(value) for target, value in self._filed.items()}
        self._start = {target: change for target, change in own.items() if target in self._species}
        different = [name for name, value in self._own.items() if value != self._filed[name]]
        inside = [name for name in different if name in self._places]
        self._other = [self._places[name] for name in inside], [self._own[name] for name in inside]
        self._resized = frozenset(different).difference(inside)
        self._rests.clear()

    def run(self, schedule: Schedule, times: Sequence[float], own: Changes = FILED) -> TimeCourse:
        """Run one condition and return its observables at the given times and at every boundary of a period.

        Args:
            schedule: the condition, laid out in time.
            times: model times wanted; those outside the schedule are left out.
            own: what tells the model's own values from those of its file: parameters, compartments, initial values.

        Raises:
            SimulationError: if the integrator fails, a value is not finite, a species turns negative, or the model
                has no resting state to start from.
            UnknownIdError: if something is changed that the model does not have.
        """
        self._prepare(schedule, own)
        self._model.setTime(schedule.periods[0].start)
        first = np.array(self._runner.getSelectedValues(), dtype=np.float64)
        blocks = [self._run_period(schedule, period, times) for period in schedule.periods]
        # At the boundary of two periods the value is the one just before the change: t = 0 is the state at rest.
        table = np.vstack([first, *(block[1:] for block in blocks)])
        columns = {name: table[:, 1 + index].copy() for index, name in enumerate(self.observables)}
        return TimeCourse(schedule.condition, table[:, 0].copy(), columns, self.time_unit)

    def resting_state(self, schedule: Schedule, own: Changes = FILED) -> Mapping[str, float]:
        """Return every observable in the steady state that the last period of a condition leads to.

        Raises:
            SimulationError: if no steady state is reached; see `run` for the rest.
        """
        self._prepare(schedule, own)
        for period in schedule.periods:
            self._apply(period.changes, period.begun, schedule)
        self._equilibrate(schedule)
        return {name: float(self._runner[OBSERVABLE_PREFIX + name]) for name in self.observables}

    def _prepare(self, schedule: Schedule, own: Changes) -> None:
        """Bring the model back to its own values, apply what comes before equilibration, and equilibrate."""
        self._adopt(own)
        self._runner.resetAll()
        if self._other[0]:
            self._model.setGlobalParameterValues(*self._other)
        self._changed = set(self._resized)
        self._apply({}, self._start, schedule)
        self._apply(schedule.before, schedule.before, schedule)
        if schedule.equilibrate:
            self._rest(schedule)

    def _rest(self, schedule: Schedule) -> None:
        """Bring the model to rest as its changes before t = 0 have it; conditions with the same changes share that."""
        key = tuple(sorted(schedule.before.items(), key=lambda item: item[0]))
        if key not in self._rests:
            try:
                self._equilibrate(schedule)
                self._rests[key] = _Rest(self._state(), {name: float(self._runner[name]) for name in self._rated})
            except SimulationError as error:
                self._rests[key] = error
        rest = self._rests[key]
        if isinstance(rest, SimulationError):
            raise SimulationError(self.name, schedule.condition, rest.time, rest.reason)
        self._set_state(rest.amounts)
        for name, value in rest.rated.items():
            self._runner[name] = value
        self._model.setTime(0.0)

    def _apply(self, changes: Changes, begun: Changes, schedule: Schedule) -> None:
        self._refuse_unknown(changes)
        for target in self._changed.union(changes).intersection(self._own):
            own = self._own[target]
            self._runner[target] = changes[target].applied(own) if target in changes else own
        self._changed = set(changes)
        for target, change in begun.items():
            if target in self._species:
                symbol = target if self._runner.getHasOnlySubstanceUnits(target) else f"[{target}]"
                self._runner[symbol] = change.applied(float(self._runner[symbol]))
        self._check_state(schedule, None)

    def _refuse_unknown(self, changes: Changes) -> None:
        for target in changes:
            if target not in self._own and target not in self._species:
                hint = suggestion(target, [*self._own, *self._species])
                raise UnknownIdError(f"model {self.name!r} has no parameter or species {target!r} to change{hint}")

    def _run_period(self, schedule: Schedule, period: Period, times: Sequence[float]) -> Vector:
        self._apply(period.changes, period.begun, schedule)
        # A time within rounding of a boundary is the boundary; CVODE refuses a step as short as that.
        margin = 1e-9 * max(1.0, abs(period.start), abs(period.end))
        inside = [time for time in times if period.start + margin < time < period.end - margin]
        table = self._integrate([period.start, *sorted(set(inside)), period.end], schedule)
        self._check_table(table, schedule)
        return table

    def _integrate(self, times: Sequence[float], schedule: Schedule, equilibrating: bool = False) -> Vector:
        try:
            return np.array(self._runner.simulate(times=list(times)), dtype=np.float64)
        except RuntimeError as error:
            at = None if equilibrating else float(self._runner.getCurrentTime())
            raise SimulationError(self.name, schedule.condition, at, reason_of(error)) from None

    def _equilibrate(self, schedule: Schedule) -> None:
        """Bring the model to rest: Newton from where it is, and integration where that gives no sound answer."""
        start = self._state()
        if self._by_integration or not (self._solve() and self._is_sound()):
            self._set_state(start)
            self._settle_by_integration(schedule)
        self._drop_traces()
        self._model.setTime(0.0)

    def _solve(self) -> bool:
        try:
            self._runner.getSteadyStateSolver().solve()
        except RuntimeError:
            return False
        return True

    def _is_sound(self) -> bool:
        """Say whether the solver's answer is finite, non-negative, stable and really at rest."""
        state = self._state()
        if not np.isfinite(state).all() or (state < NEGATIVE).any() or not self._is_resting(state):
            return False
        jacobian = self._jacobian(state)
        if not np.isfinite(jacobian).all():
            return False
        eigenvalues = np.linalg.eigvals(jacobian)
        return bool(eigenvalues.real.max(initial=-1.0) <= _STABLE * max(1.0, np.abs(eigenvalues).max(initial=0.0)))

    def _jacobian(self, state: Vector) -> Vector:
        """Return the Jacobian of the moving species by differences, never stepping below zero.

        roadrunner's own takes seconds where this takes milliseconds, and steps below zero, where powers have no value.
        """
        columns = []
        for index in range(len(self._moving)):
            step = 1e-5 * max(abs(state[index]), 1e-3)
            below, above = state.copy(), state.copy()
            below[index] = max(state[index] - step, 0.0)
            above[index] = state[index] + step
            columns.append((self._rates(above) - self._rates(below)) / (above[index] - below[index]))
        self._set_state(state)
        return np.column_stack(columns) if columns else np.zeros((0, 0))

    def _rates(self, state: Vector) -> Vector:
        self._set_state(state)
        return np.array(self._runner.getRatesOfChange(), dtype=np.float64)

    def _is_resting(self, state: Vector) -> bool:
        drift = np.abs(np.asarray(self._runner.getRatesOfChange())) * self._settle
        return bool((drift <= RESTING * np.maximum(np.abs(state[: len(drift)]), 1e-3)).all())

    def _settle_by_integration(self, schedule: Schedule) -> None:
        duration = self._settle
        for _ in range(_SETTLING_TIMES):
            self._integrate([0.0, duration], schedule, equilibrating=True)
            self._check_state(schedule, None)
            self._drop_traces()
            if self._is_resting(self._state()):
                return
            # Newton's method finds what is reached after any time; to confirm it takes as long as that.
            duration *= 4.0 if self._by_integration else 1.0
        moving = self._moving[int(np.argmax(np.abs(self._runner.getRatesOfChange())))]
        reason = f"no resting state after {_SETTLING_TIMES * self._settle:g} {self.time_unit}; {moving!r} still moves"
        raise SimulationError(self.name, schedule.condition, None, reason)

    def _integrated(self) -> int:
        """Return how many values CVODE integrates: species with a rate, and parameters with a rule of rate."""
        return len(self._moving) + len(self._rated)

    def _state(self) -> Vector:
        return np.array(self._model.getFloatingSpeciesAmounts(), dtype=np.float64)

    def _drop_traces(self) -> None:
        """Set what is left of a vanished state to zero: CVODE cannot follow it down to the smallest numbers."""
        state = self._state()
        self._set_state(np.where(np.abs(state) < _TRACE, 0.0, state))

    def _set_state(self, state: Vector) -> None:
        self._model.setFloatingSpeciesAmounts(state)

    def _check_state(self, schedule: Schedule, time: float | None) -> None:
        self._check_values(self._state(), self._floating, schedule, time)

    def _check_table(self, table: Vector, schedule: Schedule) -> None:
        species = table[:, 1 + len(self.observables) :]
        if np.isfinite(table).all() and (species >= NEGATIVE).all():
            return
        names = [*self.observables, *self._floating]
        for row in table:
            self._check_values(row[1:], names, schedule, float(row[0]))

    def _check_values(self, values: Vector, names: Sequence[str], schedule: Schedule, time: float | None) -> None:
        bad = ~np.isfinite(values)
        if bad.any():
            reason = f"{names[int(np.argmax(bad))]!r} is not a finite number"
            raise SimulationError(self.name, schedule.condition, time, reason)
        species = values[-len(self._floating) :] if self._floating else values[:0]
        if (species < NEGATIVE).any():
            index = int(np.argmin(species))
            reason = f"species {self._floating[index]!r} is negative ({species[index]:.3g})"
            raise SimulationError(self.name, schedule.condition, time, reason)


@dataclass(frozen=True)
class _Rest:
    """A resting state: the amounts of the floating species, and the values of other symbols with a rule of rate."""

    amounts: Vector
    rated: Mapping[str, float]
