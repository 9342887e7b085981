"""What a function does besides computing its result, by a closed world.

The world is the builtins, the definitions that can be read, and the tables of knowledge. Whatever
else is called has the effect ``unknown``; nothing is listed as bad.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from nbrefactor.effects import known
from nbrefactor.effects.expressions import Expressions
from nbrefactor.effects.values import Effect, Summary, Value, joined
from nbrefactor.python.meanings import Meaning
from nbrefactor.python.scopes import function_locals, parameter_names
from nbrefactor.python.signature import signature

# A loop's values settle in as many rounds as its aliases are chained backwards.
_ROUNDS = 6
# Functions inside of functions are read anew at each call, for what they see then.
_DEEPEST = 12


class Summaries:
    """The summaries of one world's functions, each made once.

    Parameters
    ----------
    names : mapping of str to Meaning
        What the names at the top of the notebook or module mean.
    """

    def __init__(self, names: Mapping[str, Meaning]) -> None:
        self._names = names
        self._made: dict[ast.AST, Summary | None] = {}
        self._within: list[ast.AST] = []

    def of(self, node: ast.AST, around: Mapping[str, Value] | None = None) -> Summary | None:
        """Summarise a function.

        Parameters
        ----------
        node : ast.AST
            A function or a lambda.
        around : mapping of str to Value or None
            The names of the functions around it.

        Returns
        -------
        Summary or None
            None for what cannot be read: a class, or functions nested without end.
        """
        if node in self._made:
            return self._made[node]
        if node in self._within:
            return Summary()  # a recursive call does nothing that the first one does not
        if isinstance(node, ast.ClassDef) or len(self._within) > _DEEPEST:
            return None
        self._within.append(node)
        summary = self._summary(node, around or {})
        self._within.pop()
        if not around and not self._within:
            self._made[node] = summary
        return summary

    def cell(self, body: Sequence[ast.stmt], variables: dict[str, Value]) -> Summary:
        """Summarise statements that stand by themselves, such as those of a cell."""
        return _read(body, self._names, variables, self)

    def origin(self, node: ast.expr) -> str:
        """Give where a name or attribute comes from; empty where that is not known."""
        return Expressions(self._names, {}, self.of).value(node).origin

    def _summary(self, node: ast.AST, around: Mapping[str, Value]) -> Summary:
        assert isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        if isinstance(node, ast.Lambda):
            decorators: list[ast.expr] = []
            body: list[ast.stmt] = [ast.copy_location(ast.Return(node.body), node)]
        else:
            decorators, body = node.decorator_list, node.body
        variables = {**around, **dict.fromkeys(function_locals(node), Value())}
        texts = _texts(node.args)
        for name in parameter_names(node.args):
            inside = frozenset({f"parameter {name}"})
            kind = "str" if name in texts else ""
            variables[name] = Value(
                inside, inside, type=kind, exactly=name, like=name, part=name, same=name
            )
        summary = _read(body, self._names, variables, self)
        more = {
            Effect("unknown", f"the decorator {ast.unparse(decorator)}")
            for decorator in decorators
            if not self._is_transparent(decorator)
        }
        if isinstance(node, ast.AsyncFunctionDef):
            more.add(Effect("suspends"))
        return replace(summary, effects=summary.effects | more) if more else summary

    def _is_transparent(self, decorator: ast.expr) -> bool:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        origin = self.origin(called)
        return bool(origin) and known.is_transparent(origin)


def _read(
    body: Sequence[ast.stmt],
    names: Mapping[str, Meaning],
    variables: dict[str, Value],
    summaries: Summaries,
) -> Summary:
    reader = Statements(names, variables, summaries)
    reader.block(body)
    notes = reader.notes
    return Summary(
        frozenset(notes.effects),
        frozenset(notes.demands),
        tuple(notes.events),
        joined(*notes.results),
    )


def _texts(arguments: ast.arguments) -> frozenset[str]:
    """Name the parameters whose default is a text, and which are taken for texts."""
    return frozenset(
        parameter.name
        for parameter in signature(arguments).parameters
        if isinstance(parameter.default, ast.Constant) and isinstance(parameter.default.value, str)
    )


class Statements(Expressions):
    """Reads the statements of one body."""

    def __init__(
        self, names: Mapping[str, Meaning], variables: dict[str, Value], summaries: Summaries
    ) -> None:
        super().__init__(names, variables, summaries.of)

    def block(self, body: Sequence[ast.stmt]) -> None:
        """Read statements in order."""
        for statement in body:
            self.statement(statement)

    def statement(self, node: ast.stmt) -> None:
        """Read one statement."""
        match node:
            case ast.Assign():
                value = self.value(node.value)
                for target in node.targets:
                    self.bind(target, value)
            case ast.AnnAssign():
                if node.value is not None:
                    self.bind(node.target, self.value(node.value))
            case ast.AugAssign():
                self._augmented(node)
            case ast.Return():
                self.notes.results.append(self.value(node.value))
            case ast.For() | ast.AsyncFor() | ast.While():
                self._loop(node)
            case ast.If():
                self._if(node)
            case ast.With() | ast.AsyncWith():
                for item in node.items:
                    value = self.value(item.context_expr)
                    if item.optional_vars is not None:
                        self.bind(item.optional_vars, value.element)
                self.block(node.body)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self._nested(node)
            case ast.Delete():
                for target in node.targets:
                    if not isinstance(target, ast.Name):
                        self.change(self.value(target.value))  # type: ignore[attr-defined]
            case ast.Raise():
                # An exception is made to be raised: that it is raised is the effect.
                parts = node.exc.args if isinstance(node.exc, ast.Call) else [node.exc]
                for part in parts:
                    self.value(part)
                self.note("raises", "" if node.exc is None else ast.unparse(node.exc))
            case ast.Assert():
                self.value(node.test)
                self.note("raises", f"assert {ast.unparse(node.test)}")
            case _:
                self._other(node)

    def _other(self, node: ast.stmt) -> None:
        match node:
            case ast.Expr():
                self.value(node.value)
            case ast.Import():
                for alias in node.names:
                    dotted = alias.name if alias.asname else alias.name.partition(".")[0]
                    self._imported(alias.asname or dotted, dotted, alias.name)
            case ast.ImportFrom():
                for alias in node.names:
                    dotted = f"{node.module}.{alias.name}"
                    self._imported(alias.asname or alias.name, dotted, node.module or ".")
            case ast.Global() | ast.Nonlocal():
                for name in node.names:
                    self.note("binds", name)
            case ast.ClassDef():
                self.note("unknown", f"the class {node.name}")
            case ast.Match():
                self.value(node.subject)
                for case in node.cases:
                    self._branch(case.body, "?")
            case ast.Pass() | ast.Break() | ast.Continue():
                pass
            case _ if hasattr(node, "handlers"):
                self._try(node)
            case _:
                self.note("unknown", type(node).__name__)

    def _imported(self, name: str, dotted: str, module: str) -> None:
        self.variables[name] = Value(origin=dotted)
        if not known.has_library(module):
            self.note("unknown", f"the import of {module}")

    def _augmented(self, node: ast.AugAssign) -> None:
        value = self.value(node.value)
        if isinstance(node.target, ast.Name):
            before = self.value(node.target)
            # Numbers and text are made anew, everything else is changed in place.
            if "str" not in (before.type, value.type) and before.type not in ("int", "float"):
                self.change(before)
            if node.target.id in self.variables:
                self._put_into(node.target.id, value)
        else:
            self.bind(node.target, value)

    def _loop(self, node: ast.For | ast.AsyncFor | ast.While) -> None:
        self.loops += 1
        drawn = len(self.notes.events)
        for _ in range(_ROUNDS):
            # Each round may know more of what the names are; what it draws is noted once.
            del self.notes.events[drawn:]
            before = dict(self.variables)
            if isinstance(node, ast.While):
                self.value(node.test)
            else:
                self.loop_over(node.target, node.iter)
            self.within.append(node.body[0])
            self.block(node.body)
            self.within.pop()
            self.block(node.orelse)
            self._join(before)
            if self.variables == before:
                break
        self.loops -= 1

    def _if(self, node: ast.If) -> None:
        self._test(node.test)
        self.value(node.test)
        condition = _deciding(node.test)
        if condition and self.variables.get(condition, Value()).exactly != condition:
            condition = ""
        before = dict(self.variables)
        ends = []
        for body in (node.body, node.orelse):
            self._restore(before)
            self._branch(body, condition or "?")
            ends.append(dict(self.variables))
        self._restore(ends[0])
        self._join(ends[1])

    def _try(self, node: Any) -> None:
        before = dict(self.variables)
        self._branch([*node.body, *node.orelse], "?")
        self._join(before)
        for handler in node.handlers:
            self.note("handles", "" if handler.type is None else ast.unparse(handler.type))
            self._branch(handler.body, "?")
        self._join(before)
        self.block(node.finalbody)

    def _branch(self, body: Sequence[ast.stmt], condition: str) -> None:
        """Read statements that may not run."""
        if body:
            self.conditions.append(condition)
            self.within.append(body[0])
            self.block(body)
            self.within.pop()
            self.conditions.pop()

    def _restore(self, variables: Mapping[str, Value]) -> None:
        self.variables.clear()
        self.variables.update(variables)

    def _join(self, other: Mapping[str, Value]) -> None:
        for name, value in other.items():
            mine = self.variables.get(name, value)
            self.variables[name] = mine if mine == value else joined(mine, value)

    def _nested(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for decorator in node.decorator_list:
            self.value(decorator)
            self.note("unknown", f"the decorator {ast.unparse(decorator)}")
        for default in (*node.args.defaults, *node.args.kw_defaults):
            self.value(default)
        self.nested.add(node)
        self.bind(
            ast.Name(node.name, ast.Store()), Value(functions=frozenset({node}), type="function")
        )


def _deciding(test: ast.expr) -> str:
    """Give the name that alone decides a test: `x`, `not x`, `x is None`, `x is not None`."""
    match test:
        case ast.Name(id=name) | ast.UnaryOp(op=ast.Not(), operand=ast.Name(id=name)):
            return name
        case ast.Compare(
            left=ast.Name(id=name),
            ops=[ast.Is() | ast.IsNot()],
            comparators=[ast.Constant(value=None)],
        ):
            return name
    return ""
