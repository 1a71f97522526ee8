"""COPASI's side of the page "Try it": one model, and runs of one condition after another.

It runs inside Pyodide, where only COPASI's own interface is at hand, and in the tests under plain Python. A run repeats
what `osteon.simulation.simulator.Simulator` does: changes, equilibration, then one time course for each period.
"""

from __future__ import annotations

import math
from typing import Any

import COPASI

RESTING, NEGATIVE, TRACE, STABLE = 1e-6, -1e-6, 1e-15, 1e-7  # as in osteon.simulation.simulator
SETTLINGS, STOPS = 12, 400
PARTICLES = COPASI.CCore.Framework_ParticleNumbers

Changes = dict[str, dict[str, Any]]
"""For each target the ``value`` that replaces its own, or none, and the ``factor`` on it."""


class BrokenError(Exception):
    """A run that gave no result; the message is shown to the reader."""


class Engine:
    """One model, loaded from a COPASI file, with its observables as global quantities.

    Args:
        path: of the file.
        expression: the model as `osteon.site.expression` writes it.
    """

    def __init__(self, path: str, expression: dict[str, Any]) -> None:
        self.expression = expression
        self.data = COPASI.CRootContainer.addDatamodel()
        if not self.data.loadModel(path):
            raise BrokenError("COPASI cannot read the model: " + COPASI.CCopasiMessage.getAllMessageText())
        self.model = self.data.getModel()
        self.species = _by_id(self.model.getMetabolites())
        self.values = _by_id(self.model.getModelValues()) | _by_id(self.model.getCompartments())
        self.observables = {name: self.values["observable_" + name] for name in expression["observables"]}
        self.own = {name: item.getInitialValue() for name, item in [*self.species.items(), *self.values.items()]}
        moves = (COPASI.CModelEntity.Status_REACTIONS, COPASI.CModelEntity.Status_ODE)
        self.moving = [item for item in [*self.species.values(), *self.values.values()] if item.getStatus() in moves]
        self.factor = self.model.getQuantity2NumberFactor()
        self.rested: dict[str, list[float]] = {}
        self._prepare()

    def _prepare(self) -> None:
        self.task, self.rest = self.data.getTask("Time-Course"), self.data.getTask("Steady-State")
        self.task.setMethodType(COPASI.CTaskEnum.Method_deterministic)
        method = self.task.getMethod()
        method.getParameter("Relative Tolerance").setDblValue(self.expression["relative_tolerance"])
        method.getParameter("Absolute Tolerance").setDblValue(self.expression["absolute_tolerance"])
        method.getParameter("Max Internal Steps").setUIntValue(100000)
        self.rest.getProblem().setJacobianRequested(True)
        self.rest.getProblem().setStabilityAnalysisRequested(True)
        method = self.rest.getMethod()
        method.getParameter("Resolution").setDblValue(1e-10)
        method.getParameter("Use Integration").setBoolValue(False)
        method.getParameter("Use Back Integration").setBoolValue(False)

    def run(self, schedule: dict[str, Any], times: list[float]) -> dict[str, Any]:
        """Run one condition and return its observables.

        Args:
            schedule: as `schedule.mjs` and `osteon.simulation.schedule` lay it out: ``before``, ``equilibrate`` and
                ``periods``.
            times: when the observables are wanted, in the model's unit; every boundary of a period comes on top.

        Returns:
            ``{"times": [...], "values": {observable: [...]}}``

        Raises:
            Broken: if COPASI fails, a species turns negative, or the model has no resting state.
        """
        for name, value in self.own.items():
            (self.species.get(name) or self.values[name]).setInitialValue(value)
        self._apply(schedule["before"], schedule["before"])
        if schedule["equilibrate"]:
            self._settle(schedule["before"])
        found = [schedule["periods"][0]["start"]]
        columns = {name: [value] for name, value in self._present().items()}
        for period in schedule["periods"]:
            self._apply(period["changes"], period["begun"])
            start, end = period["start"], period["end"]
            margin = 1e-9 * max(1.0, abs(start), abs(end))
            wanted = [*sorted({time for time in times if start + margin < time < end - margin}), end]
            found += wanted
            for name, values in self._course(start, wanted).items():
                columns[name] += values
        for name, values in columns.items():
            if not all(map(math.isfinite, values)):
                raise BrokenError(f"{name} is not a finite number")
        return {"times": found, "values": columns}

    def _apply(self, changes: Changes, begun: Changes) -> None:
        """Set every value that changes hold on, put the others back, and set species whose change begins."""
        for name, item in self.values.items():
            if item.getStatus() == COPASI.CModelEntity.Status_FIXED:
                item.setInitialValue(_applied(changes.get(name), self.own[name]))
        for name, change in begun.items():
            if name in self.species:
                item = self.species[name]
                now = item.getInitialValue()
                if change["value"] is not None:
                    now = change["value"] * self._unit(item)
                item.setInitialValue(now * change["factor"])

    def _unit(self, item: Any) -> float:
        """Return how many particles one unit of a species is, as its SBML file counts it."""
        in_amounts = item.getSBMLId() in self.expression["amounts"]
        return float(self.factor * (1.0 if in_amounts else item.getCompartment().getInitialValue()))

    def _update(self) -> None:
        """Have everything follow from the initial values. `CModel.updateInitialValues` takes twice as long as a run."""
        container = self.model.getMathContainer()
        container.fetchInitialState()
        container.updateInitialValues(PARTICLES)
        container.pushInitialState()

    def _present(self) -> dict[str, float]:
        container = self.model.getMathContainer()
        container.fetchInitialState()
        container.applyInitialValues()
        container.updateSimulatedValues(False)
        container.updateTransientDataValues()
        container.pushAllTransientValues()
        return {name: item.getValue() for name, item in self.observables.items()}

    def _settle(self, before: Changes) -> None:
        """Bring the model to rest: Newton from where it is, and integration first where that gives no sound answer.

        The state at rest is kept: what is done from t = 0 on does not change it.
        """
        key = repr(sorted((name, sorted(change.items(), key=repr)) for name, change in before.items()))
        if key in self.rested:
            self._begin_from(self.rested[key])
            return
        span = self.expression["settle"]
        for _ in range(SETTLINGS):
            if self._solve():
                self.rested[key] = self._state()
                return
            self._course(0.0, [span])
            earlier = self._state()
            self._course(0.0, [span])
            if self._stands(earlier):
                self.rested[key] = self._state()
                return
            span *= 2
        raise BrokenError("the model finds no rest before t = 0")

    def _solve(self) -> bool:
        """Make the resting state the initial one, if Newton finds one that is not negative and stable."""
        earlier, task = self._state(), self.rest
        self._update()
        found = task.initialize(COPASI.CCopasiTask.NO_OUTPUT) and task.process(True)
        state, spectrum = [item.getValue() for item in self.moving], task.getEigenValues()
        largest = max(abs(spectrum.getMaxrealpart()), abs(spectrum.getMaximagpart()), 1.0)
        task.restore()
        if (
            found
            and min(state, default=0.0) >= NEGATIVE * self.factor
            and spectrum.getMaxrealpart() <= STABLE * largest
        ):
            self._begin_from(state)
            self._present()
            rates = [item.getRate() * self.expression["settle"] for item in self.moving]
            if self._stands([value + rate for value, rate in zip(state, rates, strict=True)]):
                return True
        self._begin_from(earlier)
        return False

    def _state(self) -> list[float]:
        return [item.getInitialValue() for item in self.moving]

    def _stands(self, other: list[float]) -> bool:
        """Say whether the initial state is another one, but for what is too little to count."""
        return all(
            abs(value - now)
            <= RESTING * max(abs(now), 1e-3 * (self.factor if item.getSBMLId() in self.species else 1.0))
            for item, value, now in zip(self.moving, other, self._state(), strict=True)
        )

    def _course(self, start: float, times: list[float]) -> dict[str, list[float]]:
        """Integrate from the initial state; the end becomes the next initial state. Return the observables.

        Now and then LSODA comes to a standstill where little moves and the next time is far away. Then it is asked for
        times in between.
        """
        try:
            return self._integrated(start, times)
        except BrokenError:
            step = (times[-1] - start) / STOPS
            stops = sorted({*times, *(start + number * step for number in range(1, STOPS))})
            columns = self._integrated(start, stops)
            wanted = [stops.index(time) for time in times]
            return {name: [values[place] for place in wanted] for name, values in columns.items()}

    def _integrated(self, start: float, times: list[float]) -> dict[str, list[float]]:
        problem = self.task.getProblem()
        problem.setUseValues(True)
        problem.setValues(" ".join(f"{time:.17g}" for time in times))
        problem.setDuration(times[-1] - start)
        problem.setStepNumber(len(times))
        problem.setOutputStartTime(start)
        problem.setTimeSeriesRequested(True)
        self.model.setInitialTime(start)
        self._update()
        COPASI.CCopasiMessage.clearDeque()
        if not (self.task.initialize(COPASI.CCopasiTask.OUTPUT_UI) and self.task.process(True)):
            error = self.task.getProcessError()
            self.task.restore()
            raise BrokenError("COPASI stopped: " + error)
        series = self.task.getTimeSeries()
        index = {series.getKey(i): i for i in range(series.getNumVariables())}
        steps = range(series.getRecordedSteps() - len(times), series.getRecordedSteps())  # it may record the start
        columns = {
            name: [series.getConcentrationData(step, index[self.observables[name].getKey()]) for step in steps]
            for name in self.observables
        }
        state = []
        for item in self.moving:
            value = item.getValue()
            if item.getSBMLId() in self.species and value < NEGATIVE * self.factor:
                raise BrokenError(f"species {item.getSBMLId()} is negative")
            state.append(value)
        self.task.restore()
        self._begin_from(state)
        return columns

    def _begin_from(self, state: list[float]) -> None:
        """Make a state the initial one, without what is left of vanished species: no integrator can follow that."""
        for item, value in zip(self.moving, state, strict=True):
            item.setInitialValue(value if abs(value) > TRACE else 0.0)


def _by_id(items: Any) -> dict[str, Any]:
    return {item.getSBMLId(): item for item in map(items.get, range(items.size()))}


def _applied(change: dict[str, Any] | None, own: float) -> float:
    if change is None:
        return own
    return float((own if change["value"] is None else change["value"]) * change["factor"])
