"""The smallest difference of two definitions, in the words of their own sources."""

from __future__ import annotations

import ast
import copy
import difflib
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nbrefactor.python.difference import paired
from nbrefactor.python.scopes import DefinitionNode

_ROW = re.compile(r"\r\n?|\n")
_HEADED = (
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.If, ast.For, ast.AsyncFor),
    *(ast.While, ast.With, ast.AsyncWith, ast.Try, ast.Match, ast.ExceptHandler, ast.match_case),
)
_BLOCKS = ("body", "handlers", "cases", "orelse", "finalbody")


@dataclass(frozen=True, slots=True)
class _Line:
    """A statement, or the head of one that holds others."""

    meaning: str
    text: str


def source_difference(
    inline: DefinitionNode, here: str, target: DefinitionNode, there: str, *, context: int = 1
) -> str:
    """Show what differs between two definitions as their authors wrote it.

    Parameters
    ----------
    inline, target : ast.FunctionDef, ast.AsyncFunctionDef or ast.ClassDef
        The definitions.
    here, there : str
        The sources that their rows count in.
    context : int
        Statements that are alike to show around each difference.

    Returns
    -------
    str
        Lines that begin with ``-`` (inline), ``+`` (target) or a space; ``…`` stands for what is
        left out. Statements are compared by what they say: layout, comments, docstrings,
        annotations and the names of locals are no differences. Empty where there is none.
    """
    mine, theirs = paired(inline, target)
    one = list(_lines(mine, _ROW.split(here)))
    other = list(_lines(theirs, _ROW.split(there)))
    matcher = difflib.SequenceMatcher(
        None, [line.meaning for line in one], [line.meaning for line in other], autojunk=False
    )
    parts: list[str] = []
    for group in matcher.get_grouped_opcodes(context):
        if parts:
            parts.append("  …")
        for tag, start, end, first, last in group:
            if tag == "equal":
                parts.extend(_marked(" ", one[start:end]))
            else:
                parts.extend(_replaced(one[start:end], other[first:last]))
    return "\n".join(text for text, _ in itertools.groupby(parts))


def _replaced(here: Sequence[_Line], there: Sequence[_Line]) -> Iterator[str]:
    """Mark what is replaced; of long statements only the lines that differ."""
    mine = [text for line in here if line.text for text in line.text.split("\n")]
    theirs = [text for line in there if line.text for text in line.text.split("\n")]
    matcher = difflib.SequenceMatcher(None, mine, theirs, autojunk=False)
    for at, group in enumerate(matcher.get_grouped_opcodes(1)):
        if at:
            yield "  …"
        for tag, start, end, first, last in group:
            if tag == "equal":
                yield from (f"  {text}".rstrip() for text in mine[start:end])
            else:
                yield from (f"- {text}" for text in mine[start:end])
                yield from (f"+ {text}" for text in theirs[first:last])


def _marked(mark: str, lines: Sequence[_Line]) -> Iterator[str]:
    for line in lines:
        for text in line.text.split("\n") if line.text else ():
            yield f"{mark} {text}".rstrip()


def _lines(node: ast.AST, source: Sequence[str], indent: int | None = None) -> Iterator[_Line]:
    """Yield a statement's lines, those of its blocks after its own."""
    first = _start(node)
    if not first:
        return  # stands for a docstring that was left out
    indent = len(source[first - 1]) - len(source[first - 1].lstrip()) if indent is None else indent
    blocks = [(name, block) for name in _BLOCKS if (block := _block(node, name))]
    below = _start(blocks[0][1][0]) if blocks else 0
    if not isinstance(node, _HEADED):
        yield _Line(ast.dump(node), _cut(source, first, _last(node), indent))
        return
    if 0 < below <= _row(node):
        # On one row, which is shown with the body.
        row = _cut(source, first, _last(node), indent)
        yield _Line(_head(node), "")
        for _, block in blocks:
            yield from (_Line(ast.dump(statement), row) for statement in block)
        return
    yield _Line(_head(node), _cut(source, first, _end_of_head(node, source, below), indent))
    for name, block in blocks:
        begins = _start(block[0])
        is_elif = name == "orelse" and source[begins - 1].lstrip().startswith("elif")
        if name in ("orelse", "finalbody") and not is_elif:
            word = "finally:" if name == "finalbody" else "else:"
            column = " " * (getattr(node, "col_offset", indent) - indent)
            yield _Line(f"{word} {type(node).__name__}", f"{column}{word}")
        for statement in block:
            yield from _lines(statement, source, indent)


def _block(node: ast.AST, name: str) -> Sequence[ast.AST]:
    block = getattr(node, name, ())
    return block if isinstance(block, list) else ()


def _start(node: ast.AST) -> int:
    decorators: Sequence[ast.expr] = getattr(node, "decorator_list", ())
    return min([_row(node), *(one.lineno for one in decorators)])


def _row(node: ast.AST) -> int:
    """Give the row on which a node begins; a case of ``match`` has only that of its pattern."""
    pattern = node.pattern if isinstance(node, ast.match_case) else node
    return int(getattr(pattern, "lineno", 0))


def _last(node: ast.AST) -> int:
    return int(getattr(node, "end_lineno", None) or _row(node))


def _end_of_head(node: ast.AST, source: Sequence[str], below: int) -> int:
    """Find the row on which a head ends: a docstring below it is no part of it."""
    held = {id(inner) for name in _BLOCKS for inner in _block(node, name)}
    own = (inner for inner in ast.iter_child_nodes(node) if id(inner) not in held)
    last = max([_row(node), *(_last(part) for one in own for part in ast.walk(one))])
    while last < below - 1 and not source[last - 1].partition("#")[0].rstrip().endswith(":"):
        last += 1
    return last


def _head(node: ast.AST) -> str:
    """Say what a head says, without what it holds."""
    bare = copy.copy(node)
    for name in _BLOCKS:
        if _block(bare, name):
            setattr(bare, name, [])
    return ast.dump(bare)


def _cut(source: Sequence[str], first: int, last: int, indent: int) -> str:
    rows = source[first - 1 : last]
    return "\n".join(row[indent:] if not row[:indent].strip() else row.lstrip() for row in rows)
