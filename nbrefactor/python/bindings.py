"""Every place where a module-level name is bound, and what that place makes of it."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from nbrefactor.python.literal import literal
from nbrefactor.python.meanings import (
    STAR,
    Constant,
    Defined,
    Imported,
    Meaning,
    Starred,
    Unclear,
)
from nbrefactor.python.reach import (
    Facts,
    branches,
    facts_about,
    known_truth,
    may_suppress,
    surely_bound,
)
from nbrefactor.python.scopes import DefinitionNode, bound_by, in_scope, names_bound, statements

_CHANGES_A_CALL = frozenset(
    {"__call__", "__code__", "__defaults__", "__init__", "__kwdefaults__", "__new__", "__wrapped__"}
)


@dataclass(frozen=True, slots=True)
class Binding:
    """One place where a name of the module is bound, changed or deleted.

    Parameters
    ----------
    name : str
        The name, or ``*`` for names that cannot be listed.
    meaning : Meaning
        What this place alone makes of it.
    row : int
        Line, counted from 1.
    condition : str
        Empty where it always happens, else what it depends on: ``if``, ``try``, ``except``,
        ``match``, ``with`` or ``call``.
    runtime : bool
        False where the code does not run (``if TYPE_CHECKING``) or is never called
        (``@overload``).
    origin : tuple of (str, str) or None
        Absolute module and attribute of a ``from`` import.
    """

    name: str
    meaning: Meaning
    row: int
    condition: str = ""
    runtime: bool = True
    origin: tuple[str, str] | None = None


def bindings(tree: ast.Module, package: str, *, main: bool | None = None) -> tuple[Binding, ...]:
    """List every place where a module-level name is bound, changed or deleted, in source order.

    Parameters
    ----------
    tree, package, main
        As for `environment`.

    Returns
    -------
    tuple of Binding
        Functions that assign a ``global`` come after the code at module level.
    """
    module = _Module(package, facts_about(tree, main=main), names_bound(tree))
    return (
        *module.block(tree.body, "", runtime=True),
        *_globals_of_functions(tree),
        *_bound_by_text(tree),
    )


def absolute_module(statement: ast.ImportFrom, package: str) -> str | None:
    """Give the absolute dotted module of a ``from`` import.

    Parameters
    ----------
    statement : ast.ImportFrom
        The import.
    package : str
        Dotted package that holds it.

    Returns
    -------
    str or None
        None where a relative import leaves the package.
    """
    if not statement.level:
        return statement.module
    parts = package.split(".") if package else []
    kept = len(parts) - statement.level + 1
    if kept < 1:
        return None
    return ".".join([*parts[:kept], *([statement.module] if statement.module else [])])


def imported_names(
    node: ast.Import | ast.ImportFrom, package: str = ""
) -> Iterator[tuple[str, str]]:
    """Yield the names that an import binds, with the dotted name of what each stands for."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            top = alias.name.partition(".")[0]
            yield (alias.asname or top, alias.name if alias.asname else top)
        return
    module = absolute_module(node, package)
    for alias in node.names:
        if module:
            yield (alias.asname or alias.name, f"{module}.{alias.name}")


def modules_run(node: ast.Import | ast.ImportFrom, package: str = "") -> Iterator[str]:
    """Yield the modules that an import runs, or may run: what it takes may be a module too."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
        return
    for _, dotted in imported_names(node, package):
        yield dotted.rpartition(".")[0]
        if not dotted.endswith(f".{STAR}"):
            yield dotted


@dataclass(frozen=True, slots=True)
class _Module:
    """The walk over module-level statements; the fields are what every level of it needs."""

    package: str
    facts: Facts
    bound: frozenset[str]

    def block(
        self, body: Sequence[ast.stmt], condition: str, *, runtime: bool
    ) -> Iterator[Binding]:
        for statement in body:
            for binding in self._statement(statement, condition):
                yield binding if runtime else replace(binding, runtime=False)

    def _statement(self, statement: ast.stmt, condition: str) -> Iterator[Binding]:
        def bind(name: str, meaning: Meaning) -> Binding:
            return Binding(name, meaning, statement.lineno, condition)

        match statement:
            case ast.Import():
                for alias in statement.names:
                    top = alias.name.partition(".")[0]
                    yield bind(alias.asname or top, Imported(alias.name if alias.asname else top))
            case ast.ImportFrom():
                yield from self._import_from(statement, condition)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield from _assigned_in_expressions([statement], condition)
                yield Binding(
                    statement.name,
                    Defined(statement),
                    statement.lineno,
                    condition,
                    runtime=not _is_overload(statement),
                )
            case ast.Assign():
                yield from _assigned_in_expressions([statement], condition)
                for target in statement.targets:
                    for name, meaning in self._unpacked(target, statement.value):
                        yield bind(name, meaning)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                yield from _assigned_in_expressions([value], condition)
                yield bind(name, self._value(value))
            case ast.AugAssign(target=ast.Name(id=name)):
                yield from _assigned_in_expressions([statement.value], condition)
                yield bind(name, Unclear("changed by an augmented assignment"))
            case ast.Delete():
                for name in sorted(names_bound(statement)):
                    yield bind(name, Unclear("deleted"))
            case ast.For() | ast.AsyncFor() | ast.While():
                for name in sorted(names_bound(statement)):
                    if name == STAR:
                        yield from self._stars(statement)
                    else:
                        yield bind(name, Unclear("bound in a loop"))
            case ast.With() | ast.AsyncWith():
                yield from self._with(statement, condition)
            case ast.If():
                yield from self._if(statement, condition)
            case ast.Try():
                yield from self._try(statement, condition)
            case ast.Match():
                yield from self._match(statement, condition)
            case _ if type(statement).__name__ == "TryStar":
                yield from self._try(statement, condition)
            case _ if type(statement).__name__ == "TypeAlias":
                for name in sorted(names_bound(statement)):
                    yield bind(name, Unclear("a type alias"))
            case _:
                yield from _assigned_in_expressions([statement], condition)

    def _import_from(self, statement: ast.ImportFrom, condition: str) -> Iterator[Binding]:
        module = absolute_module(statement, self.package)
        for alias in statement.names:
            name = alias.asname or alias.name
            meaning: Meaning
            if module is None:
                meaning = Unclear("a relative import that leaves its package")
            elif alias.name == STAR:
                meaning = Starred((module,))
            else:
                meaning = Imported(f"{module}.{alias.name}")
            origin = None if module is None else (module, alias.name)
            yield Binding(name, meaning, statement.lineno, condition, origin=origin)

    def _stars(self, statement: ast.stmt) -> Iterator[Binding]:
        for node in in_scope([statement]):
            if isinstance(node, ast.ImportFrom) and node.names[0].name == STAR:
                yield from self._import_from(node, "if")

    def _with(self, statement: ast.With | ast.AsyncWith, condition: str) -> Iterator[Binding]:
        yield from _assigned_in_expressions(
            [item.context_expr for item in statement.items], condition
        )
        for item in statement.items:
            if item.optional_vars is not None:
                for name in sorted(names_bound(item.optional_vars)):
                    yield Binding(
                        name, Unclear("bound by a with statement"), statement.lineno, condition
                    )
        inner = "with" if may_suppress(statement) and not condition else condition
        yield from self.block(statement.body, inner, runtime=True)

    def _if(self, statement: ast.If, condition: str) -> Iterator[Binding]:
        inner = condition
        reached = True
        for test, body in branches(statement):
            truth = known_truth(test, self.facts)
            yield from _assigned_in_expressions([test] if test else [], inner)
            if truth is None:
                inner = "if"
            yield from self.block(body, inner, runtime=reached and truth is not False)
            reached = reached and truth is not True

    def _try(self, statement: Any, condition: str) -> Iterator[Binding]:
        guarded = condition
        if not guarded and self._may_continue(statement.handlers):
            guarded = "try"
        yield from self.block(statement.body, guarded, runtime=True)
        for handler in statement.handlers:
            if handler.name:
                yield Binding(
                    handler.name, Unclear("bound by an except clause"), handler.lineno, "except"
                )
            yield from self.block(handler.body, "except", runtime=True)
        yield from self.block(statement.orelse, guarded, runtime=True)
        yield from self.block(statement.finalbody, condition, runtime=True)

    def _may_continue(self, handlers: Sequence[ast.ExceptHandler]) -> bool:
        return any(surely_bound(handler.body, self.facts) is not None for handler in handlers)

    def _match(self, statement: ast.Match, condition: str) -> Iterator[Binding]:
        yield from _assigned_in_expressions([statement.subject], condition)
        for case in statement.cases:
            for name in sorted(names_bound(case.pattern)):
                yield Binding(
                    name, Unclear("bound by a match statement"), case.pattern.lineno, "match"
                )
            yield from _assigned_in_expressions([case.guard] if case.guard else [], "match")
            yield from self.block(case.body, "match", runtime=True)

    def _unpacked(self, target: ast.expr, value: ast.expr) -> Iterator[tuple[str, Meaning]]:
        match target, value:
            case ast.Name(id=name), _:
                yield name, self._value(value)
            case ((ast.Tuple() | ast.List()), (ast.Tuple() | ast.List())) if len(
                target.elts
            ) == len(value.elts) and not any(
                isinstance(e, ast.Starred) for e in (*target.elts, *value.elts)
            ):
                for part, of in zip(target.elts, value.elts, strict=True):
                    yield from self._unpacked(part, of)
            case ((ast.Tuple() | ast.List() | ast.Starred()), _):
                for name in sorted(names_bound(target)):
                    yield name, Unclear(_computed(value))
            case ast.Attribute(value=ast.Name(id=name), attr=attribute), _ if (
                attribute in _CHANGES_A_CALL
            ):
                yield name, Unclear(f"its {attribute} is changed")

    def _value(self, value: ast.expr) -> Meaning:
        if isinstance(value, ast.List | ast.Dict | ast.Set):
            return Unclear("mutable literal")
        try:
            text = literal(value, self.bound)
        except RecursionError:
            text = None
        return Unclear(_computed(value)) if text is None else Constant(text)


def _assigned_in_expressions(nodes: Iterable[ast.AST], condition: str) -> Iterator[Binding]:
    for node in in_scope(nodes):
        if isinstance(node, ast.NamedExpr):
            yield Binding(
                node.target.id, Unclear("bound inside an expression"), node.lineno, condition
            )


def _globals_of_functions(tree: ast.Module) -> Iterator[Binding]:
    for scope in statements(tree.body):
        if not isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        if not any(isinstance(inner, ast.Global) for inner in statements(scope.body)):
            continue
        declared: set[str] = set()
        bound: set[str] = set()
        for node in in_scope(scope.body):
            bound.update(bound_by(node))
            if isinstance(node, ast.Global):
                declared.update(node.names)
        for name in sorted(declared & bound):
            yield Binding(
                name, Unclear(f'assigned by "global" in "{scope.name}"'), scope.lineno, "call"
            )


def _bound_by_text(tree: ast.Module) -> Iterator[Binding]:
    for node in in_scope(tree.body):
        match node:
            case (
                ast.Call(func=ast.Name(id="exec"))
                | ast.Call(
                    func=ast.Attribute(
                        value=ast.Call(func=ast.Name(id="globals" | "vars" | "locals"), args=[]),
                        attr="update" | "setdefault" | "pop" | "__setitem__",
                    )
                )
                | ast.Call(
                    func=ast.Name(id="setattr"),
                    args=[ast.Subscript(value=ast.Attribute(attr="modules")), *_],
                )
                | ast.Subscript(
                    value=ast.Call(func=ast.Name(id="globals" | "vars" | "locals"), args=[]),
                    ctx=ast.Store() | ast.Del(),
                )
            ):
                yield Binding(STAR, Starred((), dynamic=True), node.lineno)


def _is_overload(node: DefinitionNode) -> bool:
    # PyTorch has its own, called "_overload".
    names = (
        getattr(decorator, "id", getattr(decorator, "attr", ""))
        for decorator in node.decorator_list
    )
    return any(name.lstrip("_") == "overload" for name in names)


def _computed(value: ast.expr) -> str:
    # Writing out a large table costs more than reading the module does.
    if sum(1 for _ in itertools.islice(ast.walk(value), 100)) == 100:
        return "computed"
    text = " ".join(ast.unparse(value).split())
    return f"computed: {text if len(text) <= 60 else text[:57] + '...'}"
