"""The one walk over scopes: which names a piece of Python reads and binds, as Python resolves them.

Whoever asks about names walks with `walk`: it yields every node with the scopes around it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
DefinitionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
Context = Literal["read", "bind", "delete"]

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_SCOPED = (*_FUNCTIONS, ast.Lambda, ast.ClassDef)


@dataclass(frozen=True, slots=True, eq=False)
class Scope:
    """One scope on the way from the outermost to a node.

    Parameters
    ----------
    kind : {"module", "function", "class", "comprehension"}
        What makes it.
    bound : frozenset of str
        Names of its own; in a class those bound above the node.
    outer : frozenset of str
        Names that it declares ``global``.
    """

    kind: Literal["module", "function", "class", "comprehension"]
    bound: frozenset[str] = frozenset()
    outer: frozenset[str] = frozenset()


class Visit(NamedTuple):
    """One node on the walk.

    Parameters
    ----------
    node : ast.AST
        The node.
    scopes : tuple of Scope
        The scopes around it, the outermost first.
    deferred : bool
        Whether it stands in a function body, and so happens when that function is called.
    annotation : bool
        Whether it stands in an annotation.
    """

    node: ast.AST
    scopes: tuple[Scope, ...]
    deferred: bool = False
    annotation: bool = False

    def owner(self, name: str) -> Scope:
        """Give the scope whose name a name is where this node reads it."""
        return _owner(name, self.scopes, binding=False)

    def home(self, name: str) -> Scope:
        """Give the scope in which this node binds a name."""
        return _owner(name, self.scopes, binding=True)


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


def walk(nodes: Iterable[ast.AST], *, enter: bool = True) -> Iterator[Visit]:
    """Walk nodes in source order, each with the scopes around it; without recursion.

    Parameters
    ----------
    nodes : iterable of ast.AST
        Statements or expressions of one scope, which is the outermost of the walk.
    enter : bool
        Whether the bodies of functions, classes and lambdas are walked too.

    Yields
    ------
    Visit
        One for each node; parameters and bare declarations (``x: int``) are no names that are read
        or bound here.
    """
    outermost = (Scope("module"),)
    stack = [Visit(node, outermost) for node in nodes]
    stack.reverse()
    while stack:
        visit = stack.pop()
        yield visit
        inside = list(_inside(visit, enter))
        inside.reverse()
        stack.extend(inside)


def references(body: Iterable[ast.AST]) -> tuple[Reference, ...]:
    """Find every use of names of the scope in which these statements stand.

    Parameters
    ----------
    body : iterable of ast.AST
        Statements of a module, or of a cell.

    Returns
    -------
    tuple of Reference
        In the order in which the statements give them.
    """
    found: list[Reference] = []
    for visit in walk(body):
        node, scopes = visit.node, visit.scopes
        for name in bound_by(node):
            deletes = isinstance(node, ast.Name) and isinstance(node.ctx, ast.Del)
            if visit.home(name) is scopes[0]:
                context: Context = "delete" if deletes else "bind"
                found.append(Reference(name, node, context, visit.deferred, visit.annotation))
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            if visit.owner(node.id) is scopes[0]:
                found.append(Reference(node.id, node, "read", visit.deferred, visit.annotation))
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            name = node.target.id
            if visit.home(name) is scopes[0]:
                found.append(Reference(name, node.target, "read", visit.deferred, visit.annotation))
    return tuple(found)


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
    """Name what these statements bind in their own scope, ``global`` names left out."""
    found = _collected(body)
    return (found.bound | found.annotated) - found.declared


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
    return _collected([node]).bound


def in_scope(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Walk without entering other scopes; comprehensions are entered, their targets left out."""
    for visit in walk(nodes, enter=False):
        if len(visit.scopes) == 1 or not bound_by(visit.node):
            yield visit.node


def statements(body: Iterable[ast.AST]) -> Iterator[ast.stmt]:
    """Walk all statements, those of nested scopes included, and none of their expressions."""
    stack = list(body)
    while stack:
        node = stack.pop()
        if isinstance(node, ast.stmt):
            yield node
        for part in ("body", "orelse", "finalbody", "handlers", "cases"):
            stack.extend(getattr(node, part, ()))


def bound_by(node: ast.AST) -> tuple[str, ...]:
    """Name what this node alone binds or deletes, its children left out."""
    if isinstance(node, ast.Name):
        return () if isinstance(node.ctx, ast.Load) else (node.id,)
    if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
        return (node.name,)
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return tuple(alias.asname or alias.name.partition(".")[0] for alias in node.names)
    if isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)):
        return (node.name,) if node.name else ()
    if isinstance(node, ast.MatchMapping):
        return (node.rest,) if node.rest else ()
    return ()


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
    return _local(_body(node), node.args)


def _local(body: Sequence[ast.AST], arguments: ast.arguments) -> frozenset[str]:
    found = _collected(body)
    local = found.bound | found.annotated | set(parameter_names(arguments))
    return frozenset(local - found.declared)


def _body(node: FunctionNode) -> Sequence[ast.AST]:
    return [node.body] if isinstance(node, ast.Lambda) else node.body


class _Collected(NamedTuple):
    """What nodes bind in their scope, only annotate, declare to be of another, and outermost."""

    bound: frozenset[str]
    annotated: frozenset[str]
    declared: frozenset[str]
    outer: frozenset[str]


def _collected(body: Iterable[ast.AST]) -> _Collected:
    bound: set[str] = set()
    annotated: set[str] = set()
    outer: set[str] = set()
    enclosing: set[str] = set()
    for visit in walk(body, enter=False):
        if len(visit.scopes) > 1:
            continue
        node = visit.node
        if isinstance(node, ast.Global):
            outer.update(node.names)
        elif isinstance(node, ast.Nonlocal):
            enclosing.update(node.names)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            # Without a value it binds nothing, but makes the name a local one.
            annotated.add(node.target.id)
        else:
            bound.update(bound_by(node))
    declared = frozenset(outer | enclosing)
    return _Collected(frozenset(bound), frozenset(annotated), declared, frozenset(outer))


def _owner(name: str, scopes: tuple[Scope, ...], *, binding: bool) -> Scope:
    innermost = len(scopes) - 1
    for position in range(innermost, 0, -1):
        scope = scopes[position]
        if name in scope.outer:
            return scopes[0]
        if scope.kind == "class":
            # A class body is seen by its own statements only, not by the functions in it.
            if position == innermost and (binding or name in scope.bound):
                return scope
        elif name in scope.bound:
            return scope
    return scopes[0]


def _inside(visit: Visit, enter: bool) -> Iterator[Visit]:
    """Give what stands in a node, each part with the scopes that Python evaluates it in."""
    node, scopes, deferred, annotation = visit
    if isinstance(node, (ast.Name, ast.Constant)):
        return
    if isinstance(node, _SCOPED):
        yield from (Visit(part, scopes, deferred, annotation) for part in header(node))
        if not isinstance(node, (ast.Lambda, ast.ClassDef)):
            yield from (Visit(part, scopes, deferred, True) for part in _annotations(node))
        if enter:
            yield from _entered(visit)
    elif isinstance(node, _COMPREHENSIONS):
        yield from _comprehension(visit)
    elif isinstance(node, ast.NamedExpr):
        # A walrus binds in the nearest scope that is no comprehension.
        yield Visit(node.value, scopes, deferred, annotation)
        holders = scopes
        while holders[-1].kind == "comprehension":
            holders = holders[:-1]
        yield Visit(node.target, holders, deferred, annotation)
    elif isinstance(node, ast.AnnAssign):
        yield Visit(node.annotation, scopes, deferred, True)
        if node.value is not None:
            yield Visit(node.value, scopes, deferred, annotation)
        # Without a value a bare name is declared, not bound.
        if node.value is not None or not isinstance(node.target, ast.Name):
            yield Visit(node.target, scopes, deferred, annotation)
    else:
        for child in ast.iter_child_nodes(node):
            if not isinstance(child, (ast.expr_context, ast.operator, ast.cmpop, ast.boolop)):
                yield Visit(child, scopes, deferred, annotation)


def _entered(visit: Visit) -> Iterator[Visit]:
    """Give what stands in the body of a function, lambda or class."""
    node, scopes, deferred, annotation = visit
    if isinstance(node, ast.ClassDef):
        outer = _collected(node.body).outer
        typed = (*scopes, Scope("function", _type_parameters(node)))
        bound: frozenset[str] = frozenset()
        for statement in node.body:
            # `x = x` in a class reads the outer x: only what an earlier statement bound is its own.
            yield Visit(statement, (*typed, Scope("class", bound, outer)), deferred, annotation)
            bound |= bound_names([statement])
        return
    assert isinstance(node, (*_FUNCTIONS, ast.Lambda))
    body = _body(node)
    local = _local(body, node.args) | _type_parameters(node)
    scope = Scope("function", local, _collected(body).outer)
    for part in body:
        yield Visit(part, (*scopes, scope), True, annotation)


def _comprehension(visit: Visit) -> Iterator[Visit]:
    node, scopes, deferred, annotation = visit
    assert isinstance(node, _COMPREHENSIONS)
    first, *others = node.generators
    # The first iterable is evaluated outside of the comprehension's scope.
    yield Visit(first.iter, scopes, deferred, annotation)
    targets = _collected([generator.target for generator in node.generators]).bound
    inner = (*scopes, Scope("comprehension", targets))
    parts: list[ast.AST] = [first.target, *first.ifs]
    for generator in others:
        parts.extend((generator.target, generator.iter, *generator.ifs))
    if isinstance(node, ast.DictComp):
        parts.extend((node.key, node.value))
    else:
        parts.append(node.elt)
    yield from (Visit(part, inner, deferred, annotation) for part in parts)


def header(node: DefinitionNode | ast.Lambda) -> Iterator[ast.AST]:
    """Yield what a definition evaluates in the scope around it, annotations left out."""
    yield from getattr(node, "decorator_list", ())
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
