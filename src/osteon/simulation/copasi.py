"""COPASI as an engine, by COPASI's own interface: for `osteon verify --engine copasi`, and in the page "Try it".

In the page there is no numpy and no libsbml, so neither is imported before it is needed.
"""

from __future__ import annotations

import re
import weakref
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from osteon.errors import CompilationError, OsteonError
from osteon.extras import require
from osteon.simulation.engine import Accuracy, Engine, IntegrationError, Table

if TYPE_CHECKING:
    from osteon.simulation.vector import Vector

_OBSERVABLE = "observable_"  # as in `osteon.sbml.observable_ids`, which needs libsbml
_STOPS = 400
_STAMP = re.compile(r">\w+ \d{4}-\d\d-\d\dT[\d:.]+< ?")
_ENDLESS = 1e150
"""Near the root of the greatest number COPASI goes on with that root, and says nothing."""


def opened(
    sbml: str, *, name: str, observables: Iterable[str], accuracy: Accuracy, cached: bool, foreign: bool = False
) -> Engine:
    """Return a model in COPASI; see `osteon.simulation.roadrunner.opened`. Nothing is cached or tried elsewhere.

    Raises:
        OsteonError: if COPASI is not installed.
        CompilationError: if it cannot read the model.
    """
    import numpy as np

    document = _without_events(sbml, name)
    amounts = [one.getId() for one in document.getModel().getListOfSpecies() if one.getHasOnlySubstanceUnits()]
    return _Copasi(_imported(sbml, name), observables, amounts, accuracy, np.array)


def opened_file(path: Path, *, observables: Iterable[str], amounts: Collection[str], accuracy: Accuracy) -> Engine:
    """Return a model of a COPASI file; its time courses are lists.

    Args:
        path: of the file, written by `saved`.
        observables: ids of the observables built in.
        amounts: the species that the model's SBML counts in amounts, which COPASI does not remember.
        accuracy: how closely it is integrated.

    Raises:
        CompilationError: if COPASI cannot read it.
    """
    data = _copasi().CRootContainer.addDatamodel()
    if not data.loadModel(str(path)):
        raise CompilationError(f"{path.name}: COPASI cannot read it: {_reason()}")
    return _Copasi(data, observables, amounts, accuracy, list)


def saved(sbml: str, name: str) -> str:
    """Return the text of a COPASI file of a model.

    Args:
        sbml: the model's SBML text, with its observables built in.
        name: the model's id.

    Raises:
        OsteonError: if COPASI is not installed.
        CompilationError: if it cannot read the model.
    """
    import tempfile

    _without_events(sbml, name)
    data = _imported(sbml, name)
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"{name}.cps"
            data.saveModel(str(path), True)
            # The second line is the time of writing, which would make every file new.
            return re.sub(r"<!-- generated with .*? -->\n", "", path.read_text(encoding="utf-8"), count=1)
    finally:
        _copasi().CRootContainer.removeDatamodel(data)


def _without_events(sbml: str, name: str) -> Any:
    """Return a model's document; refuse one with events, which would fire while it is brought to rest."""
    from osteon.sbml import read

    document = read(sbml, name)
    if document.getModel().getNumEvents():
        raise OsteonError(f"model {name!r} has events; it is run in libroadrunner, not in COPASI")
    return document


def _copasi() -> Any:
    require("COPASI", "export", ("COPASI",))
    import COPASI

    return COPASI


def _imported(sbml: str, name: str) -> Any:
    import tempfile

    root = _copasi().CRootContainer
    data = root.addDatamodel()
    # COPASI keeps SBML ids only of what it reads from a file.
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.xml"
        path.write_text(sbml, encoding="utf-8")
        if not data.importSBML(str(path)):
            root.removeDatamodel(data)
            raise CompilationError(f"model {name!r}: COPASI cannot read it: {_reason()}")
    return data


def _reason() -> str:
    return _told(_copasi().CCopasiMessage.getAllMessageText()) or "it gives no reason"


def _told(text: str) -> str:
    """Return what COPASI says without the time at which it said so, and no more than a reader reads."""
    return _STAMP.sub("", " ".join(text.split()))[:300].strip()


class _Copasi:
    """One model in COPASI; see `osteon.simulation.engine.Engine`.

    The present state is COPASI's initial state throughout. COPASI counts species in particles; ``_factor`` is how many
    make one unit of amount.
    """

    solves_near = True

    def __init__(
        self,
        data: Any,
        observables: Iterable[str],
        amounts: Collection[str],
        accuracy: Accuracy,
        vector: Callable[[list[float]], Any],
    ) -> None:
        self._copasi, self._data, self._amounts, self._vector = _copasi(), data, frozenset(amounts), vector
        weakref.finalize(self, self._copasi.CRootContainer.removeDatamodel, data)
        self._model = data.getModel()
        self._factor = float(self._model.getQuantity2NumberFactor())
        entity = self._copasi.CModelEntity
        self._species = _by_id(self._model.getMetabolites())
        self._values = _by_id(self._model.getModelValues()) | _by_id(self._model.getCompartments())
        moves = (entity.Status_REACTIONS, entity.Status_ODE)
        self._moving = {name: item for name, item in self._species.items() if item.getStatus() in moves}
        self._rated = [item for item in self._values.values() if item.getStatus() == entity.Status_ODE]
        self._read = {name: self._values[_OBSERVABLE + name] for name in observables}
        self.observables, self.species = tuple(self._read), tuple(self._moving)
        self.moving = (*self._moving, *(item.getSBMLId() for item in self._rated))
        self.initials: Mapping[str, str] = {}  # COPASI computes them itself.
        self.settable = frozenset(self._species)
        fixed = {name: item for name, item in self._values.items() if item.getStatus() == entity.Status_FIXED}
        self.filed = {name: float(item.getInitialValue()) for name, item in sorted(fixed.items())}
        self.positive = frozenset(self._moving)
        self.sizes = dict.fromkeys(self.moving, 1.0)
        self.conserved = int(self._model.getNumDependentReactionMetabs())
        everything = [*self._species.values(), *self._values.values()]
        self._own = [(item, item.getInitialValue()) for item in everything]
        self._set_up(accuracy)

    def _set_up(self, accuracy: Accuracy) -> None:
        self._course, self._rest = self._data.getTask("Time-Course"), self._data.getTask("Steady-State")
        self._course.setMethodType(self._copasi.CTaskEnum.Method_deterministic)
        self._course.getProblem().setUseValues(True)
        self._course.getProblem().setTimeSeriesRequested(True)
        method = self._course.getMethod()
        method.getParameter("Relative Tolerance").setDblValue(accuracy.relative)
        method.getParameter("Absolute Tolerance").setDblValue(accuracy.absolute)
        method.getParameter("Max Internal Steps").setUIntValue(100000)
        self._rest.getProblem().setJacobianRequested(True)
        self._rest.getProblem().setStabilityAnalysisRequested(True)
        method = self._rest.getMethod()
        method.getParameter("Resolution").setDblValue(1e-10)
        # What it does not find in so many steps it does not find in COPASI's own 50, in large models after seconds.
        method.getParameter("Iteration Limit").setUIntValue(20)
        method.getParameter("Use Integration").setBoolValue(False)
        method.getParameter("Use Back Integration").setBoolValue(False)

    def reset(self, values: Mapping[str, float]) -> None:
        for item, value in self._own:
            item.setInitialValue(value)
        for name, value in values.items():
            self.set_value(name, value)

    def set_value(self, name: str, value: float) -> None:
        self._values[name].setInitialValue(value)

    def level(self, species: str) -> float:
        item = self._species[species]
        return float(item.getInitialValue() / self._unit(item))

    def set_level(self, species: str, value: float) -> None:
        item = self._species[species]
        item.setInitialValue(value * self._unit(item))

    def _unit(self, item: Any) -> float:
        """Return how many particles one unit of a species is, as its SBML file counts it."""
        in_amounts = item.getSBMLId() in self._amounts
        return self._factor * (1.0 if in_amounts else float(item.getCompartment().getInitialValue()))

    def set_time(self, time: float) -> None:
        self._model.setInitialTime(time)

    def value(self, name: str) -> float:
        return float(self._values[name].getInitialValue())

    def state(self) -> list[float]:
        return [*self._counted(), *(item.getInitialValue() for item in self._rated)]

    def _counted(self) -> list[float]:
        return [item.getInitialValue() / self._factor for item in self._moving.values()]

    def set_state(self, state: Sequence[float]) -> None:
        counted = len(self._moving)
        for item, amount in zip(self._moving.values(), state[:counted], strict=True):
            item.setInitialValue(amount * self._factor)
        for item, value in zip(self._rated, state[counted:], strict=True):
            item.setInitialValue(value)

    def begin_rest(self) -> None:
        """Do nothing: models with events are refused."""

    def end_rest(self) -> None:
        """Do nothing; see `begin_rest`."""

    def _restore(self, values: Sequence[float]) -> None:
        """Set particle numbers of species, and the values of what else has a rate."""
        for item, value in zip((*self._moving.values(), *self._rated), values, strict=True):
            item.setInitialValue(value)

    def rates(self) -> list[float]:
        self._follow()
        moving = (item.getRate() / self._factor for item in self._moving.values())
        return [*moving, *(item.getRate() for item in self._rated)]

    def solve(self) -> bool:
        self._begin()
        found = self._rest.initialize(self._copasi.CCopasiTask.NO_OUTPUT) and self._rest.process(True)
        if found:
            spectrum = self._rest.getEigenValues()
            pairs = ((spectrum.getR(), spectrum.getI()),)
            self._spectrum = [complex(r.get(i), j.get(i)) for r, j in pairs for i in range(r.size())]
        state = [item.getValue() for item in (*self._moving.values(), *self._rated)]
        self._rest.restore()
        if found:
            self._restore(state)
        return bool(found)

    def eigenvalues(self) -> Sequence[complex] | None:
        finite = all(isfinite(value.real) and isfinite(value.imag) for value in self._spectrum)
        return self._spectrum if finite else None

    def _begin(self) -> None:
        """Have everything follow from the initial values. `CModel.updateInitialValues` takes twice as long as a run."""
        container = self._model.getMathContainer()
        container.fetchInitialState()
        container.updateInitialValues(self._copasi.CCore.Framework_ParticleNumbers)
        container.pushInitialState()

    def _follow(self) -> None:
        """Have rates and observables follow from the initial values."""
        container = self._model.getMathContainer()
        container.fetchInitialState()
        container.applyInitialValues()
        container.updateSimulatedValues(False)
        container.updateTransientDataValues()
        container.pushAllTransientValues()

    def present(self) -> _Rows:
        self._follow()
        return _Rows([self._model.getInitialTime()], *self._now())

    def _now(self) -> tuple[list[list[float]], list[list[float]]]:
        return [[item.getValue()] for item in self._read.values()], [[amount] for amount in self._counted()]

    def integrate(self, times: Sequence[float]) -> _Rows:
        """Integrate; see the port.

        Now and then LSODA comes to a standstill where little moves and the next time is far away. Then it is asked for
        times in between.
        """
        start, *later = times
        self._follow()
        observables, species = self._now()
        try:
            more = self._integrated(start, later)
        except IntegrationError:
            step = (later[-1] - start) / _STOPS
            stops = sorted({*later, *(start + number * step for number in range(1, _STOPS))})
            places = [stops.index(time) for time in later]
            more = [[[column[place] for place in places] for column in part] for part in self._integrated(start, stops)]
        return _Rows(
            list(times), *(_behind(first, part) for first, part in zip((observables, species), more, strict=True))
        )

    def _integrated(self, start: float, times: Sequence[float]) -> list[list[list[float]]]:
        """Return the columns of observables and of species; the end becomes the next initial state."""
        problem = self._course.getProblem()
        problem.setValues(" ".join(f"{time:.17g}" for time in times))
        problem.setDuration(times[-1] - start)
        problem.setStepNumber(len(times))
        problem.setOutputStartTime(start)
        self._model.setInitialTime(start)
        self._begin()
        self._copasi.CCopasiMessage.clearDeque()
        if not (self._course.initialize(self._copasi.CCopasiTask.OUTPUT_UI) and self._course.process(True)):
            error = _told(self._course.getProcessError())
            self._course.restore()
            raise IntegrationError(f"COPASI stopped: {error}", None)
        series = self._course.getTimeSeries()
        index = {series.getKey(place): place for place in range(series.getNumVariables())}
        steps = range(series.getRecordedSteps() - len(times), series.getRecordedSteps())  # it may record the start
        read, count, factor = series.getConcentrationData, series.getData, self._factor
        observed = [index[item.getKey()] for item in self._read.values()]
        moved = [index[item.getKey()] for item in self._moving.values()]
        columns = [
            [[read(step, place) for step in steps] for place in observed],
            [[count(step, place) / factor for step in steps] for place in moved],
        ]
        state = [item.getValue() for item in (*self._moving.values(), *self._rated)]
        self._course.restore()
        if any(abs(amount) >= _ENDLESS for column in columns[1] for amount in column):
            raise IntegrationError("COPASI stopped: a species grows without limit", None)
        self._restore(state)
        return columns

    def joined(self, tables: Sequence[Table]) -> tuple[Vector, Mapping[str, Vector]]:
        first, *others = (cast("_Rows", table) for table in tables)
        times = [*first.times, *(time for table in others for time in table.times[1:])]
        columns = {
            name: [*first.observed[place], *(value for table in others for value in table.observed[place][1:])]
            for place, name in enumerate(self.observables)
        }
        return self._vector(times), {name: self._vector(column) for name, column in columns.items()}


@dataclass(frozen=True)
class _Rows:
    """Times, and for each observable and each species its values."""

    times: list[float]
    observed: list[list[float]]
    amounts: list[list[float]]

    def is_sound(self, least: Sequence[float]) -> bool:
        finite = all(all(map(isfinite, column)) for column in (*self.observed, *self.amounts))
        return finite and all(min(column) >= floor for column, floor in zip(self.amounts, least, strict=True))

    def rows(self) -> Iterable[tuple[float, Sequence[float]]]:
        for place, time in enumerate(self.times):
            yield time, [column[place] for column in (*self.observed, *self.amounts)]


def _behind(first: list[list[float]], later: list[list[float]]) -> list[list[float]]:
    return [[*start, *rest] for start, rest in zip(first, later, strict=True)]


def _by_id(items: Any) -> dict[str, Any]:
    return {item.getSBMLId(): item for item in map(items.get, range(items.size()))}
