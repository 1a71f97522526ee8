"""Equations: the model as a document for people, in Markdown and LaTeX, written by sbmlode."""

from __future__ import annotations

from collections.abc import Iterator

from sbmlode import OdeSystem

from osteon.exporters.bundle import Bundle, File

_ENDINGS = {"markdown": "md", "latex": "tex"}


def files(bundle: Bundle) -> Iterator[File]:
    """Yield one document a language: compartments, species, parameters, rules, and the rate of every species."""
    system = OdeSystem.from_sbml(bundle.model.sbml)
    for language, ending in _ENDINGS.items():
        yield File.text(f"{bundle.name}.{ending}", system.render(language))
