"""Staging: SBML in which a condition is nothing but the values of a few parameters.

A run comes to rest first. It goes through *stages*: stage 0 until the first boundary, then one after each. What an
experimenter changes gets its value from one parameter a stage, so that any program that knows events runs any
condition.

What the model itself makes of time reads a time of its own, which stands at 0 until the condition begins, as it does
where `Simulator` brings the model to rest; the model's own events wait for that as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import libsbml

from osteon import sbml
from osteon.errors import OsteonError
from osteon.experiments.own_time import (
    mathematics,
    named,
    refuse_unclear,
    replace_time,
    symbols_behind,
)
from osteon.sbml.trees import filled, symbol

STAGE, CLOCK, RUNNING = "stage", "clock", "running"
ELAPSING, MODEL_TIME = "elapsing", "model_time"
LEAD, BEGIN, RESTED = "lead_time", "begin_time", "rested_time"
_MARGIN = 2.0**-10  # of a rest: from its start to initial values, and from the clearing of traces to its end


@dataclass(frozen=True)
class Stages:
    """When a model changes, and what.

    Attributes:
        lead: time between the start of a run and t = 0.
        rest: how much of it is before the first boundary.
        boundaries: the times at which something may change, ascending.
        targets: for each parameter or species the stages that it enters with a value of its own; a parameter has
            stage 0 always. `RUNNING` among them multiplies all rates: at 0 nothing moves. `ELAPSING` must be among them
            where `own_time.has_own_time`: at 0 the model's own time stands still.
        trace: amounts below are noise of integration, and are set to zero at the end of the rest, before any boundary.
    """

    lead: float
    rest: float
    boundaries: tuple[float, ...]
    targets: Mapping[str, tuple[int, ...]]
    trace: float


def parameter_id(target: str, stage: int, role: str = "value") -> str:
    """Return the id of the parameter that says what a target becomes at a stage.

    ``value`` and ``initial`` replace; a species that is changed later becomes ``factor`` times what it is, plus
    ``added``.
    """
    return f"{target}__{stage}" + ("" if role in ("value", "initial") else f"_{role}")


def staged(text: str, stages: Stages, values: Mapping[str, float], shown: str) -> str:
    """Return SBML text with stages.

    Args:
        text: the SBML.
        stages: to be written into it.
        values: of every condition parameter.
        shown: the file as the user knows it, for messages.

    Raises:
        CompilationError: if the text is not SBML.
        OsteonError: if a target is a compartment, follows a rule or is changed by an event of the model, such an event
            cannot be told when to happen, or an id that is needed is taken.
    """
    document = sbml.read(text, shown)
    model = document.getModel()
    _Writer(model, stages, shown).write()
    for name, value in values.items():
        model.getParameter(name).setValue(value)
    sbml.unfix_ones(model)
    return str(libsbml.writeSBMLToString(document))


def own_value(model: Any, target: str, shown: str) -> float:
    """Return the value, or initial value, that a libsbml model gives to a parameter or species of its own."""
    species = model.getSpecies(target)
    if model.getInitialAssignmentBySymbol(target) is not None or (
        species is None and model.getParameter(target) is None
    ):
        raise OsteonError(
            f"{shown}: {target!r} must be a parameter or species with a plain value to be changed in a run"
        )
    if species is None:
        return float(model.getParameter(target).getValue())
    size = model.getCompartment(species.getCompartment()).getSize()
    if species.getHasOnlySubstanceUnits():
        amount = species.getInitialConcentration() * size
        return float(species.getInitialAmount() if species.isSetInitialAmount() else amount)
    concentration = species.getInitialAmount() / size
    return float(species.getInitialConcentration() if species.isSetInitialConcentration() else concentration)


class _Writer:
    """Adds stages to one libsbml model."""

    def __init__(self, model: Any, stages: Stages, shown: str) -> None:
        self._model, self._stages, self._shown = model, stages, shown
        self._time_unit = model.getTimeUnits()

    def write(self) -> None:
        """Add the clock, the stages and all their condition_parameters."""
        if ELAPSING in self._stages.targets:
            self._suspend()
        self._parameter(LEAD, self._stages.lead, self._time_unit, "time from the start of the run to t = 0")
        self._parameter(CLOCK, None, self._time_unit, "time since t = 0, when treatments begin")
        self._rule(CLOCK, filled("time - lead", lead=LEAD))
        self._parameter(STAGE, 0.0, "dimensionless", "number of the boundaries passed", constant=False)
        if RUNNING in self._stages.targets:
            self._parameter(RUNNING, 1.0, "dimensionless", "1: the model runs; 0: it is held at its initial values")
            self._hold()
        events = self._events()
        for target, entered in self._stages.targets.items():
            if self._model.getSpecies(target) is not None:
                self._stage_species(target, entered, events)
            elif entered != (0,):
                self._stage_parameter(target, entered)

    def _hold(self) -> None:
        """Let every rate be zero unless the model runs."""
        laws = [reaction.getKineticLaw() for reaction in self._model.getListOfReactions()]
        rules = [rule for rule in self._model.getListOfRules() if rule.isRate()]
        for holder in [*(law for law in laws if law is not None), *rules]:
            holder.setMath(filled("running*rate", running=RUNNING, rate=holder.getMath()))

    def _suspend(self) -> None:
        """Let the model's own time stand at 0 before the condition begins, and its own events wait for the rest.

        A trigger counts as true until the rest is over, so that its event happens when it next becomes true, as in a
        run of `Simulator`. A while before the condition begins, it reads what it is at rest: for ``time > 0`` is false
        at 0 alone.
        """
        refuse_unclear(self._model, self._shown)
        self._refuse_triggered_by_conditions()
        for holder in mathematics(self._model):
            replace_time(holder, symbol(MODEL_TIME))
        self._parameter(ELAPSING, 1.0, "dimensionless", "1: the model's own time passes; 0: it stands at 0")
        self._parameter(MODEL_TIME, None, self._time_unit, "time as the model itself reads it")
        # A product: COPASI gives up where one discontinuous function depends on another.
        self._rule(MODEL_TIME, filled("elapsing*clock", elapsing=ELAPSING, clock=CLOCK))
        for trigger in (event.getTrigger() for event in self._model.getListOfEvents()):
            trigger.setMath(filled("clock < rested || own", clock=CLOCK, rested=RESTED, own=trigger.getMath()))
            trigger.setInitialValue(True)

    def _refuse_triggered_by_conditions(self) -> None:
        """Refuse events of the model's own that are triggered by what conditions change at a boundary."""
        later = {target for target, entered in self._stages.targets.items() if entered != (0,)}
        for event in self._model.getListOfEvents():
            behind = symbols_behind(event.getTrigger().getMath(), self._model)
            changed = later.difference((ELAPSING, RUNNING)) & behind
            if changed:
                raise OsteonError(
                    f"{named(event, self._shown)} is triggered by {min(changed)!r}, which conditions change in a run; "
                    "programs disagree on whether that triggers it. Let it be triggered by what the model computes"
                )

    def _stage_parameter(self, target: str, entered: tuple[int, ...]) -> None:
        parameter = self._model.getParameter(target)
        if parameter is None or self._ruled(target):
            raise OsteonError(f"{self._shown}: {target!r} is no parameter of its own, so no run can change it")
        if target in sbml.changed_by_events(self._model):
            raise OsteonError(f"{self._shown}: {target!r} is changed by an event of the model, so no run can change it")
        own, unit, label = (
            own_value(self._model, target, self._shown),
            parameter.getUnits(),
            parameter.getName() or target,
        )
        parameter.setConstant(False)
        parameter.unsetValue()
        for stage in entered:
            self._parameter(parameter_id(target, stage), own, unit, f"{label}, {self._since(stage)}")
        pieces = [f"value{stage}, stage < {following}" for stage, following in pairwise(entered)]
        values = {f"value{stage}": parameter_id(target, stage) for stage in entered}
        pattern = f"piecewise({', '.join([*pieces, f'value{entered[-1]}'])})"
        self._rule(target, filled(pattern, stage=STAGE, **values))

    def _stage_species(self, target: str, entered: tuple[int, ...], events: Mapping[int, Any]) -> None:
        species = self._model.getSpecies(target)
        if self._ruled(target):
            raise OsteonError(f"{self._shown}: {target!r} follows a rule, so no run can change it")
        species.setConstant(False)
        unit, label = self._unit(species), species.getName() or target
        for stage in entered:
            if stage == 0:
                own = own_value(self._model, target, self._shown)
                self._parameter(parameter_id(target, 0), own, unit, f"{label}, at the start")
                self._assign(events[0], target, symbol(parameter_id(target, 0)))
                continue
            factor, added = parameter_id(target, stage, "factor"), parameter_id(target, stage, "added")
            self._parameter(factor, 1.0, "dimensionless", f"{label}, factor {self._at(stage)}")
            self._parameter(added, 0.0, unit, f"{label}, added {self._at(stage)}")
            changed = filled("factor*target + added", factor=factor, target=target, added=added)
            self._assign(events[stage], target, changed)

    def _events(self) -> dict[int, Any]:
        """Return the events by the stage that they begin; the one of stage 0 sets initial values."""
        events = {}
        self._clear_traces()
        if any(0 in entered and self._model.getSpecies(target) for target, entered in self._stages.targets.items()):
            begin = self._stages.rest * _MARGIN - self._stages.lead
            self._parameter(BEGIN, begin, self._time_unit, "when initial values are set")
            events[0] = self._event("begin", "Initial values are set", BEGIN)
        for stage, boundary in enumerate(self._stages.boundaries, start=1):
            time = f"at__{stage}"
            self._parameter(time, boundary, self._time_unit, f"boundary {stage}")
            events[stage] = self._event(f"boundary__{stage}", f"What changes {self._at(stage)}", time)
            self._assign(events[stage], STAGE, filled(f"{stage} dimensionless"))
        return events

    def _clear_traces(self) -> None:
        """Set what is left of vanished species to zero when the rest is over.

        CVODE cannot follow them down to the smallest numbers, and libroadrunner takes its absolute tolerance, where
        that is one number, times the amount of each species at every event: with traces it would never get on.
        """
        end = min([0.0, *self._stages.boundaries]) - self._stages.rest * _MARGIN
        self._parameter(RESTED, end, self._time_unit, "when traces are set to zero")
        event = self._event("rested", "The rest is over", RESTED)
        for moving in self._moving():
            name, unit = moving.getId(), self._unit(moving)
            kept = f"piecewise(level, abs(level) > {self._stages.trace!r} {unit}, 0 {unit})"
            self._assign(event, name, filled(kept, level=name))

    def _moving(self) -> Iterator[Any]:
        """Yield every species, and every parameter, that moves by itself."""
        rates = {rule.getVariable() for rule in self._model.getListOfRules() if rule.isRate()}
        ruled = {rule.getVariable() for rule in self._model.getListOfRules()} - rates
        for species in self._model.getListOfSpecies():
            if not species.getConstant() and species.getId() not in ruled:
                yield species
        yield from (parameter for parameter in self._model.getListOfParameters() if parameter.getId() in rates)

    def _event(self, name: str, label: str, when: str) -> Any:
        event = self._model.createEvent()
        self._claim(name)
        event.setId(name)
        event.setName(label)
        event.setUseValuesFromTriggerTime(True)
        trigger = event.createTrigger()
        trigger.setInitialValue(False)
        trigger.setPersistent(True)
        trigger.setMath(filled("time >= lead + when", lead=LEAD, when=when))
        return event

    def _assign(self, event: Any, target: str, tree: Any) -> None:
        assignment = event.createEventAssignment()
        assignment.setVariable(target)
        assignment.setMath(tree)

    def _parameter(self, name: str, value: float | None, unit: str, label: str, constant: bool = True) -> None:
        self._claim(name)
        parameter = self._model.createParameter()
        parameter.setId(name)
        parameter.setName(label)
        parameter.setConstant(constant and value is not None)
        if unit:
            parameter.setUnits(unit)
        if value is not None:
            parameter.setValue(value)

    def _rule(self, target: str, tree: Any) -> None:
        rule = self._model.createAssignmentRule()
        rule.setVariable(target)
        rule.setMath(tree)

    def _claim(self, name: str) -> None:
        if self._model.getElementBySId(name) is not None:
            raise OsteonError(f"{self._shown}: the id {name!r} is needed for running conditions; rename what has it")

    def _ruled(self, target: str) -> bool:
        return self._model.getRuleByVariable(target) is not None

    def _unit(self, symbol: Any) -> str:
        declared = symbol.isSetSubstanceUnits() if hasattr(symbol, "isSetSubstanceUnits") else symbol.isSetUnits()
        return sbml.unit_id(symbol.getDerivedUnitDefinition(), self._model) if declared else ""

    def _since(self, stage: int) -> str:
        return f"from t = {self._stages.boundaries[stage - 1]:g} on" if stage else "before anything changes"

    def _at(self, stage: int) -> str:
        return f"at t = {self._stages.boundaries[stage - 1]:g}"
