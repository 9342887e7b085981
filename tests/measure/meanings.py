"""What the names of a notebook mean: an oracle that knows nothing of the tool's own analysis.

It is strict: a name has a meaning only where everything that binds it in the notebook says the same,
at the top level of a cell.
"""

from __future__ import annotations

import ast
import builtins
import copy
import json
import re
import symtable
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.measure import laws

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_PYTHON_MAGICS = ("time", "capture", "prun")
# What may bind names that no assignment shows.
_UNSEEN = re.compile(
    r"^[ \t]*%(run|pylab|load|rerun|macro)\b|\b(globals\(|exec\([^,()]*\)|user_ns\b)"
    r"|^[ \t]*from[ \t]+[\w.]+[ \t]+import[ \t]+(\*)",
    re.M,
)
_FUTURE = {"division", "print_function", "absolute_import", "unicode_literals", "with_statement"}


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


@dataclass(frozen=True)
class Copy:
    """A definition at the top level of a cell, cells counted from 0."""

    name: str
    cell: int
    form: str


@dataclass(frozen=True)
class Notebook:
    """The code of a notebook, cell by cell; None where a cell does not parse."""

    path: Path
    sources: dict[int, str]
    trees: dict[int, ast.Module | None] = field(repr=False)

    @classmethod
    def read(cls, path: Path) -> Notebook | None:
        """Read a notebook of Python, or None."""
        try:
            document = json.loads(path.read_bytes())
            cells = list(enumerate(document["cells"]))
            sources = {n: laws.source(cell) for n, cell in cells if cell["cell_type"] == "code"}
        except (ValueError, KeyError, TypeError):
            return None
        return cls(path, sources, {n: laws.parsed(text) for n, text in sources.items()})

    @cached_property
    def copies(self) -> tuple[Copy, ...]:
        """The definitions at the top level of cells."""
        return tuple(
            Copy(node.name, number, form(node))
            for number, tree in self.trees.items()
            for node in (tree.body if tree else ())
            if isinstance(node, _DEFINITIONS)
        )

    @cached_property
    def bound(self) -> dict[str, list[Meaning]]:
        """What each name is bound to, everywhere in the notebook."""
        found: dict[str, list[Meaning]] = {}
        for tree in self.trees.values():
            for name, meaning in _bindings(tree.body if tree else []):
                found.setdefault(name, []).append(meaning)
        return found

    @cached_property
    def definitions(self) -> dict[str, Definition]:
        """The definitions by their normal form."""
        return {
            form(node): node
            for tree in self.trees.values()
            for node in (tree.body if tree else ())
            if isinstance(node, _DEFINITIONS)
        }

    @cached_property
    def futures(self) -> frozenset[str]:
        """The features of later Pythons that it asks for."""
        return frozenset(
            alias.name
            for tree in self.trees.values()
            for node in (tree.body if tree else ())
            if isinstance(node, ast.ImportFrom) and node.module == "__future__"
            for alias in node.names
            if alias.name not in _FUTURE
        )

    def meaning(self, name: str) -> Meaning | None:
        """What a name means; None for one that nothing binds."""
        found = self.bound.get(name, [])
        if len(set(found)) > 1:
            return Other("bound in several ways")
        imports = [each for each in found if isinstance(each, Import)]
        if imports:
            # import a, import a.b: both bind a
            statements = dict.fromkeys(text for each in imports for text in each.statements)
            return Import(imports[0].origin, tuple(statements))
        return found[0] if found else None

    def unseen(self, names: set[str]) -> str:
        """What may bind one of the names without an assignment that can be read; empty if nothing."""
        words = "|".join(map(re.escape, sorted(names))) or r"(?!)"
        binds = re.compile(
            rf"\b({words})\s*=(?!=)|\b(?:import|as|def|class|for|--out|--err)\s+({words})\b"
        )
        for number, text in self.sources.items():
            if found := _UNSEEN.search(text):
                word = next(group for group in found.groups() if group)
                return "star import" if word == "*" else word
            if self.trees[number] is None and binds.search(text):
                return "a cell that does not parse binds a name"
            if re.match(r"\s*%%(?!time\b|capture\b|prun\b|timeit\b)", text) and binds.search(text):
                return "a cell magic's text binds a name"
        return ""


def form(node: Definition) -> str:
    """Normalise a definition: docstrings and annotations out, and all that an ast leaves out."""
    return ast.dump(plain(node))


def plain(node: Definition) -> Definition:
    """Give a copy without docstrings and annotations."""
    without: Definition = _Plain().visit(copy.deepcopy(node))
    return without


def free_names(node: Definition) -> set[str]:
    """The names that a definition reads from its notebook, builtins too."""
    table = symtable.symtable(ast.unparse(node), "definition", "exec")
    return {
        symbol.get_name()
        for each in _tables(table)
        for symbol in each.get_symbols()
        if symbol.is_referenced() and (symbol.is_global() or each is table)
    }


def is_builtin(name: str) -> bool:
    """Whether a name that nothing binds is one of Python's own."""
    return hasattr(builtins, name) and not name.startswith("__")


def _tables(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    yield table
    for child in table.get_children():
        yield from _tables(child)


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


def _bindings(body: list[ast.stmt]) -> Iterator[tuple[str, Meaning]]:
    for node in body:
        if isinstance(node, _DEFINITIONS):
            yield node.name, Defined(form(node))
            yield from _within(node)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from _imports(node)
        elif (magic := _python_magic(node)) is not None:
            yield from _bindings(magic)
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
    if isinstance(node, (*_DEFINITIONS, ast.Lambda)):
        return
    # What a comprehension binds is its own.
    parts = [node.iter, *node.ifs] if isinstance(node, ast.comprehension) else None
    for each in ast.iter_child_nodes(node) if parts is None else parts:
        if isinstance(each, ast.Name) and not isinstance(each.ctx, ast.Load):
            yield each.id
        elif isinstance(each, _DEFINITIONS):
            yield each.name
        elif isinstance(each, ast.alias):
            yield each.asname or each.name.partition(".")[0]
        elif isinstance(each, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and each.name:
            yield each.name
        yield from _plain_names(each)
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        yield node.id
