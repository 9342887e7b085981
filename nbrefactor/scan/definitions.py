"""The definitions that a text holds: each text is parsed once, however often it occurs."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from nbrefactor.notebook.magics import parse, read_cell
from nbrefactor.python.scopes import DefinitionNode
from nbrefactor.scan.values import Text, text_of

_DEFINES = re.compile(r"^(?:async[ \t]+)?(?:def|class)[ \t]", re.MULTILINE)
_INDENTED = re.compile(r"^[ \t>]+(?:async[ \t]+)?(?:def|class)[ \t]", re.MULTILINE)
# Where these stand, rows and cells are not what they are for Python alone.
_UNUSUAL = re.compile("[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
# Wherever a name may be bound; one that is only called or looked into is not.
_MAY_BIND = re.compile(
    r"\b(?:def|class|import|as)[ \t]+([^\W\d]\w*)|([^\W\d]\w*)[ \t]*(?![\w.(\[ \t]|==)"
)
_ROW_END = re.compile(r"\r\n?|\n")


@dataclass(frozen=True, slots=True)
class Found:
    """A definition at the top of a text.

    Parameters
    ----------
    row : int
        Line where it begins, decorators included, counted from 1.
    text : Text
        Its source.
    magic : bool
        Whether a magic or shell line stands in it.
    """

    row: int
    text: Text
    magic: bool = False


@dataclass(frozen=True, slots=True)
class Parsed:
    """A text as Python.

    Parameters
    ----------
    tree : ast.Module
        Its tree, magics taken out.
    python : str
        What the tree was made of.
    source : str
        The text as it stands, with as many lines.
    magic_rows : tuple of int
        Lines that begin a magic.
    """

    tree: ast.Module
    python: str
    source: str
    magic_rows: tuple[int, ...] = ()


class Texts:
    """Parses texts, and finds what they define, for the length of one scan."""

    def __init__(self) -> None:
        self._parsed: dict[str, Parsed | None] = {}
        self._found: dict[str, tuple[Found, ...]] = {}
        self._bound: dict[str, frozenset[str]] = {}
        self._known: dict[str, Text] = {}

    def parsed(self, source: str) -> Parsed | None:
        """Parse a cell or file; None where it is no Python."""
        if source not in self._parsed:
            self._parsed[source] = _parsed(source)
        return self._parsed[source]

    def may_bind(self, source: str) -> frozenset[str]:
        """Name what a cell may bind, more rather than less."""
        if source not in self._bound:
            found = _MAY_BIND.findall(source)
            self._bound[source] = frozenset(one or other for one, other in found)
        return self._bound[source]

    def definitions(self, source: str) -> tuple[Found, ...]:
        """Find the definitions at the top of a cell or file."""
        found = self._found.get(source)
        if found is None:
            found = ()
            if _DEFINES.search(source) or _INDENTED.match(source.lstrip("\n")):
                parsed = self.parsed(source)
                found = () if parsed is None else tuple(self._definitions(parsed))
            self._found[source] = found
        return found

    def cell(self, source: str) -> Text | None:
        """Take a whole cell as one text; None where it is no Python, or holds a magic."""
        parsed = self.parsed(source)
        if parsed is None or parsed.magic_rows or not parsed.tree.body:
            return None
        return self._text("", source, parsed.tree)

    def _text(self, name: str, source: str, node: DefinitionNode | ast.Module) -> Text:
        text = self._known.get(source)
        if text is None:
            text = self._known[source] = text_of(name, source, node)
        return text

    def _definitions(self, parsed: Parsed) -> Iterator[Found]:
        rows: list[str] = []
        for node in parsed.tree.body:
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                rows = rows or _ROW_END.split(parsed.source)
                first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
                end = node.end_lineno or node.lineno
                lines = rows[first - 1 : end]
                magic = any(first <= row <= end for row in parsed.magic_rows)
                source = "\n".join(lines).rstrip()
                yield Found(first, self._text(node.name, source, node), magic)


def _parsed(source: str) -> Parsed | None:
    if not _UNUSUAL.search(source):
        # What parses as it stands is what IPython runs; the rest needs its whole reading.
        try:
            return Parsed(parse(source), source, source)
        except SyntaxError:
            pass
    code = read_cell(source)
    if code.kind != "python":
        return None
    rows = tuple(magic.row for magic in code.magics)
    return Parsed(parse(code.python), code.python, source, rows)
