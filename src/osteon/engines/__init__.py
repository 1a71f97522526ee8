"""Engines: other people's programs that execute COMBINE archives, one module an engine.

Each of our own modules has one function, ``run(archive, documents, folder)``, that executes an archive which was found
harmless, with its SED-ML, and returns its results. It runs in a process of its own: tellurium's libsedml takes over the
classes of libsbml, what crashes an engine must not end the command, and what engines print is nobody's result. Other
packages add engines by entry points in the group ``osteon.engines``, each of which leads to an `Engine`.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path

from osteon import sbml
from osteon.archive import Archive
from osteon.engines import sedml
from osteon.engines.engine import Engine
from osteon.engines.table import Results
from osteon.errors import ArchiveError
from osteon.extras import require
from osteon.jobs.subprocess import CrashedError, call_in_subprocess
from osteon.plugins import Plugins

_ABOUT = {
    "tellurium": "libroadrunner, through tellurium's own SED-ML",
    "copasi": "COPASI: the master if that is a .cps file, else the SED-ML",
}

NEEDED = {"copasi": ("COPASI",)}
"""Modules of optional packages behind our own engines."""


def _own(name: str) -> Engine:
    def run(archive: Archive, documents: Mapping[str, sedml.SedmlExperiments], folder: Path) -> Results:
        require(f"engine {name!r}", "export", NEEDED.get(name, ()))
        module = importlib.import_module(f"osteon.engines.{name}")
        results: Results = module.run(archive, documents, folder)
        return results

    return Engine(name, _ABOUT[name], run)


ENGINES = Plugins("engine", "osteon.engines", Engine, {name: _own(name) for name in _ABOUT})
"""Every engine, those of other packages included."""


def run(archive: Archive, engine: str) -> Results:
    """Execute an archive and return its results, a table for each report or task.

    Nothing is written but in a temporary folder, which is removed.

    Raises:
        UnknownIdError: if there is no such engine.
        OsteonError: if the engine is not installed.
        PluginError: if another package adds the engine, and it is broken.
        ArchiveError: if its SED-ML holds more than names and numbers, there is nothing in it that the engine can run,
            or the engine fails to run it.
        ProjectError: if a model of it is wrong, whatever its kind; see `osteon.sbml.gate`.
    """
    ENGINES.require(engine)
    documents = {content.path: sedml.read(archive, content.path) for content in archive.of_format("sed-ml")}
    for path, document in documents.items():
        for name, text in document.models.items():
            sbml.refuse_wrong(text, f"{archive.shown}: {path!r}: model {name!r}")
    try:
        return call_in_subprocess(_run, engine, archive, documents)
    except CrashedError as error:
        raise ArchiveError(archive.shown, None, f"{engine} crashed on it") from error


def _run(engine: str, archive: Archive, documents: dict[str, sedml.SedmlExperiments]) -> Results:
    found = ENGINES[engine]
    return ENGINES.guarded(engine, lambda: found.run(archive, documents, Path("run").absolute()))
