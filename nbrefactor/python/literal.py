"""The value of immutable literals, as text that can be compared."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

from nbrefactor.python.meanings import STAR

_ARITHMETIC: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
_SIGNS: Mapping[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Invert: operator.invert,
}
_LARGEST_BASE = 1 << 32
_MOST_BITS = 64 * 64


def literal(node: ast.expr, bound: frozenset[str]) -> str | None:
    """Give the ``repr`` of an immutable literal, and None for anything else.

    Parameters
    ----------
    node : ast.expr
        Numbers and arithmetic on them, text, bytes, ``None``, ``...``, tuples and
        ``frozenset`` of these.
    bound : frozenset of str
        Names of the module; ``frozenset`` counts only where the module leaves it alone.

    Examples
    --------
    >>> literal(ast.parse("(-1, 28 * 28, 'a')", mode="eval").body, frozenset())
    "(-1, 784, 'a')"
    """
    match node:
        case ast.Constant() | ast.UnaryOp() | ast.BinOp():
            try:
                return repr(node.value if isinstance(node, ast.Constant) else _number(node))
            except (ArithmeticError, TypeError, ValueError):
                return None
        case ast.Tuple(elts=elements):
            parts = [literal(element, bound) for element in elements]
            known = [part for part in parts if part is not None]
            if len(known) < len(parts):
                return None
            return f"({known[0]},)" if len(known) == 1 else f"({', '.join(known)})"
        case ast.Call(
            func=ast.Name(id="frozenset"),
            args=[ast.Set(elts=elements) | ast.Tuple(elts=elements) | ast.List(elts=elements)],
            keywords=[],
        ) if not bound & {"frozenset", STAR}:
            # In the order written: the order in which a set is walked can depend on it.
            inner = literal(ast.Tuple(elts=elements), bound)
            return None if inner is None else f"frozenset({inner})"
    return None


def _number(node: ast.expr) -> Any:
    match node:
        case ast.Constant(value=int() | float() | complex() as value) if not isinstance(
            value, bool
        ):
            return value
        case ast.UnaryOp(op=sign) if type(sign) in _SIGNS:
            return _SIGNS[type(sign)](_number(node.operand))
        case ast.BinOp(op=sign) if type(sign) in _ARITHMETIC:
            left, right = _number(node.left), _number(node.right)
            if isinstance(sign, ast.Pow) and (abs(left) > _LARGEST_BASE or abs(right) > 64):
                raise ValueError
            result = _ARITHMETIC[type(sign)](left, right)
            if isinstance(result, int) and result.bit_length() > _MOST_BITS:
                raise ValueError
            return result
    raise ValueError
