"""Code: the model's differential equations as programs in Python, Julia and R, written by sbmlode.

Every observable of the binding is among the values that the programs return, as ``observable_<id>``.
"""

from __future__ import annotations

from collections.abc import Iterator

from sbmlode import OdeSystem

from osteon.export.subject import File, Subject
from osteon.mechanisms import sbml

_ENDINGS = {"python": "py", "julia": "jl", "r": "R"}


def files(subject: Subject) -> Iterator[File]:
    """Yield one program a language, each with a function that simulates the model."""
    model = subject.model
    system = OdeSystem.from_sbml(sbml.with_observables(model.sbml, model.formulas, model.shown))
    for language, ending in _ENDINGS.items():
        yield File.text(f"{subject.name}.{ending}", system.render(language))
