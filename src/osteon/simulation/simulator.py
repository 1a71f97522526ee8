"""Simulation: a model brought to rest, changed and integrated, one condition after the other.

This is the rule by which every experiment is run, in whichever simulator: libroadrunner, COPASI, or COPASI in the page
"Try it". An `osteon.simulation.engine.Engine` does what the rule asks for. Each run starts from the values in the SBML
file, so that no condition leaves a trace in the next.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf, isfinite
from operator import lt
from threading import Lock
from types import MappingProxyType
from typing import Any

from osteon.errors import SimulationError, UnknownIdError, suggestion
from osteon.simulation.engine import Engine, IntegrationError, Table
from osteon.simulation.schedule import Change, Changes, Period, Schedule
from osteon.simulation.timecourse import TimeCourse

NEGATIVE = -1e-6
"""Species below this are an error; what lies between it and zero is integration noise."""
RESTING = 1e-6
"""Greatest change of a state over one settling time, relative to its size, for the model to count as at rest."""
FILED: Changes = MappingProxyType({})
"""What a model runs with when nobody changes its own values: those of its file."""
LEAST_SIZE = 1e-3
"""What is smaller than this counts as of this size when it is asked whether it rests."""
SETTLING_TIMES = 10
"""How many settling times a model is given to come to rest."""
_LOOKS, _TURNS = 200, 6  # how often a model that does not rest is looked at, and turns that make an oscillation
TRACE = 1e-15
"""What is left of a state below this is nothing."""
NEUTRAL = 1e-9
"""An eigenvalue below this, over the largest, is zero."""
STABLE = 1e-7
"""Greatest real part of an eigenvalue of a stable rest, over the largest; conserved totals give zeros, or noise."""


class Simulator:
    """One model in one engine, and the rule by which its experiments are run.

    Args:
        engine: the model, compiled.
        name: the model's id, for messages.
        time_unit: the model's time unit, passed on to time courses.
        settle: how long the model is integrated, in that unit, before it is asked whether it rests.
        by_integration: whether resting states are always found by integration, and never by Newton's method.
        timed: whether time stands in the rates of the model, so that it may have no resting state.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        name: str,
        time_unit: str,
        settle: float,
        by_integration: bool = False,
        timed: bool = False,
    ) -> None:
        self.engine, self.name, self.time_unit = engine, name, time_unit
        self._settle, self._by_integration, self._timed = settle, by_integration, timed
        sizes, positive = engine.sizes, frozenset(engine.positive)
        self._sizes = [sizes[name] for name in engine.moving]
        # What may be negative has no least value.
        self._floor = [NEGATIVE * sizes.get(name, 1.0) if name in positive else -inf for name in engine.moving]
        self._least = [NEGATIVE * sizes.get(name, 1.0) if name in positive else -inf for name in engine.species]
        self._initials = {target: engine.value(source) for target, source in engine.initials.items()}
        self._lock = Lock()
        self._own = dict(engine.filed)
        self._different: Mapping[str, float] = {}
        self._start: Changes = {}
        self._adopted = FILED
        self._changed: set[str] = set()
        self._computed: dict[str, float] = {}
        self._rests: dict[tuple[tuple[str, Change], ...], Any] = {}

    @property
    def size(self) -> float:
        """The size of the model's state as a whole: one, but for models that count in very small numbers."""
        return max(self._sizes, default=1.0)

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
        with self._lock:
            self._prepare(schedule, own)
            self.engine.set_time(schedule.periods[0].start)
            # At the boundary of two periods the value is the one just before the change: t = 0 is the state at rest.
            first = self._sound(self.engine.present(), schedule)
            tables = [first, *(self._run_period(schedule, period, times) for period in schedule.periods)]
            moments, columns = self.engine.joined(tables)
        return TimeCourse(schedule.condition, moments, columns, self.time_unit)

    def resting_state(self, schedule: Schedule, own: Changes = FILED) -> Mapping[str, float]:
        """Return every observable in the steady state that the last period of a condition leads to.

        Raises:
            SimulationError: if no steady state is reached; see `run` for the rest.
        """
        with self._lock:
            self._prepare(schedule, own)
            for period in schedule.periods:
                self._apply(period.changes, period.begun, schedule)
            self._equilibrate(schedule)
            ((_, values),) = self._sound(self.engine.present(), schedule, equilibrating=True).rows()
        return dict(zip(self.engine.observables, values, strict=False))

    def rest(self, schedule: Schedule, own: Changes = FILED) -> Sequence[float]:
        """Bring the model to where a condition starts, and return that state; see `resting_state`."""
        with self._lock:
            self._prepare(schedule, own)
            return self.engine.state()

    def _adopt(self, own: Changes) -> None:
        """Take over what tells the model's own values from those of its file, for this run and those like it."""
        if own is self._adopted or own == self._adopted:
            return
        self._refuse_unknown(own)
        self._adopted = own
        filed = self.engine.filed
        self._own = {target: own.get(target, Change()).applied(value) for target, value in filed.items()}
        self._start = {target: change for target, change in own.items() if target in self.engine.settable}
        self._different = {name: value for name, value in self._own.items() if value != filed[name]}
        self._rests.clear()

    def _prepare(self, schedule: Schedule, own: Changes) -> None:
        """Bring the model back to its own values, apply what comes before equilibration, and equilibrate."""
        self._adopt(own)
        self.engine.reset(self._different)
        self._changed, self._computed = set(), {}
        self._apply({}, self._start, schedule)
        self._apply(schedule.before, schedule.before, schedule)
        self._compute_initials({**self._start, **schedule.before})
        if schedule.equilibrate:
            self._rest(schedule)

    def _rest(self, schedule: Schedule) -> None:
        """Bring the model to rest as its changes before t = 0 have it; conditions with the same changes share that."""
        key = tuple(sorted(schedule.before.items(), key=lambda item: item[0]))
        if key not in self._rests:
            try:
                self._equilibrate(schedule)
                self._rests[key] = self.engine.state()
            except SimulationError as error:
                self._rests[key] = error
        rest = self._rests[key]
        if isinstance(rest, SimulationError):
            raise SimulationError(self.name, schedule.condition, rest.time, rest.reason)
        self.engine.set_state(rest)
        self.engine.set_time(0.0)

    def _compute_initials(self, changes: Changes) -> None:
        """Compute anew what the file computes at the start, where changes have touched what that depends on.

        What is changed itself keeps its value. Formulas may build on one another, so they are gone through once each.
        """
        self.engine.set_time(0.0)
        for _ in self.engine.initials:
            for target, source in self.engine.initials.items():
                value = self.engine.value(source)
                if value == self._initials[target] or target in changes or target in self._different:
                    continue
                if target in self.engine.settable:
                    self.engine.set_level(target, value)
                elif target in self._own:
                    self._computed[target] = value
                    self.engine.set_value(target, value)

    def _apply(self, changes: Changes, begun: Changes, schedule: Schedule) -> None:
        """Set every value that changes hold on, put the others back, and set species whose change begins."""
        self._refuse_unknown(changes)
        for target in self._changed.union(changes).intersection(self._own):
            own = self._computed.get(target, self._own[target])
            self.engine.set_value(target, changes[target].applied(own) if target in changes else own)
        self._changed = set(changes)
        for target, change in begun.items():
            if target in self.engine.settable:
                self.engine.set_level(target, change.applied(self.engine.level(target)))
        self._check_state(schedule)

    def _refuse_unknown(self, changes: Changes) -> None:
        for target in changes:
            if target not in self._own and target not in self.engine.settable:
                hint = suggestion(target, [*self._own, *self.engine.settable])
                raise UnknownIdError(f"model {self.name!r} has no parameter or species {target!r} to change{hint}")

    def _run_period(self, schedule: Schedule, period: Period, times: Sequence[float]) -> Table:
        self._apply(period.changes, period.begun, schedule)
        if period is schedule.periods[0] and not schedule.equilibrate:
            # In SBML initial assignments hold up to and at the start, so that a dose given then reaches through them.
            self._compute_initials({**self._start, **schedule.before, **period.begun})
            self.engine.set_time(period.start)
        return self._sound(self._integrate(period.moments(times), schedule), schedule)

    def _sound(self, table: Table, schedule: Schedule, equilibrating: bool = False) -> Table:
        """Return a table; refuse one with a value that is not finite, or with a negative species."""
        if not table.is_sound(self._least):
            names = [*self.engine.observables, *self.engine.species]
            least = [*(-inf for _ in self.engine.observables), *self._least]
            for time, values in table.rows():
                self._check_values(values, names, least, schedule, None if equilibrating else time)
        return table

    def _integrate(self, times: Sequence[float], schedule: Schedule, equilibrating: bool = False) -> Table:
        try:
            return self.engine.integrate(times)
        except IntegrationError as error:
            at = None if equilibrating else error.time
            raise SimulationError(self.name, schedule.condition, at, error.reason) from None

    def _equilibrate(self, schedule: Schedule) -> None:
        """Bring the model to rest: Newton from where it is, and integration where that gives no sound answer.

        Time stands still meanwhile, and no event fires.
        """
        if self._timed and self._depends_on_time():
            reason = "its rates depend on time, so it has no resting state; set equilibrate = false in the setting"
            raise SimulationError(self.name, schedule.condition, None, reason)
        self.engine.begin_rest()
        try:
            if not self._finds_rest():
                self._settle_by_integration(schedule)
            self._drop_traces()
        finally:
            self.engine.end_rest()
        self.engine.set_time(0.0)

    def _depends_on_time(self) -> bool:
        """Say whether any rate changes with time alone before t = 0.

        A pulse that comes later, or a factor of zero before the time, lets the model rest until then.
        """
        now = self.engine.rates()
        try:
            for place in range(1, _LOOKS + 1):
                self.engine.set_time(-self._settle * (place / _LOOKS) ** 4)  # densest near t = 0
                if self.engine.rates() != now:
                    return True
        finally:
            self.engine.set_time(0.0)
        return False

    def _finds_rest(self) -> bool:
        """Go to the resting state that Newton's method gives, if it gives a sound one; else stay."""
        if self._by_integration:
            return False
        start = self.engine.state()
        if self.engine.solve() and self._is_sound():
            return True
        self.engine.set_state(start)
        return False

    def _is_sound(self) -> bool:
        """Say whether the solver's answer is finite, non-negative, stable and really at rest."""
        state = self.engine.state()
        if not all(map(isfinite, state)) or any(map(lt, state, self._floor)) or not self._is_resting():
            return False
        eigenvalues = self.engine.eigenvalues()
        if eigenvalues is None:
            return False
        largest = max(map(abs, eigenvalues), default=0.0)
        if sum(abs(value) <= NEUTRAL * max(1.0, largest) for value in eigenvalues) > self.engine.conserved:
            return False  # It rests in other states nearby as well; which one it comes to, integration alone tells.
        return max((value.real for value in eigenvalues), default=-1.0) <= STABLE * max(1.0, largest)

    def _is_resting(self) -> bool:
        settle, moving = self._settle, zip(self.engine.rates(), self.engine.state(), self._sizes, strict=True)
        return all(abs(rate) * settle <= RESTING * max(abs(value), LEAST_SIZE * size) for rate, value, size in moving)

    def _settle_by_integration(self, schedule: Schedule) -> None:
        duration = self._settle
        for _ in range(SETTLING_TIMES):
            self._integrate([0.0, duration], schedule, equilibrating=True)
            self._check_state(schedule)
            self._drop_traces()
            if self._is_resting() or (self.engine.solves_near and self._finds_rest()):
                return
            # Newton's method finds what is reached after any time; to confirm it takes as long as that.
            duration *= 4.0 if self._by_integration else 1.0
        rates = [abs(rate) for rate in self.engine.rates()]
        place = rates.index(max(rates))
        how = (
            "oscillates; read it from a time course, with equilibrate = false"
            if self._oscillates(place)
            else ("still moves")
        )
        after = f"{SETTLING_TIMES * self._settle:g} {self.time_unit}"
        reason = f"no resting state after {after}; {self.engine.moving[place]!r} {how}"
        raise SimulationError(self.name, schedule.condition, None, reason)

    def _oscillates(self, place: int) -> bool:
        """Say whether a part of the state turns round again and again over a settling time."""
        turns, before = 0, self.engine.rates()[place]
        step = self._settle / _LOOKS
        for _ in range(_LOOKS):
            try:
                self.engine.integrate([0.0, step])
            except IntegrationError:
                return False
            now = self.engine.rates()[place]
            turns, before = turns + (now * before < 0.0), now
        return turns >= _TURNS

    def _drop_traces(self) -> None:
        """Set what is left of a vanished state to zero: no integrator can follow it down to the smallest numbers."""
        state = zip(self.engine.state(), self._sizes, strict=True)
        self.engine.set_state([0.0 if abs(value) < TRACE * size else value for value, size in state])

    def _check_state(self, schedule: Schedule) -> None:
        self._check_values(self.engine.state(), self.engine.moving, self._floor, schedule, None)

    def _check_values(
        self,
        values: Sequence[float],
        names: Sequence[str],
        least: Sequence[float],
        schedule: Schedule,
        time: float | None,
    ) -> None:
        """Refuse values that are not finite, and those below their least value."""
        strange = next((name for name, value in zip(names, values, strict=True) if not isfinite(value)), None)
        if strange is not None:
            raise SimulationError(self.name, schedule.condition, time, f"{strange!r} is not a finite number")
        below = [(value, name) for name, value, floor in zip(names, values, least, strict=True) if value < floor]
        if below:
            value, name = min(below)
            raise SimulationError(self.name, schedule.condition, time, f"species {name!r} is negative ({value:.3g})")
