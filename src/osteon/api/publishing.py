"""Files for other people and programs: ``export``, ``report``, ``build_site`` and ``run``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from osteon.api.arguments import Place, Progress, named, opened, silent
from osteon.errors import PluginError
from osteon.extras import require

if TYPE_CHECKING:
    from osteon.engines.table import Results

_PAGES = ("jinja2", "latex2mathml", "markupsafe", "sbmlode")
_SITE = (*_PAGES, "basico", "COPASI", "myst_parser", "nbconvert", "pydata_sphinx_theme", "sphinx")
"""Modules of optional packages behind the report, and those behind the site."""


def export(
    *models: str,
    to: str | Sequence[str] = "all",
    out: str | Path = "build/export",
    project: Place = None,
    progress: Progress | None = None,
) -> list[Path]:
    """Write files for other people's tools: COPASI, tellurium, PEtab tools, PyBNF and more.

    Args:
        models: ids of models; all of the project if none.
        to: one format or several, such as ``["sbml", "omex"]``, or ``"all"``.
        out: folder to write to; files of the same names are replaced.
        project: as in `models`.
        progress: as in `verify`.

    Returns:
        Every file written.

    Raises:
        OsteonError: if there is no such model or format, or a format needs a package that is not installed.
        PluginError: if formats that other packages add are broken; all others are written first.
    """
    from osteon import exporters
    from osteon.exporters.bundle import bundle
    from osteon.files import write_file

    opened_ = opened(project)
    formats = exporters.chosen([to] if isinstance(to, str) else to)
    exporters.require_packages(formats)
    gathered = [bundle(opened_, name) for name in named(opened_, models)]
    written: list[Path] = []
    broken: dict[str, PluginError] = {}
    with (progress or silent)("Exporting", len(gathered) * len(formats)) as step:
        for one in gathered:
            for name in formats:
                try:
                    files = list(exporters.export(one, [name]))
                except PluginError as error:
                    broken[name], files = error, []
                for file in files:
                    written.append(Path(out) / file.path)
                    write_file(written[-1], file.content)
                step()
    if broken:
        raise PluginError("\n".join(map(str, broken.values())), broken)
    return written


def report(
    *models: str,
    out: str | Path = "build/report",
    against: str | Path | None = None,
    project: Place = None,
    progress: Progress | None = None,
) -> Path:
    """Write one HTML file with every verdict, figure, parameter and equation; it opens without a network.

    Args:
        models: ids of models; all of the project if none.
        out: folder to write ``report.html`` to.
        against: a saved ``osteon verify --json``; the report says what changed since.
        project: as in `models`.
        progress: as in `verify`.

    Returns:
        The file.

    Raises:
        OsteonError: as in `verify`, and if a package is missing, or a file cannot be read or written.
    """
    require("report", "site", _PAGES)
    from osteon.files import write_file
    from osteon.pages.report import report as lay_out
    from osteon.simulation.model import load
    from osteon.verification.diff import read_run

    opened_ = opened(project)
    names = named(opened_, models)
    earlier = read_run(Path(against)) if against is not None else None
    loaded = [load(opened_, name) for name in names]
    with (progress or silent)("Reporting", len(loaded)) as step:
        text = lay_out(opened_, loaded, earlier, step)
    path = Path(out) / "report.html"
    write_file(path, text)
    return path


def build_site(
    *models: str,
    out: str | Path = "build/site",
    without_engine: bool = False,
    vendored: str | Path = "build/vendored",
    project: Place = None,
    progress: Progress | None = None,
) -> Path:
    """Write a static site: scorecard, models, sources, documents, and pages on which models run in the browser.

    Args:
        models: ids of models; all of the project if none.
        out: folder to write to; an earlier site there is replaced.
        without_engine: whether to leave COPASI out, so that pages show reported experiments only.
        vendored: folder that keeps the third-party files which npm and pip bring.
        project: as in `models`.
        progress: as in `verify`.

    Returns:
        The folder.

    Raises:
        OsteonError: if the folder holds something else, a package is missing, or third-party files cannot be had.
    """
    require("the site", "site", _SITE)
    from osteon.simulation.model import load
    from osteon.site.generator import generate

    opened_ = opened(project)
    loaded = [load(opened_, name) for name in named(opened_, models)]
    with (progress or silent)("Building", 2 * len(loaded) + 1) as step:
        generate(opened_, loaded, Path(out), engine=not without_engine, cache=Path(vendored), step=step)
    return Path(out)


def run(archive: str | Path, *, engine: str = "tellurium") -> Results:
    """Execute a COMBINE archive of anybody's; a dangerous or damaged one is refused.

    Args:
        archive: the file (.omex).
        engine: ``"tellurium"`` or ``"copasi"``.

    Returns:
        Results with ``tables``, one for each report or task and each with ``to_frame()``, ``notes``, and
        ``save(folder)``.

    Raises:
        OsteonError: if the archive is refused, the engine is unknown or not installed, or it fails.
    """
    from osteon import archive as archives
    from osteon import engines

    return engines.run(archives.read(Path(archive)), engine)
