"""What a module lists in ``__all__``, as far as its source says."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from nbrefactor.python.scopes import in_scope

_ALL = "__all__"


@dataclass(frozen=True, slots=True)
class Listed:
    """The names in a module's ``__all__``.

    Parameters
    ----------
    names : tuple of str
        Those that the source names.
    complete : bool
        Whether there can be no others.
    """

    names: tuple[str, ...]
    complete: bool


def listed(tree: ast.Module, other: Callable[[str], Listed | None]) -> Listed | None:
    """Read the ``__all__`` of a module.

    Parameters
    ----------
    tree : ast.Module
        The module.
    other : callable
        Gives the list of what a name of this module stands for, for ``sub.__all__``.

    Returns
    -------
    Listed or None
        None where the module has no ``__all__``.
    """
    mentioned = sum(isinstance(node, ast.Name) and node.id == _ALL for node in in_scope(tree.body))
    if not mentioned:
        return None
    names: list[str] = []
    complete = True
    for statement in tree.body:
        match statement:
            case (
                ast.Assign(targets=[ast.Name(id="__all__")], value=value)
                | ast.AnnAssign(target=ast.Name(id="__all__"), value=ast.expr() as value)
            ):
                found = _names(value, other)
                names, complete = list(found.names), found.complete
                # The list may be built from itself.
                mentioned -= 1
            case (
                ast.AugAssign(target=ast.Name(id="__all__"), op=ast.Add(), value=value)
                | ast.Expr(
                    value=ast.Call(
                        func=ast.Attribute(value=ast.Name(id="__all__"), attr="extend"),
                        args=[value],
                    )
                )
            ):
                found = _names(value, other)
                names.extend(found.names)
                complete = complete and found.complete
                mentioned -= 1
            case ast.Expr(
                value=ast.Call(
                    func=ast.Attribute(value=ast.Name(id="__all__"), attr="append"),
                    args=[ast.Constant(value=str(name))],
                )
            ):
                names.append(name)
                mentioned -= 1
    return Listed(tuple(dict.fromkeys(names)), complete and not mentioned)


def _names(value: ast.expr, other: Callable[[str], Listed | None]) -> Listed:
    parts = list(_parts(value))
    names: list[str] = []
    complete = True
    for part in parts:
        match part:
            case ast.Constant(value=str(name)):
                names.append(name)
            case ast.Attribute(value=ast.Name(id=name), attr="__all__"):
                found = other(name)
                names.extend(found.names if found else ())
                complete = complete and found is not None and found.complete
            case _:
                complete = False
    return Listed(tuple(names), complete)


def _parts(value: ast.expr) -> Iterator[ast.expr]:
    """Take sums, displays and ``list(...)`` apart, from left to right and without recursion."""
    stack = [value]
    while stack:
        node = stack.pop()
        match node:
            case ast.BinOp(op=ast.Add()):
                stack.extend([node.right, node.left])
            case ast.List() | ast.Tuple() | ast.Set():
                stack.extend(reversed(node.elts))
            case ast.Starred():
                stack.append(node.value)
            case ast.Call(func=ast.Name(id="list" | "sorted" | "tuple"), args=[inner], keywords=[]):
                stack.append(inner)
            case _:
                yield node
