"""What a definition computes while it is defined: a module does that once, when it is imported."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping

from nbrefactor.python.bindings import bindings
from nbrefactor.python.environment import Constant, Imported, Meaning, Unclear
from nbrefactor.python.meanings import PLAIN_ASSIGNMENTS
from nbrefactor.python.scopes import DefinitionNode, in_scope
from nbrefactor.python.signature import signature

# Calls with the same result whenever and however often they are made.
_TIMELESS_BUILTINS = frozenset(
    {
        *("abs", "bool", "bytearray", "bytes", "chr", "classmethod", "complex", "dict"),
        *(
            "enumerate",
            "filter",
            "map",
            "ord",
            "float",
            "frozenset",
            "int",
            "len",
            "list",
            "max",
            "min",
            "object",
            "property",
            "range",
        ),
        *("reversed", "round", "set", "slice", "sorted", "staticmethod", "str", "sum", "tuple"),
        *("type", "zip"),
    }
)
_TIMELESS = frozenset(
    {
        *("collections.Counter", "collections.OrderedDict", "collections.defaultdict"),
        *("collections.deque", "collections.namedtuple", "dataclasses.field", "datetime.date"),
        *("datetime.datetime", "datetime.timedelta", "decimal.Decimal", "enum.auto"),
        *("fractions.Fraction", "functools.partial", "functools.partialmethod"),
        *("logging.getLogger", "numpy.arange", "numpy.array", "numpy.linspace", "numpy.ones"),
        *("numpy.zeros", "operator.attrgetter", "operator.itemgetter", "pathlib.Path"),
        *(
            "pathlib.PurePath",
            "re.compile",
            "re.escape",
            "string.Template",
            "torch.arange",
            "torch.device",
        ),
        *("torch.ones", "torch.tensor", "torch.zeros", "types.MappingProxyType"),
        *("types.SimpleNamespace", "typing.NewType", "typing.TypeVar", "typing.cast"),
    }
)
_MUTABLE = frozenset(
    {"list", "dict", "set", "bytearray", "defaultdict", "deque", "Counter", "OrderedDict"}
    | {"array", "zeros", "ones", "arange", "linspace", "SimpleNamespace"}
)
_SETTINGS = frozenset({"rcParams", "rcParamsDefault", "environ", "argv"})
# Their decorators do something with the notebook at once, such as showing a widget.
_ACTING_DECORATORS = ("ipywidgets", "atexit", "streamlit")


def computed_when_defined(node: DefinitionNode, names: Mapping[str, Meaning]) -> Iterator[str]:
    """Find what depends on the moment at which a definition runs.

    Parameters
    ----------
    node : ast.FunctionDef, ast.AsyncFunctionDef or ast.ClassDef
        The definition.
    names : mapping of str to Meaning
        What the names around it mean.

    Yields
    ------
    str
        Python source of an expression, shortened: a default, a value of the class, a decorator.
    """
    for decorator in node.decorator_list:
        if _dotted(decorator, names).startswith(_ACTING_DECORATORS):
            yield _short(decorator)
    for expression in _evaluated(node):
        for inner in in_scope([expression]):
            match inner:
                case ast.Call() if not _is_timeless(inner, names):
                    yield _short(inner)
                case ast.Subscript(value=ast.Name(id=name) | ast.Attribute(attr=name)) if (
                    name in _SETTINGS
                ):
                    yield _short(inner)


def renewed_state(node: DefinitionNode) -> Iterator[str]:
    """Name what a definition keeps between calls and renews each time that it runs.

    Parameters
    ----------
    node : ast.FunctionDef, ast.AsyncFunctionDef or ast.ClassDef
        The definition.

    Yields
    ------
    str
        Parameters with a list, dict or set as default, and such attributes of a class, that are
        not only read: handed to a method by keyword or place, indexed, looped over, compared or
        computed with.
    """
    if isinstance(node, ast.ClassDef):
        for statement in node.body:
            match statement:
                case (
                    ast.Assign(targets=[ast.Name(id=name)], value=value)
                    | ast.AnnAssign(target=ast.Name(id=name), value=value)
                ) if _is_mutable(value) and _is_changed(node, name):
                    yield name
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    yield from renewed_state(statement)
        return
    for parameter in signature(node.args).parameters:
        if _is_mutable(parameter.default) and _is_changed(node, parameter.name):
            yield parameter.name


def _is_mutable(value: ast.expr | None) -> bool:
    match value:
        case ast.List() | ast.Dict() | ast.Set() | ast.ListComp() | ast.DictComp() | ast.SetComp():
            return True
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name in _MUTABLE
    return False


def _is_changed(node: DefinitionNode, name: str) -> bool:
    """Tell whether a local name, or an attribute of that name, is not only read."""

    def is_named(part: ast.AST) -> bool:
        match part:
            case ast.Name(id=found, ctx=ast.Load()) | ast.Attribute(attr=found):
                return found == name
        return False

    read = sum(is_named(part) for inner in ast.walk(node) for part in _only_read(inner))
    return read < sum(is_named(inner) for inner in ast.walk(node))


def _only_read(node: ast.AST) -> Iterator[ast.expr]:
    match node:
        case ast.Call(func=ast.Attribute(), args=positional, keywords=keywords):
            yield from positional
            yield from (keyword.value for keyword in keywords)
        case ast.Subscript(value=value, ctx=ast.Load()):
            yield value
        case ast.For(iter=value) | ast.comprehension(iter=value) | ast.Starred(value=value):
            yield value
        case ast.Compare(left=left, comparators=others):
            yield from (left, *others)
        case ast.BinOp(left=left, right=right):
            yield from (left, right)


def _evaluated(node: DefinitionNode) -> Iterator[ast.AST]:
    if isinstance(node, ast.ClassDef):
        for statement in node.body:
            if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                yield from _evaluated(statement)
            else:
                yield statement
        return
    yield from node.args.defaults
    yield from (default for default in node.args.kw_defaults if default is not None)


def _is_timeless(call: ast.Call, names: Mapping[str, Meaning]) -> bool:
    match call.func:
        case ast.Name(id=name) if name not in names:
            return name in _TIMELESS_BUILTINS
        case ast.Attribute(value=ast.Name(id=name)) if name not in names:
            # Made from a type, such as dict.fromkeys; anything else of that kind is rare.
            return name in _TIMELESS_BUILTINS
        case ast.Attribute(value=ast.Constant()):
            return True
    return _dotted(call.func, names) in _TIMELESS


def _dotted(node: ast.expr, names: Mapping[str, Meaning]) -> str:
    """Give where a name or attribute was imported from; empty for anything else."""
    match node:
        case ast.Call(func=func):
            return _dotted(func, names)
        case ast.Attribute(value=value, attr=attribute):
            base = _dotted(value, names)
            return f"{base}.{attribute}" if base else ""
        case ast.Name(id=name):
            meaning = names.get(name)
            return meaning.dotted if isinstance(meaning, Imported) else ""
    return ""


def _short(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 60 else f"{text[:57]}..."
