"""Engines: other people's programs that execute COMBINE archives, one module an engine.

An engine is a module with one function, ``run(archive, folder)``, that executes an archive which was found harmless
and returns its results. It is imported only when it is asked for, since the programs behind it are heavy.
"""

from __future__ import annotations

import importlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from osteon.archive import Archive
from osteon.engines.table import Results
from osteon.errors import OsteonError, UnknownIdError, listing, suggestion

ENGINES: dict[str, str] = {
    "tellurium": "libroadrunner, through tellurium's own SED-ML",
    "copasi": "COPASI: the master if that is a .cps file, else the SED-ML",
}
"""Every engine: its name, which is its module's too, and what it runs."""


def run(archive: Archive, engine: str) -> Results:
    """Execute an archive and return its results, a table for each report or task.

    Nothing is written but in a temporary folder, which is removed.

    Raises:
        UnknownIdError: if there is no such engine.
        OsteonError: if the engine is not installed.
        ArchiveError: if there is nothing in the archive that it can run, or it fails to run it.
    """
    if engine not in ENGINES:
        hint = suggestion(engine, ENGINES) or f"; there are {listing(tuple(ENGINES))}"
        raise UnknownIdError(f"unknown engine {engine!r}{hint}")
    try:
        module = importlib.import_module(f"osteon.engines.{engine}")
    except ModuleNotFoundError as error:
        raise OsteonError(
            f"engine {engine!r} needs the package {error.name!r}, which is not installed; "
            "`pip install 'osteon[export]'` brings it"
        ) from None
    with _scratch() as folder:
        results: Results = module.run(archive, folder)
    return results


@contextmanager
def _scratch() -> Iterator[Path]:
    """Yield a temporary folder in which the engines' own temporary files land too."""
    before = tempfile.tempdir, os.environ.get("TMPDIR")
    with tempfile.TemporaryDirectory(prefix="osteon-") as name:
        tempfile.tempdir, os.environ["TMPDIR"] = name, name
        try:
            yield Path(name)
        finally:
            tempfile.tempdir = before[0]
            if before[1] is None:
                del os.environ["TMPDIR"]
            else:
                os.environ["TMPDIR"] = before[1]
