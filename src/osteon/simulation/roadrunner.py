"""libroadrunner as an engine: the only module that touches it, and the cache of what it compiles."""

from __future__ import annotations

import functools
import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np

from osteon import cache
from osteon.errors import CompilationError
from osteon.sbml.reading import OBSERVABLE_PREFIX
from osteon.simulation.engine import Accuracy, Engine, IntegrationError, Table
from osteon.simulation.vector import Vector

# SUNDIALS prints its warnings on standard output unless told otherwise; its failures reach us as exceptions.
os.environ.setdefault("SUNLOGGER_WARNING_FILENAME", os.devnull)
os.environ.setdefault("SUNLOGGER_ERROR_FILENAME", os.devnull)

_LEAST_DAMPING = 1e-4  # what NLEQ2 itself takes for highly nonlinear problems (Nowak and Weimann, 1991)


def opened(sbml: str, *, name: str, observables: Iterable[str], accuracy: Accuracy, cached: bool) -> Engine:
    """Return a model in libroadrunner.

    Args:
        sbml: the model's SBML text, with its observables built in as assignment rules (`sbml.with_observables`).
        name: the model's id, for messages.
        observables: ids of the observables built in.
        accuracy: how closely it is integrated.
        cached: whether the compiled model may come from the user's cache, and go there.

    Raises:
        CompilationError: if roadrunner refuses the model.
    """
    return _RoadRunner(compiled(sbml, name, cached=cached), observables, accuracy)


class _RoadRunner:
    """One compiled model in libroadrunner; see `osteon.simulation.engine.Engine`."""

    solves_near = False  # NLEQ2 damps its steps: what it does not find from afar, it does not find from near either.

    def __init__(self, runner: Any, observables: Iterable[str], accuracy: Accuracy) -> None:
        self.observables = tuple(observables)
        self._runner = runner
        # Held, for every look-up costs as much as a rate. Nothing here may call `steadyState`, which replaces it.
        model = self._model = runner.model
        # Those with a rule of assignment come last and have no rate of their own.
        self.species: list[str] = list(model.getFloatingSpeciesIds())
        self._moving = self.species[: len(runner.getRatesOfChange())]
        self.settable = frozenset({*self.species, *model.getBoundarySpeciesIds()})
        ruled = {*runner.getAssignmentRuleIds(), *runner.getRateRuleIds()}
        fixed = {*model.getGlobalParameterIds(), *model.getCompartmentIds()} - ruled
        self.filed = {target: float(runner[target]) for target in sorted(fixed)}
        self._places = {name: place for place, name in enumerate(model.getGlobalParameterIds())}
        self._reset_to: Mapping[str, float] = {}
        self._other: tuple[list[int], list[float]] = ([], [])
        self._rated = sorted(set(runner.getRateRuleIds()) - set(self._moving))
        self._set_up(accuracy)

    def _set_up(self, accuracy: Accuracy) -> None:
        solver = self._runner.getSteadyStateSolver()
        solver.setValue("auto_moiety_analysis", False)
        # At roadrunner's own 1e-20, NLEQ2 never returns from some models without a resting state.
        solver.setValue("minimum_damping", _LEAST_DAMPING)
        integrator = self._runner.getIntegrator()
        integrator.setValue("relative_tolerance", accuracy.relative)
        # One tolerance for each species: a single one would be scaled by the amounts at the start of every integration.
        integrated = len(self._moving) + len(self._rated)
        integrator.setValue("absolute_tolerance", [accuracy.absolute] * max(1, integrated))
        columns = [OBSERVABLE_PREFIX + observable for observable in self.observables]
        self._runner.timeCourseSelections = ["time", *columns, *self.species]

    def reset(self, values: Mapping[str, float]) -> None:
        self._runner.resetAll()
        if values is not self._reset_to:
            inside = [name for name in values if name in self._places]
            self._other = [self._places[name] for name in inside], [values[name] for name in inside]
            self._reset_to = values
        if self._other[0]:
            self._model.setGlobalParameterValues(*self._other)
        if len(self._other[0]) < len(values):
            for name in values.keys() - self._places.keys():
                self.set_value(name, values[name])

    def set_value(self, name: str, value: float) -> None:
        self._runner[name] = value

    def level(self, species: str) -> float:
        return float(self._runner[self._symbol(species)])

    def set_level(self, species: str, value: float) -> None:
        self._runner[self._symbol(species)] = value

    def _symbol(self, species: str) -> str:
        return species if self._runner.getHasOnlySubstanceUnits(species) else f"[{species}]"

    def set_time(self, time: float) -> None:
        self._model.setTime(time)

    def state(self) -> list[float]:
        return cast("list[float]", self._amounts().tolist())

    def _amounts(self) -> Vector:
        return np.array(self._model.getFloatingSpeciesAmounts(), dtype=np.float64)

    def set_state(self, amounts: Sequence[float] | Vector) -> None:
        self._model.setFloatingSpeciesAmounts(amounts)

    def snapshot(self) -> tuple[Vector, dict[str, float]]:
        return self._amounts(), {name: float(self._runner[name]) for name in self._rated}

    def restore(self, snapshot: tuple[Vector, dict[str, float]]) -> None:
        amounts, rated = snapshot
        self.set_state(amounts)
        for name, value in rated.items():
            self._runner[name] = value

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
        jacobian = self._jacobian(self._amounts())
        if not np.isfinite(jacobian).all():
            return None
        return cast("list[complex]", np.linalg.eigvals(jacobian).tolist())

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
            columns.append((self._rates_in(above) - self._rates_in(below)) / (above[index] - below[index]))
        self.set_state(state)
        return np.column_stack(columns) if columns else np.zeros((0, 0))

    def _rates_in(self, state: Vector) -> Vector:
        self.set_state(state)
        return self._rates()

    def present(self) -> _Numbers:
        return self._table([self._runner.getSelectedValues()])

    def integrate(self, times: Sequence[float]) -> _Numbers:
        try:
            return self._table(self._runner.simulate(times=list(times)))
        except RuntimeError as error:
            raise IntegrationError(reason_of(error), float(self._runner.getCurrentTime())) from None

    def _table(self, numbers: Any) -> _Numbers:
        return _Numbers(np.array(numbers, dtype=np.float64), len(self.observables))

    def joined(self, tables: Sequence[Table]) -> tuple[Vector, Mapping[str, Vector]]:
        first, *others = (cast("_Numbers", table).numbers for table in tables)
        whole = np.vstack([first, *(numbers[1:] for numbers in others)])
        columns = {name: whole[:, 1 + index].copy() for index, name in enumerate(self.observables)}
        return whole[:, 0].copy(), columns


@dataclass(frozen=True)
class _Numbers:
    """A table of numbers: the time, the observables, the species."""

    numbers: Vector
    observables: int

    def is_sound(self, least: float) -> bool:
        species = self.numbers[:, 1 + self.observables :]
        return bool(np.isfinite(self.numbers).all() and (species >= least).all())

    def rows(self) -> Iterable[tuple[float, Sequence[float]]]:
        return ((row[0], row[1:]) for row in self.numbers.tolist())


def compiled(sbml: str, name: str, *, cached: bool) -> Any:
    """Return a RoadRunner with a model in it, compiled anew or from the user's cache.

    A state in the cache is native code, read in milliseconds.

    Args:
        sbml: the model's SBML text.
        name: the model's id, for messages.
        cached: whether the compiled model may come from the cache, and go there.

    Raises:
        CompilationError: if roadrunner refuses the model.
    """
    import roadrunner

    roadrunner.Logger.setLevel(roadrunner.Logger.LOG_FATAL)
    settings = roadrunner.Config
    # Each array with named rows and columns that is returned would leak a little.
    settings.setValue(settings.PYTHON_ENABLE_NAMED_MATRIX, False)
    # This compiler without its optimiser takes a quarter of the time of the usual one, and its code is as fast.
    settings.setValue(settings.LLVM_BACKEND, settings.LLJIT)
    settings.setValue(settings.LLJIT_OPTIMIZATION_LEVEL, settings.NONE)
    key = "\n".join([sbml, roadrunner.getVersionStr(), *_machine()]).encode()
    state = cache.kept("compiled", key) if cached else None
    try:
        if state is not None:
            runner = roadrunner.RoadRunner()
            # A damaged state would crash the process; the cache has compared its digest.
            runner.loadStateS(state)
            return runner
        runner = roadrunner.RoadRunner(sbml)
        if cached:
            cache.keep("compiled", key, runner.saveStateS())
    except RuntimeError as error:
        raise CompilationError(f"model {name!r} cannot be compiled for simulation: {reason_of(error)}") from None
    return runner


@functools.cache
def _machine() -> tuple[str, ...]:
    """Return what native code depends on: the operating system and the processor with its abilities."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").split("\n\n", 1)[0].splitlines()
        processor = tuple(line for line in lines if line.startswith(("model name", "flags", "Features", "CPU ")))
    except OSError:
        processor = (platform.processor(), platform.node())
    return (platform.system(), platform.release(), platform.machine(), *processor)


def reason_of(error: RuntimeError) -> str:
    """Return the first sentence of an engine's message, without its source positions."""
    text = " ".join(str(error).split())
    return text.split("; In virtual")[0].split(", at virtual")[0].rstrip(".")
