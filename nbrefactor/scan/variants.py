"""What differs between two programs of one family, in the words of the source."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterator
from dataclasses import dataclass

from nbrefactor.python.canonical import bare_definition
from nbrefactor.python.signature import signature
from nbrefactor.scan.values import Difference, Text

_SHOWN = 4
_LONGEST = 40
_ANOTHER_FUNCTION = 0.5


@dataclass(frozen=True, slots=True)
class Compared:
    """How two programs differ: see `Variant`."""

    kind: Difference
    differences: tuple[str, ...]
    similarity: float


def compare(one: Text, other: Text) -> Compared:
    """Compare a family's first program with another of its programs.

    Parameters
    ----------
    one, other : Text
        Their sources.

    Returns
    -------
    Compared
        The largest difference, and the first few in words.
    """
    try:
        here, there = _bare(one), _bare(other)
        mine, theirs = ast.unparse(here).splitlines(), ast.unparse(there).splitlines()
    except RecursionError:
        return Compared("function", (), 0.0)
    alike = difflib.SequenceMatcher(None, mine, theirs, autojunk=False).ratio()
    leaves = list(_leaves(here, there, ""))
    if leaves and all(isinstance(found, _Leaf) for found in leaves):
        return _of_leaves([found for found in leaves if isinstance(found, _Leaf)], alike)
    parameters = tuple(_parameters(here, there))
    changed = [
        line
        for line in difflib.ndiff(mine[1:], theirs[1:])
        if line.startswith(("- ", "+ ")) and line[2:].strip()
    ]
    if parameters and not changed:
        return Compared("parameter", parameters[:_SHOWN], alike)
    number = max(sum(line.startswith(sign) for line in changed) for sign in "-+") if changed else 0
    if alike < _ANOTHER_FUNCTION:
        return Compared("function", (), alike)
    lines = "1 line differs" if number == 1 else f"{number} lines differ"
    shown = (*parameters, *([lines] if number else []))
    return Compared("line", shown[:_SHOWN], alike)


@dataclass(frozen=True, slots=True)
class _Leaf:
    kind: Difference
    text: str


def _of_leaves(leaves: list[_Leaf], alike: float) -> Compared:
    order: list[Difference] = ["literal", "default", "parameter", "name"]
    kind = max((leaf.kind for leaf in leaves), key=order.index)
    return Compared(kind, tuple(dict.fromkeys(leaf.text for leaf in leaves))[:_SHOWN], alike)


def _bare(text: Text) -> ast.AST:
    node = text.node
    return node if isinstance(node, ast.Module) else bare_definition(node)


def _leaves(one: object, other: object, place: str) -> Iterator[_Leaf | None]:
    """Yield the leaves in which two trees differ; None where they differ in more than leaves."""
    if type(one) is not type(other):
        yield None
    elif isinstance(one, ast.Constant) and isinstance(other, ast.Constant):
        if (type(one.value), one.value) != (type(other.value), other.value):
            kind: Difference = "default" if place.startswith("default") else "literal"
            where = f"{place}: " if place else ""
            yield _Leaf(kind, f"{where}{_short(one)} / {_short(other)}")
    elif isinstance(one, ast.Name) and isinstance(other, ast.Name):
        if one.id != other.id:
            yield _Leaf("name", f"{one.id} / {other.id}")
    elif isinstance(one, ast.arg) and isinstance(other, ast.arg):
        if one.arg != other.arg:
            yield _Leaf("parameter", f"parameter {one.arg} / {other.arg}")
    elif isinstance(one, ast.arguments) and isinstance(other, ast.arguments):
        yield from _in_arguments(one, other)
    elif isinstance(one, ast.AST) and isinstance(other, ast.AST):
        for field in one._fields:
            if field in ("ctx", "kind", "type_comment", "name"):
                continue
            yield from _leaves(getattr(one, field, None), getattr(other, field, None), place)
    elif isinstance(one, list) and isinstance(other, list):
        if len(one) != len(other):
            yield None
            return
        for mine, theirs in zip(one, other, strict=True):
            yield from _leaves(mine, theirs, place)
    elif one != other:
        yield None


def _in_arguments(one: ast.arguments, other: ast.arguments) -> Iterator[_Leaf | None]:
    here, there = signature(one).parameters, signature(other).parameters
    if len(here) != len(there) or any(
        a.kind != b.kind or (a.default is None) != (b.default is None)
        for a, b in zip(here, there, strict=True)
    ):
        yield None
        return
    for mine, theirs in zip(here, there, strict=True):
        if mine.name != theirs.name:
            yield _Leaf("parameter", f"parameter {mine.name} / {theirs.name}")
        yield from _leaves(mine.default, theirs.default, f"default of {mine.name}")


def _parameters(one: ast.AST, other: ast.AST) -> Iterator[str]:
    if isinstance(one, ast.ClassDef | ast.Module) or isinstance(other, ast.ClassDef | ast.Module):
        return
    assert isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)
    assert isinstance(other, ast.FunctionDef | ast.AsyncFunctionDef)
    here = {found.name for found in signature(one.args).parameters}
    there = {found.name for found in signature(other.args).parameters}
    yield from (f"without parameter {name}" for name in sorted(here - there))
    yield from (f"with parameter {name}" for name in sorted(there - here))


def _short(node: ast.Constant) -> str:
    text = repr(node.value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
