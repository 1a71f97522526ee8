"""Exporters: files of a model for other people's tools, one module a format.

Each of our own modules has one function, ``files(bundle)``, that yields every file of one model. It is imported only
when it is asked for, since the libraries behind the formats are heavy. Other packages add formats by entry points in
the group ``osteon.exporters``, each of which leads to an `Exporter`.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator, Sequence

from osteon.errors import UnknownIdError, listing
from osteon.exporters.bundle import Bundle, File
from osteon.exporters.exporter import Exporter
from osteon.extras import require
from osteon.plugins import Plugins

_ABOUT = {
    "sbml": "SBML Level 3 Version 2 and 1; the hierarchy of a joined model",
    "copasi": "a COPASI file: every experiment a parameter set, with plots and one scan over all",
    "sedml": "SED-ML L1V4: every experiment as a task, with reports and plots, for tellurium and others",
    "omex": "a COMBINE archive of everything: opens in COPASI, tellurium and other programs",
    "petab": "problems of parameter estimation, PEtab versions 1 and 2",
    "bpsl": "directions that claims report, as constraints in BPSL, with configurations of PyBNF",
    "equations": "the equations as documents, in Markdown and LaTeX",
    "code": "the equations as programs in Python, Julia and R",
    "diagram": "a picture of what raises and lowers what, as SVG and inside SBML, for COPASI",
}

NEEDED = {
    "copasi": ("basico", "COPASI"),
    "omex": ("basico", "COPASI"),
    "equations": ("sbmlode",),
    "code": ("sbmlode",),
}
"""Modules of optional packages behind our own formats."""


def _own(name: str) -> Exporter:
    def files(bundle: Bundle) -> Iterable[File]:
        require_packages([name])
        module = importlib.import_module(f"osteon.exporters.{name}")
        found: Iterable[File] = module.files(bundle)
        return found

    return Exporter(name, _ABOUT[name], files)


FORMATS = {name: _own(name) for name in _ABOUT}
"""Our own formats by name, which is that of the module too."""
EXPORTERS = Plugins("format", "osteon.exporters", Exporter, FORMATS)
"""Every format, those of other packages included."""


def export(bundle: Bundle, formats: Sequence[str]) -> Iterator[File]:
    """Yield the files of one model in some formats, each under a folder of the format's name.

    Args:
        bundle: the model, with what its files tell of it.
        formats: names of `EXPORTERS`, or ``all``.

    Raises:
        UnknownIdError: if there is no such format, or none is named.
        OsteonError: if a format needs a package that is not installed.
        PluginError: if another package adds the format, and cannot write it.
    """
    for name in chosen(formats):
        for file in _files(EXPORTERS[name], bundle):
            yield File(f"{name}/{file.path}", file.content)


def require_packages(formats: Sequence[str]) -> None:
    """Refuse formats whose packages are not installed, before any is written.

    Raises:
        OsteonError: for the first format that lacks some.
    """
    for name in formats:
        require(f"format {name!r}", "export", NEEDED.get(name, ()))


def _files(exporter: Exporter, bundle: Bundle) -> list[File]:
    return EXPORTERS.guarded(exporter.name, lambda: list(exporter.files(bundle)))


def chosen(formats: Sequence[str]) -> tuple[str, ...]:
    """Return the formats asked for, each once, in the order of the registry; see `export`."""
    names = EXPORTERS.names
    if not formats:
        raise UnknownIdError(f"no format is named; there are {listing(names, 40)}, and 'all'")
    for name in formats:
        if name != "all":
            EXPORTERS.require(name)
    return names if "all" in formats else tuple(name for name in names if name in formats)
