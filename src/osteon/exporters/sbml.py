"""SBML: Level 3 Version 2 and Version 1, and the hierarchy of models that are joined from others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from osteon import sbml
from osteon.errors import CompilationError
from osteon.exporters.bundle import Bundle, File
from osteon.sbml.antimony import compile_hierarchy, credited


def files(bundle: Bundle) -> Iterator[File]:
    """Yield the model as SBML; see the module."""
    yield File.text(f"{bundle.name}.xml", bundle.model.sbml)
    yield File.text(f"{bundle.name}_l3v1.xml", _older(bundle))
    if bundle.model.binding.parts:
        yield File.text(f"{bundle.name}_comp.xml", _hierarchical(bundle))


def _older(bundle: Bundle) -> str:
    """Return the model in Level 3 Version 1, for tools that do not read Version 2."""
    import libsbml

    document = sbml.read(bundle.model.sbml, bundle.model.shown)
    if not document.setLevelAndVersion(3, 1, True):
        raise CompilationError(f"{bundle.model.shown}: says something that SBML Level 3 Version 1 cannot say")
    return credited(str(libsbml.writeSBMLToString(document)))


def _hierarchical(bundle: Bundle) -> str:
    """Return the model with its parts as submodels, by the ``comp`` package."""
    with TemporaryDirectory() as folder:
        for name, text in bundle.antimony.items():
            Path(folder, name).write_text(text, encoding="utf-8")
        own = f"{bundle.name}.ant"
        return compile_hierarchy(bundle.antimony[own], bundle.model.sbml, shown=own, folder=Path(folder))
