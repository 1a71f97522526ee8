"""MathML by itself: mathematics over given values, without a model."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite

import libsbml

from osteon.errors import CompilationError
from osteon.sbml.reading import names_in


def evaluate_mathml(text: str, values: Mapping[str, float]) -> float:
    """Return the value of mathematics in MathML.

    Args:
        text: an element ``<math>``.
        values: of the symbols in it.

    Raises:
        CompilationError: if it is not mathematics, has symbols without a value, or is no finite number.
    """
    tree = libsbml.readMathMLFromString(text)
    if tree is None:
        raise CompilationError("its mathematics cannot be read")
    unknown = sorted(names_in(tree) - values.keys())
    if unknown:
        raise CompilationError(f"its mathematics has {unknown[0]!r}, which has no value")
    for name, value in values.items():
        number = libsbml.ASTNode(libsbml.AST_REAL)
        number.setValue(float(value))
        if tree.isName() and tree.getName() == name:
            tree = number
        else:
            tree.replaceArgument(name, number)
    result = float(libsbml.SBMLTransforms.evaluateASTNode(tree))
    if not isfinite(result):
        raise CompilationError(f"its mathematics gives {result}, which is no number")
    return result
