"""What the statements of a notebook bind, and when two definitions are the same."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from . import laws

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_PYTHON_MAGICS = ("time", "capture", "prun")


@dataclass(frozen=True)
class Import:
    """A name that an import binds, by what it stands for; and the statements that do it again."""

    origin: str
    statements: tuple[str, ...] = field(compare=False)

    @property
    def root(self) -> str:
        """The module at the top."""
        return self.origin.partition(".")[0]


@dataclass(frozen=True)
class Constant:
    """A name that a literal value is bound to."""

    value: str


@dataclass(frozen=True)
class Defined:
    """A name that a definition binds, by its normal form."""

    form: str


@dataclass(frozen=True)
class Other:
    """A name whose meaning is not known here."""

    why: str


Meaning = Import | Constant | Defined | Other


def form(node: Definition) -> str:
    """Normalise a definition: docstrings and annotations out, and all that an ast leaves out."""
    return ast.dump(plain(node))


def plain(node: Definition) -> Definition:
    """Give a copy without docstrings and annotations."""
    without: Definition = _Plain().visit(copy.deepcopy(node))
    return without


def bindings(body: list[ast.stmt]) -> Iterator[tuple[str, Meaning]]:
    """Give the names that statements bind, with what each is bound to."""
    for node in body:
        if isinstance(node, DEFINITIONS):
            yield node.name, Defined(form(node))
            yield from _within(node)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from _imports(node)
        elif (magic := _python_magic(node)) is not None:
            yield from bindings(magic)
        elif isinstance(node, ast.Assign) and (value := _literal(node.value)) is not None:
            for target in node.targets:
                if isinstance(target, ast.Name):
                    yield target.id, Constant(value)
                else:
                    yield from _within(target)
        else:
            yield from _within(node)


def _imports(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, Meaning]]:
    for alias in node.names:
        name = alias.asname or alias.name.partition(".")[0]
        renamed = f" as {alias.asname}" if alias.asname else ""
        if isinstance(node, ast.Import):
            origin = alias.name if alias.asname else name
            yield name, Import(origin, (f"import {alias.name}{renamed}",))
        elif node.level or alias.name == "*":
            yield name, Other("bound by a relative or star import")
        else:
            statement = f"from {node.module} import {alias.name}{renamed}"
            yield name, Import(f"{node.module}.{alias.name}", (statement,))


def _literal(node: ast.expr) -> str | None:
    """The text of a literal that cannot be changed."""
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
    return repr(value) if _fixed(value) else None


def _fixed(value: object) -> bool:
    if isinstance(value, tuple):
        return all(map(_fixed, value))
    return isinstance(value, (bool, int, float, complex, str, bytes, type(None)))


def _python_magic(node: ast.stmt) -> list[ast.stmt] | None:
    """The statements under ``%%time`` and the like, as IPython's transformation writes them."""
    if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)):
        return None
    call = node.value
    if not (isinstance(call.func, ast.Attribute) and call.func.attr == "run_cell_magic"):
        return None
    values = [arg.value for arg in call.args if isinstance(arg, ast.Constant)]
    if len(values) != 3 or values[0] not in _PYTHON_MAGICS:
        return None
    tree = laws.parsed(str(values[2]))
    return tree.body if tree else None


def _within(node: ast.AST) -> Iterator[tuple[str, Meaning]]:
    """What is bound in a statement in any other way, also by functions that say ``global``."""
    for each in ast.walk(node):
        if isinstance(each, ast.Global):
            for name in each.names:
                yield name, Other("bound by a function")
    yield from ((name, Other("bound by a statement")) for name in _plain_names(node))


def _plain_names(node: ast.AST) -> Iterator[str]:
    if isinstance(node, (*DEFINITIONS, ast.Lambda)):
        return
    # What a comprehension binds is its own.
    parts = [node.iter, *node.ifs] if isinstance(node, ast.comprehension) else None
    for each in ast.iter_child_nodes(node) if parts is None else parts:
        if isinstance(each, ast.Name) and not isinstance(each.ctx, ast.Load):
            yield each.id
        elif isinstance(each, DEFINITIONS):
            yield each.name
        elif isinstance(each, ast.alias):
            yield each.asname or each.name.partition(".")[0]
        elif isinstance(each, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and each.name:
            yield each.name
        yield from _plain_names(each)
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        yield node.id


class _Plain(ast.NodeTransformer):
    """Takes docstrings and annotations out; those of a class's fields may be read, and stay."""

    def visit_FunctionDef(self, node: Any) -> Any:
        node.returns = None
        node.type_comment = None
        return self._body(node)

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815

    def visit_ClassDef(self, node: Any) -> Any:
        return self._body(node)

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = None
        node.type_comment = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> Any:
        return node

    def _body(self, node: Any) -> Any:
        if ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:] or [ast.Pass()]
        self.generic_visit(node)
        return node
