"""Which texts a name may hold, whatever its scope: what binds it gives a text in the program."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from nbrefactor.python.scopes import bound_by, own_parameters


class Texts:
    """The texts that names of some trees hold.

    Names of all scopes are taken together, so that there may be too many texts and never too few.

    Parameters
    ----------
    trees : iterable of ast.AST
        Code that shares its names.
    """

    def __init__(self, trees: Iterable[ast.AST]) -> None:
        self._given: dict[str, list[ast.expr | None]] = {}
        self._calls: dict[str, list[ast.Call]] = {}
        self._loads: dict[str, int] = {}
        self._attributes: set[str] = set()
        nodes = [node for tree in trees for node in ast.walk(tree)]
        for node in nodes:
            self._count(node)
        for node in nodes:
            for name, value in self._bindings(node):
                self._given.setdefault(name, []).append(value)

    def of(self, name: str) -> frozenset[str] | None:
        """Give the texts that a name may hold; None where that cannot be told."""
        found: set[str] = set()
        pending, seen = [name], set[str]()
        while pending:
            current = pending.pop()
            if current in seen:
                continue
            seen.add(current)
            for value in self._given.get(current, [None]):
                match value:
                    case ast.Constant(value=str(text)):
                        found.add(text)
                    case ast.Name(id=other):
                        pending.append(other)
                    case _:
                        return None
        return frozenset(found)

    def _count(self, node: ast.AST) -> None:
        match node:
            case ast.Name(id=name, ctx=ast.Load()):
                self._loads[name] = self._loads.get(name, 0) + 1
            case ast.Attribute(attr=name):
                self._attributes.add(name)
            case ast.Call(func=ast.Name(id=name)):
                self._calls.setdefault(name, []).append(node)

    def _bindings(self, node: ast.AST) -> Iterator[tuple[str, ast.expr | None]]:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                yield name, value
            case ast.Assign(targets=targets):
                for target in targets:
                    yield from _unknown(target)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield node.name, None
                yield from self._parameters(node)
            case ast.Lambda(args=arguments):
                yield from ((parameter.arg, None) for parameter in own_parameters(arguments))
            case (
                ast.AugAssign(target=target)
                | ast.AnnAssign(target=target)
                | ast.NamedExpr(target=target)
                | ast.For(target=target)
                | ast.AsyncFor(target=target)
                | ast.comprehension(target=target)
            ):
                yield from _unknown(target)
            case ast.withitem(optional_vars=ast.expr() as target):
                yield from _unknown(target)
            case ast.Name():
                pass
            case _:
                yield from ((name, None) for name in bound_by(node))

    def _parameters(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef
    ) -> Iterator[tuple[str, ast.expr | None]]:
        """Yield what a function is handed, where it is only called, each time in plain sight."""
        calls = self._calls.get(node.name, [])
        names = [parameter.arg for parameter in (*node.args.posonlyargs, *node.args.args)]
        plain = (
            0 < len(calls) == self._loads.get(node.name, 0)
            and node.name not in self._attributes
            and not (node.decorator_list or node.args.vararg or node.args.kwarg)
            and not (node.args.defaults or node.args.kwonlyargs)
            and all(
                len(call.args) == len(names)
                and not call.keywords
                and not any(isinstance(one, ast.Starred) for one in call.args)
                for call in calls
            )
        )
        if not plain:
            yield from ((parameter.arg, None) for parameter in own_parameters(node.args))
            return
        for call in calls:
            yield from zip(names, call.args, strict=True)


def _unknown(target: ast.AST) -> Iterator[tuple[str, None]]:
    for inner in ast.walk(target):
        if isinstance(inner, ast.Name) and not isinstance(inner.ctx, ast.Load):
            yield inner.id, None
