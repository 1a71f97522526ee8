"""COPASI by its own Python bindings, and by basico, on the model that `osteon export --to copasi` gives it.

Every experiment is one run of that model, its rest included, by values of its parameters. COPASI works at the values on
file, not at drawn ones: a draw would need a file of its own. Started anew at a state of rest, as the other peers are,
its LSODA leaves that state in some of the models.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from jobs import Experiment, Job, claims

import osteon
from osteon.experiments.experiment import design


class Raw:
    """COPASI's Python bindings: one data model, the time course task run again and again."""

    name = "COPASI, bindings"
    drawn = False

    def __init__(self, job: Job) -> None:
        import COPASI

        self.job = job
        self._vector = COPASI.ObjectStdVector
        model = osteon.load(job.model)
        self._design = design(model, claims(model))
        self._experiments = {one.label: one for one in self._design.experiments}
        self._data = COPASI.CRootContainer.addDatamodel()
        if not self._data.importSBMLFromString(self._design.sbml):
            raise RuntimeError(COPASI.CCopasiMessage.getAllMessageText())
        self._model = self._data.getModel()
        self._condition_parameters = {value.getSBMLId(): value for value in self._model.getModelValues()}
        self._task = self._data.getTask("Time-Course")
        self._task.getProblem().setUseValues(True)
        method = self._task.getMethod()
        method.getParameter("Relative Tolerance").setDblValue(job.relative_tolerance)
        method.getParameter("Absolute Tolerance").setDblValue(job.absolute_tolerance)
        method.getParameter("Max Internal Steps").setUIntValue(1_000_000)

    def run(self, experiment: Experiment, own: Mapping[str, float]) -> Any:
        """Return the observables of one experiment, of shape (times - 1, observables), at the values on file."""
        changed = self._vector()
        for name, value in self._experiments[experiment.label].values.items():
            parameter = self._condition_parameters[name]
            parameter.setInitialValue(value)
            changed.append(parameter.getInitialValueReference())
        self._model.updateInitialValues(changed)
        stops = sorted({stop for _, stops in experiment.stretches() for stop in stops})
        times = [0.0, *map(self._design.run_time, stops[1:])]
        table = self.course(times)
        rows = np.abs(table[:, :1] - np.array(times[1:])).argmin(axis=0)  # COPASI merges times that nearly agree
        return table[rows, 1:]

    def course(self, times: list[float]) -> Any:
        """Return the time and the observables at each of the times of the run."""
        self._task.getProblem().setValues(" ".join(map(repr, times)))
        if not self._task.process(True):
            raise RuntimeError("COPASI gave up")
        series = self._task.getTimeSeries()
        ids = [series.getSBMLId(index, self._data) for index in range(series.getNumVariables())]
        columns = [0, *(ids.index(name) for name in self.job.observables)]
        rows = range(series.getRecordedSteps())
        return np.array([[series.getConcentrationData(row, column) for column in columns] for row in rows])


class Basico(Raw):
    """The same, with basico's `run_time_course`."""

    name = "basico"

    def course(self, times: list[float]) -> Any:
        """Return the time and the observables at each of the times of the run."""
        import basico

        table = basico.run_time_course(values=times, use_sbml_id=True, model=self._data)
        return np.column_stack([table.index, table[list(self.job.observables)]])
