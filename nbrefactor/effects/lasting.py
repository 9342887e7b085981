"""Values of names that are bound once, as texts that are equal where the values are."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Mapping

from nbrefactor.effects import known
from nbrefactor.python.bindings import bindings
from nbrefactor.python.meanings import PLAIN_ASSIGNMENTS, Constant, Imported, Meaning, Unclear

_UNCHANGEABLE = frozenset(
    {
        *("str", "int", "float", "complex", "bool", "bytes", "tuple", "frozenset", "NoneType"),
        *("torch.device", "torch.dtype", "re.Pattern", "datetime.date", "datetime.datetime"),
        *("datetime.timedelta", "decimal.Decimal", "fractions.Fraction", "numpy.dtype"),
        *("pathlib.Path", "pathlib.PurePath", "operator.attrgetter", "operator.itemgetter"),
    }
)
LASTING = frozenset(
    {
        *("datetime.date", "datetime.datetime", "datetime.timedelta", "decimal.Decimal"),
        *("fractions.Fraction", "operator.attrgetter", "operator.itemgetter", "pathlib.Path"),
        *("pathlib.PurePath", "re.compile", "torch.device"),
    }
)
"""Calls whose results nobody can change."""
_CONTAINERS = (ast.List, ast.Set, ast.Dict)


def lasting_values(
    tree: ast.Module,
    package: str,
    names: Mapping[str, Meaning],
    readers: Iterable[ast.AST] = (),
) -> dict[str, str]:
    """Find the names that are bound once, to a value that depends on nothing that changes.

    Parameters
    ----------
    tree : ast.Module
        A module, or the bodies of several cells in one module.
    package : str
        Dotted package that relative imports start from.
    names : mapping of str to Meaning
        What the names in it mean.
    readers : iterable of ast.AST
        All code that may change a list, set or dict among them; `tree` itself if there is none.

    Returns
    -------
    dict of str to str
        Texts that are equal where the values are: patterns, paths, numbers, devices, and lists
        that nobody changes.
    """
    values: dict[str, str] = {}
    changeable: set[str] = set()
    for statement in tree.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                meaning = names.get(name)
                if isinstance(meaning, Unclear) and meaning.reason.startswith(PLAIN_ASSIGNMENTS):
                    text = _text(value, names, values)
                    if text is not None:
                        values[name] = text
                        if not _is_unchangeable(value, names):
                            changeable.add(name)
    if not values:
        return {}
    counted = Counter(binding.name for binding in bindings(tree, package))
    changed = _not_only_read(changeable, [*readers] or [tree])
    return {n: text for n, text in values.items() if counted[n] == 1 and n not in changed}


def _text(node: ast.expr, names: Mapping[str, Meaning], values: Mapping[str, str]) -> str | None:
    """Write a value in a way that does not depend on the names for imported things."""
    parts: list[str | None]
    match node:
        case ast.Constant():
            return repr(node.value)
        case ast.Name(id=name) if name in values:
            return values[name]
        case ast.Name(id=name):
            meaning = names.get(name)
            if isinstance(meaning, Constant):
                return meaning.value
            return meaning.dotted if isinstance(meaning, Imported) else None
        case ast.Attribute():
            origin = _origin(node, names)
            if origin and known.constant(origin) is not None:
                return origin
            # A method of what nobody can change, as `re.compile("a").search`.
            base = _text(node.value, names, values) if _makes_lasting(node.value, names) else None
            return base and f"({base}).{node.attr}"
        case ast.BinOp(left=left, op=op, right=right):
            parts = [_text(left, names, values), type(op).__name__, _text(right, names, values)]
        case ast.IfExp(test=test, body=body, orelse=orelse):
            parts = ["if", *(_text(part, names, values) for part in (test, body, orelse))]
        case ast.List(elts=inner) | ast.Tuple(elts=inner) | ast.Set(elts=inner):
            parts = [type(node).__name__, *(_text(part, names, values) for part in inner)]
        case ast.Dict(keys=keys, values=held):
            listed = [part for pair in zip(keys, held, strict=True) for part in pair]
            parts = ["Dict", *(None if p is None else _text(p, names, values) for p in listed)]
        case ast.Call(func=func, args=args, keywords=keywords):
            origin = _origin(func, names)
            found = known.function(origin) if origin else None
            if found is None or not _is_timeless(found):
                return None
            parts = [origin, *(_text(argument, names, values) for argument in args)]
            for keyword in keywords:
                parts += [f"{keyword.arg}=", _text(keyword.value, names, values)]
        case _:
            return None
    whole = [part for part in parts if part is not None]
    return f"({' '.join(whole)})" if len(whole) == len(parts) else None


def _is_timeless(found: known.Known) -> bool:
    """Tell whether a call gives the same whenever it is made in one process."""
    effects = frozenset(found.effects) - ({"reads-environment"} if found.stable else set())
    return not effects and not found.changes and not found.calls


def _is_unchangeable(node: ast.expr, names: Mapping[str, Meaning]) -> bool:
    if isinstance(node, _CONTAINERS):
        return False
    if isinstance(node, ast.Call):
        found = known.function(_origin(node.func, names))
        return found is not None and found.returns in _UNCHANGEABLE
    if isinstance(node, ast.BinOp):
        return _is_unchangeable(node.left, names) and _is_unchangeable(node.right, names)
    return True


def _makes_lasting(node: ast.expr, names: Mapping[str, Meaning]) -> bool:
    return isinstance(node, ast.Call) and _origin(node.func, names) in LASTING


def _not_only_read(names: set[str], trees: Iterable[ast.AST]) -> frozenset[str]:
    """Name those that are more than looked into somewhere: anything but reading may change them."""
    changed: set[str] = set()
    for tree in trees if names else ():
        for around in ast.walk(tree):
            kept = {id(part) for part in _looked_into(around)}
            for child in ast.iter_child_nodes(around):
                if (
                    isinstance(child, ast.Name)
                    and child.id in names
                    and isinstance(child.ctx, ast.Load)
                    and id(child) not in kept
                ):
                    changed.add(child.id)
    return frozenset(changed)


def _looked_into(node: ast.AST) -> tuple[ast.AST, ...]:
    match node:
        case ast.Subscript(value=value, ctx=ast.Load()):
            return (value,)
        case ast.For(iter=value) | ast.comprehension(iter=value) | ast.Starred(value=value):
            return (value,)
        case ast.FormattedValue(value=value):
            return (value,)
        case ast.Compare(left=left, comparators=others):
            return (left, *others)
        case ast.BinOp(left=left, right=right):
            return (left, right)
        case ast.Call(func=ast.Name(id=name), args=args):
            found = known.function(f"builtins.{name}")
            if found is not None and not (found.shares or found.changes or found.calls):
                return tuple(args)
        case ast.Attribute(attr="keys" | "values" | "items" | "get" | "index" | "count"):
            return (node.value,)
    return ()


def _origin(node: ast.expr, names: Mapping[str, Meaning]) -> str:
    match node:
        case ast.Attribute(value=value, attr=attribute):
            base = _origin(value, names)
            return f"{base}.{attribute}" if base else ""
        case ast.Name(id=name):
            meaning = names.get(name)
            return meaning.dotted if isinstance(meaning, Imported) else ""
    return ""
