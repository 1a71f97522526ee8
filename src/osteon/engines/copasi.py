"""COPASI as an engine for COMBINE archives.

COPASI's own ``openCombineArchive`` unpacks into the current folder and a shared one; here it gets files that were
unpacked already. A ``.cps`` file may name files that its tasks write to; those names are cleared before anything runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import COPASI
import numpy as np

from osteon.archive import Archive, Entry
from osteon.engines import sedml
from osteon.engines.table import Results, Table, together
from osteon.errors import ArchiveError

_COURSES = {19, 35, 88, 94, 280, 288, 433, 560, 694}
"""Terms of KiSAO for integration with control of the error, by several steps: what COPASI's LSODA is."""
_STEADY_STATES = {99, 282, 283, 355, 356, 407, 408, 409, 410, 411, 412, 413, 432, 437, 568, 569}
"""Terms of KiSAO for methods that look for a steady state."""
_FOUND = (1, 2)
"""COPASI's codes of a steady state and of an equilibrium; one with negative amounts is neither."""
_SETTINGS = {
    209: ("Relative Tolerance", float),
    211: ("Absolute Tolerance", float),
    415: ("Max Internal Steps", int),
    467: ("Max Internal Step Size", float),
}
"""COPASI's name and kind of each parameter of an algorithm, by its term."""


def run(archive: Archive, documents: Mapping[str, sedml.SedmlExperiments], folder: Path) -> Results:
    """Execute the master of an archive, or its only file that COPASI reads; see `osteon.engines.run`.

    Returns:
        For a ``.cps`` file the time course of each of its parameter sets, or of its own values where it has none; for
        SED-ML the time course or steady state of each simple task of each file. Columns are named by SBML ids where
        there are any; species are concentrations.

    Raises:
        ArchiveError: if COPASI cannot run it, or it asks for what is not done here.
    """
    try:
        master = _master(archive)
        if _is_ready_made(master):
            archive.extract(folder)
            return Results(tuple(_ready_made(archive, master, folder)), _not_run(archive, master))
        for document in documents.values():
            _refuse_what_is_not_done(archive, document)
        folder.mkdir(parents=True)
        return Results(together({path: tuple(_tasks(archive, one, folder)) for path, one in documents.items()}))
    except COPASI.CCopasiException as error:
        what = " ".join(str(error).split()) or _messages() or "it gives no reason"
        raise ArchiveError(archive.shown, None, f"COPASI cannot run it: {what[:300]}") from None


def read_at(archive: Archive, times: Mapping[str, Sequence[float]], folder: Path) -> Results:
    """Run every parameter set of the ``.cps`` file that is the master of an archive; read each at times of its own.

    Args:
        archive: with the file.
        times: COPASI's own times, ascending, by the name of the parameter set.
        folder: to unpack to.
    """
    archive.extract(folder)
    return Results(tuple(_ready_made(archive, _master(archive), folder, times)))


def _master(archive: Archive) -> Entry:
    readable = sorted(
        {*archive.of_format("copasi"), *archive.of_format("sed-ml")}, key=lambda c: (not c.master, c.path)
    )
    if not readable:
        what = "neither a COPASI file nor SED-ML in it, which is what COPASI runs; `osteon score` judges a model in it"
        raise ArchiveError(archive.shown, None, what)
    return readable[0]


def _is_ready_made(content: Entry) -> bool:
    return content.path.lower().endswith(".cps") or "copasi" in content.format.lower()


def _not_run(archive: Archive, master: Entry) -> tuple[str, ...]:
    """Return a note for each other file that claims to be the master, or that might be it where none does."""
    others = [one for one in (*archive.of_format("copasi"), *archive.of_format("sed-ml")) if one.path != master.path]
    rivals = dict.fromkeys(one.path for one in others if one.master == master.master)
    return tuple(f"{path} is not run; COPASI runs {master.path}" for path in rivals)


def _refuse_what_is_not_done(archive: Archive, document: sedml.SedmlExperiments) -> None:
    """Refuse every part of a SED-ML file that would be left out, or done otherwise than it says."""

    def refuse(what: str) -> None:
        raise ArchiveError(archive.shown, document.path, f"{what}, which is not run in COPASI; try --engine tellurium")

    kinds = {"repeatedTask": "repeated task", "parameterEstimationTask": "parameter estimation"}
    for name, kind in document.repeated.items():
        refuse(f"{name} is a {kinds.get(kind, f'<{kind}>')}")
    if not document.tasks:
        raise ArchiveError(archive.shown, document.path, "has no task, so there is nothing to run")
    for task in document.tasks:
        simulation = document.simulations.get(task.simulation)
        if simulation is None or task.model not in document.models:
            missing = task.simulation if simulation is None else task.model
            raise ArchiveError(
                archive.shown, document.path, f"task {task.id!r} refers to {missing!r}, which is not there"
            )
        if simulation.kind not in ("uniformTimeCourse", "steadyState"):
            refuse(f"{task.simulation} is a <{simulation.kind}>")
        known = _COURSES if simulation.course else _STEADY_STATES
        if simulation.algorithm not in {*known, None}:
            refuse(f"{task.simulation} asks for the algorithm {_term(simulation.algorithm)}")
        for parameter in simulation.parameters:
            if simulation.course is None or parameter not in _SETTINGS:
                refuse(f"{task.simulation} sets the parameter {_term(parameter)} of its algorithm")
        _refuse_times(archive, document, task, simulation.course)


def _refuse_times(
    archive: Archive, document: sedml.SedmlExperiments, task: sedml.Task, course: sedml.TimeCourse | None
) -> None:
    if course is not None and not (course.initial <= course.start < course.end and course.steps > 0):
        what = (
            f"{task.simulation} has no times: they run from {course.start:g} to {course.end:g} in {course.steps} steps"
        )
        raise ArchiveError(archive.shown, document.path, what)


def _term(number: int | None) -> str:
    return "without a term of KiSAO" if number is None or number < 0 else f"KISAO:{number:07}"


def _ready_made(
    archive: Archive, master: Entry, folder: Path, times: Mapping[str, Sequence[float]] = MappingProxyType({})
) -> Iterator[Table]:
    with _Opened() as data:
        path = folder / master.path
        if not master.path.isascii():  # COPASI opens no other names.
            path = folder / "copasi_master.cps"
            path.write_bytes(archive.files[master.path])
        if not data.loadModel(str(path)):
            raise _failure(archive, master.path)
        sets = data.getModel().getModelParameterSets()
        for index in range(sets.size()):
            chosen = sets.get(index)
            chosen.updateModel()
            label = chosen.getObjectName()
            if label in times:
                _read(data, times[label])
            yield _time_course(data, archive, master.path, f"condition_{index + 1:03d}", label)
        if not sets.size():
            yield _time_course(data, archive, master.path, "time_course", data.getModel().getObjectName())


def _tasks(archive: Archive, document: sedml.SedmlExperiments, folder: Path) -> Iterator[Table]:
    """Run each simple task; its model's changes are made, and all else is set here, so that COPASI reads no SED-ML.

    COPASI's own import leaves out changes by formulas, steady states and algorithms that it does not know.
    """
    # COPASI keeps SBML ids only of what it reads from a file; a name of ours is one that it can open.
    source = folder / "model.xml"
    for task in document.tasks:
        simulation = document.simulations[task.simulation]
        source.write_text(document.models[task.model], encoding="utf-8")
        with _Opened() as data:
            if not data.importSBML(str(source)):
                raise _failure(archive, document.path)
            if simulation.course is None:
                yield _steady_state(data, archive, document.path, task)
                continue
            for term, value in simulation.parameters.items():
                name, kind = _SETTINGS[term]
                data.getTask("Time-Course").getMethod().getParameter(name).setValue(kind(float(value)))
            _read_where_asked(data, simulation.course)
            yield _time_course(data, archive, document.path, task.id, task.name)


def _read_where_asked(data: Any, course: sedml.TimeCourse) -> None:
    """Let COPASI keep the times that the SED-ML asks for."""
    data.getModel().setInitialTime(course.initial)
    data.getModel().updateInitialValues(COPASI.CCore.Framework_Concentration)
    _read(data, np.linspace(course.start, course.end, course.steps + 1).tolist())


def _steady_state(data: Any, archive: Archive, path: str, task: sedml.Task) -> Table:
    search = data.getTask("Steady-State")
    if not search.process(True) or search.getResult() not in _FOUND:
        raise ArchiveError(archive.shown, path, f"COPASI finds no steady state for task {task.id!r}")
    model = data.getModel()
    values = {one.getSBMLId(): one.getConcentration() for one in model.getMetabolites()}
    values |= {one.getSBMLId(): one.getValue() for one in (*model.getCompartments(), *model.getModelValues())}
    return Table(task.id, task.name, {name: np.array([value]) for name, value in values.items() if name})


def _read(data: Any, times: Sequence[float]) -> None:
    problem = data.getTask("Time-Course").getProblem()
    problem.setDuration(times[-1])
    problem.setOutputStartTime(times[0])
    problem.setStepNumber(len(times))  # Not used with values, except for the memory that COPASI asks for.
    problem.setUseValues(True)
    problem.setValues(" ".join(map(repr, times)))


def _time_course(data: Any, archive: Archive, path: str, name: str, label: str) -> Table:
    for task in data.getTaskList():
        task.getReport().setTarget("")
    task = data.getTask("Time-Course")
    if not task.process(True):
        raise _failure(archive, path)
    series = task.getTimeSeries()
    titles = [series.getTitle(index) for index in range(series.getNumVariables())]
    # `series.getSBMLId` knows those of an SBML file just imported, and not those of a file of COPASI's own.
    known = COPASI.CRootContainer.getKeyFactory()
    ids = [known.get(series.getKey(index)).getSBMLId() for index in range(series.getNumVariables())]
    rows = range(series.getRecordedSteps())
    columns = {
        (title if index == 0 else ids[index] or title): np.array([series.getConcentrationData(k, index) for k in rows])
        for index, title in enumerate(titles)
    }
    return Table(name, label, columns)


def _failure(archive: Archive, path: str) -> ArchiveError:
    return ArchiveError(archive.shown, path, f"COPASI cannot run it: {_messages()[:300] or 'it gives no reason'}")


def _messages() -> str:
    return " ".join(str(COPASI.CCopasiMessage.getAllMessageText()).split())


class _Opened:
    """One data model of COPASI, removed at the end."""

    def __enter__(self) -> Any:
        COPASI.CCopasiMessage.clearDeque()
        self._data = COPASI.CRootContainer.addDatamodel()
        return self._data

    def __exit__(self, *_: object) -> None:
        COPASI.CRootContainer.removeDatamodel(self._data)
