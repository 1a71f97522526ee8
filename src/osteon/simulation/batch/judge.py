"""libroadrunner as the judge of single draws: each experiment in a model of the states that its readings need."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from osteon.sbml.reduction import reduced
from osteon.simulation.batch.slices import grouped
from osteon.simulation.model import Model
from osteon.simulation.readings import Key, Run
from osteon.simulation.timecourse import TimeCourse


class Parts:
    """A model in parts; see `osteon.simulation.readings.Simulations`, which `of` returns.

    A part moves the states that some experiments need, and answers what they read as the whole model does. What breaks
    in the rest of the model does not show in it.

    Args:
        model: the whole.
        needed: for each run the states that what is read of it depends on, and that are not zero throughout.
    """

    def __init__(self, model: Model, needed: Mapping[Key, frozenset[str]]) -> None:
        self._model = model
        names = {f"{key}": states for key, states in needed.items()}
        group = grouped(names)
        self._states = {key: group[f"{key}"] for key in needed}

    @cached_property
    def models(self) -> dict[frozenset[str], Model]:
        """The parts, by their states; where a part would count in another size, the whole model."""
        whole = self._model
        found = {}
        for states in dict.fromkeys(self._states.values()):
            part = whole.replace(text=reduced(whole.sbml, states, whole.shown))
            found[states] = part if states and part.simulator.size == whole.simulator.size else whole
        return found

    def of(self, values: Mapping[str, float]) -> Part:
        """Return the simulations with some values."""
        return Part(self, values)

    def model(self, run: Run) -> Model:
        """Return the model that answers a run."""
        return self.models[self._states[run.setting, run.condition]]


class Part:
    """The simulations of a model in parts, with one set of values."""

    def __init__(self, parts: Parts, values: Mapping[str, float]) -> None:
        self._parts, self._values = parts, values
        self._made: dict[int, Model] = {}

    def time_course(self, run: Run) -> TimeCourse:
        """Return the time course of a run; see `Model.time_course`."""
        return self._model(run).time_course(run)

    def resting(self, run: Run) -> Mapping[str, float]:
        """Return the steady state that a run leads to."""
        return self._model(run).resting(run)

    def _model(self, run: Run) -> Model:
        model = self._parts.model(run)
        if id(model) not in self._made:
            self._made[id(model)] = model.with_values(self._values)
        return self._made[id(model)]
