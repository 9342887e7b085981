"""Where names of a program may come from, through imports in any scope and through aliases."""

from __future__ import annotations

import ast
import os
from collections import Counter
from collections.abc import Iterable
from functools import cached_property
from pathlib import PurePath

from nbrefactor.python.bindings import imported_names
from nbrefactor.python.meanings import STAR
from nbrefactor.python.scopes import bound_by
from nbrefactor.verdict.texts import Texts

_IMPORTS_BY_TEXT = frozenset({"importlib.import_module", "builtins.__import__"})
_ABSOLUTE = frozenset({"os.path.abspath", "os.path.realpath"})
_AS_GIVEN = frozenset(
    {"os.path.normpath", "pathlib.Path", "pathlib.PurePath", "builtins.str", "os.fspath"}
)
_HERE = frozenset({"os.getcwd", "pathlib.Path.cwd"})
_MADE_ABSOLUTE = frozenset({"resolve", "absolute"})
_AS_TEXT = frozenset({"as_posix", "__str__", "__fspath__"})


class Origins:
    """What the names of some trees may mean: every import counts, wherever it stands.

    Parameters
    ----------
    trees : iterable of ast.AST
        Code that shares its names: the cells of a notebook, or one module.
    package : str
        Dotted package that relative imports start from.
    """

    def __init__(self, trees: Iterable[ast.AST], package: str = "") -> None:
        self.names: dict[str, set[str]] = {}
        self.texts: set[str] = set()
        self._stars: set[str] = set()
        trees = tuple(trees)
        self._trees = trees
        bound: Counter[str] = Counter()
        assigned: list[tuple[str, ast.expr]] = []
        for node in (node for tree in trees for node in ast.walk(tree)):
            bound.update(bound_by(node))
            match node:
                case ast.Import() | ast.ImportFrom():
                    for name, dotted in imported_names(node, package):
                        if name == STAR:
                            self._stars.add(dotted.removesuffix(f".{STAR}"))
                        else:
                            self.names.setdefault(name, set()).add(dotted)
                case ast.Constant(value=str(text)):
                    self.texts.add(text)
                case (
                    ast.Assign(targets=[ast.Name(id=name)], value=value)
                    | ast.NamedExpr(target=ast.Name(id=name), value=value)
                ):
                    assigned.append((name, value))
        self.values = {name: value for name, value in assigned if bound[name] == 1}
        # `p = sys.path`, `q = p`: as many rounds as there are aliases of aliases.
        grown = True
        while grown:
            grown = False
            for name, value in assigned:
                if isinstance(value, (ast.Name, ast.Attribute, ast.Call, ast.Subscript)):
                    new = self.of(value) - self.names.get(name, set())
                    if new:
                        self.names.setdefault(name, set()).update(new)
                        grown = True

    def of(self, node: ast.AST) -> frozenset[str]:
        """Give the dotted names that an expression may stand for."""
        match node:
            case ast.Name(id=name):
                if name in self.names:
                    return frozenset(self.names[name])
                return frozenset(f"{module}.{name}" for module in self._stars)
            case ast.Attribute(value=value, attr=attribute):
                return frozenset(f"{base}.{attribute}" for base in self.of(value))
            case ast.Subscript(value=value, slice=ast.Constant(value=str(name))) if (
                "sys.modules" in self.of(value)
            ):
                return frozenset({name})
            case ast.Call(func=func, args=[ast.Constant(value=str(name)), *_]) if (
                self.called(func) & _IMPORTS_BY_TEXT
            ):
                return frozenset({name})
        return frozenset()

    def called(self, func: ast.expr) -> frozenset[str]:
        """Give the dotted names of what is called, builtins among them."""
        found = self.of(func)
        if isinstance(func, ast.Name) and func.id not in self.names:
            return found | {f"builtins.{func.id}"}
        return found

    def texts_of(self, node: ast.expr) -> frozenset[str] | None:
        """Give the texts that an expression may be; None where that cannot be told."""
        match node:
            case ast.Constant(value=str(text)):
                return frozenset({text})
            case ast.Name(id=name):
                return self._texts.of(name)
        return None

    @cached_property
    def _texts(self) -> Texts:
        return Texts(self._trees)

    def folder(self, node: ast.expr, here: str | None, file: str = "") -> str | None:
        """Give the folder that an expression names; None where that cannot be told.

        Parameters
        ----------
        node : ast.expr
            The expression.
        here : str or None
            The working directory; None where it is not known.
        file : str
            What ``__file__`` is.

        Returns
        -------
        str or None
            As `sys.path` would hold it: relative where it is so in the program.
        """
        return _Folders(self, here, file).of(node)


class _Folders:
    """Evaluates the few expressions that programs write for folders."""

    def __init__(self, origins: Origins, here: str | None, file: str) -> None:
        self._origins = origins
        self._here = here
        self._file = file
        self._within: set[str] = set()

    def of(self, node: ast.expr) -> str | None:
        match node:
            case ast.Constant(value=str(text)):
                return text
            case ast.Name(id="__file__"):
                return self._file or None
            case ast.Name(id=name) if name in self._origins.values and name not in self._within:
                self._within.add(name)
                found = self.of(self._origins.values[name])
                self._within.discard(name)
                return found
            case ast.BinOp(left=left, op=ast.Add() | ast.Div() as op, right=right):
                first, second = self.of(left), self.of(right)
                if first is None or second is None:
                    return None
                return first + second if isinstance(op, ast.Add) else os.path.join(first, second)  # noqa: PTH118
            case ast.Attribute(value=value, attr="parent"):
                return self._up(self.of(value), 1)
            case ast.Subscript(
                value=ast.Attribute(value=value, attr="parents"),
                slice=ast.Constant(value=int(count)),
            ):
                return self._up(self.of(value), count + 1)
            case ast.Call():
                return self._called(node)
        return ".." if "os.pardir" in self._origins.of(node) else None

    def _up(self, path: str | None, levels: int) -> str | None:
        if path is None or not os.path.isabs(path):  # noqa: PTH117 (text, not a path of ours)
            return None
        pure = PurePath(path)
        return str(pure.parents[levels - 1]) if 0 < levels <= len(pure.parents) else None

    def _called(self, node: ast.Call) -> str | None:
        origins = self._origins.called(node.func)
        if origins & _HERE:
            return self._here
        if isinstance(node.func, ast.Attribute) and not origins:
            inner = self.of(node.func.value)
            if node.func.attr in _MADE_ABSOLUTE:
                return self._absolute(inner)
            if node.func.attr == "joinpath":
                return self._joined([node.func.value, *node.args])
            return inner if node.func.attr in _AS_TEXT else None
        if not node.args:
            return None
        first = self.of(node.args[0])
        if origins & _ABSOLUTE:
            return self._absolute(first)
        if origins & {"os.path.dirname"}:
            return None if first is None else os.path.dirname(first)  # noqa: PTH120
        if origins & ({"os.path.join"} | _AS_GIVEN):
            return self._joined(node.args)
        return None

    def _absolute(self, path: str | None) -> str | None:
        if path is None or (self._here is None and not os.path.isabs(path)):  # noqa: PTH117
            return None
        return os.path.normpath(os.path.join(self._here or "", path))  # noqa: PTH118

    def _joined(self, parts: Iterable[ast.expr]) -> str | None:
        found = [self.of(part) for part in parts]
        known = [part for part in found if part is not None]
        return os.path.join(*known) if known and len(known) == len(found) else None  # noqa: PTH118
