"""A function's body as the plain statements that run for one way to call it, never by running."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from nbrefactor.model.errors import NbrefactorError
from nbrefactor.python.scopes import bound_names

# Helpers within helpers are followed to this depth.
_DEEPEST = 4


class NotFollowedError(NbrefactorError):
    """A statement does something that is not followed."""


@dataclass(slots=True)
class Way:
    """One way to call a function.

    Parameters
    ----------
    helpers : mapping of str to ast.FunctionDef
        Functions beside it, whose calls are followed.
    fixed : dict of str to ast.expr
        What some names are: parameters that the call fixes, and what follows from them.
    present : set of str
        Names that surely hold something that is true and not None.
    """

    helpers: Mapping[str, ast.FunctionDef]
    fixed: dict[str, ast.expr] = field(default_factory=dict)
    present: set[str] = field(default_factory=set)
    depth: int = 0

    def statements(self, body: Sequence[ast.stmt]) -> list[ast.stmt]:
        """Follow a body: the branches that run, the bodies of helpers.

        Raises
        ------
        NotFollowedError
            Where a return stands anywhere but at the end.
        """
        found: list[ast.stmt] = []
        for at, statement in enumerate(body):
            if isinstance(statement, ast.Return):
                found.append(statement)
                return found
            found.extend(self._statement(statement))
            if found and isinstance(found[-1], ast.Return):
                if at + 1 < len(body) and not isinstance(statement, ast.If):
                    raise NotFollowedError
                return found
        return found

    def _statement(self, statement: ast.stmt) -> Iterator[ast.stmt]:
        match statement:
            case ast.Pass() | ast.Expr(value=ast.Constant()):
                return
            case ast.If(test=test, body=body, orelse=orelse):
                yield from self._branch(statement, test, body, orelse)
            case ast.For(body=body, orelse=[]):
                yield self._with_body(statement, body)
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                value = self._simple(value)
                self.fixed.pop(name, None)
                truth = self.truth(value)
                if truth is not None and isinstance(value, (ast.Compare, ast.UnaryOp)):
                    value = ast.Constant(truth)
                self.present.discard(name)
                if isinstance(value, ast.Constant):
                    self.fixed[name] = value
                elif truth:
                    self.present.add(name)
                yield from self._called(value, ast.Name(name, ast.Store()), statement)
            case ast.Assign(targets=[target], value=value):
                for node in ast.walk(target):
                    if isinstance(node, ast.Name):
                        self.fixed.pop(node.id, None)
                        self.present.discard(node.id)
                yield from self._called(self._simple(value), target, statement)
            case ast.Expr(value=value):
                yield from self._called(self._simple(value), None, statement)
            case _:
                raise NotFollowedError

    def _branch(
        self, node: ast.If, test: ast.expr, body: list[ast.stmt], orelse: list[ast.stmt]
    ) -> Iterator[ast.stmt]:
        truth = self.truth(test)
        if truth is not None:
            yield from self.statements(body if truth else orelse)
        elif orelse:
            raise NotFollowedError
        else:
            yield self._with_body(node, body)

    def _with_body(self, node: ast.For | ast.If, body: list[ast.stmt]) -> ast.stmt:
        inner = self.statements(body)
        if any(isinstance(one, (ast.Return, ast.Assign)) for one in inner):
            raise NotFollowedError
        changed = copy.copy(node)
        changed.body = inner
        return changed

    def _called(
        self, value: ast.expr, target: ast.expr | None, statement: ast.stmt
    ) -> Iterator[ast.stmt]:
        """Follow a call of a helper, or leave the statement as it is."""
        name = value.func.id if isinstance(value, ast.Call) and _is_name(value.func) else ""  # type: ignore[attr-defined]
        helper = self.helpers.get(name)
        if helper is None or not isinstance(value, ast.Call):
            plain: ast.stmt = ast.Expr(value) if target is None else ast.Assign([target], value)
            yield ast.fix_missing_locations(ast.copy_location(plain, statement))
            return
        if self.depth >= _DEEPEST:
            raise NotFollowedError
        mine = {one: f"{name}.{self.depth}.{one}" for one in _own_names(helper)}
        inner = Way(self.helpers, dict(self.fixed), set(self.present), self.depth + 1)
        body: list[ast.stmt] = []
        for parameter, argument in _paired(helper, value).items():
            body.append(ast.Assign([ast.Name(mine[parameter], ast.Store())], argument))
        body.extend(_Renamed(mine).visit(copy.deepcopy(one)) for one in helper.body)
        followed = inner.statements(body)
        self.fixed.update({k: v for k, v in inner.fixed.items() if k in mine.values()})
        for one in followed:
            if not isinstance(one, ast.Return):
                yield ast.fix_missing_locations(ast.copy_location(one, statement))
            elif target is not None and one.value is not None:
                given = ast.Assign([target], one.value)
                yield ast.fix_missing_locations(ast.copy_location(given, statement))

    # -- expressions ---------------------------------------------------------------------------

    def _simple(self, value: ast.expr) -> ast.expr:
        match value:
            case ast.IfExp(test=test, body=body, orelse=orelse):
                truth = self.truth(test)
                return value if truth is None else self._simple(body if truth else orelse)
            case ast.BoolOp(op=ast.Or(), values=[first, *rest]):
                truth = self.truth(first)
                if truth is True:
                    return self._simple(first)
                if truth is False:
                    left = rest[0] if len(rest) == 1 else ast.BoolOp(ast.Or(), rest)
                    return self._simple(left)
            case ast.Name(id=name) if name in self.fixed:
                return self.fixed[name]
        return value

    def truth(self, test: ast.expr) -> bool | None:
        """Tell whether a test holds; None where that is open."""
        match test:
            case ast.Constant(value=value):
                return bool(value)
            case ast.Name(id=name):
                if name in self.fixed:
                    return self.truth(self.fixed[name])
                return True if name in self.present else None
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                inner = self.truth(operand)
                return None if inner is None else not inner
            case ast.BoolOp(op=op, values=values):
                truths = [self.truth(one) for one in values]
                decides = isinstance(op, ast.Or)
                if decides in truths:
                    return decides
                return None if None in truths else not decides
            case ast.Compare(left=left, ops=[op], comparators=[ast.Constant(value=other)]):
                return self._compared(left, op, other)
        return None

    def _compared(self, left: ast.expr, op: ast.cmpop, other: object) -> bool | None:
        left = self._simple(left)
        if isinstance(left, ast.Constant):
            if isinstance(op, (ast.Is, ast.Eq)):
                return bool(left.value == other)
            if isinstance(op, (ast.IsNot, ast.NotEq)):
                return bool(left.value != other)
        if isinstance(left, ast.Name) and left.id in self.present:
            # Something is there; a fixed way to call has its own value where that decides.
            if isinstance(op, ast.Is | ast.IsNot) and other is None:
                return isinstance(op, ast.IsNot)
            if isinstance(op, ast.Eq | ast.NotEq):
                return isinstance(op, ast.NotEq)
        return None


def _is_name(node: ast.expr) -> bool:
    return isinstance(node, ast.Name)


def _own_names(function: ast.FunctionDef) -> set[str]:
    arguments = function.args
    names = {one.arg for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}
    return names | set(bound_names(function.body))


def _paired(function: ast.FunctionDef, call: ast.Call) -> dict[str, ast.expr]:
    """Pair a helper's parameters with what a call gives them."""
    arguments = function.args
    if arguments.vararg or arguments.kwarg or function.decorator_list:
        raise NotFollowedError
    positional = [one.arg for one in (*arguments.posonlyargs, *arguments.args)]
    names = [*positional, *(one.arg for one in arguments.kwonlyargs)]
    found = defaults_of(function)
    if len(call.args) > len(positional) or any(isinstance(o, ast.Starred) for o in call.args):
        raise NotFollowedError
    found = {**found, **dict(zip(positional, call.args, strict=False))}
    for keyword in call.keywords:
        if keyword.arg not in names:
            raise NotFollowedError
        found[keyword.arg] = keyword.value
    if set(names) - found.keys():
        raise NotFollowedError
    return found


def defaults_of(function: ast.FunctionDef) -> dict[str, ast.expr]:
    """Give the defaults of a function's parameters."""
    arguments = function.args
    positional = [one.arg for one in (*arguments.posonlyargs, *arguments.args)]
    first = len(positional) - len(arguments.defaults)
    found = dict(zip(positional[first:], arguments.defaults, strict=True))
    for parameter, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if value is not None:
            found[parameter.arg] = value
    return found


class _Renamed(ast.NodeTransformer):
    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.copy_location(ast.Name(self._names.get(node.id, node.id), node.ctx), node)
