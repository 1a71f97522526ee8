"""SED-ML: sound, with no reference that leads nowhere, and by the rules that keep engines from wrong numbers."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from conftest import MODELS, PROJECT
from exported import gathered
from osteon.exporters import sedml
from osteon.exporters.bundle import bundle

pytestmark = pytest.mark.interop

SEDML = "{http://sed-ml.org/sed-ml/level1/version4}"
MATHML = "{http://www.w3.org/1998/Math/MathML}"
NAMESPACES = {"sbml": "http://www.sbml.org/sbml/level3/version2/core"}


@cache
def exported(name: str) -> dict[str, bytes]:
    """Return the files of one model by name."""
    return {file.path: file.content for file in sedml.files(gathered(name))}


def read_by_libsedml(content: bytes) -> str:
    """Return level, version and every complaint of libsedml, which would break libsbml's classes in this process."""
    code = """
import sys, libsedml
document = libsedml.readSedMLFromString(sys.stdin.read())
print(document.getLevel(), document.getVersion(), document.getErrorLog().toString(), end="")
"""
    return subprocess.run([sys.executable, "-c", code], input=content, capture_output=True, check=True).stdout.decode()


@cache
def root(name: str) -> Element:
    """Return the SED-ML of one model."""
    return ElementTree.fromstring(exported(name)[f"{name}.sedml"])


def dangling(document: Element, model: Element) -> Iterator[str]:
    """Yield every id that is there twice, every reference to an id that is not there, every path to nothing."""
    ids = [element.get("id", "") for element in document.iter() if element.get("id")]
    yield from sorted({f"twice: {name}" for name in ids if ids.count(name) > 1} if len(ids) != len(set(ids)) else ())
    known = {kind: {e.get("id") for e in document.iter(SEDML + kind)} for kind in ("model", "task", "dataGenerator")}
    known["simulation"] = {e.get("id") for e in document.iter(SEDML + "uniformTimeCourse")}
    kinds = {"modelReference": "model", "taskReference": "task", "simulationReference": "simulation"}
    kinds |= dict.fromkeys(("dataReference", "xDataReference", "yDataReference"), "dataGenerator")
    symbols = {element.get("id") for element in model.findall(".//sbml:listOfParameters/sbml:parameter", NAMESPACES)}
    for element in document.iter():
        for attribute, kind in kinds.items():
            if element.get(attribute, next(iter(known[kind]))) not in known[kind]:
                yield f"{element.tag} {attribute} = {element.get(attribute)}"
        target = element.get("target", "")
        if target and target.split("'")[1] not in symbols:
            yield f"{element.tag} target = {target}"
    for generator in document.iter(SEDML + "dataGenerator"):
        inputs = {element.get("id") for element in generator.iter(SEDML + "variable")}
        named = {(element.text or "").strip() for element in generator.iter(MATHML + "ci")}
        if named != inputs:
            yield f"{generator.get('id')} computes with {named} and reads {inputs}"


@pytest.mark.parametrize("name", MODELS)
def test_sound_and_every_reference_leads_somewhere(name: str) -> None:
    files = exported(name)
    assert read_by_libsedml(files[f"{name}.sedml"]) == "1 4 "
    assert list(dangling(root(name), ElementTree.fromstring(files[f"{name}_experiments.xml"]))) == []


def test_libsedml_finds_what_is_wrong() -> None:
    name = MODELS[1]
    text = exported(name)[f"{name}.sedml"].replace(b"numberOfSteps", b"numberOfStops")
    assert "numberOfStops" in read_by_libsedml(text)


def test_the_check_of_references_finds_what_is_wrong() -> None:
    name = MODELS[1]
    model = ElementTree.fromstring(exported(name)[f"{name}_experiments.xml"])
    text = exported(name)[f"{name}.sedml"].decode()
    for attribute in ("modelReference", "simulationReference", "taskReference", "dataReference", "yDataReference"):
        spoilt = text.replace(f'{attribute}="', f'{attribute}="gone_', 1)
        assert any(attribute in fault for fault in dangling(ElementTree.fromstring(spoilt), model))
    for old, new, fault in (
        ("[@id='", "[@id='gone_", "target"),
        ('<variable id="', '<variable id="gone_', "computes"),
        ('<task id="', '<task id="data__', "taskReference"),
    ):
        assert old in text
        assert any(fault in found for found in dangling(ElementTree.fromstring(text.replace(old, new, 1)), model))


@pytest.mark.parametrize("name", MODELS)
def test_every_experiment_is_a_task_that_gives_every_knob_its_value(name: str) -> None:
    made = gathered(name).design
    models = {model.get("id"): model for model in root(name).iter(SEDML + "model")}
    tasks = {task.get("id"): task for task in root(name).iter(SEDML + "task")}
    assert len(tasks) == len(made.experiments)
    for experiment in made.experiments:
        task = tasks[f"task__{experiment.id}"]
        assert task.get("name") == experiment.label
        changes = list(models[task.get("modelReference")].iter(SEDML + "changeAttribute"))
        # A parameter each: initial values of species would reset parameters in tellurium.
        assert all("/sbml:parameter[" in change.get("target", "") for change in changes)
        values = {change.get("target", "").split("'")[1]: float(change.get("newValue", "")) for change in changes}
        assert values == {parameter.id: experiment.values[parameter.id] for parameter in made.condition_parameters}


@pytest.mark.parametrize("name", MODELS)
def test_output_begins_after_the_rest(name: str) -> None:
    made = gathered(name).design
    courses = {course.get("id"): course for course in root(name).iter(SEDML + "uniformTimeCourse")}
    tasks = {task.get("id"): task for task in root(name).iter(SEDML + "task")}
    assert not list(root(name).iter(SEDML + "repeatedTask"))
    for experiment in made.experiments:
        course = courses[tasks[f"task__{experiment.id}"].get("simulationReference")]
        assert float(course.get("initialTime", "")) == 0.0
        assert float(course.get("outputStartTime", "")) == made.run_time(experiment.start)
        assert float(course.get("outputEndTime", "")) >= made.run_time(experiment.end)


@pytest.mark.parametrize("name", MODELS)
def test_reports_hold_every_observable_and_plots_what_is_compared(name: str) -> None:
    made = gathered(name).design
    reports = {report.get("id"): report for report in root(name).iter(SEDML + "report")}
    assert set(reports) == {experiment.id for experiment in made.experiments}
    for report in reports.values():
        assert [column.get("label") for column in report.iter(SEDML + "dataSet")] == ["time", *made.observables]
    plots = list(root(name).iter(SEDML + "plot2D"))
    for plot in plots:
        assert plot.get("name")
        assert "time since treatment began" in plot.findall(f"{SEDML}xAxis")[0].get("name", "")
        assert all(curve.get("name") for curve in plot.iter(SEDML + "curve"))
    settings = {experiment.setting for experiment in made.experiments if experiment.condition != "control"}
    assert {plot.get("id", "").split("__")[1] for plot in plots} >= settings


def test_the_same_bytes_each_time() -> None:
    name = MODELS[1]
    again = {file.path: file.content for file in sedml.files(bundle(PROJECT, name))}
    assert again == exported(name)
