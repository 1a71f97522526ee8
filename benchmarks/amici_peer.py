"""AMICI: C++ generated from the SBML, CVODES with a sparse Jacobian; at rest by its own steady-state solver."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from typing import Any

import numpy as np
from jobs import Acts, Experiment, Job


class Amici:
    """One compiled model; sensitivities are neither generated nor computed."""

    name = "AMICI"

    def __init__(self, job: Job) -> None:
        from amici.importers.sbml import SbmlImporter
        from amici.importers.utils import MeasurementChannel

        self.job = job
        self._folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        importer = SbmlImporter(job.sbml, from_file=False)
        channels = [MeasurementChannel(f"seen_{name}", formula=name) for name in job.observables]
        self._model = importer.sbml2amici(
            f"benchmark_{job.model}",
            self._folder.name,
            observation_model=channels,
            compute_conservation_laws=False,
            generate_sensitivity_code=False,
            simplify=None,
        )
        self._where = {name: index for index, name in enumerate(self._model.get_free_parameter_ids())}
        self._which = {name: index for index, name in enumerate(self._model.get_state_ids())}
        self._filed = np.array(self._model.get_free_parameters())
        self._start = np.array(self._model.get_initial_state())
        self._solver = self._model.create_solver()
        self._solver.set_relative_tolerance(job.relative_tolerance)
        self._solver.set_absolute_tolerance(job.absolute_tolerance)
        # By default it stops a hundred times short of that when it looks for rest, and errs by per cents.
        self._solver.set_relative_tolerance_steady_state(1e-4 * job.relative_tolerance)
        self._solver.set_absolute_tolerance_steady_state(1e-4 * job.absolute_tolerance)
        self._solver.set_max_steps(1_000_000)

    def run(self, experiment: Experiment, own: Mapping[str, float]) -> Any:
        """Return the observables of one experiment, of shape (times - 1, observables); see the other peers."""
        base = self._filed.copy()
        for name, value in own.items():
            base[self._where[name]] = value
        state = self._start.copy()
        parameters = self._changed(base, state, experiment.parameters, experiment.species)
        if experiment.equilibrate:
            state = self._course(state, parameters, [0.0, np.inf]).x[-1]
            state[np.abs(state) < self.job.absolute_tolerance] = 0.0
        tables = []
        for segment, stops in experiment.stretches():
            parameters = self._changed(base, state, segment.parameters, segment.species)
            course = self._course(state, parameters, stops)
            state = course.x[-1]
            tables.append(course.y[1:])
        return np.vstack(tables)

    def _changed(self, base: Any, state: Any, parameters: Acts, species: Acts) -> Any:
        changed = base.copy()
        for name, act in parameters.items():
            changed[self._where[name]] = act.applied(base[self._where[name]])
        for name, act in species.items():
            state[self._which[name]] = act.applied(state[self._which[name]])
        return changed

    def _course(self, state: Any, parameters: Any, times: list[float]) -> Any:
        self._model.set_free_parameters(parameters)
        self._model.set_initial_state(state)
        self._model.set_t0(times[0])
        self._model.set_timepoints(times)
        found = self._model.simulate(solver=self._solver)
        if found.status != 0:
            raise RuntimeError(f"AMICI stopped with {found.status}")
        return found
