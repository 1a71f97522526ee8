"""SED-ML of others: what it refers to, and that it holds names and numbers and nothing else.

tellurium turns SED-ML into Python and runs it. Its text ends up in that program: ids as variables, new values as
right-hand sides, the names of functions as calls. So every attribute is held to its shape before tellurium sees it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from osteon.archive import Archive
from osteon.engines.changes import changed_models, serialized
from osteon.errors import ArchiveError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MATHML = "http://www.w3.org/1998/Math/MathML"
_ID = re.compile(r"#?[A-Za-z_]\w*")
_NUMBER = re.compile(r"\s*([+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?(inf|INF)|nan|NaN|true|True|false|False)\s*")
_XPATH = re.compile(r"(?:[\w:./\[\]@=*|, #-]|'[\w.-]*'|\"[\w.-]*\")*")
_SYMBOL = re.compile(r"[\w:.#-]*")
_TAME = re.compile(r"[^\r\n\\'\"`(){};]*")
_MATHML_NUMBER = re.compile(r"[\d.eE+\s-]*")
_KISAO = re.compile(r"(?:.*[/#:])?(?:kisao:)?KISAO[:_](\d+)", re.IGNORECASE)
_COUNT = re.compile(r"\d{1,6}")
_ID_ATTRIBUTES = {"id", "task", "range", "modelReference", "taskReference", "simulationReference", "dataReference"}
_FUNCTIONS = {"min", "max", "sum", "product", "mean"}


@dataclass(frozen=True)
class Task:
    """A simple task of a SED-ML document: one model under one simulation."""

    id: str
    name: str
    model: str
    simulation: str


@dataclass(frozen=True)
class TimeCourse:
    """A uniform time course: when the run starts, when output starts and ends, and the steps of output."""

    initial: float
    start: float
    end: float
    steps: int


@dataclass(frozen=True)
class Simulation:
    """A simulation: its kind, which is the name of its element, its algorithm, and the parameters of that, by number.

    Algorithms are terms of KiSAO, by number, ``None`` where there is none; uniform time courses have a ``course``.
    """

    kind: str
    algorithm: int | None
    parameters: dict[int, str]
    course: TimeCourse | None


@dataclass(frozen=True)
class SedmlExperiments:
    """A SED-ML document that was found harmless.

    ``models`` are the SBML texts of its models by id, with their changes made. ``tasks`` are its simple tasks,
    ``simulations`` their simulations by id, and ``repeated`` the other tasks, which run ``subtasks``, with the names of
    their elements; ``reports`` the columns of each report, and ``curves`` those of each plot: for each
    column its label and the data generator; ``generators`` the task that each data generator reads first, and
    ``names`` what people call a task, report, plot or data generator.
    """

    path: str
    tasks: tuple[Task, ...]
    models: dict[str, str]
    simulations: dict[str, Simulation]
    repeated: dict[str, str]
    subtasks: frozenset[str]
    reports: dict[str, dict[str, str]]
    curves: dict[str, dict[str, str]]
    generators: dict[str, str]
    names: dict[str, str]


def read(archive: Archive, path: str) -> SedmlExperiments:
    """Read one SED-ML file of an archive.

    Raises:
        ArchiveError: if it holds anything but names and numbers, uses a model from outside of the archive or data, or
            is not SED-ML.
    """
    root = archive.element(path)
    if _local(root) != "sedML":
        raise ArchiveError(archive.shown, path, f"a <sedML> element was expected, not <{_local(root)}>")
    _refuse_attributes(root, archive, path)
    _refuse_mathematics(root, archive, path)
    _refuse_sources(root, archive, path)
    each = partial(_each, root)
    tasks = [
        Task(e.get("id", ""), _called(e), e.get("modelReference", ""), e.get("simulationReference", ""))
        for e in each("task")
    ]
    generators = {e.get("id", ""): _first_task(e) for e in each("dataGenerator")}
    outputs = [*each("report"), *each("plot2D"), *each("task"), *each("repeatedTask"), *each("dataGenerator")]
    return SedmlExperiments(
        path=path,
        tasks=tuple(tasks),
        models=changed_models(archive, path, {e.get("id", ""): e for e in each("model")}),
        simulations={e.get("id", ""): _simulation(e) for e in _inside(root, "listOfSimulations")},
        repeated={e.get("id", ""): _local(e) for e in _inside(root, "listOfTasks") if _local(e) != "task"},
        subtasks=frozenset(e.get("task", "") for e in each("subTask")),
        reports={e.get("id", ""): _columns(e) for e in each("report")},
        curves={e.get("id", ""): _curves(e) for e in each("plot2D")},
        generators=generators,
        names={e.get("id", ""): _called(e) for e in outputs},
    )


def _simulation(element: Element) -> Simulation:
    algorithm = next(_each(element, "algorithm"), None)
    parameters = _each(element, "algorithmParameter")
    return Simulation(
        kind=_local(element),
        algorithm=None if algorithm is None else _term(algorithm),
        parameters={_term(parameter): parameter.get("value", "") for parameter in parameters},
        course=_time_course(element) if _local(element) == "uniformTimeCourse" else None,
    )


def _term(element: Element) -> int:
    """Return the number of a term of KiSAO; -1 where it has none."""
    found = _KISAO.fullmatch(element.get("kisaoID", ""))
    return int(found[1]) if found else -1


def _inside(root: Element, name: str) -> Iterator[Element]:
    return (child for group in _each(root, name) for child in group if _local(child) not in ("notes", "annotation"))


def _time_course(element: Element) -> TimeCourse:
    initial, start, end = (float(element.get(f"{name}Time", "0")) for name in ("initial", "outputStart", "outputEnd"))
    return TimeCourse(initial, start, end, int(element.get("numberOfSteps", element.get("numberOfPoints", "0"))))


def _columns(report: Element) -> dict[str, str]:
    sets = list(_each(report, "dataSet"))
    labels = [e.get("label", "") or _called(e) for e in sets]
    # Labels need not be unique; ids are.
    chosen = [label if labels.count(label) == 1 else e.get("id", "") for label, e in zip(labels, sets, strict=True)]
    return {label: e.get("dataReference", "") for label, e in zip(chosen, sets, strict=True)}


def _curves(plot: Element) -> dict[str, str]:
    columns: dict[str, str] = {}
    for curve in _each(plot, "curve"):
        for reference in (curve.get("xDataReference", ""), curve.get("yDataReference", "")):
            columns[reference] = reference
    return columns


def with_models(archive: Archive, path: str, files: Mapping[str, str]) -> str:
    """Return a SED-ML file whose models have no changes any more, but files of their own.

    Args:
        archive: with the file.
        path: of the file.
        files: for each model its file, which has its changes made; see `SedmlExperiments.models`.
    """
    root = archive.element(path)
    for model in _each(root, "model"):
        model.set("source", files[model.get("id", "")])
        model.set("language", "urn:sedml:language:sbml")
        for child in list(model):
            if _local(child) == "listOfChanges":
                model.remove(child)
    return serialized(root)


def _first_task(generator: Element) -> str:
    return next((e.get("taskReference", "") for e in _each(generator, "variable")), "")


def _called(element: Element) -> str:
    return element.get("name", "") or element.get("id", "")


def _each(root: Element, name: str) -> Iterator[Element]:
    return (element for element in _elements(root) if _local(element) == name)


def _elements(root: Element) -> Iterator[Element]:
    """Yield every element but notes, annotations and what they hold, which are for people."""
    yield root
    for child in root:
        if _local(child) not in ("notes", "annotation"):
            yield from _elements(child)


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _refuse_attributes(root: Element, archive: Archive, path: str) -> None:
    for element in _elements(root):
        for key, value in element.attrib.items():
            name = key.rpartition("}")[2]
            shape = _shape(_local(element), name)
            if shape is not None and not shape.fullmatch(value):
                where = f"<{_local(element)}> has {name}={value!r}"
                raise ArchiveError(archive.shown, path, f"{where}, which is no {_SHAPES[shape]} and is not run")


_SHAPES = {
    _ID: "id",
    _NUMBER: "number",
    _XPATH: "path to an element by its id",
    _SYMBOL: "symbol",
    _COUNT: "number below a million",
    _TAME: "plain word",
}


def _shape(element: str, attribute: str) -> re.Pattern[str] | None:
    """Return the shape that an attribute must have; none for those that are read by people or checked elsewhere."""
    if attribute in ("name", "label", "metaid", "source"):
        return None
    if attribute in _ID_ATTRIBUTES or attribute.endswith("DataReference"):
        return _ID
    if attribute in ("newValue", "initialTime", "outputStartTime", "outputEndTime") or (
        attribute == "value" and element in ("algorithmParameter", "parameter")
    ):
        return _NUMBER
    if attribute in ("numberOfSteps", "numberOfPoints"):
        return _COUNT
    return {"target": _XPATH, "symbol": _SYMBOL}.get(attribute, _TAME)


def _refuse_mathematics(root: Element, archive: Archive, path: str) -> None:
    """Refuse mathematics that calls anything but a known function, or whose names are no names."""
    for element in _elements(root):
        if not element.tag.startswith(f"{{{MATHML}}}"):
            continue
        text, kind = (element.text or "").strip(), _local(element)
        called = [child for child in list(element)[:1] if kind == "apply" and _local(child) in ("ci", "csymbol")]
        names = [(child.text or "").strip() for child in called]
        if any(name not in _FUNCTIONS for name in names):
            raise ArchiveError(archive.shown, path, f"calls the function {names[0]!r}, which is not known and not run")
        sound = {"ci": _ID, "csymbol": _ID, "cn": _MATHML_NUMBER}.get(kind)
        if not (text == "" if sound is None else sound.fullmatch(text)):
            raise ArchiveError(archive.shown, path, f"has mathematics with {text!r}, which is no name and no number")


def _refuse_sources(root: Element, archive: Archive, path: str) -> None:
    """Refuse models from anywhere but the archive, and data, whose text tellurium would put into its program."""
    if next(_each(root, "dataDescription"), None) is not None:
        raise ArchiveError(archive.shown, path, "reads data from files (<dataDescription>), which is not run")
    names = [element.get("id", "") for element in _each(root, "model")]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ArchiveError(archive.shown, path, f"has two models of the id {twice!r}")
    for element in _each(root, "model"):
        language = element.get("language", "")
        if language and "sbml" not in language.lower():
            what = f"model {element.get('id')!r} is in the language {language!r}, which is not run; SBML is"
            raise ArchiveError(archive.shown, path, what)
