"""tellurium as an engine: the only module that imports it.

tellurium turns SED-ML into Python and runs that; `osteon.engines.sedml` sees to it that only names and numbers get in.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from osteon.engines import sedml
from osteon.engines.archive import Archive
from osteon.engines.table import Results, Table, column
from osteon.errors import ArchiveError


def run(archive: Archive, documents: Mapping[str, sedml.SedmlExperiments], folder: Path) -> Results:
    """Execute every SED-ML file of an archive; see `osteon.engines.run`.

    Returns:
        A table for each report; where a file has no reports, one for each plot; where it has neither, for each task.
    """
    if not documents:
        raise ArchiveError(archive.shown, None, "no SED-ML in it, which is what tellurium runs; try --engine copasi")
    _refuse_overwritten(archive, documents.values())
    packed, unpacked = folder / "archive.omex", folder / "unpacked"
    unpacked.mkdir(parents=True)
    packed.write_bytes(archive.packed)
    try:
        with _quiet():
            import tellurium
        with _quiet() as complaints, _quick_compilation(), _one_compilation(tellurium):
            done = tellurium.executeCombineArchive(str(packed), workingDir=str(unpacked), createOutputs=False)
    except Exception as error:  # tellurium runs a program of its own making, which may fail in any way
        raise ArchiveError(archive.shown, None, f"tellurium cannot run it: {_sentence(error)}") from None
    unsupported = [complaint for complaint in complaints if "nsupported" in complaint or "CellML" in complaint]
    if unsupported:
        raise ArchiveError(archive.shown, None, f"tellurium would leave something out: {unsupported[0]}")
    found = {Path(path).relative_to(unpacked).as_posix(): result["dataGenerators"] for path, result in done.items()}
    tables = [
        table if len(documents) == 1 else replace(table, id=f"{_stem(path)}_{table.id}")
        for path, document in documents.items()
        for table in _tables(document, found[path])
    ]
    return Results(tuple(tables), tuple(dict.fromkeys(complaints)))


def _refuse_overwritten(archive: Archive, documents: Iterable[sedml.SedmlExperiments]) -> None:
    """Refuse what tellurium gets wrong without a word: it stores the last repeat under the name of the simple task."""
    for document in documents:
        wrong = sorted(document.subtasks.intersection(document.generators.values()))
        if wrong:
            what = f"reports task {wrong[0]!r}, which another one repeats; tellurium would give the last repeat for it"
            raise ArchiveError(archive.shown, document.path, what)


def _stem(path: str) -> str:
    return re.sub(r"\W", "_", path.rpartition(".")[0])


def _tables(document: sedml.SedmlExperiments, values: Mapping[str, Any]) -> Iterator[Table]:
    outputs = document.reports or document.curves or _by_task(document)
    for output, columns in outputs.items():
        found: dict[str, Any] = {}
        for label, generator in columns.items():
            shown = label if document.reports else document.names[generator]
            repeats = np.atleast_2d(np.asarray(values[generator], dtype=np.float64).T)
            for number, repeat in enumerate(repeats, 1):
                found[shown if len(repeats) == 1 else f"{shown} ({number})"] = column(repeat)
        yield Table(output, document.names[output], found)


def _by_task(document: sedml.SedmlExperiments) -> dict[str, dict[str, str]]:
    columns: dict[str, dict[str, str]] = {}
    for generator, task in document.generators.items():
        columns.setdefault(task, {})[generator] = generator
    return columns


@contextmanager
def _quiet() -> Iterator[list[str]]:
    """Keep what tellurium prints from the user's output; yield what it warns of."""
    complaints: list[str] = []
    with warnings.catch_warnings(record=True) as caught, redirect_stdout(io.StringIO()):
        warnings.simplefilter("always")
        try:
            yield complaints
        finally:
            complaints += [str(warning.message) for warning in caught]


@contextmanager
def _quick_compilation() -> Iterator[None]:
    """Let libroadrunner compile quickly: SED-ML has a model for each experiment, and every one is compiled."""
    import roadrunner

    roadrunner.Logger.setLevel(roadrunner.Logger.LOG_FATAL)
    keys = (roadrunner.Config.LLVM_BACKEND, roadrunner.Config.LLJIT_OPTIMIZATION_LEVEL)
    before = [roadrunner.Config.getValue(key) for key in keys]
    values = (roadrunner.Config.LLJIT, 0)
    _each(roadrunner.Config.setValue, keys, values)
    try:
        yield
    finally:
        _each(roadrunner.Config.setValue, keys, before)


@contextmanager
def _one_compilation(tellurium: Any) -> Iterator[None]:
    """Let each model file be compiled once: tellurium does it for every experiment, and once more after its changes."""
    load, compiled = tellurium.loadSBMLModel, {}

    def load_once(sbml: str) -> Any:
        if sbml.lstrip().startswith("<"):  # the text of a changed model, which differs each time
            return load(sbml)
        if sbml not in compiled:
            first = load(sbml)
            compiled[sbml] = type(first), first.saveStateS()
        kind, state = compiled[sbml]
        runner = kind()
        runner.loadStateS(state)
        return runner

    tellurium.loadSBMLModel = load_once
    try:
        yield
    finally:
        tellurium.loadSBMLModel = load


def _each(act: Callable[[Any, Any], object], keys: Any, values: Any) -> None:
    for key, value in zip(keys, values, strict=True):
        act(key, value)


def _sentence(error: Exception) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text[:300]}"
