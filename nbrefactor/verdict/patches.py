"""Whether a program changes a module that it imports: the world is closed over its aliases."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from nbrefactor.effects import known
from nbrefactor.python.excerpt import first_line
from nbrefactor.python.scopes import parameter_names
from nbrefactor.verdict.origins import Origins

_REFLECTS = frozenset(
    {
        *("builtins.setattr", "builtins.delattr", "builtins.vars", "builtins.object.__setattr__"),
        *("builtins.type.__setattr__", "functools.update_wrapper", "importlib.reload"),
    }
)
_REFLECTING = frozenset({"__dict__", "__setattr__", "__delattr__"})
# They hand on what they are given, and one loops over what comes out.
_HANDS_ON = frozenset(
    {
        *("builtins.list", "builtins.tuple", "builtins.zip", "builtins.enumerate", "builtins.iter"),
        *(
            "builtins.set",
            "builtins.reversed",
            "builtins.getattr",
            "builtins.next",
            "builtins.dict",
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Change:
    """One place that changes a module, or may.

    Parameters
    ----------
    row : int
        Line, counted from 1.
    what : str
        What is changed, as far as that is known.
    text : str
        What does it, shortened.
    """

    row: int
    what: str
    text: str


class Patches:
    """Finds where some code changes modules, through whatever name it has them.

    Parameters
    ----------
    trees : sequence of ast.AST
        Code that shares its names.
    origins : Origins
        What its names may mean.
    modules : iterable of str
        Dotted names of the modules.
    """

    def __init__(self, trees: Iterable[ast.AST], origins: Origins, modules: Iterable[str]) -> None:
        self._trees = tuple(trees)
        self._origins = origins
        self._modules = frozenset(modules)
        self._texts = tuple(f"{module}." for module in self._modules)
        self.aliases: set[str] = set()
        self._packages: set[str] = set()
        self._returning: set[str] = set()
        self._functions: dict[str, ast.FunctionDef | ast.AsyncFunctionDef] = {}
        self.is_named = self._is_named()
        if self.is_named:
            self._follow()

    def _is_named(self) -> bool:
        """Tell whether the code names one of the modules at all, by an import or by a text."""
        dotted = (one for found in self._origins.names.values() for one in found)
        return any(
            self.is_part(one) or any(module.startswith(f"{one}.") for module in self._modules)
            for one in (*dotted, *self._origins.texts)
        )

    def _follow(self) -> None:
        origins = self._origins
        self._functions = {
            node.name: node
            for tree in self._trees
            for node in ast.walk(tree)
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        }
        self.aliases = {
            name
            for name, dotted in origins.names.items()
            if any(self.is_part(one) for one in dotted)
        }
        self._packages = {
            name
            for name, dotted in origins.names.items()
            if any(module.startswith(f"{one}.") for one in dotted for module in self._modules)
        }
        while self._grow():
            pass

    def is_part(self, dotted: str) -> bool:
        """Tell whether a dotted name is one of the modules, or something in one."""
        return dotted in self._modules or dotted.startswith(self._texts)

    def changes(self, tree: ast.AST) -> Iterator[Change]:
        """Yield the places of one tree that change a module."""
        for node in ast.walk(tree) if self.is_named else ():
            if self._changes(node):
                yield Change(getattr(node, "lineno", 0), self._what(node), first_line(node))

    def _what(self, node: ast.AST) -> str:
        """Name what is changed: an attribute of the module, or the module."""
        names: frozenset[str] = frozenset()
        match node:
            case ast.Call(args=[first, ast.Constant(value=str(name)), *_]):
                names = frozenset(f"{dotted}.{name}" for dotted in self._origins.of(first))
            case ast.Call(args=[ast.Constant(value=str(name)), *_]):
                names = frozenset({name})
            case ast.Attribute():
                names = self._origins.of(node)
        parts = sorted(name for name in names if self.is_part(name))
        return parts[0] if parts else min(self._modules)

    # -- aliases -----------------------------------------------------------------------------

    def _grow(self) -> bool:
        """Follow assignments, loops, calls and results once more; tell whether that found any."""
        before = len(self.aliases) + len(self._returning)
        for tree in self._trees:
            for node in ast.walk(tree):
                for target, value in _handed_on(node):
                    if self._carries(value):
                        self.aliases.update(_names(target))
                if isinstance(node, ast.Call):
                    self._passed(node)
        for name, function in self._functions.items():
            results = (
                n.value for n in ast.walk(function) if isinstance(n, (ast.Return, ast.Yield))
            )
            if any(value is not None and self._carries(value) for value in results):
                self._returning.add(name)
        return len(self.aliases) + len(self._returning) > before

    def _passed(self, node: ast.Call) -> None:
        function = self._functions.get(node.func.id) if isinstance(node.func, ast.Name) else None
        given = [*node.args, *(keyword.value for keyword in node.keywords)]
        if function is not None and any(self._carries(value) for value in given):
            self.aliases.update(parameter_names(function.args))

    def _carries(self, node: ast.expr) -> bool:
        """Tell whether an expression may give the module or a part of it, or holds one."""
        match node:
            case ast.Name(id=name):
                return name in self.aliases
            case ast.Attribute(value=value):
                return self._carries(value) or self._is_inside_package(node)
            case ast.Subscript(value=value):
                return self._carries(value) or self._is_of_text(node)
            case ast.Starred(value=value) | ast.NamedExpr(value=value):
                return self._carries(value)
            case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts):
                return any(self._carries(part) for part in parts)
            case ast.Dict(values=parts):
                return any(self._carries(part) for part in parts)
            case ast.IfExp(body=body, orelse=orelse):
                return self._carries(body) or self._carries(orelse)
            case ast.BoolOp(values=parts):
                return any(self._carries(part) for part in parts)
            case ast.Call(func=func, args=args):
                if self._is_of_text(node):
                    return True
                if isinstance(func, ast.Name) and func.id in self._returning:
                    return True
                hands_on = self._origins.called(func) & (_HANDS_ON | {"builtins.vars"})
                return bool(hands_on) and any(self._carries(argument) for argument in args)
        return False

    def _is_of_text(self, node: ast.expr) -> bool:
        return any(self.is_part(dotted) for dotted in self._origins.of(node))

    def _is_inside_package(self, node: ast.Attribute) -> bool:
        """Tell whether it is `package.module`, or something in it."""
        if not self._packages:
            return False
        return any(self.is_part(dotted) for dotted in self._origins.of(node))

    # -- changes -----------------------------------------------------------------------------

    def _changes(self, node: ast.AST) -> bool:
        match node:
            case (
                ast.Attribute(value=value, ctx=ast.Store() | ast.Del())
                | ast.Subscript(value=value, ctx=ast.Store() | ast.Del())
            ):
                return self._carries(value)
            case ast.Attribute(value=value, attr=attribute) if attribute in _REFLECTING:
                return self._carries(value)
            case ast.Call():
                return self._calls_a_change(node)
        return False

    def _calls_a_change(self, node: ast.Call) -> bool:
        origins = self._origins.called(node.func)
        given = [*node.args, *(keyword.value for keyword in node.keywords)]
        if origins & _REFLECTS or any(".mock" in origin for origin in origins):
            return any(self._carries(value) for value in given) or self._names_it(given)
        if not isinstance(node.func, ast.Attribute):
            return False
        method, base = node.func.attr, node.func.value
        if "patch" in method or method in ("setattr", "delattr", "object", "dict"):
            return any(self._carries(value) for value in given) or self._names_it(given)
        if not self._carries(base) or self._is_module(base):
            return False
        # A method of something in the module: a list that grows, a class that is registered with.
        found = known.method(None, method)
        return method == "register" or (found is not None and "self" in found.changes)

    def _is_module(self, node: ast.expr) -> bool:
        return bool(self._origins.of(node) & self._modules)

    def _names_it(self, given: Iterable[ast.expr]) -> bool:
        return any(
            isinstance(value, ast.Constant)
            and isinstance(value.value, str)
            and self.is_part(value.value)
            for value in given
        )


def _handed_on(node: ast.AST) -> Iterator[tuple[ast.AST, ast.expr]]:
    match node:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                yield target, value
        case (
            ast.NamedExpr(target=target, value=value)
            | ast.For(target=target, iter=value)
            | ast.comprehension(target=target, iter=value)
            | ast.withitem(optional_vars=ast.expr() as target, context_expr=value)
        ):
            yield target, value
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            yield target, value


def _names(target: ast.AST) -> Iterator[str]:
    for node in ast.walk(target):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
