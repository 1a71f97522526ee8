"""libroadrunner and tellurium as their documentation shows them: reset, set values by name, simulate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from jobs import Acts, Experiment, Job


class Naive:
    """One libroadrunner instance, set by name, brought to rest by integration."""

    name = "libroadrunner, plain use"

    def __init__(self, job: Job) -> None:
        self.job = job
        self.runner = self.loaded(job.sbml)
        self.runner.integrator.relative_tolerance = job.relative_tolerance
        self.runner.integrator.absolute_tolerance = job.absolute_tolerance
        self.columns = ["time", *job.observables]
        self.states = self.runner.model.getFloatingSpeciesIds()

    def loaded(self, text: str) -> Any:
        """Return the model, loaded as this peer's users do."""
        import roadrunner

        roadrunner.Logger.setLevel(roadrunner.Logger.LOG_FATAL)
        return roadrunner.RoadRunner(text)

    def run(self, experiment: Experiment, own: Mapping[str, float]) -> Any:
        """Return the observables of one experiment, of shape (times - 1, observables).

        ``own`` are the values of a draw; the first time is left out, for it is the state at rest.
        """
        runner = self.runner
        runner.resetAll()
        for name, value in own.items():
            runner[name] = value
        base = dict(own)
        self._apply(experiment.parameters, experiment.species, base)
        if experiment.equilibrate:
            runner.simulate(0, self.job.settle, 2)
            for name in self.states:
                if abs(runner[name]) < self.job.absolute_tolerance:
                    runner[name] = 0.0
        tables = []
        for segment, stops in experiment.stretches():
            self._apply(segment.parameters, segment.species, base)
            tables.append(runner.simulate(times=stops, selections=self.columns)[1:, 1:].copy())
        return np.vstack(tables)

    def _apply(self, parameters: Acts, species: Acts, base: dict[str, float]) -> None:
        for name in base:
            if name not in parameters:
                self.runner[name] = base[name]
        for name, act in parameters.items():
            self.runner[name] = act.applied(base.setdefault(name, self.runner[name]))
        for name, act in species.items():
            self.runner[name] = act.applied(self.runner[name])


class Tellurium(Naive):
    """The same through tellurium."""

    name = "tellurium"

    def loaded(self, text: str) -> Any:
        """Return the model, loaded by tellurium."""
        import tellurium

        return tellurium.loadSBMLModel(text)
