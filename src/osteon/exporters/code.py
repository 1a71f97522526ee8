"""Code: the model's differential equations as programs in Python, Julia and R, written by sbmlode.

Every observable of the binding is among the values that the programs return, as ``observable_<id>``.
"""

from __future__ import annotations

from collections.abc import Iterator

from sbmlode import OdeSystem

from osteon import sbml
from osteon.exporters.bundle import Bundle, File

_ENDINGS = {"python": "py", "julia": "jl", "r": "R"}


def files(bundle: Bundle) -> Iterator[File]:
    """Yield one program a language, each with a function that simulates the model."""
    model = bundle.model
    system = OdeSystem.from_sbml(sbml.with_observables(model.sbml, model.formulas, model.shown))
    for language, ending in _ENDINGS.items():
        yield File.text(f"{bundle.name}.{ending}", system.render(language))
