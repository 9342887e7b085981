"""Expressions in a form in which those that give the same numbers look the same."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Mapping

# Gives the dotted place that a name or attribute comes from; empty where that is not known.
Origin = Callable[[ast.expr], str]

# Methods without arguments that give the same numbers in another container.
_CONVERSIONS = frozenset({"detach", "cpu", "numpy", "item"})
# Functions that are methods of their argument as well.
_METHODS = {"numpy.max": "max", "numpy.amax": "max", "numpy.min": "min", "numpy.amin": "min"}


def normal(node: ast.expr, origin: Origin, known: Mapping[str, ast.expr] | None = None) -> ast.expr:
    """Bring an expression into its normal form.

    Parameters
    ----------
    node : ast.expr
        The expression; left as it is.
    origin : callable
        What names mean where it stands.
    known : mapping of str to ast.expr
        What some names stand for, in normal form.

    Returns
    -------
    ast.expr
        With names of libraries and builtins as what they mean, conversions of containers left
        out, and one way to write a shape, an index and a whole number.
    """
    form = _Normal(origin, known or {}).visit(copy.deepcopy(node))
    assert isinstance(form, ast.expr)
    return form


def text(node: ast.expr) -> str:
    """Spell a normal form, to be compared."""
    return ast.dump(node)


class _Normal(ast.NodeTransformer):
    def __init__(self, origin: Origin, known: Mapping[str, ast.expr]) -> None:
        self._origin = origin
        self._known = known
        self._shown = False

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if node.id in self._known:
            return copy.deepcopy(self._known[node.id])
        where = self._origin(node)
        return ast.Name(f"@{where}" if where else node.id, ast.Load())

    def visit_Call(self, node: ast.Call) -> ast.AST:
        where = self._origin(node.func)
        self.generic_visit(node)
        plain = not node.keywords and not any(isinstance(one, ast.Starred) for one in node.args)
        if where in _METHODS and plain and len(node.args) == 1:
            method = ast.Attribute(node.args[0], _METHODS[where], ast.Load())
            return ast.Call(method, [], [])
        if where == "builtins.len" and plain and len(node.args) == 1:
            return _size(node.args[0], ast.Constant(0))
        if not isinstance(node.func, ast.Attribute):
            return node
        if node.func.attr in _CONVERSIONS and plain and not node.args and not self._shown:
            return node.func.value
        if node.func.attr == "size" and plain and len(node.args) == 1:
            return _size(node.func.value, node.args[0])
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        self.generic_visit(node)
        inner = node.value
        if (
            isinstance(inner, ast.Subscript)
            and _is_index(inner.slice)
            and _is_index(node.slice)
            and not (isinstance(inner.value, ast.Attribute) and inner.value.attr == "shape")
        ):
            both = ast.Tuple([inner.slice, node.slice], ast.Load())
            return ast.Subscript(inner.value, both, ast.Load())
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        value = node.value
        if isinstance(value, float) and value.is_integer() and not self._shown:
            return ast.Constant(int(value))
        return ast.Constant(value)

    def visit_FormattedValue(self, node: ast.FormattedValue) -> ast.AST:
        before = self._shown
        # Without a format the text says which container and which kind of number it is.
        self._shown = before or node.format_spec is None
        self.generic_visit(node)
        self._shown = before
        return node


def _size(value: ast.expr, at: ast.expr) -> ast.expr:
    return ast.Subscript(ast.Attribute(value, "shape", ast.Load()), at, ast.Load())


def _is_index(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) or (
        isinstance(node, ast.Constant) and isinstance(node.value, int)
    )
