"""Read a code cell as IPython does: which of its text is Python, and where it stands.

IPython rewrites a cell before Python sees it: it drops common indentation and pasted prompts,
turns cell magics into one call, and turns ``%magic``, ``!shell``, ``help?`` and ``,auto call``
lines into calls. This module follows the same steps in the same order, with one difference: what
is not Python is blanked out instead of rewritten, so that every character of the remaining Python
still has its place in the stored source.

A cell is Python here exactly where IPython's own result parses. Two kinds of cell are left alone
although it does: one with a cell magic below other lines (IPython fails when it gets there, so
that what follows is not known to be Python), and one that IPython versions read in two ways.
"""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

from nbrefactor.notebook._commands import (
    APART,
    FIRST_LINE_IS_BODY,
    FIRST_LINE_IS_SETUP,
    OPTIONS,
    PYTHON_BODY,
    binds_anything,
    bound_by,
    read_options,
)
from nbrefactor.notebook._escapes import NotPythonError, Region, mask
from nbrefactor.notebook._lines import (
    AST_ROW,
    Line,
    Lines,
    Span,
    join_lines,
    split_lines,
    text_of,
)
from nbrefactor.notebook._prompts import (
    without_classic_prompts,
    without_common_indent,
    without_doctest_prompts,
    without_empty_start,
    without_first_indent,
    without_prompts,
)
from nbrefactor.notebook._syntax import is_plain, parse
from nbrefactor.notebook.newer import newer_python, running_here

__all__ = ["CellCode", "Kind", "MagicText", "Run", "parse", "read_cell"]

Kind = Literal["python", "data", "opaque"]


@dataclass(frozen=True, slots=True)
class MagicText:
    """A stretch of a cell that IPython does not hand to Python as it stands.

    Names in it may be read (``!ls {folder}``, ``%run {script}``, ``f?``) and, in a magic, bound.

    Parameters
    ----------
    start, end : int
        Offsets in characters of the cell's source.
    text : str
        ``source[start:end]``.
    row : int
        Line within the cell's source where it starts, counted from 1.
    """

    start: int
    end: int
    text: str
    row: int


class Run(NamedTuple):
    """``length`` characters of the Python text that stand together in the source too."""

    python: int
    source: int
    length: int


@dataclass(frozen=True, slots=True)
class CellCode:
    """What a code cell holds.

    Parameters
    ----------
    kind : {"python", "data", "opaque"}
        ``data`` is text for another program (``%%bash``, ``%%writefile``) or for a cell magic that
        is not known; ``opaque`` is a cell that does not parse.
    source : str
        The cell as stored.
    python : str
        The Python in it, as `parse` accepts it; magics are blanked out by a constant and spaces.
        Empty unless ``kind`` is ``python``. Has as many lines as ``source``.
    magics : tuple of MagicText
        What was blanked out, from top to bottom.
    leaks : bool
        False where nothing that the cell's Python binds reaches the notebook (``%%timeit``).
    unleaked : tuple of (int, int)
        Offsets ``start, end`` in ``source`` of statements whose bindings do not reach the notebook
        (the body of a ``%timeit`` line).
    binds : tuple of str
        Names that magics bind by themselves (``%%capture out``, ``%%bash --out text``).
    binds_unknown : bool
        Whether a magic may bind names that its text does not tell (``%run``, ``%pylab``).
    reads_text : bool
        Whether the cell's whole text may read or write the notebook's names: True for opaque cells
        and for cell magics that are not known to be apart from the notebook.
    reason : str
        Why the cell is data or opaque, in a sentence; empty for Python.
    runs : tuple of Run
        Where the characters of ``python`` stand in ``source``.
    rows : tuple of int
        Offset in ``python`` of each row as `ast` counts them.
    tree : ast.Module or None
        What ``python`` parses as, where reading it has told; whoever changes it makes its own.
    """

    kind: Kind
    source: str
    python: str = ""
    magics: tuple[MagicText, ...] = ()
    leaks: bool = True
    unleaked: tuple[tuple[int, int], ...] = ()
    binds: tuple[str, ...] = ()
    binds_unknown: bool = False
    reads_text: bool = False
    reason: str = ""
    runs: tuple[Run, ...] = field(default=(), repr=False)
    rows: tuple[int, ...] = field(default=(0,), repr=False)
    tree: ast.Module | None = field(default=None, repr=False, compare=False)

    def offset(self, row: int, byte_column: int) -> int:
        """Return where a position of the parsed Python stands in the source.

        Parameters
        ----------
        row : int
            ``lineno`` or ``end_lineno`` of a node of ``parse(code.python)``, counted from 1.
        byte_column : int
            Its ``col_offset`` or ``end_col_offset``, in bytes of UTF-8.

        Returns
        -------
        int
            Offset in characters of ``source``.
        """
        if row > len(self.rows):
            return len(self.source)
        start = self.rows[row - 1]
        end = self.rows[row] if row < len(self.rows) else len(self.python)
        text = self.python[start:end]
        column = (
            byte_column
            if text.isascii()
            else len(text.encode()[:byte_column].decode(errors="ignore"))
        )
        position = min(start + column, len(self.python))
        index = bisect_right(self.runs, position, key=lambda run: run.python) - 1
        if index < 0:
            return len(self.source)
        return self.runs[index].source + position - self.runs[index].python


def read_cell(source: str) -> CellCode:
    """Tell Python from magics in the source of a code cell.

    Parameters
    ----------
    source : str
        The cell's source, lines joined.

    Returns
    -------
    CellCode
        Reading never fails: what is not understood is of kind ``opaque``.
    """
    if is_plain(source):
        try:
            tree = parse(source)
        except SyntaxError:
            pass
        else:
            return _cell_code(source, _Reading("python", _whole_lines(source), tree=tree))
    try:
        reading = _read(source, _whole_lines(source))
    except RecursionError:
        reading = _opaque("is nested too deeply to be read")
    return _cell_code(source, reading)


@dataclass(frozen=True, slots=True)
class _Reading:
    kind: Kind
    lines: Lines
    magics: tuple[Span, ...] = ()
    leaks: bool = True
    unleaked: tuple[Span, ...] = ()
    binds: tuple[str, ...] = ()
    binds_unknown: bool = False
    reads_text: bool = False
    reason: str = ""
    tree: ast.Module | None = None


def _whole_lines(source: str) -> Lines:
    text = source if source.endswith("\n") else source + "\n"
    return [Line(text, range(len(text)))]


def _opaque(reason: str) -> _Reading:
    return _Reading("opaque", [], reads_text=True, reason=reason)


def _cell_code(source: str, reading: _Reading) -> CellCode:
    python = ""
    runs: tuple[Run, ...] = ()
    rows: tuple[int, ...] = (0,)
    if reading.kind == "python":
        python, runs = _laid_out(source, reading.lines)
        rows = (0, *(match.end() for match in AST_ROW.finditer(python)))
    return CellCode(
        kind=reading.kind,
        source=source,
        python=python,
        magics=tuple(
            MagicText(start, end, source[start:end], source.count("\n", 0, start) + 1)
            for start, end in sorted(reading.magics)
        ),
        leaks=reading.leaks,
        unleaked=tuple((start, end) for start, end in sorted(reading.unleaked)),
        binds=tuple(dict.fromkeys(reading.binds)),
        binds_unknown=reading.binds_unknown,
        reads_text=reading.reads_text,
        reason=reading.reason,
        runs=runs,
        rows=rows,
        tree=reading.tree,
    )


def _laid_out(source: str, lines: Lines) -> tuple[str, tuple[Run, ...]]:
    whole = join_lines(lines) if len(lines) != 1 else lines[0]
    text, origin = whole
    if origin and origin[-1] == len(source):
        # The newline that IPython adds is not part of the cell.
        text, origin = text[:-1], origin[:-1]
    if not text:
        return "", ()
    if isinstance(origin, range):
        return text, (Run(0, origin.start, len(text)),)
    starts = [0, *(i for i in range(1, len(text)) if origin[i] != origin[i - 1] + 1)]
    ends = [*starts[1:], len(text)]
    runs = tuple(
        Run(start, origin[start], end - start) for start, end in zip(starts, ends, strict=True)
    )
    return text, runs


def _read(source: str, lines: Lines) -> _Reading:
    """Read a cell, or the body of a cell magic, as IPython 9 does.

    Where IPython 8 makes another program of it, neither is known to be what the notebook ran.
    """
    lines = split_lines(join_lines(lines))
    kept = without_empty_start(lines)
    # Python never sees the dropped lines, but rows are to be counted with them.
    head = [
        Line(character, [offset])
        for line in lines[: len(lines) - len(kept)]
        for character, offset in zip(line.text, line.origin, strict=True)
        if character in "\r\n"
    ]
    old = without_prompts(without_classic_prompts(without_first_indent(kept)))
    new = without_prompts(without_doctest_prompts(without_common_indent(kept)))
    if _without_blanks(old) == _without_blanks(new):
        return _under(head, _read_clean(source, old))
    reading, other = _read_clean(source, new), _read_clean(source, old)
    if "opaque" in (reading.kind, other.kind) or _same_program(reading, other):
        return _under(head, reading)
    return _opaque("IPython versions strip its indentation or prompts in different ways")


def _under(head: Lines, reading: _Reading) -> _Reading:
    if reading.kind != "python" or not head:
        return reading
    return replace(reading, lines=head + reading.lines, tree=None)


def _same_program(reading: _Reading, other: _Reading) -> bool:
    if reading.kind != "python" or other.kind != "python":
        return reading.kind == other.kind
    tree, other_tree = (ast.dump(one.tree or parse(text_of(one.lines))) for one in (reading, other))
    return tree == other_tree


def _without_blanks(lines: Lines) -> str:
    return re.sub(r"(?m)^[ \t]+$", "", text_of(lines))


def _read_clean(source: str, lines: Lines) -> _Reading:
    """Read a cell that has lost its prompts and its common indentation."""
    first = lines[0].text if lines else ""
    if first.startswith("%%") and not re.match(r"%%\w+\?", first):
        return _read_cell_magic(source, lines)
    try:
        masked, regions = mask(lines)
    except NotPythonError as error:
        return _opaque(f"does not parse: {error}")
    except (SyntaxError, ValueError, RecursionError) as error:
        return _opaque(f"does not parse: {_message(source, lines, error)}")
    try:
        tree = parse(text_of(masked))
    except SyntaxError as error:
        return _opaque(f"does not parse: {_message(source, masked, error)}")
    for region in regions:
        if region.kind == "escape" and region.text.startswith("%%"):
            name = region.text[2:].partition(" ")[0]
            return _opaque(
                f"cell magic %%{name} stands below other lines, where IPython does not run it"
            )
    return _with_bodies(source, masked, regions, tree)


def _message(source: str, lines: Lines, error: Exception) -> str:
    if not isinstance(error, SyntaxError):
        return str(error) or type(error).__name__
    if error.lineno is None:
        return error.msg
    python = join_lines(lines)
    starts = [0, *(match.end() for match in AST_ROW.finditer(python.text))]
    start = starts[min(error.lineno, len(starts)) - 1]
    offset = python.origin[start] if start < len(python.text) else len(source)
    newer = newer_python(python.text, error.msg)
    needs = f"; it needs Python {newer[0]}.{newer[1]}, {running_here()}" if newer else ""
    return f"{error.msg} in row {source.count(chr(10), 0, offset) + 1}{needs}"


def _read_cell_magic(source: str, lines: Lines) -> _Reading:
    first, body = lines[0], lines[1:]
    visible = first.text.rstrip()
    name, _, args = visible[2:].partition(" ")
    region = Span(first.origin[0], first.origin[len(visible) - 1] + 1)
    binds = bound_by(name, args)
    if name not in PYTHON_BODY:
        apart = name in APART
        return _Reading(
            "data",
            [],
            magics=(region,),
            binds=binds,
            reads_text=not apart,
            reason=(
                f"cell magic %%{name} holds text, not code"
                if apart
                else f"cell magic %%{name} is not known to hold Python"
            ),
        )
    options = read_options(name, args)
    code = Line("\n", first.origin[-1:])
    if name in OPTIONS and options is not None and args[options.end :].strip():
        code = join_lines([first.cut(len(visible) - len(args) + options.end, len(visible)), code])
        region = Span(region.start, code.origin[0])
    if name in FIRST_LINE_IS_BODY:
        parts = [_read(source, [code, *body])]
    elif name in FIRST_LINE_IS_SETUP:
        parts = [_read(source, [code]), _read(source, body)]
    else:
        parts = [_read(source, [Line("\n", first.origin[-1:])]), _read(source, body)]
    inner = next((part for part in parts if part.kind == "opaque"), parts[-1])
    return replace(
        inner,
        lines=[line for part in parts for line in part.lines] if inner.kind == "python" else [],
        magics=(region, *(span for part in parts for span in part.magics)),
        leaks=inner.leaks and name != "timeit",
        unleaked=tuple(span for part in parts for span in part.unleaked),
        binds=(*binds, *(bound for part in parts for bound in part.binds)),
        binds_unknown=any(part.binds_unknown for part in parts),
        tree=None,
    )


_SHOWN_STATEMENTS = (
    ast.AnnAssign,
    ast.Assert,
    ast.Assign,
    ast.AugAssign,
    ast.Delete,
    ast.Expr,
    ast.Import,
    ast.ImportFrom,
    ast.Pass,
)


class _Body(NamedTuple):
    """The lines of a region with its Python shown, and where that Python starts in the source."""

    lines: Line
    start: int
    inner: _Reading


def _with_bodies(source: str, masked: Lines, regions: list[Region], tree: ast.Module) -> _Reading:
    """Show the Python that ``%time`` and the like run, in the place where it stands."""
    lines = list(masked)
    hidden: list[Span] = []
    unleaked: list[Span] = []
    binds: list[str] = []
    binds_unknown = False
    for region in regions:
        binds.extend(region.binds)
        body = None
        if region.text.startswith("%") and region.kind != "help":
            name, _, args = region.text[1:].partition(" ")
            binds.extend(bound_by(name, args))
            binds_unknown = binds_unknown or binds_anything(name, args)
            body = _body(source, region, name, args)
        if body is None:
            hidden.append(region.span)
            continue
        before = lines[region.first].cut(0, region.column)
        lines[region.first : region.last + 1] = split_lines(join_lines([before, body.lines]))
        hidden.extend((Span(region.span.start, body.start), *body.inner.magics))
        unleaked.extend(body.inner.unleaked)
        if name == "timeit":
            unleaked.append(Span(body.start, region.span.end))
        binds.extend(body.inner.binds)
        binds_unknown = binds_unknown or body.inner.binds_unknown
    if lines != masked:
        try:
            tree = parse(text_of(lines))
        except SyntaxError:
            lines, hidden, unleaked = masked, [region.span for region in regions], []
    return _Reading(
        "python",
        lines,
        magics=tuple(hidden),
        unleaked=tuple(unleaked),
        binds=tuple(binds),
        binds_unknown=binds_unknown,
        tree=tree,
    )


def _body(source: str, region: Region, name: str, args: str) -> _Body | None:
    """Return the Python that a line magic runs, None where it cannot stand in the magic's place."""
    options = read_options(name, args) if name == "time" or name in OPTIONS else None
    if options is None:
        return None
    start = len(region.text) - len(args) + options.end
    visible = len(region.code.text.rstrip())
    room = len(region.code.text) - visible - 1
    end = Line(" " * room + "\n", region.code.origin[visible:])
    code = join_lines([region.code.cut(start, visible), end])
    if region.first == region.last:
        inner = _read(source, [code])
        if inner.kind != "python" or len(text_of(inner.lines)) != len(code.text):
            return None
        code = join_lines(inner.lines)
    else:
        inner = _Reading("python", [])
        if start > region.code.text.index("\\\n"):
            return None
    try:
        tree = parse(code.text)
        if region.first != region.last and ast.dump(tree) != ast.dump(parse(args[options.end :])):
            # A string goes on in the next line, where IPython joins the lines by a space.
            return None
    except SyntaxError:
        return None
    if not _can_be_shown(tree, region.kind == "assign"):
        return None
    placeholder = "0;"
    if region.kind == "assign":
        # Only %time hands the value on.
        placeholder = "" if name == "time" else "0,"
    before = Line(placeholder.ljust(start), region.code.origin[:start])
    return _Body(join_lines([before, code]), code.origin[0], inner)


def _can_be_shown(tree: ast.Module, is_value: bool) -> bool:
    if is_value and not (len(tree.body) == 1 and isinstance(tree.body[0], ast.Expr)):
        return False
    return bool(tree.body) and all(
        isinstance(statement, _SHOWN_STATEMENTS)
        and not any(
            isinstance(node, (ast.Await, ast.Yield, ast.YieldFrom)) for node in ast.walk(statement)
        )
        for statement in tree.body
    )
