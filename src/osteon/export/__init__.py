"""Exporters: files of a model for other people's tools, one module a format.

A format is a module with one function, ``files(bundle)``, that yields every file of one model. It is imported only
when it is asked for, since the libraries behind the formats are heavy.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Sequence

from osteon.errors import OsteonError, UnknownIdError, listing, suggestion
from osteon.export.bundle import Bundle, File

FORMATS: dict[str, str] = {
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
"""Every format: its name, which is its module's too, and what it is, for ``osteon export --help``."""


def export(bundle: Bundle, formats: Sequence[str]) -> Iterator[File]:
    """Yield the files of one model in some formats, each under a folder of the format's name.

    Args:
        bundle: the model, with what its files tell of it.
        formats: names from `FORMATS`, or ``all``.

    Raises:
        UnknownIdError: if there is no such format.
        OsteonError: if a format needs a package that is not installed.
    """
    for name in chosen(formats):
        try:
            module = importlib.import_module(f"osteon.export.{name}")
        except ModuleNotFoundError as error:
            raise OsteonError(
                f"format {name!r} needs the package {error.name!r}, which is not installed; "
                "`pip install 'osteon[export]'` brings it"
            ) from None
        for file in module.files(bundle):
            yield File(f"{name}/{file.path}", file.content)


def chosen(formats: Sequence[str]) -> tuple[str, ...]:
    """Return the formats asked for, in the order of the registry; see `export`."""
    for name in formats:
        if name != "all" and name not in FORMATS:
            hint = suggestion(name, FORMATS) or f"; there are {listing(tuple(FORMATS), 40)}, and 'all'"
            raise UnknownIdError(f"unknown format {name!r}{hint}")
    return tuple(name for name in FORMATS if name in formats or "all" in formats)
