"""What the code of a definition tells, while it runs, of where it stands."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator
from dataclasses import dataclass

from nbrefactor.model.reason import Reason
from nbrefactor.python.excerpt import excerpt
from nbrefactor.python.meanings import Constant, Defined, Imported
from nbrefactor.python.scopes import DefinitionNode, free_references, function_locals
from nbrefactor.verdict import observed_origins as table
from nbrefactor.verdict.names import Worlds
from nbrefactor.verdict.observed_sight import Sight
from nbrefactor.verdict.observed_values import NOTHING, origins

_NAME = re.compile(r"[^\W\d]\w*")
_FRAMES = (
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda),
    *(ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp),
)
_AT_NAME = re.compile(r"@([^\W\d]\w*)")
_WHERE_LOGGED = ("module)", "filename)", "pathname)", "lineno)", "{module", "{filename", "{lineno")
_WHO_LOGGED = ("funcName)", "{funcName")
_SINGLETONS = (None, True, False, Ellipsis)


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """The code of a definition, with all that it calls and that can be read.

    Parameters
    ----------
    node : ast.FunctionDef, ast.AsyncFunctionDef or ast.ClassDef
        The inline definition.
    sight : Sight
        The notebook.
    worlds : Worlds
        What names mean here and in the target's module.
    renamed : bool
        Whether the target has another name.
    target : ast.FunctionDef, ast.AsyncFunctionDef or ast.ClassDef
        The target.
    """

    node: DefinitionNode
    sight: Sight
    worlds: Worlds
    renamed: bool
    target: DefinitionNode

    def reasons(self) -> Iterator[Reason]:
        """Say what it tells of where it stands."""
        called = frozenset().union(*(self._origins(call) for call in self._calls()))
        for origin in sorted(called & table.FRAMES):
            yield Reason("sees-frames", origin)
        if called & table.WARNS:
            yield Reason("warns", self.node.name)
        elif self._filters_own_warnings() and any(True for _ in self._own_calls()):
            yield Reason("warnings-of-module", self.node.name)
        yield from self._logs(called)
        yield from self._queries()
        yield from self._formulas()
        yield from self._compared_constants()

    # -- calls -------------------------------------------------------------------------------------

    def _own_calls(self) -> Iterator[ast.Call]:
        return (inner for inner in ast.walk(self.node) if isinstance(inner, ast.Call))

    def _calls(self) -> Iterator[ast.Call]:
        """Yield the calls in it and in what it calls."""
        pending: list[ast.AST] = [self.node]
        seen: set[ast.AST] = set()
        while pending:
            node = pending.pop()
            if node in seen:
                continue
            seen.add(node)
            for inner in ast.walk(node):
                if isinstance(inner, ast.Call):
                    yield inner
                    things = self.sight.flow.callees.get(inner, NOTHING)
                    pending.extend(t.of for t in things if not isinstance(t.of, str))

    def _origins(self, call: ast.Call) -> frozenset[str]:
        return origins(self.sight.flow.callees.get(call, NOTHING))

    # -- logs and warnings -------------------------------------------------------------------------

    def _logs(self, called: frozenset[str]) -> Iterator[Reason]:
        logging = [origin for origin in called if table.logs(origin)]
        if not logging:
            return
        texts = self.sight.flow.texts
        if any(origin.startswith(("loguru", "absl")) for origin in logging) or any(
            mark in text for text in texts for mark in _WHERE_LOGGED
        ):
            yield Reason("logs-place", self.node.name)
        elif self.renamed and any(mark in text for text in texts for mark in _WHO_LOGGED):
            yield Reason("logs-name", self.node.name)

    def _filters_own_warnings(self) -> bool:
        for call, things in self.sight.flow.callees.items():
            if origins(things) & {"warnings.filterwarnings"}:
                for keyword in call.keywords:
                    if keyword.arg == "module":
                        value = keyword.value
                        return not isinstance(value, ast.Constant) or "main" in str(value.value)
        return False

    # -- text that names variables -----------------------------------------------------------------

    def _queries(self) -> Iterator[Reason]:
        """``df.query("x > @limit")`` looks for the name in the function, then in its module."""
        called = {call.func for call in self._own_calls()}
        attributes = (n for n in ast.walk(self.node) if isinstance(n, ast.Attribute))
        for inner in attributes:
            if inner.attr in ("query", "eval") and inner not in called:
                # Whoever calls it later may hand over any text of the program.
                yield from self._looked_up(self._in_texts(_AT_NAME, "@"), inner)
        for call in self._own_calls():
            func = call.func
            if "pandas.eval" in self._origins(call):
                # It takes names as they are, and locals by the names that they bear.
                yield from self._looked_up(self._named_by(call, _NAME, ""), func)
            elif isinstance(func, ast.Attribute) and func.attr in ("query", "eval"):
                names = self._named_by(call, _AT_NAME, "@")
                yield from self._looked_up({n for n in names if not self._is_local(n, call)}, func)

    def _looked_up(self, names: set[str], by: ast.expr) -> Iterator[Reason]:
        for name in sorted(names):
            yield Reason("looks-name-up", name, here=excerpt(by, most=40))

    def _in_texts(self, pattern: re.Pattern[str], sign: str) -> set[str]:
        texts = (text for text in self.sight.flow.texts if sign in text)
        return {name for text in texts for name in pattern.findall(text)}

    def _formulas(self) -> Iterator[Reason]:
        for call in self._own_calls():
            if any(origin.startswith(table.FORMULAS) for origin in self._origins(call)):
                for name in sorted(self._named_by(call, _NAME, "~")):
                    if name not in table.FORMULA_NAMES and self._differs(name):
                        yield Reason("looks-name-up", name, here=excerpt(call.func, most=40))

    def _named_by(self, call: ast.Call, pattern: re.Pattern[str], sign: str) -> set[str]:
        """Name what the text handed to a call names; any text of the program may be handed over."""
        texts: set[str] = set()
        for value in (*call.args, *(keyword.value for keyword in call.keywords)):
            constants = [
                inner.value
                for inner in ast.walk(value)
                if isinstance(inner, ast.Constant) and isinstance(inner.value, str)
            ]
            if isinstance(value, ast.Constant):
                texts.update(constants)
            else:
                texts.update(text for text in (*constants, *self.sight.flow.texts) if sign in text)
        return {name for text in texts if sign in text for name in pattern.findall(text)}

    def _is_local(self, name: str, call: ast.Call) -> bool:
        """Tell whether a name is a local of the function that calls, and of the target too."""
        around = [
            inner
            for inner in ast.walk(self.node)
            if isinstance(inner, _FRAMES) and any(part is call for part in ast.walk(inner))
        ]
        innermost = around[-1] if around else None
        if not isinstance(innermost, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return False  # a frame of its own, in which the locals around it cannot be found
        return name in function_locals(innermost) and any(
            name in function_locals(inner)
            for inner in ast.walk(self.target)
            if isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef))
        )

    def _differs(self, name: str) -> bool:
        here, there = self.worlds.notebook.names.get(name), self.worlds.module.names.get(name)
        if here is None and there is None:
            return False
        return not (isinstance(here, (Imported, Constant)) and here == there)

    # -- identity ----------------------------------------------------------------------------------

    def _compared_constants(self) -> Iterator[Reason]:
        """Two equal constants are two objects: `is` tells them apart."""
        captured = {
            found.name for found in free_references(self.node) if self._is_object(found.name)
        }
        for name in sorted(captured):
            if self._compares_identity(self.node, name, any_local=True) or any(
                self._compares_identity(tree, name, any_local=False)
                for _, tree in self.sight.flow.units["__main__"].parts
            ):
                yield Reason("compares-constant", name)

    def _is_object(self, name: str) -> bool:
        """Tell whether a name is a value of its own in the notebook and in the module."""
        here = self.worlds.notebook.names.get(name)
        if isinstance(here, Constant):
            return here.value not in map(repr, _SINGLETONS)
        return name in self.worlds.notebook.values and not isinstance(here, (Imported, Defined))

    def _compares_identity(self, tree: ast.AST, name: str, *, any_local: bool) -> bool:
        for node in ast.walk(tree):
            if not isinstance(node, ast.Compare):
                continue
            sides = [node.left, *node.comparators]
            if not any(isinstance(op, (ast.Is, ast.IsNot)) for op in node.ops):
                continue
            if any(isinstance(side, ast.Name) and side.id == name for side in sides):
                return True
            if any_local and all(map(self._may_hold_it, sides)):
                return True
        return False

    def _may_hold_it(self, side: ast.expr) -> bool:
        match side:
            case ast.Constant() | ast.Call():
                return False
            case ast.Name(id=name):
                here = self.worlds.notebook.names.get(name)
                is_builtin = here is None and hasattr(builtins, name)
                return not is_builtin and not isinstance(here, (Imported, Defined))
            case ast.Attribute():
                return False
        return True


def may_be_unbound(node: DefinitionNode) -> frozenset[str]:
    """Name the local variables that a function may read before they are bound.

    The error that Python then raises names them.
    """
    found: set[str] = set()
    for inner in ast.walk(node):
        if isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef)):
            local = function_locals(inner)
            parameters = {
                argument.arg for argument in ast.walk(inner.args) if isinstance(argument, ast.arg)
            }
            _Assigned(local, found).block(inner.body, parameters)
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class _Assigned:
    """The walk that knows which locals are surely bound; the rest goes to `unsure`."""

    local: frozenset[str]
    unsure: set[str]

    def block(self, body: list[ast.stmt], bound: set[str]) -> set[str] | None:
        """Give what is bound behind a block; None where nothing gets there."""
        now: set[str] | None = set(bound)
        for statement in body:
            if now is None:
                return None
            now = self._statement(statement, now)
        return now

    def _statement(self, statement: ast.stmt, bound: set[str]) -> set[str] | None:
        match statement:
            case ast.If(test=test, body=body, orelse=orelse):
                self._reads(test, bound)
                return _joined(self.block(body, bound), self.block(orelse, bound))
            case ast.For() | ast.AsyncFor() | ast.While():
                return self._loop(statement, bound)
            case ast.With(items=items, body=body) | ast.AsyncWith(items=items, body=body):
                for item in items:
                    self._reads(item.context_expr, bound)
                opened = bound | {
                    name for i in items if i.optional_vars for name in _stored(i.optional_vars)
                }
                return self.block(body, opened)
            case ast.Try():
                return self._try(statement, bound)
            case ast.Match(subject=subject, cases=cases):
                self._reads(subject, bound)
                ends = [self.block(c.body, bound | _captured(c.pattern)) for c in cases]
                return _joined(bound, *ends)
            case (
                ast.FunctionDef(name=name)
                | ast.AsyncFunctionDef(name=name)
                | ast.ClassDef(name=name)
            ):
                return bound | {name}
        self._reads(statement, bound)
        if isinstance(statement, (ast.Return, ast.Raise, ast.Break, ast.Continue)):
            return None
        return bound | _stored(statement)

    def _loop(
        self, statement: ast.For | ast.AsyncFor | ast.While, bound: set[str]
    ) -> set[str] | None:
        inside = set(bound)
        if isinstance(statement, ast.While):
            self._reads(statement.test, bound)
        else:
            self._reads(statement.iter, bound)
            inside |= _stored(statement.target)
        self.block(statement.body, inside)
        return self.block(statement.orelse, bound)

    def _try(self, statement: ast.Try, bound: set[str]) -> set[str] | None:
        ends = [self.block([*statement.body, *statement.orelse], bound)]
        for handler in statement.handlers:
            named = {handler.name} if handler.name else set()
            ends.append(self.block(handler.body, bound | named))
        end = _joined(*ends)
        if statement.finalbody:
            last = self.block(statement.finalbody, bound)
            return None if last is None or end is None else end | last
        return end

    def _reads(self, node: ast.AST, bound: set[str]) -> None:
        stored = _stored(node) if isinstance(node, ast.AugAssign) else set()
        for inner in ast.walk(node):
            if isinstance(inner, ast.Name) and (
                isinstance(inner.ctx, ast.Load) or inner.id in stored
            ):
                inside = any(
                    inner.id in _stored(part.target)
                    for part in ast.walk(node)
                    if isinstance(part, (ast.comprehension, ast.NamedExpr))
                )
                if inner.id in self.local and inner.id not in bound and not inside:
                    self.unsure.add(inner.id)


def _joined(*ends: set[str] | None) -> set[str] | None:
    reached = [end for end in ends if end is not None]
    return set.intersection(*reached) if reached else None


def _stored(node: ast.AST) -> set[str]:
    names = {
        inner.id
        for inner in ast.walk(node)
        if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store)
    }
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        names |= {alias.asname or alias.name.partition(".")[0] for alias in node.names}
    return names


def _captured(pattern: ast.pattern) -> set[str]:
    return {
        str(name)
        for inner in ast.walk(pattern)
        for name in (getattr(inner, "name", None), getattr(inner, "rest", None))
        if name
    }
