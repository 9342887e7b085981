"""What constant expressions give, and whether giving it fails: bounded, by builtins alone."""

from __future__ import annotations

import ast
import builtins
import math
import operator
import re
import warnings
from collections import namedtuple
from collections.abc import Callable, ItemsView, Iterator, KeysView, Mapping, ValuesView
from dataclasses import dataclass
from typing import Any

_OPERATORS: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
    ast.LShift: operator.lshift,
    ast.RShift: operator.rshift,
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
    ast.BitXor: operator.xor,
    ast.MatMult: operator.matmul,
}
_SIGNS: Mapping[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Invert: operator.invert,
    ast.Not: operator.not_,
}
_COMPARISONS: Mapping[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda part, whole: part in whole,
    ast.NotIn: lambda part, whole: part not in whole,
}
_CONVERSIONS: Mapping[str, Callable[[object], str]] = {"s": str, "r": repr, "a": ascii}
# They look at their arguments and give something new.
_FUNCTIONS = frozenset(
    {
        *("abs", "all", "any", "bool", "chr", "complex", "dict", "divmod", "enumerate", "float"),
        *("frozenset", "int", "len", "list", "max", "min", "ord", "range", "repr"),
        *("reversed", "round", "set", "sorted", "str", "sum", "tuple", "zip"),
    }
)
_METHODS: Mapping[type, frozenset[str]] = {
    str: frozenset(name for name in dir(str) if not name.startswith("_")),
    bytes: frozenset({"decode", "hex", "split", "startswith", "endswith"}),
    int: frozenset({"bit_length", "conjugate"}),
    float: frozenset({"is_integer", "hex", "conjugate"}),
    tuple: frozenset({"count", "index"}),
    list: frozenset({"count", "index", "copy"}),
    dict: frozenset({"get", "keys", "values", "items", "copy"}),
    set: frozenset({"copy", "union", "difference", "intersection", "issubset", "issuperset"}),
    frozenset: frozenset({"union", "difference", "intersection", "issubset", "issuperset"}),
}
_SIZED = (str, bytes, tuple, list, dict, set, frozenset, range)
# They check what they are given, and run nothing of it.
_MAKERS: Mapping[str, Callable[..., Any]] = {
    "re.compile": re.compile,
    "collections.namedtuple": namedtuple,
}
_VIEWS = (KeysView, ValuesView, ItemsView)
_MOST_STEPS = 20_000
_LARGEST = 10_000
_MOST_BITS = 4_096
# A width of a format, or one that is given from outside.
_WIDE = re.compile(r"\d{4}|\*")


@dataclass(frozen=True, slots=True)
class Folded:
    """The value of an expression."""

    value: object

    @property
    def lasts(self) -> bool:
        """Whether nothing can change it."""
        try:
            hash(self.value)
        except TypeError:
            return False
        return not isinstance(self.value, _Walked)


@dataclass(frozen=True, slots=True)
class Failed:
    """What evaluating an expression raises."""

    error: str


Result = Folded | Failed | None
"""None where an expression is no constant, or too big to look at."""


def fold(
    node: ast.expr, names: Callable[[str], Folded | None], origin: Callable[[ast.expr], str]
) -> Result:
    """Evaluate an expression of literals, operators and pure builtins.

    Parameters
    ----------
    node : ast.expr
        The expression.
    names : callable
        Gives what a name surely is.
    origin : callable
        Gives the dotted place that an expression means, such as ``builtins.len``.

    Returns
    -------
    Folded, Failed or None
        None where it is no constant, or too big to look at.
    """
    try:
        return Folded(_Folding(names, origin).value(node))
    except (_Open, RecursionError, MemoryError):
        return None
    # Whatever a builtin raises here, it raises there.
    except Exception as error:
        return Failed(type(error).__name__)


def fits(target: ast.expr, value: object) -> bool:
    """Tell whether a value surely has as many parts as there are targets.

    Parameters
    ----------
    target : ast.expr
        A name, or a tuple or list of targets.
    value : object
        A value, or the expression that gives it.
    """
    if isinstance(target, (ast.Name, ast.Starred)):
        return True
    if not isinstance(target, (ast.Tuple, ast.List)):
        return False
    if isinstance(value, (ast.Tuple, ast.List)):
        parts: list[object] = list(value.elts)
    elif isinstance(value, (*_SIZED, _Walked)):
        parts = list(value)
    else:
        return False
    if any(isinstance(part, ast.Starred) for part in parts):
        return False
    starred = [at for at, one in enumerate(target.elts) if isinstance(one, ast.Starred)]
    if not starred:
        return len(parts) == len(target.elts) and all(map(fits, target.elts, parts))
    after = len(target.elts) - starred[0] - 1
    ends = [*parts[: starred[0]], *parts[len(parts) - after :]]
    ones = [*target.elts[: starred[0]], *target.elts[starred[0] + 1 :]]
    return len(parts) >= len(ones) and all(map(fits, ones, ends))


class _Open(Exception):  # noqa: N818 (no error: the expression is not constant)
    """Not known without running it."""


@dataclass(frozen=True, slots=True)
class _Walked:
    """What an iterator gives: it can be walked, and nothing else."""

    values: tuple[object, ...]

    def __iter__(self) -> Iterator[object]:
        return iter(self.values)


class _Folding:
    def __init__(
        self, names: Callable[[str], Folded | None], origin: Callable[[ast.expr], str]
    ) -> None:
        self._names = names
        self._origin = origin
        self._local: dict[str, object] = {}
        self._steps = 0

    def value(self, node: ast.expr) -> Any:
        self._steps += 1
        if self._steps > _MOST_STEPS:
            raise _Open
        value = self._evaluated(node)
        if isinstance(value, int) and value.bit_length() > _MOST_BITS:
            raise _Open
        if isinstance(value, _SIZED) and _size(value) > _LARGEST:
            raise _Open
        return value

    def _evaluated(self, node: ast.expr) -> Any:
        match node:
            case ast.Constant():
                return node.value
            case ast.Name():
                return self._name(node)
            case ast.Attribute():
                return self._of_module(node)
            case ast.Tuple() | ast.List() | ast.Set():
                parts = list(self._parts(node.elts))
                return {ast.Tuple: tuple, ast.List: list, ast.Set: set}[type(node)](parts)
            case ast.Dict():
                return self._dict(node)
            case ast.JoinedStr():
                return "".join(map(str, map(self.value, node.values)))
            case ast.FormattedValue():
                return self._formatted(node)
            case ast.UnaryOp():
                return _SIGNS[type(node.op)](self.value(node.operand))
            case ast.BinOp():
                return self._operation(node)
            case ast.BoolOp():
                return self._either(node)
            case ast.Compare():
                return self._compare(node)
            case ast.IfExp():
                return self.value(node.body if self.value(node.test) else node.orelse)
            case ast.Subscript():
                return self._subscript(node)
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                return self._comprehension(node)
            case ast.Call():
                return self._call(node)
        raise _Open

    def _name(self, node: ast.Name) -> Any:
        if node.id in self._local:
            return self._local[node.id]
        found = self._names(node.id)
        if found is None:
            raise _Open
        return found.value

    def _of_module(self, node: ast.Attribute) -> Any:
        module, _, name = self._origin(node).rpartition(".")
        found = getattr({"math": math, "re": re}.get(module), name, None)
        if isinstance(found, (float, re.RegexFlag)):
            return found
        raise _Open

    def _parts(self, nodes: list[ast.expr]) -> Iterator[Any]:
        for node in nodes:
            if isinstance(node, ast.Starred):
                yield from self.value(node.value)
            else:
                yield self.value(node)

    def _dict(self, node: ast.Dict) -> dict[Any, Any]:
        made: dict[Any, Any] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                made.update(self.value(value))
            else:
                made[self.value(key)] = self.value(value)
        return made

    def _formatted(self, node: ast.FormattedValue) -> str:
        value = self.value(node.value)
        how = self.value(node.format_spec) if node.format_spec else ""
        if _WIDE.search(how):
            raise _Open
        if node.conversion != -1:
            value = _CONVERSIONS[chr(node.conversion)](value)
        return format(value, how)

    def _operation(self, node: ast.BinOp) -> Any:
        left, right = self.value(node.left), self.value(node.right)
        match node.op:
            case ast.Pow() | ast.LShift():
                big = _size(left) > 1 << 64 or _size(right) > 1024
            case ast.Mult() if isinstance(left, _SIZED) or isinstance(right, _SIZED):
                big = _size(left) * _size(right) > 100 * _LARGEST
            case ast.Mod() if isinstance(left, (str, bytes)):
                big = _WIDE.search(str(left)) is not None
            case _:
                big = False
        if big:
            raise _Open
        return _OPERATORS[type(node.op)](left, right)

    def _either(self, node: ast.BoolOp) -> Any:
        stops = isinstance(node.op, ast.Or)
        value: Any = None
        for part in node.values:
            value = self.value(part)
            if bool(value) is stops:
                break
        return value

    def _compare(self, node: ast.Compare) -> Any:
        left = self.value(node.left)
        for sign, other in zip(node.ops, node.comparators, strict=True):
            right = self.value(other)
            if not _COMPARISONS[type(sign)](left, right):
                return False
            left = right
        return True

    def _subscript(self, node: ast.Subscript) -> Any:
        whole = self.value(node.value)
        if isinstance(node.slice, ast.Slice):
            ends = (node.slice.lower, node.slice.upper, node.slice.step)
            return whole[slice(*(None if end is None else self.value(end) for end in ends))]
        return whole[self.value(node.slice)]

    def _comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
    ) -> Any:
        outside = dict(self._local)
        made: list[Any] = []
        self._loop(node, 0, made)
        self._local = outside
        match node:
            case ast.DictComp():
                return dict(made)
            case ast.GeneratorExp():
                return _Walked(tuple(made))
        return set(made) if isinstance(node, ast.SetComp) else made

    def _loop(
        self,
        node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp,
        depth: int,
        made: list[Any],
    ) -> None:
        if depth == len(node.generators):
            if isinstance(node, ast.DictComp):
                made.append((self.value(node.key), self.value(node.value)))
            else:
                made.append(self.value(node.elt))
            return
        generator = node.generators[depth]
        if generator.is_async:
            raise _Open
        for item in self.value(generator.iter):
            self._bind(generator.target, item)
            if all(self.value(test) for test in generator.ifs):
                self._loop(node, depth + 1, made)

    def _bind(self, target: ast.expr, value: Any) -> None:
        match target:
            case ast.Name():
                self._local[target.id] = value
            case ast.Tuple() | ast.List() if not any(
                isinstance(part, ast.Starred) for part in target.elts
            ):
                for part, one in zip(target.elts, tuple(value), strict=True):
                    self._bind(part, one)
            case _:
                raise _Open

    def _call(self, node: ast.Call) -> Any:
        arguments = list(self._parts(node.args))
        if any(keyword.arg is None for keyword in node.keywords):
            raise _Open
        named = {str(one.arg): self.value(one.value) for one in node.keywords}
        origin = self._origin(node.func)
        if origin:
            return self._function(origin, arguments, named)
        if not isinstance(node.func, ast.Attribute):
            raise _Open
        whole = self.value(node.func.value)
        if node.func.attr not in _METHODS.get(type(whole), ()):
            raise _Open
        self._bound(whole, *arguments)
        if node.func.attr in ("format", "format_map") and _WIDE.search(whole):
            raise _Open
        result = getattr(whole, node.func.attr)(*arguments, **named)
        return _Walked(tuple(result)) if isinstance(result, _VIEWS) else result

    def _function(self, origin: str, arguments: list[Any], named: dict[str, Any]) -> Any:
        module, _, name = origin.rpartition(".")
        if origin in _MAKERS:
            self._bound(*arguments)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return _MAKERS[origin](*arguments, **named)
        function: Any = getattr(math, name, None) if module == "math" else None
        if callable(function):
            if any(isinstance(one, int) and abs(one) > _LARGEST for one in arguments):
                raise _Open
            return function(*arguments, **named)
        if module != "builtins" or name not in _FUNCTIONS:
            raise _Open
        result = getattr(builtins, name)(*arguments, **named)
        return _Walked(tuple(result)) if hasattr(result, "__next__") else result

    def _bound(self, *values: Any) -> None:
        """Leave alone what may become big."""
        product = 1
        for value in values:
            product *= max(1, _size(value))
        if product > 100 * _LARGEST:
            raise _Open


def _size(value: object) -> int:
    if isinstance(value, range):
        # Its length may be more than a length can be.
        return abs(value.stop - value.start) // abs(value.step)
    if isinstance(value, _SIZED):
        return len(value)
    return abs(value) if isinstance(value, int) else 1
