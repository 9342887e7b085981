"""What the statements at the top of a module do besides binding names, by a closed world.

Imports, definitions, literals and calls that the tables of knowledge have without an effect bind
names and do nothing else. Everything else is an act, whatever it is.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

from nbrefactor.effects import known
from nbrefactor.effects.certain import Certain
from nbrefactor.effects.expressions import Expressions, _Arguments
from nbrefactor.effects.folding import Failed, Folded, Result, fits
from nbrefactor.effects.values import Effect, Summary, Value, container
from nbrefactor.library.source_module import SourceModule
from nbrefactor.python.environment import environment
from nbrefactor.python.excerpt import first_line
from nbrefactor.python.meanings import Meaning
from nbrefactor.python.reach import Facts, bound_once, branches, facts_about, known_truth
from nbrefactor.python.scopes import (
    DefinitionNode,
    bound_names,
    function_locals,
    names_bound,
    parameter_names,
    references,
)
from nbrefactor.python.signature import BindingError, bind, signature

Kind = Literal["runs", "unknown", "fails", "missing", "looks"]

# What a module finds without binding it; the kernel adds to the builtins.
_ALWAYS_THERE = frozenset(
    {
        *("__name__", "__file__", "__doc__", "__package__", "__spec__", "__loader__"),
        *("__builtins__", "__path__", "__annotations__", "display", "get_ipython"),
    }
)
# Looking at the machine changes nothing.
_HARMLESS = frozenset({"reads-environment"})
# They keep a function until somebody uses what they make.
_CALL_LATER = frozenset(
    {
        *("builtins.filter", "builtins.map", "collections.defaultdict", "dataclasses.field"),
        *("functools.cmp_to_key", "functools.partial"),
    }
)
# They ask where a file is, and read nothing of it.
_ASK_FOR_PLACES = frozenset(
    {
        *("absolute", "exists", "expanduser", "is_dir", "is_file", "resolve", "abspath", "isdir"),
        *("isfile", "realpath", "islink"),
    }
)
_OF_PROPERTIES = frozenset({"setter", "getter", "deleter"})
_IMPORT_ERRORS = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that importing a module does besides binding names.

    Parameters
    ----------
    kind : {"runs", "unknown", "fails", "missing", "looks"}
        Whether it is known to act, not known to be harmless, fails, needs a module that is not
        there, or only looks at the environment, which may be another one earlier.
    module : str
        Dotted name of the module at whose top it stands.
    row : int
        Line in its file, counted from 1.
    text : str
        What runs, shortened; the name of the module that is missing.
    """

    kind: Kind
    module: str
    row: int
    text: str


class Imports(Protocol):
    """What a module's top level has to know of other modules."""

    def acts_of(self, node: ast.Import | ast.ImportFrom, by: TopLevel) -> Iterator[Act]:
        """Yield what an import does."""

    def definition(self, origin: str) -> tuple[TopLevel, DefinitionNode] | None:
        """Find a function or class of the project, with the module that has it."""


class _Reader(Expressions):
    """Reads expressions that are evaluated once, when a module is imported."""

    def __init__(self, top: TopLevel, names: Mapping[str, Meaning], variables: dict[str, Value]):
        super().__init__(names, variables, top.follow)
        self._top = top

    def _called_by_others(self, value: Value, node: ast.Call) -> None:
        # What is kept for later is not called by that.
        if self.value(node.func).origin not in _CALL_LATER:
            super()._called_by_others(value, node)

    def _known_call(
        self, node: ast.Call, origin: str, found: known.Known | None, arguments: _Arguments
    ) -> Value:
        if found is None and self._top.calls_quietly(origin):
            return container(*arguments.all)
        return super()._known_call(node, origin, found, arguments)


class TopLevel:
    """Reads the statements at the top of one module, in order.

    Parameters
    ----------
    source : SourceModule
        The module.
    imports : Imports
        Gives what its imports do.
    """

    def __init__(self, source: SourceModule, imports: Imports) -> None:
        self.source = source
        self.bound: set[str] = set()
        self.binds_anything = False
        self._imports = imports
        self._names = environment(source.tree, source.package, main=False)
        self._facts: Facts = facts_about(source.tree, main=False)
        self._variables: dict[str, Value] = {}
        self._once = bound_once(source.tree)
        self._following: set[ast.AST] = set()
        self._late_annotations = any(
            isinstance(statement, ast.ImportFrom)
            and statement.module == "__future__"
            and any(alias.name == "annotations" for alias in statement.names)
            for statement in source.tree.body
        )

    def acts(self) -> Iterator[Act]:
        """Yield what importing the module does."""
        yield from self._block(self.source.tree.body)

    # -- statements --------------------------------------------------------------------------

    def _block(self, body: Sequence[ast.stmt]) -> Iterator[Act]:
        for statement in body:
            yield from self._statement(statement)
            self.bound |= names_bound(statement)

    def _statement(self, node: ast.stmt) -> Iterator[Act]:
        match node:
            case ast.Import() | ast.ImportFrom():
                yield from self._imports.acts_of(node, self)
                self._forget(names_bound(node))
            case ast.If():
                yield from self._if(node)
            case ast.With(items=[ast.withitem(ast.Call(func=func, args=errors), None)]) if (
                self._origin(func) == "contextlib.suppress" and _of_imports(errors)
            ):
                yield from (act for act in self._block(node.body) if act.kind != "missing")
            case ast.Delete() if all(isinstance(target, ast.Name) for target in node.targets):
                yield from self._unbound(node)
            case _ if hasattr(node, "handlers"):
                yield from self._try(node)
            case _:
                yield from self._unbound(node)
                yield from self.plain(node, self._variables)

    def plain(self, node: ast.stmt, variables: dict[str, Value]) -> Iterator[Act]:
        """Yield what a statement does that is no import and holds none."""
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield from self._function(node, variables)
            case ast.ClassDef():
                yield from self._class(node, variables)
            case ast.Assign(targets=targets, value=value):
                yield from self._assigned(node, targets, value, variables)
            case ast.AnnAssign(target=target, value=value):
                yield from self._annotations([node.annotation], variables)
                yield from self._assigned(node, [target], value, variables)
            case ast.AugAssign(target=ast.Name() as target, op=op, value=value):
                added = ast.BinOp(ast.Name(target.id, ast.Load()), op, value)
                yield from self._expression(ast.copy_location(added, node), variables, node)
                # What is added to in place has to be the module's own.
                if variables.get(target.id, Value(roots=frozenset({"?"}))).roots:
                    yield self._act(node)
                self._forget_changeable(node)
            case ast.Expr(value=value):
                yield from self._expression(value, variables)
                self._forget_changeable(value)
            case ast.Pass() | ast.Global() | ast.Nonlocal():
                pass
            case _ if type(node).__name__ == "TypeAlias":
                pass
            case _:
                yield self._act(node)

    def _assigned(
        self,
        node: ast.stmt,
        targets: Sequence[ast.expr],
        value: ast.expr | None,
        variables: dict[str, Value],
    ) -> Iterator[Act]:
        if not all(_is_name(target) for target in targets):
            yield self._act(node)
        elif value is not None:
            reader = self._reader(variables)
            result = reader.value(value)
            yield from self._noted(reader, value)
            folded = self._certain(reader).folded(value)
            for target in targets:
                if not isinstance(target, ast.Name):
                    yield from self._unpacked(node, target, value, folded)
                elif variables is self._variables and target.id in self._once:
                    constant = folded if isinstance(folded, Folded) else None
                    result = replace(result, constant=constant)
                reader.bind(target, result)
            if not isinstance(folded, Folded):
                self._forget_changeable(value)

    def _unpacked(
        self, node: ast.stmt, target: ast.expr, value: ast.expr, folded: Result
    ) -> Iterator[Act]:
        """Yield that a value may have more or fewer parts than there are targets."""
        if isinstance(folded, Folded):
            if not fits(target, folded.value):
                yield self._act(node, "fails")
        elif not isinstance(folded, Failed) and not fits(target, value):
            yield self._act(node, "unknown")

    def _forget_changeable(self, node: ast.AST) -> None:
        """Forget lists and the like where something may have changed them."""
        changes = (ast.Call, ast.AugAssign)
        if any(isinstance(inner, changes) for inner in ast.walk(node)):
            for name, value in self._variables.items():
                if value.constant is not None and not value.constant.lasts:
                    self._variables[name] = replace(value, constant=None)

    def _if(self, node: ast.If) -> Iterator[Act]:
        # Another Python may have what this one lacks.
        by_version = "version_info" in ast.unparse(node.test)
        for test, body in branches(node):
            truth = known_truth(test, self._facts)
            if truth is None and test is not None:
                yield from self._unbound(test)
                yield from self._expression(test, self._variables)
            if truth is not False:
                acts = self._block(body)
                yield from (act for act in acts if act.kind != "missing" or not by_version)
            if truth is True:
                break

    def _try(self, node: Any) -> Iterator[Act]:
        caught = any(
            handler.type is None or _of_imports([handler.type]) for handler in node.handlers
        )
        found = list(self._block(node.body))
        missing = caught and any(act.kind == "missing" for act in found)
        yield from (act for act in found if act.kind != "missing" or not caught)
        for handler in node.handlers:
            # Where all is there, nothing runs that is meant for its absence.
            acts = list(self._block(handler.body))
            if missing or not _only_imports(node.body):
                yield from acts
        yield from self._block(node.orelse)
        yield from self._block(node.finalbody)

    def _forget(self, names: Iterable[str]) -> None:
        for name in names:
            self._variables.pop(name, None)

    def _unbound(self, node: ast.AST) -> Iterator[Act]:
        """Find names that are read before anything binds them: reading them fails."""
        if self.binds_anything:
            return
        statement = node if isinstance(node, ast.stmt) else ast.Expr(node)  # type: ignore[arg-type]
        for found in references([statement]):
            if found.context == "bind" or found.deferred or self._is_bound(found.name):
                continue
            if not (found.annotation and self._late_annotations):
                yield Act("fails", self.source.name, _row(found.node), found.name)

    def _is_bound(self, name: str) -> bool:
        return name in self.bound or name in _ALWAYS_THERE or hasattr(builtins, name)

    # -- definitions -------------------------------------------------------------------------

    def _function(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef, variables: dict[str, Value]
    ) -> Iterator[Act]:
        yield from self._decorators(node, variables)
        for default in (*node.args.defaults, *node.args.kw_defaults):
            if default is not None:
                yield from self._expression(default, variables)
        every = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
        starred = tuple(one for one in (node.args.vararg, node.args.kwarg) if one is not None)
        annotations = [one.annotation for one in (*every, *starred)]
        yield from self._annotations([*annotations, node.returns], variables)
        variables[node.name] = self._defined(node)

    def _class(self, node: ast.ClassDef, variables: dict[str, Value]) -> Iterator[Act]:
        yield from self._decorators(node, variables)
        for base in node.bases:
            inner = base.value if isinstance(base, ast.Subscript) else base
            yield from self._expression(inner, variables)
        for keyword in node.keywords:
            yield from self._expression(keyword.value, variables)
        if (hook := self._hook(node)) is not None:
            yield Act("runs", self.source.name, node.lineno, hook)
        inside = dict(variables)
        for statement in node.body:
            yield from self.plain(statement, inside)
        variables[node.name] = self._defined(node)

    def _hook(self, node: ast.ClassDef) -> str | None:
        """Name what runs when a class is made: a metaclass or hook of the project."""
        for keyword in node.keywords:
            if keyword.arg == "metaclass" and self._may_be_own(keyword.value):
                return f"the metaclass of {node.name}"
        for base in node.bases:
            inner = base.value if isinstance(base, ast.Subscript) else base
            for top, found in self._own(self._reader(self._variables).value(inner)):
                if isinstance(found, ast.ClassDef) and top.hooks_subclasses(found):
                    return f"__init_subclass__ of {found.name}"
        return None

    def hooks_subclasses(self, node: ast.ClassDef) -> bool:
        """Tell whether a class of this module runs something when it is subclassed."""
        return "__init_subclass__" in bound_names(node.body) or self._hook(node) is not None

    def _may_be_own(self, node: ast.expr) -> bool:
        value = self._reader(self._variables).value(node)
        return not value.origin or bool(self._own(value))

    def _own(self, value: Value) -> list[tuple[TopLevel, ast.AST]]:
        """List the functions and classes of the project that a value may be."""
        if value.origin:
            found = self._imports.definition(value.origin)
            return [] if found is None else [found]
        return [(self, function) for function in value.functions]

    def _decorators(self, node: DefinitionNode, variables: dict[str, Value]) -> Iterator[Act]:
        for decorator in node.decorator_list:
            called = decorator.func if isinstance(decorator, ast.Call) else decorator
            match called:
                case ast.Attribute(value=ast.Name(id=name), attr=attribute) if (
                    attribute in _OF_PROPERTIES and name in variables
                ):
                    continue
            reader = self._reader(variables)
            value = reader.value(called)
            if isinstance(decorator, ast.Call):
                for part in (*decorator.args, *(keyword.value for keyword in decorator.keywords)):
                    reader.value(part)
                    yield from self._noted(reader, part)
            if value.origin and _decorates_quietly(value.origin):
                continue
            own = self._own(value)
            if not own or not all(top.is_quiet(one) for top, one in own):
                yield self._act(decorator, "unknown", f"@{first_line(decorator)}")

    def _annotations(
        self, nodes: Iterable[ast.expr | None], variables: dict[str, Value]
    ) -> Iterator[Act]:
        for node in () if self._late_annotations else nodes:
            if node is not None and any(isinstance(inner, ast.Call) for inner in ast.walk(node)):
                yield from self._expression(node, variables)

    def _defined(self, node: DefinitionNode) -> Value:
        """Give the value of a definition: whoever changes it changes the module."""
        return Value(
            roots=frozenset({f"global {node.name}"}),
            functions=frozenset({node}),
            type="function",
        )

    # -- expressions -------------------------------------------------------------------------

    def _expression(
        self, node: ast.expr, variables: dict[str, Value], shown: ast.AST | None = None
    ) -> Iterator[Act]:
        reader = self._reader(variables)
        reader.value(node)
        yield from self._noted(reader, node, shown)

    def _reader(self, variables: dict[str, Value]) -> _Reader:
        return _Reader(self, self._names, variables)

    def _origin(self, node: ast.expr) -> str:
        return self._reader(self._variables).value(node).origin

    def _noted(
        self, reader: _Reader, node: ast.expr, shown: ast.AST | None = None
    ) -> Iterator[Act]:
        shown = shown or node
        effects = {effect for effect in reader.notes.effects if not _is_harmless(effect)}
        figures = [event for event in reader.notes.events if event.kind != "calls"]
        if effects or figures:
            unknown = all(effect.kind == "unknown" for effect in effects) and not figures
            yield self._act(shown, "unknown" if unknown else "runs")
            return
        certainty = self._certain(reader).of(node)
        if certainty != "succeeds":
            yield self._act(shown, certainty)
        elif any(_looks(effect) for effect in reader.notes.effects):
            yield self._act(shown, "looks")

    def _certain(self, reader: _Reader) -> Certain:
        return Certain(self._reader(dict(reader.variables)), self._gives)

    def _gives(self, node: ast.Call, called: Value) -> bool:
        """Tell whether a call of something of the project gives a result."""
        own = self._own(called)
        return bool(own) and all(top.is_quiet(one) and _binds(one, node) for top, one in own)

    def follow(self, node: ast.AST, around: Mapping[str, Value]) -> Summary | None:
        """Say that calling a function of the module does nothing, or that it is not known."""
        return Summary(result=container()) if self.is_quiet(node) else None

    def calls_quietly(self, origin: str) -> bool:
        """Tell whether calling something of another module of the project does nothing."""
        own = self._own(Value(origin=origin))
        return bool(own) and all(top.is_quiet(one) for top, one in own)

    def is_quiet(self, node: ast.AST) -> bool:
        """Tell whether calling a function of the module does nothing but give a result."""
        if node in self._following:
            return True
        if isinstance(node, ast.Lambda):
            inside = self._inside(node)
            return not any(act.kind != "looks" for act in self._expression(node.body, inside))
        if isinstance(node, ast.ClassDef):
            return self._makes_instances_quietly(node)
        if not isinstance(node, ast.FunctionDef) or node.decorator_list:
            return False
        self._following.add(node)
        try:
            acts = self._body(node.body, self._inside(node))
            return not any(act.kind != "looks" for act in acts)
        finally:
            self._following.discard(node)

    def _makes_instances_quietly(self, node: ast.ClassDef) -> bool:
        """Tell whether nothing of a class's own runs when it is called."""
        made = {"__init__", "__new__", "__post_init__", "__setattr__"} & bound_names(node.body)
        return not (made or node.bases or node.keywords)

    def _inside(self, node: ast.FunctionDef | ast.Lambda) -> dict[str, Value]:
        inside = {**self._variables, **dict.fromkeys(function_locals(node), Value())}
        for name in parameter_names(node.args):
            root = frozenset({f"parameter {name}"})
            inside[name] = Value(root, root)
        return inside

    def _body(self, body: Sequence[ast.stmt], variables: dict[str, Value]) -> Iterator[Act]:
        for statement in body:
            match statement:
                case ast.Return(value=value):
                    if value is not None:
                        yield from self._expression(value, variables)
                case ast.If():
                    yield from self._expression(statement.test, variables)
                    yield from self._body([*statement.body, *statement.orelse], variables)
                case _:
                    yield from self.plain(statement, variables)

    def _act(self, node: ast.AST, kind: Kind = "runs", text: str = "") -> Act:
        return Act(kind, self.source.name, _row(node), text or first_line(node))


def _binds(function: ast.AST, call: ast.Call) -> bool:
    """Tell whether a call gives what a function, or a class that makes records, asks for."""
    match function:
        case ast.FunctionDef() | ast.Lambda():
            asked = function.args
        case ast.ClassDef():
            asked = _fields(function)
        case _:
            return False
    if any(isinstance(argument, ast.Starred) for argument in call.args):
        return False
    try:
        bind(signature(asked), call)
    except BindingError:
        return False
    return True


def _fields(node: ast.ClassDef) -> ast.arguments:
    """Give what making an instance takes: the fields of a record, else nothing."""
    fields = [one for one in node.body if isinstance(one, ast.AnnAssign)]
    names = [one.target for one in fields] if node.decorator_list else []
    asked = [ast.arg(name.id) for name in names if isinstance(name, ast.Name)]
    defaults = [one.value for one in fields if one.value is not None] if names else []
    return ast.arguments([], asked, None, [], [], None, defaults)


def _is_harmless(effect: Effect) -> bool:
    if effect.kind == "reads-files":
        return effect.subject.rpartition(".")[2] in _ASK_FOR_PLACES
    return effect.kind in _HARMLESS


def _looks(effect: Effect) -> bool:
    """Tell whether it looks at more of the environment than where a file is."""
    return effect.kind in _HARMLESS and effect.subject.rpartition(".")[2] not in _ASK_FOR_PLACES


def _decorates_quietly(origin: str) -> bool:
    """Tell whether applying a decorator of a library does nothing but wrap."""
    if known.decorator(origin) is not None:
        return True
    found = known.function(origin)
    return found is not None and not found.effects and not found.changes


def _is_name(target: ast.expr) -> bool:
    match target:
        case ast.Name():
            return True
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            return all(_is_name(part) for part in parts)
        case ast.Starred(value=inner):
            return _is_name(inner)
    return False


def _of_imports(errors: Sequence[ast.expr]) -> bool:
    """Tell whether the error of an import that finds nothing is among these."""
    return any(
        isinstance(node, ast.Name) and node.id in _IMPORT_ERRORS
        for error in errors
        for node in ast.walk(error)
    )


def _only_imports(body: Sequence[ast.stmt]) -> bool:
    return all(isinstance(statement, (ast.Import, ast.ImportFrom)) for statement in body)


def _row(node: ast.AST) -> int:
    return getattr(node, "lineno", 0)
