"""The nodes that run in the scope in which a piece of code stands, and what they bind there."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from nbrefactor.python.scopes import bound_by


def names_bound(node: ast.AST) -> frozenset[str]:
    """List the names that a node binds or deletes in the scope in which it stands.

    Parameters
    ----------
    node : ast.AST
        A statement, an expression or a whole module.

    Returns
    -------
    frozenset of str
        ``*`` is among them where a star import binds names that are not known. Names local to
        nested functions, classes, lambdas and comprehensions are not.
    """
    names: set[str] = set()
    for child in in_scope([node]):
        names.update(bound_by(child))
    return frozenset(names)


def statements(body: Iterable[ast.AST]) -> Iterator[ast.stmt]:
    """Walk all statements, those of nested scopes included, and none of their expressions."""
    stack = list(body)
    while stack:
        node = stack.pop()
        if isinstance(node, ast.stmt):
            yield node
        for part in ("body", "orelse", "finalbody", "handlers", "cases"):
            stack.extend(getattr(node, part, ()))


def in_scope(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Walk without entering other scopes, in no particular order and without recursion."""
    stack = list(nodes)
    while stack:
        node = stack.pop()
        yield node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            stack.extend(_evaluated_when_defined(node.args))
            stack.extend(node.decorator_list)
            stack.extend([node.returns] if node.returns else [])
        elif isinstance(node, ast.Lambda):
            stack.extend(_evaluated_when_defined(node.args))
        elif isinstance(node, ast.ClassDef):
            stack.extend([*node.decorator_list, *node.bases, *node.keywords])
        elif isinstance(node, ast.AnnAssign) and node.value is None:
            # Without a value the name is declared, not bound.
            stack.append(node.annotation)
        elif isinstance(node, ast.comprehension):
            stack.extend([node.iter, *node.ifs])
        else:
            stack.extend(ast.iter_child_nodes(node))


def _evaluated_when_defined(arguments: ast.arguments) -> Iterator[ast.AST]:
    yield from arguments.defaults
    yield from (default for default in arguments.kw_defaults if default is not None)
    for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
        if argument.annotation is not None:
            yield argument.annotation
