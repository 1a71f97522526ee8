"""A model ready to run: its SBML, its binding and the vocabulary, and what can be asked of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, partial
from math import log
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from osteon import sbml
from osteon.errors import CompilationError, OsteonError, UnknownIdError, listing, suggestion
from osteon.evidence.bindings import Act, Binding
from osteon.evidence.claims import FEATURES, Vocabulary
from osteon.evidence.project import Project, canonical_condition
from osteon.sbml.influence import Graph, graph
from osteon.simulation.schedule import Schedule, changes_of, schedule
from osteon.simulation.simulator import Accuracy, Simulator
from osteon.simulation.timecourse import TimeCourse, Vector

if TYPE_CHECKING:
    import pandas as pd


class Model:
    """A model, its binding and one compiled simulator.

    Args:
        text: the model's SBML text.
        binding: what the words mean in it.
        vocabulary: the words.
        overrides: other values of the model's own, for every run: a counterfactual, or what the user gave.
        shown: the SBML file as the user knows it, for messages.
        accuracy: how closely the model is integrated; as the binding's protocol says if not given.
        cached: whether its compiled form is worth keeping for another day.
    """

    def __init__(
        self,
        text: str,
        binding: Binding,
        vocabulary: Vocabulary,
        *,
        shown: str,
        overrides: Act | None = None,
        accuracy: Accuracy | None = None,
        cached: bool = True,
    ) -> None:
        self.sbml, self.binding, self.vocabulary, self.overrides, self.shown = (
            text,
            binding,
            vocabulary,
            overrides,
            shown,
        )
        self._cached = cached
        self._schedules: dict[tuple[tuple[str, ...], str, float | None], Schedule] = {}
        protocol = binding.protocol
        self.accuracy = accuracy or Accuracy(protocol.relative_tolerance, protocol.absolute_tolerance)

    def __reduce__(self) -> tuple[Any, ...]:
        # What is compiled stays behind; it is compiled anew where it arrives.
        make = partial(Model, shown=self.shown, overrides=self.overrides, accuracy=self.accuracy, cached=self._cached)
        return make, (self.sbml, self.binding, self.vocabulary)

    @property
    def name(self) -> str:
        """The model's id."""
        return self.binding.id

    @property
    def formulas(self) -> Mapping[str, str]:
        """The formula of each observable, in the symbols of the model."""
        return {name: observable.mathematics for name, observable in self.binding.observables.items()}

    @cached_property
    def simulator(self) -> Simulator:
        """The compiled model; compiled on first use."""
        protocol = self.binding.protocol
        simulator = Simulator(
            sbml.with_observables(self.sbml, self.formulas, self.shown),
            name=self.name,
            observables=self.formulas,
            time_unit=protocol.time_unit,
            settle=self.binding.time(protocol.settle),
            accuracy=self.accuracy,
            cached=self._cached,
        )
        simulator.rebase(changes_of(self.overrides or Act()))
        return simulator

    def at(self, accuracy: Accuracy) -> Model:
        """Return the same model, to be integrated with another accuracy."""
        return Model(
            self.sbml, self.binding, self.vocabulary, shown=self.shown, overrides=self.overrides, accuracy=accuracy
        )

    def restore(self) -> None:
        """Give the simulator the model's own values again, after others were tried."""
        self.simulator.rebase(changes_of(self.overrides or Act()))

    def rebound(self, binding: Binding) -> Model:
        """Return the same compiled model under a binding with the same observables, such as one with other doses."""
        other = Model(
            self.sbml, binding, self.vocabulary, shown=self.shown, overrides=self.overrides, accuracy=self.accuracy
        )
        other.__dict__["simulator"] = self.simulator
        return other

    @cached_property
    def graph(self) -> Graph:
        """The graph of influences, with observables as further symbols."""
        text = sbml.with_values(self.sbml, self.overrides.set, self.shown) if self.overrides else self.sbml
        return graph(sbml.read(text, self.shown), self.formulas)

    def schedule(self, names: Iterable[str], setting: str | None = None, until: float | None = None) -> Schedule:
        """Lay out a condition of this model in time; see `osteon.simulation.schedule.schedule`."""
        place = setting or self.binding.protocol.default_setting
        key = (tuple(names), place, until)
        if key not in self._schedules:
            self._schedules[key] = schedule(self.binding, self.vocabulary, key[0], setting=place, until=until)
        return self._schedules[key]

    def run(
        self, condition: str, times: Sequence[float], *, setting: str | None = None, until: float | None = None
    ) -> TimeCourse:
        """Simulate a condition.

        Args:
            condition: interventions joined by ``+``, or ``control``.
            times: when the observables are wanted, in the model's time unit.
            setting: a bound setting; the binding's default if not given.
            until: last time; the setting's horizon if not given.

        Raises:
            UnknownIdError: if the model does not bind an intervention or the setting.
            SimulationError: if the simulation breaks.
        """
        names = canonical_condition(condition, self.binding, self.vocabulary)
        return self.simulator.run(self.schedule(names, setting, until), times)

    def resting_state(self, condition: str, *, setting: str | None = None) -> Mapping[str, float]:
        """Return every observable in the steady state that a condition leads to; see `run`."""
        names = canonical_condition(condition, self.binding, self.vocabulary)
        return self.simulator.resting_state(self.schedule(names, setting))

    def simulate(
        self, condition: str = "control", *, until: str | None = None, setting: str | None = None, points: int = 201
    ) -> pd.DataFrame:
        """Simulate a condition and return its time course.

        Args:
            condition: interventions joined by ``+``, or ``control``.
            until: duration after t = 0, such as ``"72 h"``; the setting's horizon if not given.
            setting: a bound setting; the binding's default if not given.
            points: number of evenly spaced times, from the first intervention or t = 0 on; the boundaries of
                interventions come on top.

        Returns:
            One row a time (index, in the model's time unit), one column an observable; ``.attrs`` carries
            ``condition``, ``time_unit`` and the ``units`` of the observables.
        """
        names = canonical_condition(condition, self.binding, self.vocabulary)
        laid_out = self.schedule(names, self.place(setting), self._end(until, setting))
        times = np.linspace(laid_out.periods[0].start, laid_out.periods[-1].end, points).tolist()
        frame = self.simulator.run(laid_out, times).frame()
        frame.attrs["units"] = {name: observable.unit for name, observable in self.binding.observables.items()}
        return frame

    def predict(
        self,
        condition: str,
        reference: str = "control",
        *,
        observables: Sequence[str] | None = None,
        at: str | None = None,
        setting: str | None = None,
    ) -> pd.DataFrame:
        """Return the fold change of each observable for any combination of interventions, reported or not.

        Args:
            condition: interventions joined by ``+``.
            reference: the condition to compare with.
            observables: which ones; all by default.
            at: a duration after t = 0, or ``"steady state"``; the setting's usual time of reading by default.
            setting: a bound setting; the binding's default if not given.

        Returns:
            One row an observable, with ``value``, ``reference``, ``fold_change`` (their ratio) and ``effect`` (its
            natural logarithm); NaN where one of the two lies below the detection limit.
        """
        import pandas as pd

        names = self.chosen(observables)
        values, references = (self.values(which, at=at, setting=setting) for which in (condition, reference))
        rows = [(values[name], references[name]) for name in names]
        frame = pd.DataFrame(rows, index=pd.Index(names, name="observable"), columns=["value", "reference"])
        place = self.place(setting)
        frame.attrs |= {"model": self.name, "condition": condition, "reference": reference, "setting": place}
        frame.attrs["at"] = at or self.vocabulary.settings[place].readout
        least = self.binding.protocol.detection_limit
        frame["fold_change"] = [y / r if r > least else float("nan") for y, r in rows]
        frame["effect"] = [log(y / r) if y > least and r > least else float("nan") for y, r in rows]
        return frame

    def values(self, condition: str, *, at: str | None = None, setting: str | None = None) -> dict[str, float]:
        """Return every observable under a condition at one instant; see `predict`."""
        place = self.place(setting)
        when = at or self.vocabulary.settings[place].readout
        if when == "steady state":
            return dict(self.resting_state(condition, setting=place))
        if when in FEATURES:
            raise UnknownIdError(f"{when!r} is a feature of a time course; give a duration, or 'steady state'")
        time = self._time(when)
        time_course = self.run(condition, [time], setting=place, until=max(time, self._shortest(time)))
        return {name: time_course.at(name, time) for name in self.binding.observables}

    def feature_times(self, setting: str) -> Vector:
        """Return the times on which peaks, means and half-maxima are read: even ones, and ones dense near t = 0."""
        end = self.binding.time(self.binding.settings[setting].horizon)
        return np.unique(np.concatenate([np.linspace(0.0, end, 201), np.geomspace(end * 1e-5, end, 201)]))

    def _shortest(self, time: float) -> float:
        """Return an end after t = 0 for a run that is only read at t = 0 or before."""
        return time if time > 0 else self.binding.time("1 min")

    def place(self, setting: str | None) -> str:
        """Return a setting by name, or the binding's default; refuse an unknown one."""
        place = setting or self.binding.protocol.default_setting
        if place not in self.binding.settings:
            hint = suggestion(place, self.binding.settings) or f"; it has {listing(tuple(self.binding.settings))}"
            raise UnknownIdError(f"model {self.name!r} has no setting {place!r}{hint}")
        return place

    def _end(self, until: str | None, setting: str | None) -> float:
        return self._time(until or self.binding.settings[self.place(setting)].horizon)

    def _time(self, text: str) -> float:
        try:
            return self.binding.time(text)
        except ValueError as error:
            raise OsteonError(str(error)) from None

    def chosen(self, observables: Sequence[str] | None) -> list[str]:
        """Return the observables asked for, or all; refuse unknown ones."""
        for name in observables or ():
            if name not in self.binding.observables:
                hint = suggestion(name, self.binding.observables) or f"; it has {listing(tuple(self.formulas), 40)}"
                raise UnknownIdError(f"observable {name!r} is not bound by model {self.name!r}{hint}")
        return list(observables or self.binding.observables)


def load(project: Project, name: str, overrides: Act | None = None) -> Model:
    """Load one of a project's own models from its tracked SBML.

    Raises:
        UnknownIdError: if there is no such model.
        ProjectError: if its binding or evidence is wrong.
        CompilationError: if it has not been built.
    """
    files = project.known_files(name)
    binding = project.binding(name)
    shown = files.shown(files.sbml)
    if not files.sbml.is_file():
        raise CompilationError(f"{shown}: no such file; `osteon build {name}` compiles antimony/{name}.ant")
    return Model(read_text(files.sbml, shown), binding, project.vocabulary, shown=shown, overrides=overrides)


def read_text(path: Path, shown: str) -> str:
    """Read a text file.

    Raises:
        CompilationError: if it cannot be read as text.
    """
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise CompilationError(f"{shown}: no such file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise CompilationError(f"{shown}: cannot be read: {error}") from None
