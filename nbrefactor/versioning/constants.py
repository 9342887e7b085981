"""The version that a notebook's code states, where nothing but what is shown depends on it."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, TypeGuard

from nbrefactor.versioning.blocks import Span
from nbrefactor.versioning.dates import DATE
from nbrefactor.versioning.number import NUMBER, Version
from nbrefactor.versioning.place import Place

if TYPE_CHECKING:
    from nbrefactor.notebook.document import Cell
    from nbrefactor.notebook.magics import CellCode

NAMES = ("__version__", "VERSION", "NOTEBOOK_VERSION")
_PARAMETER_TAGS = frozenset({"parameters", "injected-parameters"})
# What a value may pass through on its way to the reader.
_SHOWING = frozenset({"print", "display"})
_WRITING = frozenset({"str", "repr", "Markdown", "HTML"})


@cache
def mentioned() -> re.Pattern[str]:
    """Give the expression for a name that may state a version."""
    return re.compile(r"(?<![\w.])(?:__version__|VERSION|NOTEBOOK_VERSION)\b")


@cache
def value() -> re.Pattern[str]:
    """Give the expression for a text that is a version: groups prefix, number and date."""
    return re.compile(
        rf"\s{{0,9}}(?P<prefix>(?:version\s{{1,3}})?v?\.?)(?P<number>{NUMBER})"
        rf"(?:[\s,;(\[–—-]{{1,6}}(?P<date>{DATE})[)\]]{{0,2}})?\s{{0,9}}",
        re.IGNORECASE,
    )


@cache
def _literal() -> re.Pattern[str]:
    return re.compile(r"[rRuU]?(\"\"\"|'''|\"|')(?P<value>[^\\\n]*)\1")


@cache
def _comment() -> re.Pattern[str]:
    return re.compile(
        rf"[ \t]{{0,40}};?[ \t]{{0,40}}#+[ \t]{{0,9}}\(?(?P<date>{DATE})\)?[ \t\r]{{0,9}}$",
        re.IGNORECASE,
    )


@dataclass(frozen=True, slots=True)
class _Code:
    """A code cell, its Python and what that parses to."""

    cell: Cell
    code: CellCode
    tree: ast.Module


def _is_call(node: ast.AST, names: frozenset[str]) -> TypeGuard[ast.Call]:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names


def _shown_names(statement: ast.Expr) -> Iterator[ast.Name]:
    """Yield the names of which a statement only shows the value."""
    pending: list[ast.expr] = [statement.value]
    if _is_call(statement.value, _SHOWING):
        # ``print(…, file=…)`` writes what somebody may read.
        pending = [] if statement.value.keywords else [*statement.value.args]
    elif not isinstance(statement.value, ast.Name):
        return
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Name):
            yield node
        elif isinstance(node, ast.JoinedStr):
            pending.extend(node.values)
        elif isinstance(node, ast.FormattedValue):
            pending.append(node.value)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Mod)):
            pending.extend((node.left, node.right))
        elif isinstance(node, ast.Tuple):
            pending.extend(node.elts)
        elif _is_call(node, _WRITING) or (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "format"
            and isinstance(node.func.value, ast.Constant)
        ):
            pending.extend(node.args)
            pending.extend(keyword.value for keyword in node.keywords)


def _steered(cell: _Code) -> Iterator[str]:
    """Yield the names whose values a cell does more with than to show them.

    An assignment at the top level is for the caller to judge; one anywhere else is such a use.
    """
    harmless: set[int] = set()
    for node in ast.walk(cell.tree):
        if isinstance(node, ast.Expr):
            harmless.update(map(id, _shown_names(node)))
    for statement in cell.tree.body:
        targets = _targets(statement)
        harmless.update(map(id, targets))
    for node in ast.walk(cell.tree):
        if isinstance(node, ast.Name) and node.id in NAMES and id(node) not in harmless:
            yield node.id
        elif isinstance(node, (ast.Global, ast.Nonlocal)):
            yield from node.names
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.alias):
            yield node.asname or node.name
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            # ``globals()["VERSION"]``
            yield node.value


def _targets(statement: ast.stmt) -> list[ast.Name]:
    if isinstance(statement, ast.Assign):
        return [target for target in statement.targets if isinstance(target, ast.Name)]
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        return [statement.target]
    return []


@dataclass(frozen=True, slots=True)
class _Assignment:
    cell: _Code
    names: tuple[str, ...]
    value: ast.expr


def _assignments(cell: _Code) -> Iterator[_Assignment]:
    for statement in cell.tree.body:
        names = tuple(target.id for target in _targets(statement))
        assigned = getattr(statement, "value", None)
        if not set(names).isdisjoint(NAMES) and isinstance(assigned, ast.expr):
            yield _Assignment(cell, names, assigned)


def _place(found: _Assignment, stated: re.Match[str], end: int) -> Place:
    source = found.cell.cell.source
    dates: list[Span] = [stated.span("date")] if stated["date"] else []
    line_end = source.find("\n", end)
    line_end = len(source) if line_end < 0 else line_end
    if comment := _comment().match(source, end, line_end):
        dates.append(comment.span("date"))
    return Place(
        "constant",
        Version(stated["number"]),
        stated.span("number"),
        stated["prefix"],
        tuple(dates),
        found.cell.cell.index,
        found.value.lineno,
    )


def _read(cells: Sequence[Cell]) -> tuple[list[_Code], set[str]]:
    """Parse the cells that mention a constant, and find what the others may do with it."""
    from nbrefactor.notebook.magics import parse, read_cell

    parsed: list[_Code] = []
    steering: set[str] = set()
    for cell in cells:
        code = read_cell(cell.source)
        named = set(mentioned().findall(cell.source))
        if code.kind != "python" or (cell.tags and _PARAMETER_TAGS.intersection(cell.tags)):
            steering |= named
            continue
        for magic in code.magics:
            steering |= set(mentioned().findall(magic.text))
        # A form of Colab offers other values for what is marked so.
        for line in cell.source.split("\n"):
            if "@param" in line:
                steering |= set(mentioned().findall(line))
        parsed.append(_Code(cell, code, parse(code.python)))
    return parsed, steering


def constant_places(cells: Sequence[Cell], notes: list[str]) -> Iterator[Place]:
    """Find the constants that state the notebook's version.

    Parameters
    ----------
    cells : sequence of Cell
        All cells, in order.
    notes : list of str
        Gets a sentence for each constant that is left alone.

    Yields
    ------
    Place
        For a constant that is assigned once, at the top level of a cell that holds no parameters,
        and whose value is nowhere used but to print or display it.
    """
    parsed, steering = _read(
        [cell for cell in cells if cell.cell_type == "code" and mentioned().search(cell.source)]
    )
    found = [assignment for cell in parsed for assignment in _assignments(cell)]
    if not found:
        return
    for cell in parsed:
        steering.update(_steered(cell))
    times = Counter(name for assignment in found for name in assignment.names)
    for assignment in found:
        cell, assigned = assignment.cell, assignment.value
        name = next(name for name in assignment.names if name in NAMES)
        where = f"{name} in cell {cell.cell.index + 1}, line {assigned.lineno}"
        start = cell.code.offset(assigned.lineno, assigned.col_offset)
        end = cell.code.offset(assigned.end_lineno or assigned.lineno, assigned.end_col_offset or 0)
        literal = _literal().fullmatch(cell.cell.source, start, end)
        stated = literal and value().fullmatch(cell.cell.source, *literal.span("value"))
        if not isinstance(assigned, ast.Constant) or not stated:
            notes.append(f"{where} is not a version written as plain text and is left alone.")
        elif len(Version(stated["number"]).components) < 2:
            notes.append(f"{where} is a single number and is left alone.")
        elif any(
            name in steering or name not in NAMES or times[name] > 1 for name in assignment.names
        ):
            notes.append(
                f"{where} is left alone, because the notebook uses it for more than to show it."
            )
        else:
            yield _place(assignment, stated, end)
