"""The equations given to general integrators: generated C with CVODE, and SciPy's LSODA with numba."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import generated_c
import numpy as np
from jobs import Acts, Experiment, Job


class _OfEquations:
    """What both do around an integrator: arrays of species and parameters, changed by name."""

    def __init__(self, job: Job, equations: generated_c.Equations, values: Mapping[str, float]) -> None:
        self.job = job
        self._where = {name: index for index, name in enumerate(equations.parameters)}
        self._which = {name: index for index, name in enumerate(equations.species)}
        self._filed = np.array([values[name] for name in equations.parameters])
        self._start = np.array([values[name] for name in equations.species])

    def integrate(self, y: Any, p: Any, times: Any) -> Any:
        """Integrate, leave the end in ``y``, and return the observables at ``times``."""
        raise NotImplementedError

    def rest(self, y: Any, p: Any) -> None:
        """Bring ``y`` to rest."""
        raise NotImplementedError

    def run(self, experiment: Experiment, own: Mapping[str, float]) -> Any:
        """Return the observables of one experiment, of shape (times - 1, observables).

        ``own`` are the values of a draw; the first time is left out, for it is the state at rest.
        """
        base = self._filed.copy()
        for name, value in own.items():
            base[self._where[name]] = value
        y = self._start.copy()
        p = self._changed(base, y, experiment.parameters, experiment.species)
        if experiment.equilibrate:
            self.rest(y, p)
            y[np.abs(y) < self.job.absolute_tolerance] = 0.0
        tables = []
        for segment, stops in experiment.stretches():
            p = self._changed(base, y, segment.parameters, segment.species)
            tables.append(self.integrate(y, p, np.array(stops))[1:])
        return np.vstack(tables)

    def _changed(self, base: Any, y: Any, parameters: Acts, species: Acts) -> Any:
        p = base.copy()
        for name, act in parameters.items():
            p[self._where[name]] = act.applied(base[self._where[name]])
        for name, act in species.items():
            y[self._which[name]] = act.applied(y[self._which[name]])
        return p


def _values(job: Job) -> dict[str, float]:
    """Return the initial value of every symbol, as libroadrunner computes it."""
    import roadrunner

    roadrunner.Logger.setLevel(roadrunner.Logger.LOG_FATAL)
    runner = roadrunner.RoadRunner(job.sbml)
    model = runner.model
    symbols = [*model.getFloatingSpeciesIds(), *model.getBoundarySpeciesIds()]
    symbols += [*model.getGlobalParameterIds(), *model.getCompartmentIds()]
    return {name: float(runner[name]) for name in symbols}


class GeneratedC(_OfEquations):
    """C with CVODE, dense, analytic Jacobian; at rest by Newton, once for all conditions that share it, warm."""

    name = "generated C, CVODE"

    def __init__(self, job: Job) -> None:
        self._model = generated_c.Model(job.sbml, job.observables)
        super().__init__(job, self._model.equations, _values(job))
        self._tolerances = {"rtol": job.relative_tolerance, "atol": job.absolute_tolerance}
        self._rests: dict[bytes, Any] = {}
        self._last = self._start

    def integrate(self, y: Any, p: Any, times: Any) -> Any:
        """Integrate by CVODE."""
        return self._model.integrate(y, p, times, **self._tolerances)

    def rest(self, y: Any, p: Any) -> None:
        """Find rest by Newton's method, or by integration."""
        key = y.tobytes() + p.tobytes()
        if key not in self._rests:
            warm = np.where(y == self._start, self._last, y)
            if self._model.rest(warm, p):
                y[:] = warm
            else:
                self.integrate(y, p, np.array([0.0, self.job.settle]))
            self._last = self._rests[key] = y.copy()
        y[:] = self._rests[key]

    def forget(self) -> None:
        """Forget the states at rest, so that a repetition does the work again."""
        self._rests.clear()


class Lsoda(_OfEquations):
    """SciPy's LSODA over a right-hand side compiled by numba."""

    name = "SciPy LSODA, numba"

    def __init__(self, job: Job) -> None:
        import numba

        equations = generated_c.Equations(job.sbml, job.observables)
        super().__init__(job, equations, _values(job))
        self._rates = numba.njit(_function(equations.rates, equations))
        self._seen = numba.njit(_function(equations.observables, equations))

    def integrate(self, y: Any, p: Any, times: Any) -> Any:
        """Integrate by LSODA."""
        from scipy.integrate import solve_ivp

        job = self.job
        span = (times[0], times[-1])
        tolerances = {"rtol": job.relative_tolerance, "atol": job.absolute_tolerance}
        answer = solve_ivp(self._rates, span, y, "LSODA", times, args=(p,), **tolerances)
        if not answer.success:
            raise RuntimeError(answer.message)
        y[:] = answer.y[:, -1]
        return np.array([self._seen(time, state, p) for time, state in zip(times, answer.y.T, strict=True)])

    def rest(self, y: Any, p: Any) -> None:
        """Find rest by integration."""
        self.integrate(y, p, np.array([0.0, self.job.settle]))


def _function(expressions: list[Any], equations: generated_c.Equations) -> Any:
    """Return a plain Python function of time, state and parameters that gives the array of the expressions."""
    import math

    import sympy

    places = [f"found[{index}]" for index in range(len(expressions))]
    lines = generated_c.statements(expressions, "", places, equations, sympy.pycode)
    body = [f"found = np.empty({len(expressions)})", *(line.strip() for line in lines), "return found"]
    scope = {"np": np, "math": math}
    exec("def function(t, y, p):\n    " + "\n    ".join(body), scope)
    return scope["function"]
