"""Changes that are none: to what is never evaluated, or to what only a type checker reads."""

from __future__ import annotations

import ast


def is_program(text: str) -> bool:
    """Say whether a text is Python; one that is not fails in every test, which says nothing of the tests."""
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


def is_same(first: str, second: str) -> bool:
    """Say whether two texts are one program but for what no run evaluates.

    That is annotations, docstrings, what stands under ``if TYPE_CHECKING``, and whether parameters may be given by
    name or by place, which only decides what is a wrong call.
    """
    return _plain(first) == _plain(second)


def _plain(text: str) -> str:
    return ast.dump(_Evaluated().visit(ast.parse(text)))


class _Evaluated(ast.NodeTransformer):
    """Takes away what no run evaluates."""

    def visit_If(self, node: ast.If) -> ast.AST | list[ast.AST] | None:
        names = {each.id for each in ast.walk(node.test) if isinstance(each, ast.Name)}
        return None if names == {"TYPE_CHECKING"} and not node.orelse else self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        return None if isinstance(node.value, ast.Constant) else self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)

    def visit_arguments(self, node: ast.arguments) -> ast.AST:
        # Defaults of parameters by name may be missing, which stands as None among them.
        node.args = [*node.posonlyargs, *node.args, *node.kwonlyargs]
        node.defaults = [*node.defaults, *(each for each in node.kw_defaults if each is not None)]
        node.posonlyargs, node.kwonlyargs, node.kw_defaults = [], [], []
        return self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node
