"""SED-ML L1V4: every experiment of a model as a task, a report for each, and plots of what the claims compare.

Three rules keep engines from giving wrong numbers without a word. Every model lists every condition parameter, or
changes leak from one condition into the next. All changes are of parameters, for tellurium applies them in reverse
and initial values reset parameters. The rest before t = 0 is part of the one time course,
cut off by the start of output; a task for the steady state fails or is wrong in all engines but one.

libsedml is not used: once it is imported, libsbml's classes no longer work in the same process.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from osteon.evidence.claims import readings
from osteon.evidence.conditions import CONTROL, canonical
from osteon.experiments.experiment import Experiment, ExperimentSet
from osteon.experiments.staged_sbml import CLOCK
from osteon.exporters.bundle import Bundle, File

STEPS = 200
"""Of output in each time course."""
_SEDML = "http://sed-ml.org/sed-ml/level1/version4"
_MATHML = "http://www.w3.org/1998/Math/MathML"
_LANGUAGE = "urn:sedml:language:sbml.level-3.version-2"
_SBML = "http://www.sbml.org/sbml/level3/version2/core"
_MODEL = "/sbml:sbml/sbml:model"
_CVODE, _RELATIVE, _ABSOLUTE = "KISAO:0000019", "KISAO:0000209", "KISAO:0000211"
_TIME = "time"


def files(bundle: Bundle) -> Iterator[File]:
    """Yield the SED-ML file and the SBML that it runs; see the module."""
    model = f"{bundle.name}_experiments.xml"
    yield File.text(f"{bundle.name}.sedml", document(bundle, model))
    yield File.text(model, bundle.design.sbml)


def document(bundle: Bundle, source: str) -> str:
    """Return the SED-ML text of a model's experiments.

    Args:
        bundle: the model.
        source: the file of `ExperimentSet.sbml`, relative to this one.
    """
    laid_out = bundle.design
    writer = _Writer(bundle, laid_out)
    writer.write_simulations()
    for experiment in laid_out.experiments:
        writer.write_experiment(experiment, source)
    for place, observables in _compared(bundle, laid_out).items():
        for observable, experiments in observables.items():
            writer.write_plot(place, observable, experiments)
    return writer.text()


def _compared(bundle: Bundle, laid_out: ExperimentSet) -> dict[str, dict[str, list[Experiment]]]:
    """Return by setting and observable the experiments that claims compare, control first."""
    wanted = {
        (claim.setting, reading.observable, canonical(reading.condition))
        for _, claim in bundle.claims
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
    """Adds simulations, models, tasks, data generators, reports and plots to one document."""

    def __init__(self, bundle: Bundle, laid_out: ExperimentSet) -> None:
        self._subject, self._design = bundle, laid_out
        self._spans = {one.id: (one.start, _end(one, laid_out)) for one in laid_out.experiments}
        self._simulations = {span: f"simulation_{n}" for n, span in enumerate(sorted(set(self._spans.values())), 1)}
        self._root = Element("sedML", {"xmlns": _SEDML, "xmlns:sbml": _SBML, "level": "1", "version": "4"})
        lists = ("Models", "Simulations", "Tasks", "DataGenerators", "Outputs")
        self._lists = {name: SubElement(self._root, f"listOf{name}") for name in lists}

    def text(self) -> str:
        """Return what was written, as text."""
        ElementTree.indent(self._root)
        return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(self._root, encoding="unicode") + "\n"

    def write_simulations(self) -> None:
        """Write a time course for each first and last time."""
        run_time, unit = self._design.run_time, self._design.time_unit
        protocol = self._subject.model.binding.protocol
        tolerances = (
            (_RELATIVE, "relative tolerance", protocol.relative_tolerance),
            (_ABSOLUTE, "absolute tolerance", protocol.absolute_tolerance),
        )
        for (start, end), name in self._simulations.items():
            course = SubElement(
                self._lists["Simulations"],
                "uniformTimeCourse",
                id=name,
                name=f"rest, then from {start:g} to {end:g} {unit}",
                initialTime="0",
                outputStartTime=repr(run_time(start)),
                outputEndTime=repr(run_time(end)),
                numberOfSteps=str(STEPS),
            )
            algorithm = SubElement(course, "algorithm", name="CVODE", kisaoID=_CVODE)
            parameters = SubElement(algorithm, "listOfAlgorithmParameters")
            for kind, called, value in tolerances:
                SubElement(parameters, "algorithmParameter", name=called, kisaoID=kind, value=f"{value:g}")

    def write_experiment(self, experiment: Experiment, source: str) -> None:
        """Write one experiment: its model with all its condition_parameters, its task, its data and its report."""
        model, task = f"model__{experiment.id}", f"task__{experiment.id}"
        labelled = {"name": experiment.label}
        used = {"id": model, **labelled, "language": _LANGUAGE, "source": source}
        changes = SubElement(SubElement(self._lists["Models"], "model", used), "listOfChanges")
        for name, value in experiment.values.items():
            target = f"{_parameter(name)}/@value"
            SubElement(changes, "changeAttribute", target=target, newValue=repr(float(value)))
        simulation = self._simulations[self._spans[experiment.id]]
        done = {"id": task, **labelled, "modelReference": model, "simulationReference": simulation}
        SubElement(self._lists["Tasks"], "task", done)
        report = SubElement(self._lists["Outputs"], "report", {"id": experiment.id, **labelled})
        columns = SubElement(report, "listOfDataSets")
        for name, symbol in {_TIME: CLOCK, **self._design.observables}.items():
            self._write_data(experiment, name, symbol)
            SubElement(
                columns,
                "dataSet",
                id=f"column__{experiment.id}__{name}",
                name=self._axis(name),
                label=name,
                dataReference=_data(experiment, name),
            )

    def _write_data(self, experiment: Experiment, name: str, symbol: str) -> None:
        variable = f"variable__{experiment.id}__{name}"
        called = {"id": _data(experiment, name), "name": f"{spoken(name)}, {experiment.label}"}
        generator = SubElement(self._lists["DataGenerators"], "dataGenerator", called)
        SubElement(SubElement(generator, "math", xmlns=_MATHML), "ci").text = variable
        SubElement(
            SubElement(generator, "listOfVariables"),
            "variable",
            id=variable,
            target=_parameter(symbol),
            taskReference=f"task__{experiment.id}",
            modelReference=f"model__{experiment.id}",
        )

    def write_plot(self, place: str, observable: str, experiments: Iterable[Experiment]) -> None:
        """Write the plot of one observable in one setting."""
        name = f"plot__{place}__{observable}"
        called = f"{spoken(observable)}, {spoken(place)}"
        plot = SubElement(self._lists["Outputs"], "plot2D", id=name, name=called)
        for axis, shown in (("xAxis", _TIME), ("yAxis", observable)):
            SubElement(plot, axis, name=self._axis(shown), type="linear")
        curves = SubElement(plot, "listOfCurves")
        for number, experiment in enumerate(experiments):
            SubElement(
                curves,
                "curve",
                id=f"{name}__{experiment.id}",
                name=experiment.condition,
                order=str(number),
                xDataReference=_data(experiment, _TIME),
                yDataReference=_data(experiment, observable),
            )

    def _axis(self, name: str) -> str:
        if name == _TIME:
            return f"time since treatment began ({self._design.time_unit})"
        return f"{spoken(name)} ({self._subject.model.binding.observables[name].unit})"


def _end(experiment: Experiment, laid_out: ExperimentSet) -> float:
    """Return the last time of all experiments of one setting, so that their curves are as long as each other."""
    alike = (
        one for one in laid_out.experiments if (one.setting, one.steady) == (experiment.setting, experiment.steady)
    )
    return max(one.end for one in alike)


def _parameter(name: str) -> str:
    return f"{_MODEL}/sbml:listOfParameters/sbml:parameter[@id='{name}']"


def _data(experiment: Experiment, name: str) -> str:
    return f"data__{experiment.id}__{name}"
