"""Where two variants of a definition differ, if that is in values alone.

A value is a literal, or a name that holds data of the notebook: what a call could pass instead.
"""

from __future__ import annotations

import ast
from collections.abc import Container, Iterator
from dataclasses import dataclass, field

from nbrefactor.model.errors import NbrefactorError
from nbrefactor.python.canonical import bare_definition
from nbrefactor.python.generalised import is_literal
from nbrefactor.python.scopes import function_locals, parameter_names

Function = ast.FunctionDef | ast.AsyncFunctionDef
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One place in which two variants have different values.

    Parameters
    ----------
    path : tuple
        The way to it in the bare body, the same in both.
    one, other : ast.expr
        The values.
    """

    path: Path
    one: ast.expr
    other: ast.expr


class NotAlikeError(NbrefactorError):
    """Two definitions differ in more than values."""


@dataclass(slots=True)
class _Walk:
    """One comparison: which names are data, and which local names correspond."""

    data: Container[str]
    other_data: Container[str]
    local: frozenset[str]
    other_local: frozenset[str]
    names: dict[str, str] = field(default_factory=dict)

    def differences(self, one: object, other: object, path: Path) -> Iterator[Difference]:
        if self._are_values(one, other):
            assert isinstance(one, ast.expr)
            assert isinstance(other, ast.expr)
            if ast.dump(one) != ast.dump(other):
                yield Difference(path, one, other)
            return
        if type(one) is not type(other):
            raise NotAlikeError
        if isinstance(one, ast.JoinedStr):
            # Texts of an f-string are no values of their own.
            inner = list(self._fields(one, other, path))
            if any(isinstance(found.one, ast.Constant) for found in inner):
                raise NotAlikeError
            yield from inner
        elif isinstance(one, ast.Name):
            assert isinstance(other, ast.Name)
            self._correspond(one.id, other.id)
        elif isinstance(one, ast.AST):
            yield from self._fields(one, other, path)
        elif isinstance(one, list):
            assert isinstance(other, list)
            if len(one) != len(other):
                raise NotAlikeError
            for at, (mine, theirs) in enumerate(zip(one, other, strict=True)):
                yield from self.differences(mine, theirs, (*path, at))
        elif one != other:
            self._correspond(one, other)

    def _fields(self, one: ast.AST, other: object, path: Path) -> Iterator[Difference]:
        for name in one._fields:
            if name not in ("ctx", "kind", "type_comment"):
                mine, theirs = getattr(one, name, None), getattr(other, name, None)
                yield from self.differences(mine, theirs, (*path, name))

    def _correspond(self, one: object, other: object) -> None:
        """Hold that a local name of the one is the same local name of the other everywhere."""
        if not isinstance(one, str) or not isinstance(other, str):
            raise NotAlikeError
        if one == other and one not in self.local and other not in self.other_local:
            return
        if one not in self.local or other not in self.other_local:
            raise NotAlikeError
        if self.names.setdefault(one, other) != other:
            raise NotAlikeError

    def _are_values(self, one: object, other: object) -> bool:
        return _is_value(one, self.data, self.local) and _is_value(
            other, self.other_data, self.other_local
        )


def _is_value(node: object, data: Container[str], local: frozenset[str]) -> bool:
    if isinstance(node, ast.Name):
        return isinstance(node.ctx, ast.Load) and node.id in data and node.id not in local
    return isinstance(node, ast.expr) and is_literal(node)


def differences(
    one: Function, other: Function, data: Container[str], other_data: Container[str]
) -> tuple[Difference, ...]:
    """Find the places in which two definitions have different values.

    Parameters
    ----------
    one, other : ast.FunctionDef or ast.AsyncFunctionDef
        The definitions; what they have by default may differ, since calls can say it.
    data, other_data : container of str
        Names from outside that hold data.

    Returns
    -------
    tuple of Difference
        Empty where they are the same.

    Raises
    ------
    NotAlikeError
        Where they differ in anything else: parameters, statements, other names.
    """
    if type(one) is not type(other) or parameter_names(one.args) != parameter_names(other.args):
        raise NotAlikeError
    here, there = bare_definition(one), bare_definition(other)
    if [ast.dump(found) for found in here.decorator_list] != [
        ast.dump(found) for found in there.decorator_list
    ]:
        raise NotAlikeError
    _check_arguments(here.args, there.args)
    walk = _Walk(data, other_data, function_locals(here), function_locals(there))
    return tuple(walk.differences(here.body, there.body, ()))


def _check_arguments(one: ast.arguments, other: ast.arguments) -> None:
    pairs = (
        (one.posonlyargs, other.posonlyargs),
        (one.args, other.args),
        (one.kwonlyargs, other.kwonlyargs),
        (one.defaults, other.defaults),
    )
    if any(len(mine) != len(theirs) for mine, theirs in pairs):
        raise NotAlikeError
    mine = [*one.defaults, *one.kw_defaults]
    theirs = [*other.defaults, *other.kw_defaults]
    for default, another in zip(mine, theirs, strict=True):
        if (default is None) != (another is None):
            raise NotAlikeError
        if default is None or another is None or ast.dump(default) == ast.dump(another):
            continue
        if not (is_literal(default) and is_literal(another)):
            raise NotAlikeError


def at(node: ast.AST, path: Path) -> ast.expr:
    """Give the expression at a place of a bare body."""
    found: object = getattr(node, "body")  # noqa: B009 (of a definition)
    for step in path:
        found = found[step] if isinstance(step, int) else getattr(found, step)  # type: ignore[index]
    assert isinstance(found, ast.expr)
    return found
