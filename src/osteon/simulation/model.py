"""A model ready to run: its SBML, its values, its binding and the vocabulary, and what can be asked of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from osteon import sbml
from osteon.errors import CompilationError, OsteonError, ProjectError, UnknownIdError, listing, suggestion
from osteon.evidence.bindings import Act, Binding, ParameterBinding
from osteon.evidence.claims import Vocabulary
from osteon.evidence.conditions import CONTROL
from osteon.evidence.features import FEATURES
from osteon.evidence.priors import class_findings, ranged
from osteon.evidence.project import Project, canonical_condition
from osteon.evidence.reading import Reading
from osteon.extras import require
from osteon.files import read_file
from osteon.sbml.influence import Graph, graph
from osteon.simulation import copasi, roadrunner
from osteon.simulation.contrast import Contrast, Effect, table
from osteon.simulation.engine import Accuracy, Engine
from osteon.simulation.parameters import parameter_table
from osteon.simulation.paths import Paths
from osteon.simulation.readings import Readings, Run, runs
from osteon.simulation.sampling import Draws
from osteon.simulation.schedule import Change, Changes, Schedule, changes_of, schedule
from osteon.simulation.simulator import Simulator
from osteon.simulation.timecourse import TimeCourse

if TYPE_CHECKING:
    import pandas as pd

_NOTHING = Act()
ENGINES: Mapping[str, Callable[..., Engine]] = MappingProxyType(
    {"roadrunner": roadrunner.opened, "copasi": copasi.opened}
)
"""What a model can be run in, by name."""
_NEEDED = {"copasi": ("COPASI",)}


class Model:
    """A model, its binding and one set of values; never changed, only replaced by another.

    Where its own values come from stands in one place, `changes`: the file, then what the user overrides, then what a
    draw gives to the parameters that the user left alone. An experiment changes them further. Simulator and graph of
    influences read the same set.

    Args:
        text: the model's SBML text, anybody's; it passes `osteon.sbml.gate`.
        binding: what the words mean in it.
        vocabulary: the words.
        shown: the SBML file as the user knows it, for messages.
        parameters: range of each parameter, and the formula of the derived ones; those of the binding if not given.
        overrides: other values of its own, given by a user or by a counterfactual.
        drawn: values of parameters, as `Draws` gives them; a parameter that the user overrides keeps the user's value.
        accuracy: how closely the model is integrated; as the binding's protocol says if not given.
        cached: whether its compiled form is worth keeping for another day.
        engine: what it is run in, one of `ENGINES`.
        foreign: whether the text may be anybody's, so that it is tried in a process of its own first; not of the
            project's own models, which are built.

    Raises:
        CompilationError: if the text is not SBML.
        ProjectError: if its SBML is wrong, or of a kind that is not simulated; names every fault.
    """

    def __init__(
        self,
        text: str,
        binding: Binding,
        vocabulary: Vocabulary,
        *,
        shown: str,
        parameters: Mapping[str, ParameterBinding] | None = None,
        overrides: Act | None = None,
        drawn: Mapping[str, float] | None = None,
        accuracy: Accuracy | None = None,
        cached: bool = True,
        engine: str = "roadrunner",
        foreign: bool = True,
    ) -> None:
        self.sbml = sbml.admitted(text, shown)
        self.binding, self.vocabulary, self.shown = binding, vocabulary, shown
        self.parameters = dict(binding.parameters if parameters is None else parameters)
        self.overrides, self.drawn = overrides or _NOTHING, dict(drawn or {})
        protocol = binding.protocol
        self.accuracy = accuracy or Accuracy(protocol.relative_tolerance, protocol.absolute_tolerance)
        require_engine(engine)
        self.cached, self.engine, self._foreign = cached, engine, foreign
        self._schedules: dict[tuple[tuple[str, ...], str, float | None, float], Schedule] = {}

    def __repr__(self) -> str:
        known = sbml.read(self.sbml, self.shown).getModel()
        size = f"{known.getNumSpecies()} species, {known.getNumReactions()} reactions"
        sources = f"sources: {', '.join(self.binding.sources) or 'none'}"
        changed = f"; {len(self.overrides.targets)} of its values overridden" if self.overrides.targets else ""
        return f"<Model {self.name}: {size}; {sources}{changed}>"

    def __reduce__(self) -> tuple[Any, ...]:
        # What is compiled stays behind; it is compiled anew where it arrives.
        return _made, (self._arguments(),)

    def _arguments(self) -> dict[str, Any]:
        names = ("binding", "vocabulary", "shown", "parameters", "overrides", "drawn", "accuracy", "engine")
        kept = {"text": self.sbml, "cached": self.cached, "foreign": self._foreign}
        return {**kept, **{name: getattr(self, name) for name in names}}

    def replace(self, **changed: Any) -> Model:
        """Return the same model with other arguments; see the class. It is compiled anew only where it has to be."""
        other = Model(**{**self._arguments(), **changed})
        if not {"text", "accuracy", "cached", "engine"} & changed.keys() and other.formulas == self.formulas:
            other.__dict__["simulator"] = self.simulator
            if not {"binding", "vocabulary"} & changed.keys():
                other._schedules = self._schedules
            if not {"binding", "vocabulary", "overrides", "parameters"} & changed.keys():
                other.__dict__["paths"] = self.paths  # Draws are of one structure.
            if not {"parameters", "overrides"} & changed.keys():
                other.__dict__["draws"] = self.draws
        return other

    def with_values(self, drawn: Mapping[str, float]) -> Model:
        """Return the same model with other values of its parameters, such as those of a draw; see `draws`."""
        return self.replace(drawn=drawn)

    @property
    def name(self) -> str:
        """The model's id."""
        return self.binding.id

    @property
    def formulas(self) -> Mapping[str, str]:
        """The formula of each observable, in the symbols of the model."""
        return {name: observable.mathematics for name, observable in self.binding.observables.items()}

    @cached_property
    def draws(self) -> Draws:
        """The parameters that have a range and are not overridden, and what is derived from them."""
        return Draws(self.sbml, self.parameters, self.shown, self.overrides)

    @cached_property
    def changes(self) -> Changes:
        """What tells the model's own values from those of its file.

        Parameters that the binding derives follow those that are overridden.
        """
        given = changes_of(self.overrides)
        values = self.drawn or (self.draws.completed({}) if given else {})
        return {**{name: Change(value) for name, value in values.items()}, **given}

    @cached_property
    def simulator(self) -> Simulator:
        """The compiled model; compiled on first use, and shared by models that differ in values only."""
        protocol = self.binding.protocol
        engine = ENGINES[self.engine](
            sbml.with_observables(self.sbml, self.formulas, self.shown),
            name=self.name,
            observables=self.formulas,
            accuracy=self.accuracy,
            cached=self.cached,
            foreign=self._foreign,
        )
        return Simulator(
            engine,
            name=self.name,
            time_unit=protocol.time_unit,
            settle=self.binding.time(protocol.settle),
            by_integration=self.accuracy.by_integration,
            timed=sbml.depends_on_time(self.sbml, self.shown),
        )

    @property
    def limit(self) -> float:
        """The detection limit, at or below which an observable counts as nothing.

        That of the binding is meant for levels near one; in a model that counts in very small numbers it follows them.
        """
        return self.binding.protocol.detection_limit * self.simulator.size

    @cached_property
    def graph(self) -> Graph:
        """The graph of influences, with observables as further symbols."""
        document = sbml.read(self.sbml, self.shown)
        known = document.getModel()
        for name, change in self.changes.items():
            parameter = known.getParameter(name)
            if parameter is not None:
                parameter.setValue(change.applied(float(parameter.getValue())))
        return graph(document, self.formulas)

    @cached_property
    def paths(self) -> Paths:
        """The paths of influence, by which an intervention can act on an observable in a setting, or cannot."""
        found = sbml.laws(sbml.read(self.sbml, self.shown), self.formulas)
        for kind in ("constants", "starts"):
            found[kind] |= {
                name: change.applied(found[kind][name]) for name, change in self.changes.items() if name in found[kind]
            }
        return Paths(found, self.binding, self.vocabulary)

    def to_frame(self) -> pd.DataFrame:
        """Return the parameters that the binding describes, as this model has them.

        Returns:
            One row a parameter (index), with its ``value`` and ``unit``, the lowest and the highest plausible value
            (``low``, ``high``; NaN if it is derived), the class of quantities that these are of (``prior``; none if it
            was measured), its ``provenance`` (``literature``, ``derived`` or ``assumed``), the citation, formula or
            reason behind it (``basis``), and its ``meaning``.
        """
        symbols = sbml.symbols(sbml.read(self.sbml, self.shown).getModel())
        return parameter_table(symbols, self.parameters, self.changes)

    def schedule(
        self, names: Iterable[str], setting: str | None = None, until: float | None = None, since: float = 0.0
    ) -> Schedule:
        """Lay out a condition of this model in time; see `osteon.simulation.schedule.schedule`."""
        place = setting or self.binding.protocol.default_setting
        key = (tuple(names), place, until, since)
        if key not in self._schedules:
            self._schedules[key] = schedule(
                self.binding, self.vocabulary, key[0], setting=place, until=until, since=since
            )
        return self._schedules[key]

    def run(
        self,
        condition: str,
        times: Sequence[float],
        *,
        setting: str | None = None,
        until: float | None = None,
        since: float = 0.0,
    ) -> TimeCourse:
        """Simulate a condition.

        Args:
            condition: interventions joined by ``+``, or ``control``.
            times: when the observables are wanted, in the model's time unit.
            setting: a bound setting; the binding's default if not given.
            until: last time; the setting's horizon if not given.
            since: first time wanted; interventions that begin earlier are run from there on.

        Raises:
            UnknownIdError: if the model does not bind an intervention or the setting.
            OsteonError: if an intervention means nothing in the setting; see `schedule`.
            SimulationError: if the simulation breaks.
        """
        names = canonical_condition(condition, self.binding, self.vocabulary)
        return self.simulator.run(self.schedule(names, setting, until, since), times, self.changes)

    def resting_state(self, condition: str, *, setting: str | None = None) -> Mapping[str, float]:
        """Return every observable in the steady state that a condition leads to; see `run`."""
        names = canonical_condition(condition, self.binding, self.vocabulary)
        return self.simulator.resting_state(self.schedule(names, setting), self.changes)

    def time_course(self, run: Run) -> TimeCourse:
        """Simulate a run; see `osteon.simulation.readings.Simulations`."""
        wanted, until = run.wanted(self.binding), run.until(self.binding)
        return self.run(run.condition, wanted, setting=run.setting, until=until, since=run.since)

    def resting(self, run: Run) -> Mapping[str, float]:
        """Return the steady state that a run leads to; see `time_course`."""
        return self.resting_state(run.condition, setting=run.setting)

    def simulate(
        self,
        condition: str = CONTROL,
        *,
        until: str | None = None,
        setting: str | None = None,
        points: int = 201,
        since: float = 0.0,
    ) -> pd.DataFrame:
        """Simulate a condition and return its time course.

        Args:
            condition: interventions joined by ``+``, or ``control``.
            until: duration after t = 0, such as ``"72 h"``; the setting's horizon if not given.
            setting: a bound setting; the binding's default if not given.
            points: number of evenly spaced times, from the first intervention or t = 0 on; the boundaries of
                interventions come on top.
            since: first time, in the model's time unit, unless an intervention begins before.

        Returns:
            One row a time (index, in the model's time unit), one column an observable; ``.attrs`` carries
            ``condition``, ``time_unit`` and the ``units`` of the observables.
        """
        names = canonical_condition(condition, self.binding, self.vocabulary)
        place = self.place(setting)
        end = self._time(until or self.binding.settings[place].horizon)
        laid_out = self.schedule(names, place, end, since)
        times = np.linspace(laid_out.periods[0].start, laid_out.periods[-1].end, points).tolist()
        frame = self.simulator.run(laid_out, times, self.changes).frame()
        frame.attrs["units"] = {name: observable.unit for name, observable in self.binding.observables.items()}
        return frame

    def predict(
        self,
        condition: str,
        reference: str = CONTROL,
        *,
        observables: Sequence[str] | None = None,
        at: str | None = None,
        reference_at: str | None = None,
        average: str | None = None,
        reference_observable: str | None = None,
        setting: str | None = None,
    ) -> pd.DataFrame:
        """Return the fold change of each observable for any combination of interventions, reported or not.

        Args:
            condition: interventions joined by ``+``.
            reference: the condition to compare with.
            observables: which ones; all by default.
            at: a duration after t = 0, or a feature such as ``"steady state"`` or ``"peak"``; the setting's usual time
                of reading by default.
            reference_at: when the reference is read; as ``at`` by default.
            average: the period up to each time over which it is averaged, such as ``"1 d"``; the value at it if not
                given.
            reference_observable: what is read of the reference; the same observable by default.
            setting: a bound setting; the binding's default if not given.

        Returns:
            One row an observable, with ``value``, ``reference``, ``fold_change`` (their ratio), ``effect`` (its natural
            logarithm) and ``change``: a word, ``appears`` where the reference is nothing, ``gone`` where the value is,
            ``absent`` where both are, and ``no path``, without a fold change, where nothing that is done can act on the
            observable in the setting. ``.attrs`` carries what was compared.
        """
        asked = self.contrasts(
            condition,
            reference,
            observables=observables,
            at=at,
            reference_at=reference_at,
            average=average,
            reference_observable=reference_observable,
            setting=setting,
        )
        return self.table(asked)

    def table(self, asked: Sequence[Contrast]) -> pd.DataFrame:
        """Return what contrasts come to, as `predict` does."""
        frame = table(asked, self.effects(asked))
        frame.attrs = {"model": self.name, **frame.attrs}
        return frame

    def contrasts(
        self,
        condition: str,
        reference: str = CONTROL,
        *,
        observables: Sequence[str] | None = None,
        at: str | None = None,
        reference_at: str | None = None,
        average: str | None = None,
        reference_observable: str | None = None,
        setting: str | None = None,
    ) -> tuple[Contrast, ...]:
        """Return what `predict` compares, one contrast an observable; refuse words that the model does not bind."""
        place = self.place(setting)
        sides = [self._condition(text) for text in (condition, reference)]
        when = self.instant(at or self.vocabulary.settings[place].readout)
        then = self.instant(reference_at) if reference_at else when
        over = None if average is None else self._period(average, (when, then))
        others = self.chosen([reference_observable]) if reference_observable else None
        return tuple(
            Contrast(
                place,
                Reading(observable=name, condition=sides[0], at=when, average=over),
                Reading(observable=others[0] if others else name, condition=sides[1], at=then, average=over),
            )
            for name in self.chosen(observables)
        )

    def effects(self, asked: Sequence[Contrast]) -> tuple[Effect, ...]:
        """Return what contrasts come to on this model.

        Raises:
            SimulationError: if a simulation breaks.
        """
        wanted = runs(self.binding, (reading for one in asked for reading in one.readings))
        readings = Readings(self.binding, wanted, self, self.limit, self.paths.lead)
        return tuple(readings.effect(one) for one in asked)

    def values(self, condition: str, *, at: str | None = None, setting: str | None = None) -> dict[str, float]:
        """Return every observable under a condition at one instant; see `predict`."""
        asked = self.contrasts(condition, condition, at=at, setting=setting)
        readings = Readings(self.binding, runs(self.binding, (one.readings[0] for one in asked)), self)
        return {one.reading.observable: readings.value(one.setting, one.reading) for one in asked}

    def place(self, setting: str | None) -> str:
        """Return a setting by name, or the binding's default; refuse an unknown one."""
        place = setting or self.binding.protocol.default_setting
        if place not in self.binding.settings:
            hint = suggestion(place, self.binding.settings) or f"; it has {listing(tuple(self.binding.settings))}"
            raise UnknownIdError(f"model {self.name!r} has no setting {place!r}{hint}")
        return place

    def instant(self, text: str) -> str:
        """Return a duration or the name of a feature; refuse anything else."""
        if text not in FEATURES:
            try:
                self.binding.time(text)
            except ValueError as error:
                raise OsteonError(f"{error}; or {listing(tuple(FEATURES))}") from None
        return text

    def chosen(self, observables: Sequence[str] | None) -> list[str]:
        """Return the observables asked for, or all; refuse unknown ones."""
        for name in observables or ():
            if name not in self.binding.observables:
                hint = suggestion(name, self.binding.observables) or f"; it has {listing(tuple(self.formulas), 40)}"
                raise UnknownIdError(f"observable {name!r} is not bound by model {self.name!r}{hint}")
        return list(observables or self.binding.observables)

    def _period(self, text: str, instants: Iterable[str]) -> str:
        """Return the period of an average; refuse what is none, and averages up to what is no time."""
        if self._time(text) <= 0.0:
            raise OsteonError(f"{text!r} is no period to average over; write a duration above zero, such as '1 d'")
        feature = next((one for one in instants if one in FEATURES), None)
        if feature is not None:
            raise OsteonError(f"an average is over a period up to a time, and {feature!r} is none")
        return text

    def _condition(self, text: str) -> str:
        """Return a condition in the user's order of words; refuse one that the model does not bind."""
        return "+".join(canonical_condition(text, self.binding, self.vocabulary)) or CONTROL

    def _time(self, text: str) -> float:
        try:
            return self.binding.time(text)
        except ValueError as error:
            raise OsteonError(str(error)) from None


def require_engine(engine: str) -> None:
    """Refuse a simulator before anything is loaded for it.

    Raises:
        UnknownIdError: if there is none of this name.
        OsteonError: if it is not installed.
    """
    if engine not in ENGINES:
        hint = suggestion(engine, ENGINES) or f"; it is one of {listing(tuple(ENGINES))}"
        raise UnknownIdError(f"no engine {engine!r}{hint}")
    require(f"engine {engine!r}", "export", _NEEDED.get(engine, ()))


def _made(arguments: Mapping[str, Any]) -> Model:
    return Model(**arguments)


def load(project: Project, name: str, overrides: Act | None = None) -> Model:
    """Load one of a project's own models from its tracked SBML.

    Raises:
        UnknownIdError: if there is no such model.
        ProjectError: if its binding, its evidence or the classes of quantities are wrong.
        CompilationError: if it has not been built.
    """
    files = project.known_files(name)
    binding = project.binding(name)
    shown = files.shown(files.sbml)
    if not files.sbml.is_file():
        raise CompilationError(f"{shown}: no such file; `osteon build {name}` compiles antimony/{name}.ant")
    text = read_text(files.sbml, shown)
    parameters = ranged_parameters(project, binding, sbml.read(text, shown))
    return Model(
        text,
        binding,
        project.vocabulary,
        shown=shown,
        parameters=parameters,
        overrides=overrides,
        foreign=False,
    )


def ranged_parameters(
    project: Project, binding: Binding, document: Any, shown: str | None = None
) -> dict[str, ParameterBinding]:
    """Return the parameters of a model with their ranges, those of its parts included; see `priors.ranged`.

    Args:
        project: whose classes give the ranges.
        binding: of the model.
        document: libsbml document of the model.
        shown: the binding's file as the user knows it; that of a model of the project if not given.

    Raises:
        ProjectError: if a class does not exist, or a parameter cannot be of it.
    """
    parameters, values = project.parameters(binding), sbml.parameter_values(document.getModel())
    try:
        return ranged(parameters, project.priors, values)
    except ValueError:
        where = shown or f"models/bindings/{binding.id}.toml"
        raise ProjectError(class_findings(parameters, project.priors, values, where)) from None


def read_text(path: Path, shown: str) -> str:
    """Read a text file.

    Raises:
        CompilationError: if it cannot be read as text.
    """
    try:
        return read_file(path)
    except FileNotFoundError:
        raise CompilationError(f"{shown}: no such file") from None
    except ValueError as error:
        raise CompilationError(f"{shown}: cannot be read: {error}") from None
