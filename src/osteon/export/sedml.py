"""SED-ML L1V4: every experiment of a model as a task, a report for each, and plots of what the claims compare.

Three rules keep engines from giving wrong numbers without a word. Every model lists every knob, or changes leak from
one condition into the next. All changes are of parameters, for tellurium applies them in reverse and initial values
reset parameters. The rest before t = 0 is part of the one time course, cut off by the start of output; a task for the
steady state fails or is wrong in all engines but one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import libsedml

from osteon.conditions import CONTROL, canonical
from osteon.evidence import readings
from osteon.experiments import Design, Experiment, design
from osteon.export.subject import File, Subject
from osteon.staging import CLOCK

STEPS = 200
"""Of output in each time course."""
_SBML = "http://www.sbml.org/sbml/level3/version2/core"
_MODEL = "/sbml:sbml/sbml:model"
_CVODE, _RELATIVE, _ABSOLUTE = "KISAO:0000019", "KISAO:0000209", "KISAO:0000211"
_TIME = "time"


def files(subject: Subject) -> Iterator[File]:
    """Yield the SED-ML file and the SBML that it runs; see the module."""
    laid_out = design(subject.model, [claim for _, claim in subject.claims])
    model = f"{subject.name}_experiments.xml"
    yield File.text(f"{subject.name}.sedml", document(subject, laid_out, model))
    yield File.text(model, laid_out.sbml)


def document(subject: Subject, laid_out: Design, source: str) -> str:
    """Return the SED-ML text of a model's experiments.

    Args:
        subject: the model.
        laid_out: its experiments.
        source: the file of `Design.sbml`, relative to this one.
    """
    namespaces = libsedml.SedNamespaces(1, 4)
    namespaces.getNamespaces().add(_SBML, "sbml")
    document = libsedml.SedDocument(namespaces)
    document.setLevel(1)
    document.setVersion(4)
    writer = _Writer(document, subject, laid_out)
    writer.write_simulations()
    for experiment in laid_out.experiments:
        writer.write_experiment(experiment, source)
    for place, observables in _compared(subject, laid_out).items():
        for observable, experiments in observables.items():
            writer.write_plot(place, observable, experiments)
    return str(libsedml.writeSedMLToString(document))


def _compared(subject: Subject, laid_out: Design) -> dict[str, dict[str, list[Experiment]]]:
    """Return by setting and observable the experiments that claims compare, control first."""
    wanted = {
        (claim.setting, reading.observable, canonical(reading.condition))
        for _, claim in subject.claims
        for check in claim.checks
        for reading in readings(check)
    }
    found: dict[str, dict[str, list[Experiment]]] = {}
    for experiment in sorted(laid_out.experiments, key=lambda one: (one.condition != CONTROL, one.label)):
        for observable in laid_out.observables:
            if (experiment.setting, observable, experiment.condition) in wanted:
                place = f"{experiment.setting}__steady_state" if experiment.steady else experiment.setting
                found.setdefault(place, {}).setdefault(observable, []).append(experiment)
    return found


def spoken(name: str) -> str:
    """Return an id as people write it."""
    return name.replace("__", ", ").replace("_", " ")


class _Writer:
    """Adds simulations, models, tasks, data generators, reports and plots to one libsedml document."""

    def __init__(self, document: Any, subject: Subject, laid_out: Design) -> None:
        self._document, self._subject, self._design = document, subject, laid_out
        self._spans = {one.id: (one.start, _end(one, laid_out)) for one in laid_out.experiments}
        self._simulations = {span: f"simulation_{n}" for n, span in enumerate(sorted(set(self._spans.values())), 1)}

    def write_simulations(self) -> None:
        """Write a time course for each first and last time."""
        lead, unit = self._design.lead, self._design.time_unit
        for (start, end), name in self._simulations.items():
            course = self._document.createUniformTimeCourse()
            course.setId(name)
            course.setName(f"rest, then from {start:g} to {end:g} {unit}")
            course.setInitialTime(0.0)
            course.setOutputStartTime(lead + start)
            course.setOutputEndTime(lead + end)
            course.setNumberOfSteps(STEPS)
            algorithm = course.createAlgorithm()
            algorithm.setKisaoID(_CVODE)
            algorithm.setName("CVODE")
            protocol = self._subject.model.binding.protocol
            for kind, name_, value in (
                (_RELATIVE, "relative tolerance", protocol.relative_tolerance),
                (_ABSOLUTE, "absolute tolerance", protocol.absolute_tolerance),
            ):
                parameter = algorithm.createAlgorithmParameter()
                parameter.setKisaoID(kind)
                parameter.setName(name_)
                parameter.setValue(f"{value:g}")

    def write_experiment(self, experiment: Experiment, source: str) -> None:
        """Write one experiment: its model with all its knobs, its task, its data and its report."""
        model = self._document.createModel()
        model.setId(f"model__{experiment.id}")
        model.setName(experiment.label)
        model.setLanguage("urn:sedml:language:sbml.level-3.version-2")
        model.setSource(source)
        for name, value in experiment.values.items():
            change = model.createChangeAttribute()
            change.setTarget(f"{_parameter(name)}/@value")
            change.setNewValue(repr(float(value)))
        task = self._document.createTask()
        task.setId(f"task__{experiment.id}")
        task.setName(experiment.label)
        task.setModelReference(model.getId())
        task.setSimulationReference(self._simulations[self._spans[experiment.id]])
        report = self._document.createReport()
        report.setId(experiment.id)
        report.setName(experiment.label)
        symbols = {_TIME: CLOCK, **self._design.observables}
        for name, symbol in symbols.items():
            self._write_data(experiment, name, symbol)
            column = report.createDataSet()
            column.setId(f"column__{experiment.id}__{name}")
            column.setLabel(name)
            column.setName(self._axis(name))
            column.setDataReference(_data(experiment, name))

    def _write_data(self, experiment: Experiment, name: str, symbol: str) -> None:
        generator = self._document.createDataGenerator()
        generator.setId(_data(experiment, name))
        generator.setName(f"{spoken(name)}, {experiment.label}")
        variable = generator.createVariable()
        variable.setId(f"variable__{experiment.id}__{name}")
        variable.setTarget(_parameter(symbol))
        variable.setTaskReference(f"task__{experiment.id}")
        variable.setModelReference(f"model__{experiment.id}")
        generator.setMath(libsedml.parseL3Formula(variable.getId()))

    def write_plot(self, place: str, observable: str, experiments: Iterable[Experiment]) -> None:
        """Write the plot of one observable in one setting."""
        plot = self._document.createPlot2D()
        plot.setId(f"plot__{place}__{observable}")
        plot.setName(f"{spoken(observable)}, {spoken(place)}")
        for axis, name in ((plot.createXAxis(), _TIME), (plot.createYAxis(), observable)):
            axis.setName(self._axis(name))
            axis.setType(libsedml.SEDML_AXISTYPE_LINEAR)
        for number, experiment in enumerate(experiments):
            curve = plot.createCurve()
            curve.setId(f"{plot.getId()}__{experiment.id}")
            curve.setName(experiment.condition)
            curve.setOrder(number)
            curve.setXDataReference(_data(experiment, _TIME))
            curve.setYDataReference(_data(experiment, observable))

    def _axis(self, name: str) -> str:
        if name == _TIME:
            return f"time since treatment began ({self._design.time_unit})"
        return f"{spoken(name)} ({self._subject.model.binding.observables[name].unit})"


def _end(experiment: Experiment, laid_out: Design) -> float:
    """Return the last time of all experiments of one setting, so that their curves are as long as each other."""
    alike = (
        one for one in laid_out.experiments if (one.setting, one.steady) == (experiment.setting, experiment.steady)
    )
    return max(one.end for one in alike)


def _parameter(name: str) -> str:
    return f"{_MODEL}/sbml:listOfParameters/sbml:parameter[@id='{name}']"


def _data(experiment: Experiment, name: str) -> str:
    return f"data__{experiment.id}__{name}"
