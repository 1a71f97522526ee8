"""tellurium as an engine: the only module that imports it.

tellurium turns SED-ML into Python and runs that; `osteon.engines.sedml` sees to it that only names and numbers get in.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Any

import numpy as np

from osteon.archive import Archive
from osteon.engines import sedml
from osteon.engines.table import Results, Table, column, together
from osteon.errors import ArchiveError
from osteon.simulation import roadrunner

_LEFT_OUT = re.compile(
    "nsupported|not supported|CellML|No integrator exists|could not be resolved|Unrecognized|Unknown target"
)
"""What tellurium says where it goes on without a part of a file."""


def run(archive: Archive, documents: Mapping[str, sedml.SedmlExperiments], folder: Path) -> Results:
    """Execute every SED-ML file of an archive; see `osteon.engines.run`.

    Returns:
        A table for each report; where a file has no reports, one for each plot; where it has neither, for each task.
    """
    if not documents:
        other = archive.of_format("copasi")
        hint = "try --engine copasi" if other else "`osteon score` judges a model in it"
        raise ArchiveError(archive.shown, None, f"no SED-ML in it, which is what tellurium runs; {hint}")
    _refuse_overwritten(archive, documents.values())
    found = {}
    try:
        with _quiet():
            roadrunner.package()
            import tellurium
        with _quiet() as complaints, _quick_compilation(), _one_compilation(tellurium):
            for number, document in enumerate(documents.values()):
                found[document.path] = _executed(archive, document, folder / f"{number}")
    except Exception as error:  # tellurium runs a program of its own making, which may fail in any way
        raise ArchiveError(archive.shown, None, f"tellurium cannot run it: {_sentence(error)}") from None
    left_out = [complaint for complaint in complaints if _LEFT_OUT.search(complaint)]
    if left_out:
        raise ArchiveError(archive.shown, None, f"tellurium would leave something out: {left_out[0]}")
    tables = {path: tuple(_tables(document, found[path])) for path, document in documents.items()}
    return Results(together(tables), tuple(dict.fromkeys(complaints)))


def _executed(archive: Archive, document: sedml.SedmlExperiments, folder: Path) -> Mapping[str, Any]:
    """Run one SED-ML file, whose models lie beside it with their changes made; return its data generators.

    tellurium's own changes are made last first, and those that it does not understand not at all.
    """
    from tellurium.sedml.tesedml import SEDMLCodeFactory

    folder.mkdir(parents=True)
    files: dict[str, str] = {}
    for text in dict.fromkeys(document.models.values()):
        files[text] = f"model_{len(files)}.xml"
        (folder / files[text]).write_text(text, encoding="utf-8")
    path = folder / "experiments.sedml"
    own = {name: files[text] for name, text in document.models.items()}
    path.write_text(sedml.with_models(archive, document.path, own), encoding="utf-8")
    factory = SEDMLCodeFactory(str(path), sedmlFile=str(path), workingDir=str(folder), createOutputs=False)
    generators: Mapping[str, Any] = factory.executePython()["dataGenerators"]
    return generators


def _refuse_overwritten(archive: Archive, documents: Iterable[sedml.SedmlExperiments]) -> None:
    """Refuse what tellurium gets wrong without a word: it stores the last repeat under the name of the simple task."""
    for document in documents:
        wrong = sorted(document.subtasks.intersection(document.generators.values()))
        if wrong:
            what = f"reports task {wrong[0]!r}, which another one repeats; tellurium would give the last repeat for it"
            raise ArchiveError(archive.shown, document.path, what)


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
    package = roadrunner.package()
    package.Logger.setLevel(package.Logger.LOG_FATAL)
    keys = (package.Config.LLVM_BACKEND, package.Config.LLJIT_OPTIMIZATION_LEVEL)
    before = [package.Config.getValue(key) for key in keys]
    values = (package.Config.LLJIT, 0)
    _each(package.Config.setValue, keys, values)
    try:
        yield
    finally:
        _each(package.Config.setValue, keys, before)


@contextmanager
def _one_compilation(tellurium: Any) -> Iterator[None]:
    """Let no file that many models are in be compiled for each of them; few are kept, for their code takes room."""
    load, compiled, seen = tellurium.loadSBMLModel, {}, set()

    def load_once(sbml: str) -> Any:
        if sbml.lstrip().startswith("<"):  # the text of a model that is changed while it runs
            return load(sbml)
        if sbml not in seen:
            seen.add(sbml)
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
