"""Which names a piece of Python reads and binds in the scope around it, as Python resolves them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
DefinitionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
Context = Literal["read", "bind", "delete"]

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(frozen=True, slots=True)
class Reference:
    """One place where a name of the outermost scope is read, bound or deleted.

    Parameters
    ----------
    name : str
        The name.
    node : ast.AST
        The node that reads or binds it: a ``Name``, a definition, an import, a handler.
    context : {"read", "bind", "delete"}
        What happens to it.
    deferred : bool
        Whether it stands in a function body, and so happens when that function is called.
    annotation : bool
        Whether it stands in an annotation.
    """

    name: str
    node: ast.AST
    context: Context
    deferred: bool
    annotation: bool = False


@dataclass(frozen=True, slots=True)
class _Scope:
    kind: Literal["module", "function", "class", "comprehension"]
    bound: frozenset[str] = frozenset()
    outer: frozenset[str] = frozenset()  # names declared `global`


def references(body: Sequence[ast.stmt]) -> tuple[Reference, ...]:
    """Find every use of names of the scope in which these statements stand.

    Parameters
    ----------
    body : sequence of ast.stmt
        Statements of a module, or of a cell.

    Returns
    -------
    tuple of Reference
        In the order in which the statements give them.
    """
    return tuple(_walk(body, (_Scope("module"),), deferred=False, annotation=False))


def free_references(node: DefinitionNode) -> tuple[Reference, ...]:
    """Find the names around a definition that it reads or binds, itself left out.

    Parameters
    ----------
    node : ast.FunctionDef, ast.AsyncFunctionDef or ast.ClassDef
        A definition at the top of a module or cell.

    Returns
    -------
    tuple of Reference
        References of the decorators, defaults, bases and the body, without the binding of the
        definition's own name. Recursive reads of that name are included.
    """
    return tuple(found for found in references([node]) if found.node is not node)


def bound_names(body: Iterable[ast.AST]) -> frozenset[str]:
    """Name what these statements bind in their own scope, ``global`` names left out.

    Parameters
    ----------
    body : iterable of ast.AST
        Statements of one scope.

    Returns
    -------
    frozenset of str
        Bound or deleted names.
    """
    return frozenset(_collected(body).local)


def own_parameters(arguments: ast.arguments) -> tuple[ast.arg, ...]:
    """Give a function's own parameters in the order in which they are written.

    Walking the arguments would find those of lambdas in its defaults and annotations too.
    """
    listed = [*arguments.posonlyargs, *arguments.args]
    if arguments.vararg:
        listed.append(arguments.vararg)
    listed.extend(arguments.kwonlyargs)
    if arguments.kwarg:
        listed.append(arguments.kwarg)
    return tuple(listed)


def parameter_names(arguments: ast.arguments) -> tuple[str, ...]:
    """Name a function's parameters in the order in which they are written."""
    return tuple(parameter.arg for parameter in own_parameters(arguments))


def function_locals(node: FunctionNode) -> frozenset[str]:
    """Name what is local to a function: its parameters and what its body binds."""
    body = [node.body] if isinstance(node, ast.Lambda) else node.body
    found = _collected(body)
    return frozenset(found.local | set(parameter_names(node.args)) - found.declared)


@dataclass(frozen=True, slots=True)
class _Collected:
    """What statements bind in their scope, and what they declare to be of another."""

    bound: set[str] = field(default_factory=set)
    outermost: set[str] = field(default_factory=set)
    enclosing: set[str] = field(default_factory=set)

    @property
    def declared(self) -> set[str]:
        return self.outermost | self.enclosing

    @property
    def local(self) -> set[str]:
        return self.bound - self.declared


def _collected(body: Iterable[ast.AST]) -> _Collected:
    found = _Collected()
    for node in body:
        _collect(node, found)
    return found


def _collect(node: ast.AST, found: _Collected) -> None:
    if isinstance(node, (ast.expr_context, ast.operator, ast.cmpop, ast.Constant)):
        return
    if isinstance(node, ast.Global):
        found.outermost.update(node.names)
        return
    if isinstance(node, ast.Nonlocal):
        found.enclosing.update(node.names)
        return
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        found.bound.add(node.name)
        for part in _header(node):
            _collect(part, found)
        return
    if isinstance(node, ast.Lambda):
        for default in (*node.args.defaults, *node.args.kw_defaults):
            if default is not None:
                _collect(default, found)
        return
    if isinstance(node, _COMPREHENSIONS):
        # Only a walrus leaves a comprehension; its loop variables do not.
        for inner in ast.walk(node):
            if isinstance(inner, ast.NamedExpr):
                found.bound.add(inner.target.id)
        return
    found.bound.update(bound_by(node))
    if not isinstance(node, ast.Name):
        for child in ast.iter_child_nodes(node):
            _collect(child, found)


def bound_by(node: ast.AST) -> tuple[str, ...]:
    """Name what this node alone binds or deletes, its children left out."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, (ast.Store, ast.Del)):
        return (node.id,)
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return (node.name,)
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return tuple(alias.asname or alias.name.partition(".")[0] for alias in node.names)
    if isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)):
        return (node.name,) if node.name else ()
    if isinstance(node, ast.MatchMapping):
        return (node.rest,) if node.rest else ()
    return ()


def _header(node: DefinitionNode) -> Iterator[ast.AST]:
    """Yield what a definition evaluates in the scope around it, annotations left out."""
    yield from node.decorator_list
    if isinstance(node, ast.ClassDef):
        yield from node.bases
        yield from node.keywords
        return
    yield from node.args.defaults
    yield from (default for default in node.args.kw_defaults if default is not None)


def _annotations(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.expr]:
    arguments = node.args
    for argument in (
        *arguments.posonlyargs,
        *arguments.args,
        *arguments.kwonlyargs,
        *(extra for extra in (arguments.vararg, arguments.kwarg) if extra),
    ):
        if argument.annotation is not None:
            yield argument.annotation
    if node.returns is not None:
        yield node.returns


def _type_parameters(node: ast.AST) -> frozenset[str]:
    return frozenset(parameter.name for parameter in getattr(node, "type_params", ()))


def _walk(
    nodes: Iterable[ast.AST], scopes: tuple[_Scope, ...], *, deferred: bool, annotation: bool
) -> Iterator[Reference]:
    for node in nodes:
        yield from _visit(node, scopes, deferred=deferred, annotation=annotation)


def _visit(
    node: ast.AST, scopes: tuple[_Scope, ...], *, deferred: bool, annotation: bool
) -> Iterator[Reference]:
    for name in bound_by(node):
        context: Context = (
            "delete" if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Del) else "bind"
        )
        if _reaches_top(name, scopes, binding=True):
            yield Reference(name, node, context, deferred, annotation)

    if isinstance(node, ast.Name):
        if isinstance(node.ctx, ast.Load) and _reaches_top(node.id, scopes, binding=False):
            yield Reference(node.id, node, "read", deferred, annotation)
        return

    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        yield from _walk(_header(node), scopes, deferred=deferred, annotation=annotation)
        inner = (*scopes, _function_scope(node))
        yield from _walk(_annotations(node), scopes, deferred=deferred, annotation=True)
        yield from _walk(node.body, inner, deferred=True, annotation=annotation)
    elif isinstance(node, ast.Lambda):
        defaults = (*node.args.defaults, *(d for d in node.args.kw_defaults if d is not None))
        yield from _walk(defaults, scopes, deferred=deferred, annotation=annotation)
        inner = (*scopes, _function_scope(node))
        yield from _visit(node.body, inner, deferred=True, annotation=annotation)
    elif isinstance(node, ast.ClassDef):
        yield from _walk(_header(node), scopes, deferred=deferred, annotation=annotation)
        outer = frozenset(_collected(node.body).declared)
        typed = (*scopes, _Scope("function", _type_parameters(node)))
        for position, statement in enumerate(node.body):
            # `x = x` in a class reads the outer x: only what an earlier statement bound is its own.
            scope = _Scope("class", bound_names(node.body[:position]), outer)
            yield from _visit(statement, (*typed, scope), deferred=deferred, annotation=annotation)
    elif isinstance(node, _COMPREHENSIONS):
        first, *others = node.generators
        # The first iterable is evaluated outside of the comprehension's scope.
        yield from _visit(first.iter, scopes, deferred=deferred, annotation=annotation)
        targets: set[str] = set()
        for generator in node.generators:
            targets.update(bound_names([generator.target]))
        inner = (*scopes, _Scope("comprehension", frozenset(targets)))
        parts: list[ast.AST] = [first.target, *first.ifs]
        for generator in others:
            parts.extend((generator.target, generator.iter, *generator.ifs))
        if isinstance(node, ast.DictComp):
            parts.extend((node.key, node.value))
        else:
            parts.append(node.elt)
        yield from _walk(parts, inner, deferred=deferred, annotation=annotation)
    elif isinstance(node, ast.NamedExpr):
        # A walrus binds in the nearest scope that is no comprehension.
        yield from _visit(node.value, scopes, deferred=deferred, annotation=annotation)
        holders = scopes
        while holders[-1].kind == "comprehension":
            holders = holders[:-1]
        yield from _visit(node.target, holders, deferred=deferred, annotation=annotation)
    elif isinstance(node, ast.AnnAssign):
        yield from _visit(node.annotation, scopes, deferred=deferred, annotation=True)
        if node.value is not None:
            yield from _visit(node.value, scopes, deferred=deferred, annotation=annotation)
        # Without a value a bare name is declared, not bound.
        if node.value is not None or not isinstance(node.target, ast.Name):
            yield from _visit(node.target, scopes, deferred=deferred, annotation=annotation)
    else:
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            name = node.target.id
            if _reaches_top(name, scopes, binding=True):
                yield Reference(name, node.target, "read", deferred, annotation)
        yield from _walk(
            ast.iter_child_nodes(node), scopes, deferred=deferred, annotation=annotation
        )


def _function_scope(node: FunctionNode) -> _Scope:
    body = [node.body] if isinstance(node, ast.Lambda) else node.body
    found = _collected(body)
    local = found.local | set(parameter_names(node.args)) - found.declared
    return _Scope("function", frozenset(local) | _type_parameters(node), frozenset(found.outermost))


def _reaches_top(name: str, scopes: tuple[_Scope, ...], *, binding: bool) -> bool:
    """Tell whether `name`, used in the innermost of `scopes`, is a name of the outermost."""
    innermost = len(scopes) - 1
    for position in range(innermost, 0, -1):
        scope = scopes[position]
        if name in scope.outer:
            return True
        if scope.kind == "class":
            # A class body is seen by its own statements only, not by the functions in it.
            if position == innermost and (binding or name in scope.bound):
                return False
        elif name in scope.bound:
            return False
    return True
