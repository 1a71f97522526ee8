"""libroadrunner as an engine: the only module that touches it, and the cache of what it compiles."""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from time import monotonic
from typing import Any, cast

import numpy as np

from osteon import cache
from osteon.errors import CompilationError
from osteon.jobs.subprocess import CrashedError, call_in_subprocess
from osteon.sbml.jumps import with_stops
from osteon.sbml.reading import in_order, initial_rules, observable_ids, standing_still, with_event_ids
from osteon.simulation.engine import Accuracy, Engine, IntegrationError, Table
from osteon.simulation.vector import Vector

# SUNDIALS prints its warnings on standard output unless told otherwise; its failures reach us as exceptions.
os.environ.setdefault("SUNLOGGER_WARNING_FILENAME", os.devnull)
os.environ.setdefault("SUNLOGGER_ERROR_FILENAME", os.devnull)

_SMALL = 1e-6  # a state that starts below it is of its own size, not of size one
_STOPS = 16
_PATIENCE = 60.0  # s
_EVENT, _DELAY = re.compile(r"<event[\s>]"), re.compile(r"<delay[\s>]")
_LEAST_DAMPING = 1e-4  # what NLEQ2 itself takes for highly nonlinear problems (Nowak and Weimann, 1991)


def opened(
    sbml: str, *, name: str, observables: Iterable[str], accuracy: Accuracy, cached: bool, foreign: bool = False
) -> Engine:
    """Return a model in libroadrunner.

    Args:
        sbml: the model's SBML text, with its observables built in as assignment rules (`sbml.with_observables`).
        name: the model's id, for messages.
        observables: ids of the observables built in.
        accuracy: how closely it is integrated.
        cached: whether the compiled model may come from the user's cache, and go there.
        foreign: whether it is none of our own, so that it may end the process that compiles it.

    Raises:
        CompilationError: if roadrunner refuses the model.
    """
    sbml = in_order(sbml)
    still = standing_still(sbml)
    resting = None if still is None else compiled(with_stops(still), name, cached=cached, foreign=foreign)
    delayed = _DELAY.search(sbml) is not None
    # libroadrunner cannot tell of an event without an id that it has happened.
    stopped = with_event_ids(with_stops(sbml)) if delayed else with_stops(sbml)
    return _RoadRunner(
        compiled(stopped, name, cached=cached, foreign=foreign),
        resting,
        observable_ids(sbml, observables),
        accuracy,
        initial_rules(sbml),
        eventful=_EVENT.search(sbml) is not None,
        anew=stopped if delayed else None,
    )


class _RoadRunner:
    """One compiled model in libroadrunner; see `osteon.simulation.engine.Engine`."""

    solves_near = False  # NLEQ2 damps its steps: what it does not find from afar, it does not find from near either.

    def __init__(
        self,
        runner: Any,
        still: Any | None,
        observables: Mapping[str, str],
        accuracy: Accuracy,
        initials: Mapping[str, str],
        *,
        eventful: bool,
        anew: str | None,
    ) -> None:
        self.observables, self._columns, self.initials = tuple(observables), list(observables.values()), initials
        self._runner = self._awake = runner
        self._still, self._accuracy, self._eventful = still, accuracy, eventful
        # What is due by an event's delay stays due through every reset, and is due twice in a state that was saved: a
        # model of which something is due is compiled anew. How much that is, is counted.
        self._anew = anew
        if anew is not None:
            due = self._due = _Due(runner, 0)
            runner.resetAll()
            self._due_first = due.count
        # Held, for every look-up costs as much as a rate. Nothing here may call `steadyState`, which replaces it.
        model = self._model = runner.model
        self.species: list[str] = list(model.getFloatingSpeciesIds())
        # What is integrated, in roadrunner's own order: what has a rule of rate, then the species of reactions.
        self.moving = [str(model.getStateVectorId(place)) for place in range(len(runner.getRatesOfChange()))]
        at = {name: place for place, name in enumerate(self.species)}
        self._inside = [place for place, name in enumerate(self.moving) if name in at]
        self._where = [at[self.moving[place]] for place in self._inside]
        self._beside = [(place, name) for place, name in enumerate(self.moving) if name not in at]
        self._whole = self._where == list(range(len(self.species))) and not self._beside
        rated, assigned = set(runner.getRateRuleIds()), set(runner.getAssignmentRuleIds())
        held = (set(model.getBoundarySpeciesIds()) | self._untouched()) - rated - assigned
        self.settable = frozenset({*self.species, *model.getBoundarySpeciesIds()} - held)
        fixed = {*model.getGlobalParameterIds(), *model.getCompartmentIds()} - rated - assigned
        self.filed = {target: float(runner[target]) for target in sorted(fixed)}
        # A species that nothing in the model changes is an input: what is done to it ends when its time is over.
        self._inputs = held
        self.filed |= {target: self.level(target) for target in sorted(held)}
        first = dict(zip(self.moving, self.state(), strict=True))
        self.positive = frozenset(name for name in self.moving if name in at and name not in rated and first[name] >= 0)
        self.sizes = _sizes(first)
        self.conserved = self._totals()
        self._places = {name: place for place, name in enumerate(model.getGlobalParameterIds())}
        self._reset_to: Mapping[str, float] = {}
        self._other: tuple[list[int], list[float]] = ([], [])
        for each in (self._awake, self._still):
            if each is not None:
                self._set_up(each, accuracy)

    def _untouched(self) -> set[str]:
        """Return the species that take part in reactions only as modifiers, if at all; none where events may act."""
        if not self.species or self._eventful or not self._model.getNumReactions():
            return set() if self._eventful else set(self.species)
        matrix = np.asarray(self._runner.getFullStoichiometryMatrix()).reshape(len(self.species), -1)
        return {name for name, row in zip(self.species, matrix, strict=True) if not row.any()}

    def _totals(self) -> int:
        """Return how many totals of the moving species no reaction changes."""
        places = [self.species.index(name) for name in self.positive]
        if not places or not self._model.getNumReactions():
            return len(places)
        matrix = np.asarray(self._runner.getFullStoichiometryMatrix()).reshape(len(self.species), -1)[places]
        if not np.isfinite(matrix).all():  # Some stoichiometry is computed; nothing is known to be conserved.
            return 0
        return len(places) - int(np.linalg.matrix_rank(matrix))

    def _set_up(self, runner: Any, accuracy: Accuracy) -> None:
        solver = runner.getSteadyStateSolver()
        solver.setValue("auto_moiety_analysis", False)
        # At roadrunner's own 1e-20, NLEQ2 never returns from some models without a resting state.
        solver.setValue("minimum_damping", _LEAST_DAMPING)
        integrator = runner.getIntegrator()
        integrator.setValue("relative_tolerance", accuracy.relative)
        # One tolerance for each species: a single one would be scaled by the amounts at the start of every integration.
        if self.moving:
            integrator.setValue("absolute_tolerance", [accuracy.absolute * self.sizes[name] for name in self.moving])
        runner.timeCourseSelections = ["time", *self._columns, *self.species]

    def reset(self, values: Mapping[str, float]) -> None:
        if self._anew is not None and self._due.count:
            self._awake = _configured().RoadRunner(self._anew)
            self._set_up(self._awake, self._accuracy)
            self._due = _Due(self._awake, self._due_first)
        else:
            self._awake.resetAll()
        self._runner, self._model = self._awake, self._awake.model
        if values is not self._reset_to:
            inside = [name for name in values if name in self._places]
            self._other = [self._places[name] for name in inside], [values[name] for name in inside]
            self._reset_to = values
        if self._other[0]:
            self._model.setGlobalParameterValues(*self._other)
        if len(self._other[0]) < len(values):
            for name in values.keys() - self._places.keys():
                self.set_value(name, values[name])

    def value(self, name: str) -> float:
        return float(self._runner[name])

    def set_value(self, name: str, value: float) -> None:
        if name in self._inputs:
            self.set_level(name, value)
        else:
            self._put(name, value)

    def _put(self, symbol: str, value: float) -> None:
        """Set a symbol; by its place where its name is a spelling of ``time``, for roadrunner would set the time."""
        if symbol.lower() != "time":
            self._runner[symbol] = value
            return
        model = self._model
        for names, put in (
            (model.getGlobalParameterIds(), model.setGlobalParameterValues),
            (model.getCompartmentIds(), model.setCompartmentVolumes),
            (model.getFloatingSpeciesIds(), model.setFloatingSpeciesAmounts),
            (model.getBoundarySpeciesIds(), model.setBoundarySpeciesAmounts),
        ):
            if symbol in names:
                put([list(names).index(symbol)], [value])

    def level(self, species: str) -> float:
        return float(self._runner[self._symbol(species)])

    def set_level(self, species: str, value: float) -> None:
        self._put(self._symbol(species), value)

    def _symbol(self, species: str) -> str:
        return species if self._runner.getHasOnlySubstanceUnits(species) else f"[{species}]"

    def set_time(self, time: float) -> None:
        self._model.setTime(time)

    def state(self) -> list[float]:
        return cast("list[float]", self._state().tolist())

    def _state(self) -> Vector:
        amounts = np.array(self._model.getFloatingSpeciesAmounts(), dtype=np.float64)
        if self._whole:
            return amounts
        state = np.empty(len(self.moving))
        state[self._inside] = amounts[self._where]
        for place, name in self._beside:
            state[place] = self._runner[name]
        return state

    def set_state(self, state: Sequence[float] | Vector) -> None:
        if self._whole:
            self._model.setFloatingSpeciesAmounts(state)
            return
        for place, name in self._beside:
            self._put(name, float(state[place]))
        if self._inside:
            self._model.setFloatingSpeciesAmounts(self._where, [float(state[place]) for place in self._inside])

    def begin_rest(self) -> None:
        if self._still is not None:
            self._exchange(self._still)

    def end_rest(self) -> None:
        if self._still is not None:
            self._exchange(self._awake)

    def _exchange(self, runner: Any) -> None:
        """Go on in another compiled form of the model, with the values and the state of the present one."""
        places = [self._places[name] for name in self.filed if name in self._places]
        values = {
            name: self.level(name) if name in self._inputs else self.value(name)
            for name in self.filed
            if name not in self._places
        }
        together, state = self._model.getGlobalParameterValues(places) if places else [], self._state()
        self._runner, self._model = runner, runner.model
        if places:
            self._model.setGlobalParameterValues(places, together)
        for name, value in values.items():
            self.set_value(name, value)
        self.set_state(state)

    def rates(self) -> list[float]:
        return cast("list[float]", self._rates().tolist())

    def _rates(self) -> Vector:
        return np.array(self._runner.getRatesOfChange(), dtype=np.float64)

    def solve(self) -> bool:
        try:
            self._runner.getSteadyStateSolver().solve()
        except RuntimeError:
            return False
        return True

    def eigenvalues(self) -> Sequence[complex] | None:
        jacobian = self._jacobian(self._state())
        if not np.isfinite(jacobian).all():
            return None
        return cast("list[complex]", np.linalg.eigvals(jacobian).tolist())

    def _jacobian(self, state: Vector) -> Vector:
        """Return the Jacobian of the moving species by differences, never stepping below zero.

        roadrunner's own takes seconds where this takes milliseconds, and steps below zero, where powers have no value.
        """
        columns = []
        for index, name in enumerate(self.moving):
            step = 1e-5 * max(abs(state[index]), 1e-3 * self.sizes[name])
            below, above = state.copy(), state.copy()
            below[index] = max(state[index] - step, 0.0) if name in self.positive else state[index] - step
            above[index] = state[index] + step
            columns.append((self._rates_in(above) - self._rates_in(below)) / (above[index] - below[index]))
        self.set_state(state)
        return np.column_stack(columns) if columns else np.zeros((0, 0))

    def _rates_in(self, state: Vector) -> Vector:
        self.set_state(state)
        return self._rates()

    def present(self) -> _Numbers:
        return self._table([self._runner.getSelectedValues()])

    def integrate(self, times: Sequence[float]) -> _Numbers:
        start = self._state()
        try:
            return self._table(self._runner.simulate(times=list(times)))
        except RuntimeError as error:
            if "TOO_MUCH_WORK" not in str(error):
                raise self._stopped(error) from None
        self.set_state(start)
        self.set_time(times[0])
        return self._table(self._patiently(times))

    def _patiently(self, times: Sequence[float]) -> list[Any]:
        """Integrate with stops in between: CVODE allows so many steps from one stop to the next."""
        end = monotonic() + _PATIENCE
        rows = [self._runner.getSelectedValues()]
        for start, stop in pairwise(times):
            self._advance(start, stop, end)
            rows.append(self._runner.getSelectedValues())
        return rows

    def _advance(self, start: float, stop: float, end: float) -> None:
        before = self._state()
        try:
            self._runner.simulate(times=[start, stop])
        except RuntimeError as error:
            if "TOO_MUCH_WORK" not in str(error) or monotonic() > end:
                raise self._stopped(error) from None
            self.set_state(before)
            self.set_time(start)
            for first, then in pairwise(np.linspace(start, stop, _STOPS + 1).tolist()):
                self._advance(first, then, end)

    def _stopped(self, error: RuntimeError) -> IntegrationError:
        return IntegrationError(reason_of(error), float(self._runner.getCurrentTime()))

    def _table(self, numbers: Any) -> _Numbers:
        return _Numbers(np.array(numbers, dtype=np.float64), len(self.observables))

    def joined(self, tables: Sequence[Table]) -> tuple[Vector, Mapping[str, Vector]]:
        first, *others = (cast("_Numbers", table).numbers for table in tables)
        whole = np.vstack([first, *(numbers[1:] for numbers in others)])
        columns = {name: whole[:, 1 + index].copy() for index, name in enumerate(self.observables)}
        return whole[:, 0].copy(), columns


class _Due:
    """How many events of a compiled model were triggered and have not happened yet.

    It holds nothing of the model, which holds it and would never be given back.
    """

    def __init__(self, runner: Any, count: int) -> None:
        self.count = count
        for place in range(runner.model.getNumEvents()):
            event = runner.model.getEvent(place)
            event.setOnTrigger(functools.partial(self._add, 1))
            event.setOnAssignment(functools.partial(self._add, -1))

    def _add(self, number: int, *_: Any) -> int:
        self.count += number
        return 0


@dataclass(frozen=True)
class _Numbers:
    """A table of numbers: the time, the observables, the species."""

    numbers: Vector
    observables: int

    def is_sound(self, least: Sequence[float]) -> bool:
        species = self.numbers[:, 1 + self.observables :]
        return bool(np.isfinite(self.numbers).all() and (species >= least).all())

    def rows(self) -> Iterable[tuple[float, Sequence[float]]]:
        return ((row[0], row[1:]) for row in self.numbers.tolist())


def _sizes(first: Mapping[str, float]) -> dict[str, float]:
    """Return the size of each part of a state, from its first values.

    It is one, but for what starts below a millionth: that is of the size that it has, or, where it starts at nothing in
    a model that is small as a whole, of the size of the model.
    """
    largest = max(map(abs, first.values()), default=1.0)
    whole = largest if 0.0 < largest < _SMALL else 1.0
    return {name: abs(value) if 0.0 < abs(value) < _SMALL else whole for name, value in first.items()}


def compiled(sbml: str, name: str, *, cached: bool, foreign: bool = False) -> Any:
    """Return a RoadRunner with a model in it, compiled anew or from the user's cache.

    A state in the cache is native code, read in milliseconds.

    Args:
        sbml: the model's SBML text.
        name: the model's id, for messages.
        cached: whether the compiled model may come from the cache, and go there.
        foreign: whether it is compiled in a process of its own, which it may end.

    Raises:
        CompilationError: if roadrunner refuses the model, or breaks on it.
    """
    roadrunner = _configured()
    key = "\n".join([sbml, roadrunner.getVersionStr(), *cache.machine()]).encode()
    state = cache.kept("compiled", key) if cached else None
    kept = state is not None
    try:
        if foreign and not kept:
            state = call_in_subprocess(_state_of, sbml)
        if state is None:
            runner = roadrunner.RoadRunner(sbml)
            state = runner.saveStateS() if cached else b""
        else:
            runner = roadrunner.RoadRunner()
            # A damaged state would crash the process; the cache has compared its digest.
            runner.loadStateS(state)
    except CrashedError:
        reason = "libroadrunner breaks down on it; please report it there, with the file"
        raise CompilationError(f"model {name!r} cannot be compiled for simulation: {reason}") from None
    except RuntimeError as error:
        raise CompilationError(f"model {name!r} cannot be compiled for simulation: {reason_of(error)}") from None
    if cached and not kept:
        cache.keep("compiled", key, state)
    return runner


def _state_of(sbml: str) -> Any:
    """Return what `compiled` reads again, of a model that is compiled here and asked once how it moves."""
    runner = _configured().RoadRunner(sbml)
    runner.getRatesOfChange()
    runner.resetAll()
    return runner.saveStateS()


def _configured() -> Any:
    """Return libroadrunner, set up as all of this module wants it."""
    roadrunner = package()
    roadrunner.Logger.setLevel(roadrunner.Logger.LOG_FATAL)
    settings = roadrunner.Config
    # Each array with named rows and columns that is returned would leak a little.
    settings.setValue(settings.PYTHON_ENABLE_NAMED_MATRIX, False)
    # A parameter called `reset` would take the place of that function.
    settings.setValue(settings.ROADRUNNER_DISABLE_PYTHON_DYNAMIC_PROPERTIES, True)
    # This compiler without its optimiser takes a quarter of the time of the usual one, and its code is as fast.
    settings.setValue(settings.LLVM_BACKEND, settings.LLJIT)
    settings.setValue(settings.LLJIT_OPTIMIZATION_LEVEL, settings.NONE)
    return roadrunner


@functools.cache
def package() -> Any:
    """Return the package `roadrunner`, imported without any settings of the user's.

    libroadrunner 2.10 reads `roadrunner.conf` in the home folder, or the file that ROADRUNNER_CONFIG names, when a
    setting is first asked for. It never returns from one that is there, even an empty one; and results must not depend
    on settings that nobody sees. So it looks for them where no file can be.
    """
    before = {name: os.environ.get(name) for name in ("HOME", "ROADRUNNER_CONFIG")}
    os.environ.update(dict.fromkeys(before, f"{os.devnull}/none"))
    try:
        import roadrunner

        roadrunner.Config.getValue(roadrunner.Config.LLVM_BACKEND)
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
    return roadrunner


def reason_of(error: RuntimeError) -> str:
    """Return the first sentence of an engine's message, without its source positions."""
    text = " ".join(str(error).split())
    return text.split("; In virtual")[0].split(", at virtual")[0].rstrip(".")
