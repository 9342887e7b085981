"""What one code cell tells at a glance; cells with the same text are read once."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from msgspec import Struct

from nbrefactor.model.facts import Defined, Imported
from nbrefactor.notebook._syntax import is_plain, parse_in_quiet, quiet, surely_parses
from nbrefactor.python.outline import outline

if TYPE_CHECKING:
    from nbrefactor.python.scopes import DefinitionNode

_TELLING = ("def", "class", "import")


@cache
def _magic_line() -> re.Pattern[str]:
    return re.compile(r"^([ \t]*)[%!].*$", re.MULTILINE)


@cache
def _own_code() -> re.Pattern[str]:
    return re.compile("nb[0-9]", re.IGNORECASE)


class CellFacts(Struct, frozen=True):
    """What the text of one code cell tells.

    Parameters
    ----------
    opaque : bool
        It does not parse.
    definitions : tuple of Defined
        What it defines outside of other definitions.
    imports : tuple of Imported
        What it imports at its top level.
    optouts : bool
        A comment in it may opt out of a rule of ours.
    """

    opaque: bool = False
    definitions: tuple[Defined, ...] = ()
    imports: tuple[Imported, ...] = ()
    optouts: bool = False


_NOTHING = CellFacts()
# What remembering a text takes besides the text, in characters.
_ENTRY = 100


class CellReader:
    """Reads code cells and remembers them by their text: notebooks of one project share many.

    Parameters
    ----------
    limit : int
        How many characters are remembered, with some for each text; all are forgotten when there
        are more.
    """

    def __init__(self, limit: int = 16_000_000) -> None:
        self._limit = limit
        self._held = 0
        self._known: dict[str, CellFacts] = {}
        self._shapes: dict[tuple[str, str], frozenset[str]] = {}
        self.readings = 0
        """How many texts were read, which a test counts."""

    def read(self, source: str, *, syntax: bool = True) -> CellFacts:
        """Say what a cell tells; called within `quiet`.

        Parameters
        ----------
        source : str
            The cell's text.
        syntax : bool
            Whether a cell that tells nothing else is parsed, to see whether it is Python.
        """
        if not syntax and not _is_telling(source):
            return _NOTHING
        found = self._known.get(source)
        if found is None:
            if self._held > self._limit:
                self._known.clear()
                self._shapes.clear()
                self._held = 0
            self._held += len(source) + _ENTRY
            self.readings += 1
            found = self._known[source] = _read(source)
        return found

    def shapes(self, source: str, outline: str) -> frozenset[str]:
        """Give the shapes of a cell's definitions that have an outline."""
        key = source, outline
        if key not in self._shapes:
            with quiet():
                self._shapes[key] = frozenset(self._found_shapes(source, outline))
        return self._shapes[key]

    def nodes(self, source: str) -> Iterator[DefinitionNode]:
        """Give a cell's definitions, parsed anew: trees take too much room to be remembered."""
        with quiet():
            tree = python_tree(source) if self.read(source).definitions else None
        yield from definitions(tree.body) if tree is not None else ()

    def _found_shapes(self, source: str, outline: str) -> Iterator[str]:
        if all(found.outline != outline for found in self.read(source).definitions):
            return
        tree = python_tree(source)
        for node in definitions(tree.body) if tree is not None else ():
            if outline_text(node) == outline:
                yield shape(node)


def _read(source: str) -> CellFacts:
    optouts = may_opt_out(source)
    if (
        not optouts
        and not any(word in source for word in _TELLING)
        and is_plain(source)
        and surely_parses(source)
    ):
        return _NOTHING
    tree = python_tree(source)
    if tree is None:
        from nbrefactor.notebook.magics import read_cell

        return CellFacts(opaque=read_cell(source).kind == "opaque", optouts=optouts)
    return CellFacts(
        False,
        tuple(Defined(node.name, outline_text(node)) for node in definitions(tree.body)),
        tuple(_imports(tree)),
        optouts,
    )


def _is_telling(source: str) -> bool:
    return any(word in source for word in _TELLING) or may_opt_out(source)


def may_opt_out(source: str) -> bool:
    """Tell whether a comment of a cell may opt out of a rule of ours, and names it."""
    text = source.lower()
    if "nbrefactor" in text and "ignore" in text:
        return True
    return "noqa" in text and bool(_own_code().search(source))


def python_tree(source: str) -> ast.Module | None:
    """Parse the Python of a code cell; None where it is no Python."""
    if is_plain(source):
        for text in (source, _without_magic_lines(source)):
            try:
                return parse_in_quiet(text)
            except SyntaxError:
                continue
    from nbrefactor.notebook.magics import read_cell

    code = read_cell(source)
    return parse_in_quiet(code.python) if code.kind == "python" else None


def _without_magic_lines(source: str) -> str:
    """Put ``pass`` for lines that can only be magics where the result parses.

    What is in brackets cannot be such a line then, because ``pass`` is no expression; in a string
    it changes nothing that is asked here. A line that goes on is left to `read_cell`.
    """
    if "%%" in source or "\\\n" in source:
        return source
    return _magic_line().sub(r"\1pass", source)


def definitions(block: Sequence[ast.AST]) -> Iterator[DefinitionNode]:
    """Yield the definitions of a block that stand outside of other definitions."""
    for node in block:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node
            continue
        for field in ("body", "orelse", "finalbody", "handlers", "cases"):
            inner = getattr(node, field, ())
            if isinstance(inner, list):
                yield from definitions(inner)


def outline_text(node: DefinitionNode) -> str:
    """Give a definition's outline as text, which can be stored."""
    kind, *counts = outline(node)
    assert isinstance(kind, type)
    return " ".join([kind.__name__, *map(str, counts)])


def shape(node: DefinitionNode) -> str:
    """Give what all renamed copies have in common; empty where it is nested too deeply to tell."""
    from nbrefactor.python.canonical import canonical

    try:
        return canonical(node).shape
    except RecursionError:
        return ""


def _imports(tree: ast.Module) -> Iterator[Imported]:
    for statement in tree.body:
        if isinstance(statement, ast.ImportFrom) and statement.module and not statement.level:
            yield Imported(statement.module, tuple(alias.name for alias in statement.names))
