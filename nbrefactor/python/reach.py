"""Which parts of a module's top level run, and what they bind whenever they end normally."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from nbrefactor.python.meanings import STAR
from nbrefactor.python.scopes import bound_by, in_scope, names_bound, statements


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a module before its statements are looked at.

    Parameters
    ----------
    main : bool or None
        Whether the code runs as ``__main__``; None where both are possible.
    flags : Mapping of str to bool
        Names that are only ever bound to one truth value.
    """

    main: bool | None
    flags: Mapping[str, bool]


def facts_about(tree: ast.Module, *, main: bool | None) -> Facts:
    """Look for the flags of a module.

    Parameters
    ----------
    tree : ast.Module
        The module.
    main : bool or None
        As in `Facts`. Flags count in imported modules only: those of a notebook are set by its
        users, in the cell or from outside.
    """
    if main is not False:
        return Facts(main, {})
    flags: dict[str, bool] = {}
    for node in in_scope(tree.body):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=bool() as value)):
                flags[name] = value
    once = bound_once(tree)
    return Facts(main, {name: value for name, value in flags.items() if name in once})


def bound_once(tree: ast.Module) -> frozenset[str]:
    """Give the names that one place of a module binds, and no function or star import."""
    bound: Counter[str] = Counter()
    for node in in_scope(tree.body):
        bound.update(bound_by(node))
    for statement in statements(tree.body):
        if isinstance(statement, ast.Global):
            bound.update(statement.names)
    if STAR in bound:
        return frozenset()
    return frozenset(name for name, count in bound.items() if count == 1)


class Branch(NamedTuple):
    """One arm of an ``if`` statement; the test of ``else`` is None."""

    test: ast.expr | None
    body: Sequence[ast.stmt]


def branches(statement: ast.If) -> list[Branch]:
    """List the arms of an ``if`` with its ``elif``s and its ``else``, which may be empty.

    The tree nests ``elif``, and following it down would exhaust the stack on long chains.
    """
    found = [Branch(statement.test, statement.body)]
    otherwise = statement.orelse
    while len(otherwise) == 1 and isinstance(otherwise[0], ast.If):
        found.append(Branch(otherwise[0].test, otherwise[0].body))
        otherwise = otherwise[0].orelse
    return [*found, Branch(None, otherwise)]


def known_truth(test: ast.expr | None, facts: Facts) -> bool | None:
    """Tell how a condition turns out, where the source alone says it.

    Parameters
    ----------
    test : ast.expr or None
        The condition; None is that of ``else``.
    facts : Facts
        What is known of the module.

    Returns
    -------
    bool or None
        None where it depends on anything else.
    """
    match test:
        case None:
            return True
        case ast.Constant(value=bool() | int() as value):
            return bool(value)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            truth = known_truth(operand, facts)
            return None if truth is None else not truth
        case ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING"):
            return False
        case ast.Compare(
            left=ast.Name(id="__name__"),
            ops=[ast.Eq()],
            comparators=[ast.Constant(value="__main__")],
        ):
            return facts.main
        case ast.Name(id=name):
            return facts.flags.get(name)
    return None


def may_suppress(statement: ast.With | ast.AsyncWith) -> bool:
    """Tell whether the block may end early without an error, as ``contextlib.suppress`` does."""
    return any(
        name in ("suppress", "raises")
        for item in statement.items
        for node in ast.walk(item.context_expr)
        for name in (getattr(node, "id", None), getattr(node, "attr", None))
    )


def surely_bound(body: Sequence[ast.stmt], facts: Facts) -> frozenset[str] | None:
    """List the names that a block binds or deletes whenever it ends normally.

    Parameters
    ----------
    body : sequence of ast.stmt
        The statements.
    facts : Facts
        As for `known_truth`.

    Returns
    -------
    frozenset of str or None
        None where the block never ends normally, because it raises or exits.
    """
    sure: set[str] = set()
    for statement in body:
        bound = _surely_bound_by(statement, facts)
        if bound is None:
            return None
        sure |= bound
    return frozenset(sure)


def _surely_bound_by(statement: ast.stmt, facts: Facts) -> frozenset[str] | None:
    match statement:
        case (
            ast.Raise()
            | ast.Expr(value=ast.Call(func=ast.Attribute(attr="exit") | ast.Name(id="exit")))
        ):
            return None
        case ast.If():
            return _surely_bound_by_if(statement, facts)
        case ast.Try():
            return _surely_bound_by_try(statement, facts)
        case ast.With() | ast.AsyncWith():
            return _surely_bound_by_with(statement, facts)
        case ast.For() | ast.AsyncFor() | ast.While() | ast.Match():
            return frozenset()
    if type(statement).__name__ == "TryStar":
        return _surely_bound_by_try(statement, facts)
    return names_bound(statement)


def _surely_bound_by_if(statement: ast.If, facts: Facts) -> frozenset[str] | None:
    ends = []
    for test, body in branches(statement):
        truth = known_truth(test, facts)
        if truth is not False:
            ends.append(surely_bound(body, facts))
        if truth is True:
            break
    return _common(ends)


def _surely_bound_by_try(statement: Any, facts: Facts) -> frozenset[str] | None:
    bound = _common(
        [
            surely_bound([*statement.body, *statement.orelse], facts),
            *(surely_bound(handler.body, facts) for handler in statement.handlers),
        ]
    )
    at_last = surely_bound(statement.finalbody, facts)
    return None if bound is None or at_last is None else bound | at_last


def _surely_bound_by_with(
    statement: ast.With | ast.AsyncWith, facts: Facts
) -> frozenset[str] | None:
    targets = [item.optional_vars for item in statement.items if item.optional_vars is not None]
    opened: frozenset[str] = frozenset().union(*map(names_bound, targets))
    if may_suppress(statement):
        return opened
    bound = surely_bound(statement.body, facts)
    return None if bound is None else opened | bound


def _common(ends: Iterable[frozenset[str] | None]) -> frozenset[str] | None:
    normal = [end for end in ends if end is not None]
    return frozenset.intersection(*normal) if normal else None
