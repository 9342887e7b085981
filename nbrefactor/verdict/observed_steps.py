"""A program cut into statements, each with the scope in which it stands."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from nbrefactor.verdict.observed_values import Scope, Unit, class_scope, function_scope

_BLOCKS = ("body", "orelse", "finalbody")


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One statement, or the head of one that holds others.

    Parameters
    ----------
    node : ast.AST
        The statement, the handler or the case.
    scope : Scope
        Where its names are looked up.
    unit : str
        Dotted name of its module.
    cell : int
        Number of its cell; 0 in a module.
    within : tuple of ast.AST
        The functions and classes around, the innermost last.
    """

    node: ast.AST
    scope: Scope
    unit: str
    cell: int
    within: tuple[ast.AST, ...] = ()


@dataclass(frozen=True, slots=True)
class Steps:
    """The statements of a program.

    Parameters
    ----------
    all : list of Step
        In order.
    scopes : dict of ast.AST to Scope
        The scope that each function and class opens.
    """

    all: list[Step] = field(default_factory=list)
    scopes: dict[ast.AST, Scope] = field(default_factory=dict)


def steps(units: Sequence[Unit]) -> Steps:
    """Cut modules, the notebook among them, into steps."""
    found = Steps()
    for unit in units:
        for cell, tree in unit.parts:
            _block(tree.body, Step(tree, unit.scope, unit.name, cell), found)
    return found


def _block(body: Sequence[ast.stmt], place: Step, found: Steps) -> None:
    for statement in body:
        found.all.append(replace(place, node=statement))
        match statement:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                scope = function_scope(statement, place.scope)
                _inner(statement, scope, place, found)
            case ast.ClassDef():
                _inner(statement, class_scope(statement, place.scope), place, found)
            case _:
                for part in _parts(statement):
                    if isinstance(part, (ast.ExceptHandler, ast.match_case)):
                        found.all.append(replace(place, node=part))
                        part = part.body
                    _block(part, place, found)


def _inner(
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef,
    scope: Scope,
    place: Step,
    found: Steps,
) -> None:
    found.scopes[node] = scope
    inside = replace(place, scope=scope, within=(*place.within, node))
    _block(node.body, inside, found)


def _parts(
    statement: ast.stmt,
) -> Iterator[Sequence[ast.stmt] | ast.ExceptHandler | ast.match_case]:
    for name in _BLOCKS:
        yield getattr(statement, name, ())
    yield from getattr(statement, "handlers", ())
    yield from getattr(statement, "cases", ())
