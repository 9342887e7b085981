"""Whether an expression surely gives a value: constants are evaluated, the rest is told by tables.

What may raise is not listed. An operator, an index, a call is certain where its operands are
constants that give a result, or where their types and the tables say that it succeeds; everything
else is not known to.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable
from typing import Literal

from nbrefactor.effects import known
from nbrefactor.effects.expressions import Expressions
from nbrefactor.effects.folding import Failed, Folded, Result, fold
from nbrefactor.effects.types import plain
from nbrefactor.effects.values import Value

Certainty = Literal["succeeds", "unknown", "fails"]

_NUMBERS = frozenset({"int", "float", "bool"})
_ARRAYS = frozenset({"numpy.ndarray", "torch.Tensor"})
_JOINED = frozenset({"str", "bytes", "list", "tuple"})
_PATHS = frozenset({"pathlib.Path", "pathlib.PurePath", "pathlib.PosixPath"})
_WALKED = frozenset({"str", "bytes", "list", "tuple", "dict", "set", "frozenset", "range"})
_HASHED = frozenset({"str", "bytes", "int", "float", "bool", "NoneType", "function"})
_INDEXED_TYPES = ("typing.", "typing_extensions.", "collections.", "builtins.", "jaxtyping.")
_PLAIN = (ast.Add, ast.Sub, ast.Mult)
_DIVIDES = (ast.Div, ast.FloorDiv, ast.Mod)


class Certain:
    """Tells of expressions, where they stand, whether they succeed.

    Parameters
    ----------
    reader : Expressions
        What is known of names there; its notes grow.
    runs : callable
        Tells whether calling something of the project with these arguments gives a result.
    """

    def __init__(self, reader: Expressions, runs: Callable[[ast.Call, Value], bool]) -> None:
        self._reader = reader
        self._runs = runs
        self._failed = False

    def of(self, node: ast.expr) -> Certainty:
        """Tell whether evaluating an expression gives a value."""
        certain = self._is_certain(node)
        if self._failed:
            return "fails"
        return "succeeds" if certain else "unknown"

    def folded(self, node: ast.expr) -> Result:
        """Evaluate a constant expression."""
        return fold(node, self._constant, lambda inner: self._reader.value(inner).origin)

    def _constant(self, name: str) -> Folded | None:
        found = self._reader.variables.get(name)
        return None if found is None else found.constant

    def _is_certain(self, node: ast.expr | None) -> bool:
        if node is None:
            return True
        result = self.folded(node)
        if isinstance(result, Folded):
            return True
        if isinstance(result, Failed):
            self._failed = True
            return False
        return self._is_certain_open(node)

    def _is_certain_open(self, node: ast.expr) -> bool:
        """Tell of an expression that is no constant: by its parts, their types, and the tables."""
        match node:
            case ast.Name() | ast.Constant() | ast.Lambda():
                return True
            case ast.Attribute(value=inner) | ast.NamedExpr(value=inner):
                return self._is_certain(inner)
            case ast.List(elts=parts) | ast.Tuple(elts=parts):
                return self._all(parts)
            case ast.Set(elts=parts):
                return self._all(parts) and all(map(self._is_hashed, parts))
            case ast.Dict(keys=keys, values=values):
                return self._all([*keys, *values]) and all(map(self._is_key, keys))
            case ast.Starred(value=inner):
                return self._is_certain(inner) and self._type(inner) in _WALKED
            case ast.JoinedStr(values=parts):
                return self._all(parts)
            case ast.FormattedValue(value=inner, format_spec=None):
                return self._is_certain(inner)
            case ast.IfExp():
                return self._all([node.test, node.body, node.orelse]) and self._is_truth(node.test)
            case ast.BoolOp(values=parts):
                return self._all(parts) and all(map(self._is_truth, parts[:-1]))
            case ast.UnaryOp(op=ast.Not(), operand=inner):
                return self._is_certain(inner) and self._is_truth(inner)
            case ast.UnaryOp(operand=inner):
                return self._is_certain(inner) and self._type(inner) in _NUMBERS | _ARRAYS
            case ast.Compare():
                return self._all([node.left, *node.comparators]) and self._compares(node)
            case ast.BinOp():
                return self._all([node.left, node.right]) and self._operates(node)
            case ast.Subscript():
                return self._all([node.value]) and self._indexes(node)
            case ast.Call():
                return self._calls(node)
            case ast.ListComp(elt=element) | ast.GeneratorExp(elt=element):
                return self._walks(node.generators) and self._is_certain(element)
        return False

    def _all(self, nodes: list[ast.expr | None] | list[ast.expr]) -> bool:
        return all(self._is_certain(node) for node in nodes)

    def _type(self, node: ast.expr) -> str:
        result = self.folded(node)
        if isinstance(result, Folded):
            return type(result.value).__name__
        if isinstance(node, ast.BinOp):
            kinds = sorted(set(map(self._type, self._sides(node))))
            return next((kind for kind in kinds if kind in _ARRAYS), kinds[0])
        return plain(self._reader.value(node).type)

    def _is_hashed(self, node: ast.expr) -> bool:
        value = self._reader.value(node)
        return bool(value.origin or value.functions) or self._type(node) in _HASHED

    def _is_key(self, node: ast.expr | None) -> bool:
        return node is not None and self._is_hashed(node)

    def _is_truth(self, node: ast.expr) -> bool:
        """Tell whether a value can be asked whether it is true."""
        value = self._reader.value(node)
        kind = plain(value.type)
        return bool(value.origin or value.functions) or kind in _NUMBERS | _WALKED | {"NoneType"}

    def _is_type(self, node: ast.expr) -> bool:
        if isinstance(node, ast.Constant):
            return node.value is None
        if isinstance(node, ast.BinOp):
            return isinstance(node.op, ast.BitOr) and all(map(self._is_type, self._sides(node)))
        value = self._reader.value(node.value if isinstance(node, ast.Subscript) else node)
        if value.origin.startswith("builtins."):
            return isinstance(getattr(builtins, value.origin[9:], None), type)
        if value.origin:
            return value.origin.startswith("typing.") or known.describes(value.origin)
        return bool(value.functions) and all(
            isinstance(one, ast.ClassDef) for one in value.functions
        )

    def _sides(self, node: ast.BinOp) -> tuple[ast.expr, ast.expr]:
        return node.left, node.right

    def _operates(self, node: ast.BinOp) -> bool:
        if isinstance(node.op, ast.BitOr) and all(map(self._is_type, self._sides(node))):
            return True
        left, right = self._type(node.left), self._type(node.right)
        kinds = {left, right}
        if isinstance(node.op, ast.Div) and left in _PATHS:
            return right in _PATHS | {"str"}
        if isinstance(node.op, ast.Add) and left == right and left in _JOINED:
            return True
        if not kinds <= _NUMBERS | _ARRAYS or kinds <= _ARRAYS:
            return False
        if isinstance(node.op, _DIVIDES):
            divisor = self.folded(node.right)
            return isinstance(divisor, Folded) and bool(divisor.value)
        return isinstance(node.op, _PLAIN)

    def _compares(self, node: ast.Compare) -> bool:
        simple = (ast.Eq, ast.NotEq, ast.Is, ast.IsNot)
        if all(isinstance(sign, simple) for sign in node.ops):
            return True
        kinds = {self._type(part) for part in (node.left, *node.comparators)}
        if all(isinstance(sign, (ast.In, ast.NotIn)) for sign in node.ops):
            return kinds <= _HASHED | _WALKED and self._is_hashed(node.left)
        return kinds <= _NUMBERS or kinds == {"str"} or self._is_version(node.left)

    def _is_version(self, node: ast.expr) -> bool:
        return self._reader.value(node).origin == "sys.version_info"

    def _indexes(self, node: ast.Subscript) -> bool:
        value = self._reader.value(node.value)
        if value.origin.startswith(_INDEXED_TYPES):
            return True
        if value.functions:
            return all(map(_is_generic, value.functions))
        if isinstance(node.slice, ast.Slice) and self._type(node.value) in _JOINED:
            ends = (node.slice.lower, node.slice.upper, node.slice.step)
            return all(end is None or self._is_whole(end) for end in ends)
        return False

    def _is_whole(self, node: ast.expr) -> bool:
        result = self.folded(node)
        return isinstance(result, Folded) and isinstance(result.value, int) and bool(result.value)

    def _walks(self, generators: list[ast.comprehension]) -> bool:
        for one in generators:
            if one.is_async or not isinstance(one.target, ast.Name):
                return False
            if not self._is_certain(one.iter) or self._type(one.iter) not in _WALKED:
                return False
            self._reader.loop_over(one.target, one.iter)
            if not self._all(one.ifs) or not all(map(self._is_truth, one.ifs)):
                return False
        return True

    def _calls(self, node: ast.Call) -> bool:
        given = [*node.args, *(keyword.value for keyword in node.keywords)]
        if not self._all(given) or any(keyword.arg is None for keyword in node.keywords):
            return False
        called = self._reader.value(node.func)
        if called.origin:
            found = known.function(called.origin)
            return self._runs(node, called) if found is None else found.succeeds
        if called.functions and not isinstance(node.func, ast.Attribute):
            return self._runs(node, called)
        if not isinstance(node.func, ast.Attribute) or not self._is_certain(node.func.value):
            return False
        kind = self._type(node.func.value)
        found = known.method(kind, node.func.attr) if kind else None
        return found is not None and found.succeeds


def _is_generic(node: ast.AST) -> bool:
    return isinstance(node, ast.ClassDef) and any(
        isinstance(base, ast.Subscript) for base in node.bases
    )
