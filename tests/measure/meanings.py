"""What the names of a notebook mean: an oracle that knows nothing of the tool's own analysis.

It is strict: a name has a meaning only where everything that binds it in the notebook says the same,
at the top level of a cell.
"""

from __future__ import annotations

import ast
import builtins
import json
import re
import symtable
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from . import laws
from .bindings import DEFINITIONS, Definition, Import, Meaning, Other, bindings, form

# What may bind names that no assignment shows.
_UNSEEN = re.compile(
    r"^[ \t]*%(run|pylab|load|rerun|macro)\b|\b(globals\(|exec\([^,()]*\)|user_ns\b)"
    r"|^[ \t]*from[ \t]+[\w.]+[ \t]+import[ \t]+(\*)",
    re.M,
)
_FUTURE = {"division", "print_function", "absolute_import", "unicode_literals", "with_statement"}


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
            if isinstance(node, DEFINITIONS)
        )

    @cached_property
    def bound(self) -> dict[str, list[Meaning]]:
        """What each name is bound to, everywhere in the notebook."""
        found: dict[str, list[Meaning]] = {}
        for tree in self.trees.values():
            for name, meaning in bindings(tree.body if tree else []):
                found.setdefault(name, []).append(meaning)
        return found

    @cached_property
    def definitions(self) -> dict[str, Definition]:
        """The definitions by their normal form."""
        return {
            form(node): node
            for tree in self.trees.values()
            for node in (tree.body if tree else ())
            if isinstance(node, DEFINITIONS)
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
            rf"\b({words})\s*=(?!=)|(?:\b(?:import|as|def|class|for)|--out|--err)\s+({words})\b"
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
