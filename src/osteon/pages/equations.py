"""Equations of a model as MathML, which browsers draw and screen readers read without a script.

sbmlode sets the SBML in LaTeX, latex2mathml turns that into MathML.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from osteon import sbml

_WORD = re.compile(r"\\mathrm\{((?:[A-Za-z0-9]|\\_)+)\}(?:_\{(\d+)\})?")
"""A word in upright letters, with the number at its end, which sbmlode lowers: ATF4 has no four of anything."""


@dataclass(frozen=True)
class Line:
    """One equation: the symbol that it is about, that symbol's name, and its two sides as MathML."""

    id: str
    name: str
    left: Markup
    right: Markup


@dataclass(frozen=True)
class Equations:
    """Every reaction with its rate, what is computed at every instant, and the rate of change of every state."""

    reactions: tuple[Line, ...]
    rules: tuple[Line, ...]
    rates: tuple[Line, ...]


def equations(text: str, shown: str) -> Equations:
    """Set the equations of a model.

    Args:
        text: SBML text.
        shown: the file as the user knows it, for messages.

    Returns:
        For a reaction the left side is what becomes of what, the right side its rate.
    """
    from sbmlode import OdeSystem

    system = OdeSystem.from_sbml(sbml.read(text, shown)).typeset("latex")
    return Equations(
        tuple(_line(r.variable, r.equation, r.lines) for r in system.reactions),
        tuple(_line(a.variable, a.lhs, a.lines) for a in system.assignments if a.variable is not None),
        tuple(_line(o.variable, o.lhs, o.lines) for o in system.odes if o.variable is not None),
    )


def _line(symbol: Any, left: str, right: tuple[str, ...]) -> Line:
    return Line(symbol.sid, symbol.name or "", _mathml(left), _mathml(" ".join(right)))


def _mathml(latex: str) -> Markup:
    """Return MathML; a word is set as one text, which a screen reader says as a word and not letter by letter."""
    from latex2mathml.converter import convert

    worded = _WORD.sub(lambda word: rf"\text{{{word[1].replace(chr(92) + '_', '_')}{word[2] or ''}}}", latex)
    # latex2mathml takes the long arrow for a symbol without space around it.
    return Markup(convert(worded.replace(r"\mathopen{}", "").replace(r"\longrightarrow", r"\rightarrow")))
