"""SBML: Level 3 Version 2 and Version 1, and the hierarchy of models that are joined from others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from osteon.errors import CompilationError
from osteon.export.subject import File, Subject
from osteon.mechanisms import sbml
from osteon.mechanisms.compilation import compile_hierarchy, credited


def files(subject: Subject) -> Iterator[File]:
    """Yield the model as SBML; see the module."""
    yield File.text(f"{subject.name}.xml", subject.model.sbml)
    yield File.text(f"{subject.name}_l3v1.xml", _older(subject))
    if subject.model.binding.parts:
        yield File.text(f"{subject.name}_comp.xml", _hierarchical(subject))


def _older(subject: Subject) -> str:
    """Return the model in Level 3 Version 1, for tools that do not read Version 2."""
    import libsbml

    document = sbml.read(subject.model.sbml, subject.model.shown)
    if not document.setLevelAndVersion(3, 1, True):
        raise CompilationError(f"{subject.model.shown}: says something that SBML Level 3 Version 1 cannot say")
    return credited(str(libsbml.writeSBMLToString(document)))


def _hierarchical(subject: Subject) -> str:
    """Return the model with its parts as submodels, by the ``comp`` package."""
    with TemporaryDirectory() as folder:
        for name, text in subject.antimony.items():
            Path(folder, name).write_text(text, encoding="utf-8")
        own = f"{subject.name}.ant"
        return compile_hierarchy(subject.antimony[own], subject.model.sbml, shown=own, folder=Path(folder))
