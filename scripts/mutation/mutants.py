"""Mutants: small changes of the source that a test ought to notice, as cosmic-ray makes them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator

COMPARED = ("Eq_NotEq", "NotEq_Eq", "Lt_LtE", "Lt_GtE", "LtE_Lt", "LtE_Gt", "Gt_GtE", "Gt_LtE", "GtE_Gt", "GtE_Lt")
COMPUTED = ("Add_Sub", "Sub_Add", "Mul_Div", "Div_Mul", "Pow_Mul", "BitOr_BitAnd", "BitAnd_BitOr")
OPERATORS = (
    *(f"core/ReplaceComparisonOperator_{each}" for each in (*COMPARED, "Is_IsNot", "IsNot_Is")),
    *(f"core/ReplaceBinaryOperator_{each}" for each in COMPUTED),
    "core/ReplaceUnaryOperator_Delete_Not",
    "core/ReplaceUnaryOperator_Delete_USub",
    "core/AddNot",
    "core/ReplaceTrueWithFalse",
    "core/ReplaceFalseWithTrue",
    "core/ReplaceAndWithOr",
    "core/ReplaceOrWithAnd",
    "core/ReplaceBreakWithContinue",
    "core/ReplaceContinueWithBreak",
    "core/NumberReplacer",
    "core/ZeroIterationForLoop",
)
"""What is changed: a comparison to its boundary and to its opposite, an operation to its inverse, each number by one,
conditions and loops. Changes that only raise a TypeError, such as a shift of a float, would flatter the score."""


@dataclass(frozen=True)
class Mutant:
    """One change: the file, the operator, which of its places, and the lines of the statement it is in."""

    path: str
    operator: str
    occurrence: int
    line: int
    statement: tuple[int, int]

    def source(self, text: str) -> str:
        """Return the changed text of the file."""
        return str(mutate_code(text, get_operator(self.operator)(), self.occurrence))


def mutants(root: Path, paths: Iterable[str]) -> Iterator[Mutant]:
    """Yield every mutant of some files; annotations are left alone, for they are never evaluated."""
    for path in paths:
        text = (root / path).read_text(encoding="utf-8")
        parsed, tree = get_ast(text), ast.parse(text)
        annotations, statements = list(_annotations(tree)), list(_statements(tree))
        for name in OPERATORS:
            operator = get_operator(name)()
            places = (place for node in ast_nodes(parsed) for place in operator.mutation_positions(node))
            for occurrence, (start, _) in enumerate(places):
                if not any(first <= start < last for first, last in annotations):
                    around = [span for span in statements if span[0] <= start[0] <= span[1]]
                    span = min(around, key=lambda one: one[1] - one[0], default=(start[0], start[0]))
                    yield Mutant(path, name, occurrence, start[0], span)


def sampled(every: Iterable[Mutant], seed: int) -> list[Mutant]:
    """Return mutants in a random order, so that the first ones are a sample however many there are."""
    found = list(every)
    Random(seed).shuffle(found)
    return found


def _annotations(tree: ast.AST) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    for node in ast.walk(tree):
        for field in ("annotation", "returns"):
            noted = getattr(node, field, None)
            if noted is not None:
                yield (noted.lineno, noted.col_offset), (noted.end_lineno, noted.end_col_offset)


def _statements(tree: ast.AST) -> Iterator[tuple[int, int]]:
    """Yield first and last line of each statement; of a compound one, those of its head."""
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt):
            body = getattr(node, "body", None)
            last = body[0].lineno - 1 if body else node.end_lineno
            yield node.lineno, max(node.lineno, last or node.lineno)
