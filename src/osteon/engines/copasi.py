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

from osteon.engines import sedml
from osteon.engines.archive import Archive, Entry
from osteon.engines.table import Results, Table
from osteon.errors import ArchiveError


def run(archive: Archive, documents: Mapping[str, sedml.SedmlExperiments], folder: Path) -> Results:
    """Execute the master of an archive, or its only file that COPASI reads; see `osteon.engines.run`.

    Returns:
        For a ``.cps`` file the time course of each of its parameter sets, or of its own values where it has none; for
        SED-ML the time course of each simple task. Columns are named by SBML ids where there are any; species are
        concentrations.
    """
    archive.extract(folder)
    master = _master(archive)
    if master.path.lower().endswith(".cps") or "copasi" in master.format.lower():
        return Results(tuple(_ready_made(archive, master, folder)))
    experiments = documents[master.path]
    left_out = tuple(f"{name} is a repeated task, which is left out" for name in experiments.repeated)
    return Results(tuple(_simple_tasks(archive, experiments, folder)), left_out)


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
        raise ArchiveError(archive.shown, None, "neither a COPASI file nor SED-ML in it, which is what COPASI runs")
    return readable[0]


def _ready_made(
    archive: Archive, master: Entry, folder: Path, times: Mapping[str, Sequence[float]] = MappingProxyType({})
) -> Iterator[Table]:
    with _Opened() as data:
        if not data.loadModel(str(folder / master.path)):
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


def _simple_tasks(archive: Archive, experiments: sedml.SedmlExperiments, folder: Path) -> Iterator[Table]:
    for task in experiments.tasks:
        with _Opened() as data:
            options = COPASI.SedmlImportOptions(task.id, task.model)
            if not data.importSEDML(str(folder / experiments.path), None, True, options):
                raise _failure(archive, experiments.path)
            _read_where_asked(data, experiments.time_courses.get(task.simulation))
            yield _time_course(data, archive, experiments.path, task.id, task.name)


def _read_where_asked(data: Any, simulation: sedml.TimeCourse | None) -> None:
    """Let COPASI keep the times that the SED-ML asks for.

    Its import spreads steps of that size over the time before the start of output too, which may be millions of them.
    """
    if simulation is not None and simulation.start > simulation.initial:
        _read(data, np.linspace(simulation.start, simulation.end, simulation.steps + 1).tolist())


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
    messages = " ".join(COPASI.CCopasiMessage.getAllMessageText().split())
    return ArchiveError(archive.shown, path, f"COPASI cannot run it: {messages[:300] or 'it gives no reason'}")


class _Opened:
    """One data model of COPASI, removed at the end."""

    def __enter__(self) -> Any:
        COPASI.CCopasiMessage.clearDeque()
        self._data = COPASI.CRootContainer.addDatamodel()
        return self._data

    def __exit__(self, *_: object) -> None:
        COPASI.CRootContainer.removeDatamodel(self._data)
