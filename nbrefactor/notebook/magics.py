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
import tokenize
import warnings
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from textwrap import dedent
from typing import Literal, NamedTuple

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


def parse(python: str) -> ast.Module:
    """Parse a cell's Python as IPython does, with ``await`` allowed at the top level.

    Parameters
    ----------
    python : str
        Python without magics, such as `CellCode.python`.

    Returns
    -------
    ast.Module

    Raises
    ------
    SyntaxError
        If Python cannot make a tree of it for whatever reason, null bytes, lone surrogates and
        too deep nesting included. Warnings on its content are not shown.
    """
    if not python.endswith("\n"):
        python += "\n"
    flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = compile(python, "<cell>", "exec", flags, dont_inherit=True)
        except (ValueError, OverflowError, RecursionError, MemoryError) as error:
            raise SyntaxError(str(error) or type(error).__name__) from error
    assert isinstance(tree, ast.Module)
    return tree


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
    if not _UNPLAIN.search(source):
        try:
            parse(source)
        except SyntaxError:
            pass
        else:
            return _cell_code(source, _Reading("python", _whole_lines(source)))
    return _cell_code(source, _read(source, _whole_lines(source)))


def restore(code: CellCode, python: str | None = None) -> str:
    """Put magics, prompts and indentation back.

    Parameters
    ----------
    code : CellCode
        A cell of kind ``python``; the source of any other kind is returned as it is.
    python : str, optional
        Another text than ``code.python``: the same after an edit of whole lines.

    Returns
    -------
    str
        The source of the cell, edited as ``python`` is.

    Raises
    ------
    ValueError
        If a line that holds a magic, or that was indented or prompted otherwise, was edited.
    """
    if code.kind != "python":
        return code.source
    before = code.python.splitlines(keepends=True)
    after = before if python is None else python.splitlines(keepends=True)
    starts = [0]
    for line in before:
        starts.append(starts[-1] + len(line))
    pieces: list[str] = []
    for tag, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        start, end = _source_of(code, starts[i], False), _source_of(code, starts[j], j > i)
        hidden = code.source[start:end] != code.python[starts[i] : starts[j]]
        if tag == "equal":
            pieces.append(code.source[start:end])
        elif hidden:
            raise ValueError(
                f"Lines {i + 1} to {j} hold a magic, a prompt or an indentation that Python does "
                "not see; edit the cell's source there instead of its Python."
            )
        else:
            pieces.extend(after[k:m])
    return "".join(pieces)


# --- lines that know where they come from ---------------------------------------------------------


class _Line(NamedTuple):
    """Text with the source offset of each of its characters."""

    text: str
    origin: Sequence[int]

    def cut(self, start: int, end: int | None = None) -> _Line:
        return _Line(self.text[start:end], self.origin[start:end])

    def blank(self, column: int, constant: str) -> _Line:
        """Return the line with ``constant`` and spaces from ``column`` to its end."""
        room = len(self.text) - column - 1
        return _Line(self.text[:column] + constant.ljust(room) + "\n", self.origin)


_Lines = list[_Line]


def _split(line: _Line) -> _Lines:
    lines, start = [], 0
    for text in line.text.splitlines(keepends=True):
        lines.append(_Line(text, line.origin[start : start + len(text)]))
        start += len(text)
    return lines


def _join(lines: Iterable[_Line]) -> _Line:
    lines = list(lines)
    return _Line("".join(line.text for line in lines), [o for line in lines for o in line.origin])


def _text(lines: Iterable[_Line]) -> str:
    return "".join(line.text for line in lines)


def _whole_lines(source: str) -> _Lines:
    text = source if source.endswith("\n") else source + "\n"
    return [_Line(text, range(len(text)))]


# --- what the steps hand to each other ------------------------------------------------------------


class _Span(NamedTuple):
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Reading:
    kind: Kind
    lines: _Lines
    magics: tuple[_Span, ...] = ()
    leaks: bool = True
    unleaked: tuple[_Span, ...] = ()
    binds: tuple[str, ...] = ()
    binds_unknown: bool = False
    reads_text: bool = False
    reason: str = ""


def _opaque(reason: str) -> _Reading:
    return _Reading("opaque", [], reads_text=True, reason=reason)


def _cell_code(source: str, reading: _Reading) -> CellCode:
    python = ""
    runs: tuple[Run, ...] = ()
    rows: tuple[int, ...] = (0,)
    if reading.kind == "python":
        python, runs = _laid_out(source, reading.lines)
        rows = (0, *(match.end() for match in _AST_ROW.finditer(python)))
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
    )


def _laid_out(source: str, lines: _Lines) -> tuple[str, tuple[Run, ...]]:
    whole = _join(lines) if len(lines) != 1 else lines[0]
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


def _source_of(code: CellCode, position: int, is_end: bool) -> int:
    """Return where a line's edge stands in the source, hidden text before the line included."""
    if not is_end and position == 0:
        return 0
    if position >= len(code.python):
        return len(code.source)
    index = bisect_right(code.runs, position - 1, key=lambda run: run.python) - 1
    return code.runs[index].source + position - code.runs[index].python


# --- the cell as a whole --------------------------------------------------------------------------

_AST_ROW = re.compile(r"\r\n?|\n")

# Text that IPython may change although Python accepts it: separators on which only one of the two
# breaks lines, an indented first line, prompts. All else that IPython changes is not valid Python.
_UNPLAIN = re.compile(
    r"""[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]
    | \A(?:[^\S\n]*\n)*[ \t]
    | ^[^\S\n]*(?:>>>|\.{3,}:)
    | ^\.\.\.(?:[ ]|$)
    | ^(?:(?:\[nav\]|\[ins\])?[ ])?In[ ]\[\d+\]:
    """,
    re.VERBOSE | re.MULTILINE,
)


def _read(source: str, lines: _Lines) -> _Reading:
    """Read a cell, or the body of a cell magic, as IPython 9 does.

    Where IPython 8 makes another program of it, neither is known to be what the notebook ran.
    """
    lines = _split(_join(lines))
    kept = _without_empty_start(lines)
    # Python never sees the dropped lines, but rows are to be counted with them.
    head = [
        _Line(character, [offset])
        for line in lines[: len(lines) - len(kept)]
        for character, offset in zip(line.text, line.origin, strict=True)
        if character in "\r\n"
    ]
    old = _without_prompts(_without_classic_prompts(_without_first_indent(kept)))
    new = _without_prompts(_without_doctest_prompts(_without_common_indent(kept)))
    if _without_blanks(old) == _without_blanks(new):
        return _under(head, _read_clean(source, old))
    reading, other = _read_clean(source, new), _read_clean(source, old)
    if reading.kind == other.kind == "python" and _dump(reading.lines) != _dump(other.lines):
        return _opaque("IPython versions strip its indentation or prompts in different ways")
    return _under(head, reading)


def _under(head: _Lines, reading: _Reading) -> _Reading:
    return replace(reading, lines=head + reading.lines) if reading.kind == "python" else reading


def _dump(lines: _Lines) -> str:
    return ast.dump(parse(_text(lines)))


def _without_blanks(lines: _Lines) -> str:
    return re.sub(r"(?m)^[ \t]+$", "", _text(lines))


def _read_clean(source: str, lines: _Lines) -> _Reading:
    """Read a cell that has lost its prompts and its common indentation."""
    first = lines[0].text if lines else ""
    if first.startswith("%%") and not re.match(r"%%\w+\?", first):
        return _read_cell_magic(source, lines)
    try:
        masked, regions = _masked(lines)
    except _NotPythonError as error:
        return _opaque(f"does not parse: {error}")
    except (SyntaxError, ValueError, RecursionError) as error:
        return _opaque(f"does not parse: {_message(source, lines, error)}")
    try:
        parse(_text(masked))
    except SyntaxError as error:
        return _opaque(f"does not parse: {_message(source, masked, error)}")
    for region in regions:
        if region.text.startswith("%%"):
            name = region.text[2:].partition(" ")[0]
            return _opaque(
                f"cell magic %%{name} stands below other lines, where IPython does not run it"
            )
    return _with_bodies(source, masked, regions)


def _message(source: str, lines: _Lines, error: Exception) -> str:
    if not isinstance(error, SyntaxError):
        return str(error) or type(error).__name__
    if error.lineno is None:
        return error.msg
    python = _join(lines)
    starts = [0, *(match.end() for match in _AST_ROW.finditer(python.text))]
    start = starts[min(error.lineno, len(starts)) - 1]
    offset = python.origin[start] if start < len(python.text) else len(source)
    return f"{error.msg} in row {source.count(chr(10), 0, offset) + 1}"


# --- what IPython drops from the start of lines ---------------------------------------------------


def _without_empty_start(lines: _Lines) -> _Lines:
    for index, line in enumerate(lines):
        if line.text and not line.text.isspace():
            return lines[index:]
    return lines


def _without_first_indent(lines: _Lines) -> _Lines:
    match = re.match(r"[ \t]+", lines[0].text) if lines else None
    if not match:
        return lines
    space = match[0]
    return [line.cut(len(space)) if line.text.startswith(space) else line for line in lines]


def _without_common_indent(lines: _Lines) -> _Lines:
    whole = _join(lines)
    dedented = dedent(whole.text)
    if re.sub(r"(?m)^[ \t]+$", "", whole.text) == dedented:
        # It would only empty blank lines, which older IPythons keep in strings.
        return lines
    shorter: _Lines = []
    start = 0
    for text, kept in zip(whole.text.split("\n"), dedented.split("\n"), strict=True):
        end = start + len(text) + 1
        # What is left of a line is always its end, the newline included.
        shorter.append(whole.cut(end - 1 - len(kept), end))
        start = end
    return _split(_join(shorter))


_PROMPT = re.compile(
    r"((\[nav\]|\[ins\])?[ ])?In[ ]\[\d+\]:[ ]|\s*\.{3,}:[ ]?",
)


def _without_prompts(lines: _Lines) -> _Lines:
    if any(_PROMPT.match(line.text) for line in lines[:2]):
        return [_without_match(_PROMPT, line) for line in lines]
    return lines


def _without_match(pattern: re.Pattern[str], line: _Line) -> _Line:
    match = pattern.match(line.text)
    return line.cut(match.end()) if match else line


_CLASSIC = re.compile(r"(>>>|\.\.\.)( |$)")
_CLASSIC_FIRST = re.compile(r">>>( |$)")


def _without_classic_prompts(lines: _Lines) -> _Lines:
    """Strip ``>>>`` and ``...`` as IPython 8 does: at the start of lines, in strings too."""
    if (lines and _CLASSIC_FIRST.match(lines[0].text)) or (
        len(lines) > 1 and _CLASSIC.match(lines[1].text)
    ):
        return [_without_match(_CLASSIC, line) for line in lines]
    return lines


_DOCTEST = re.compile(r"^\s*>>>[ \t]?")
_DOCTEST_MORE = re.compile(r"^\s*\.\.\.[ \t]?")
_TRIPLE_QUOTE = re.compile(r"(?<!\\)(\"\"\"|''')")


def _without_doctest_prompts(lines: _Lines) -> _Lines:
    """Strip ``>>>`` and ``...`` as IPython 9 does: indented ones too, but not in docstrings."""
    quoted = _in_docstring(lines)
    if not any(
        _DOCTEST.match(line.text) for line, inside in zip(lines, quoted, strict=True) if not inside
    ):
        return lines
    result: _Lines = []
    start = 0
    while start < len(lines):
        end = start
        while end < len(lines) and quoted[end] == quoted[start]:
            end += 1
        segment = lines[start:end]
        if not quoted[start]:
            stripped = [_without_doctest_prompt(line) for line in segment]
            if stripped != segment:
                segment = _without_common_indent(stripped)
        result.extend(segment)
        start = end
    return result


def _without_doctest_prompt(line: _Line) -> _Line:
    return _without_match(_DOCTEST if _DOCTEST.match(line.text) else _DOCTEST_MORE, line)


def _in_docstring(lines: _Lines) -> list[bool]:
    """Tell which lines IPython 9 takes for the inside of a string that stands by itself."""
    inside: list[bool] = []
    quote = ""
    protects = seen_prompt = False
    for line in lines:
        inside.append(bool(quote) and protects)
        for match in _TRIPLE_QUOTE.finditer(line.text):
            if not quote:
                quote = match[1]
                before = line.text[: match.start()]
                bare = _DOCTEST_MORE.sub("", _DOCTEST.sub("", before, count=1), count=1)
                prompted = bare != before and seen_prompt
                protects = not prompted and re.match(r"(?i)[rubf]*$", bare.strip()) is not None
                inside[-1] = protects
            elif quote == match[1]:
                quote, protects = "", False
        seen_prompt = seen_prompt or _DOCTEST.match(line.text) is not None
    return inside


# --- cell magics ----------------------------------------------------------------------------------

# Short options of the magics that run Python, as getopt spells them.
_OPTIONS = {
    "debug": "b:",
    "lprun": "rsf:m:D:T:u:z",
    "memit": "r:t:i:coq",
    "mprun": "rf:T:c",
    "prun": "D:l:rs:T:q",
    "pyinstrument": "",
    "snakeviz": "t",
    "timeit": "n:r:tcp:qov:",
}

_PYTHON_BODY = frozenset(
    ("capture", "debug", "memit", "mprun", "prun", "pyinstrument", "snakeviz", "time", "timeit")
)
_FIRST_LINE_IS_SETUP = frozenset(("memit", "timeit"))
_FIRST_LINE_IS_BODY = frozenset(("debug", "mprun", "prun", "snakeviz"))

_SCRIPTS = frozenset(
    ("bash", "cmd", "perl", "pypy", "python", "python2", "python3", "ruby", "script", "sh")
)
# Their text goes to a file, a page or another process, and never sees the notebook's names.
_APART = _SCRIPTS | frozenset(
    ("HTML", "SVG", "file", "html", "javascript", "js", "latex", "markdown", "svg", "writefile")
)


def _read_cell_magic(source: str, lines: _Lines) -> _Reading:
    first, body = lines[0], lines[1:]
    visible = first.text.rstrip()
    name, _, args = visible[2:].partition(" ")
    region = _Span(first.origin[0], first.origin[len(visible) - 1] + 1)
    binds = _bound_by(name, args)
    if name not in _PYTHON_BODY:
        apart = name in _APART
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
    options = _options(name, args)
    code = _Line("\n", first.origin[-1:])
    if name in _OPTIONS and options is not None and args[options.end :].strip():
        code = _join([first.cut(len(visible) - len(args) + options.end, len(visible)), code])
        region = _Span(region.start, code.origin[0])
    if name in _FIRST_LINE_IS_BODY:
        parts = [_read(source, [code, *body])]
    elif name in _FIRST_LINE_IS_SETUP:
        parts = [_read(source, [code]), _read(source, body)]
    else:
        parts = [_read(source, [_Line("\n", first.origin[-1:])]), _read(source, body)]
    inner = next((part for part in parts if part.kind == "opaque"), parts[-1])
    return replace(
        inner,
        lines=[line for part in parts for line in part.lines] if inner.kind == "python" else [],
        magics=(region, *(span for part in parts for span in part.magics)),
        leaks=inner.leaks and name != "timeit",
        unleaked=tuple(span for part in parts for span in part.unleaked),
        binds=(*binds, *(bound for part in parts for bound in part.binds)),
        binds_unknown=any(part.binds_unknown for part in parts),
    )


class _Options(NamedTuple):
    end: int
    values: dict[str, str]


def _options(name: str, args: str) -> _Options | None:
    """Return where the options of a magic end; None if it has others than known."""
    values: dict[str, str] = {}
    known = _OPTIONS.get(name, "")
    words = iter(re.finditer(r"\S+", args))
    for word in words:
        text = word[0]
        if name == "time":
            if text != "--no-raise-error":
                return _Options(word.start(), values)
        elif text == "--":
            following = next(words, None)
            return _Options(following.start() if following else len(args), values)
        elif not text.startswith("-") or text == "-":
            return _Options(word.start(), values)
        else:
            for position, letter in enumerate(text[1:], 2):
                if letter not in known or letter == ":":
                    return None
                if f"{letter}:" in known:
                    following = None if text[position:] else next(words, None)
                    values[letter] = text[position:] or (following[0] if following else "")
                    break
    return _Options(len(args), values)


def _bound_by(name: str, args: str) -> tuple[str, ...]:
    """Return the names that a magic binds by itself, as far as its line tells."""
    words = args.split()
    plain = [word for word in words if not word.startswith("-")]
    bound: list[str] = []
    if name in ("capture", "macro"):
        bound = plain[:1]
    elif name in _SCRIPTS or name in ("!", "sx", "system"):
        bound = re.findall(r"--(?:out|err|proc)[=\s]+(\S+)", args)
    elif name == "store" and "-r" in words:
        bound = plain
    elif name == "sc":
        bound = re.findall(r"(\w+)\s*=", args)[:1]
    elif name == "timeit":
        options = _options(name, args)
        bound = [options.values.get("v", "")] if options else []
    return tuple(word for word in bound if word.isidentifier())


_BINDS_ANYTHING = frozenset(
    ("cpaste", "ed", "edit", "paste", "pylab", "rerun", "reset", "reset_selective", "run")
)


def _binds_unknown(name: str, args: str) -> bool:
    if name == "store":
        return "-r" in args.split() and not _bound_by(name, args)
    return name in _BINDS_ANYTHING


# --- lines that are not Python --------------------------------------------------------------------


class _Region(NamedTuple):
    """What one step of IPython's transformation takes away.

    ``text`` is what IPython reads there, continued lines joined; ``code`` the characters
    themselves, the end of the last line included.
    """

    kind: Literal["assign", "escape", "help"]
    text: str
    first: int
    last: int
    column: int
    code: _Line
    binds: tuple[str, ...] = ()

    @property
    def span(self) -> _Span:
        return _Span(self.code.origin[0], self.code.origin[len(self.code.text.rstrip()) - 1] + 1)


class _Candidate(NamedTuple):
    first: int
    column: int
    priority: int
    last: int


class _NotPythonError(Exception):
    """IPython makes something of the cell that does not parse."""


class _NextCandidateError(Exception):
    """IPython tries the next candidate."""


# As many as IPython replaces before it gives the cell up.
_MOST_REPLACED = 500

_HELP, _MAGIC = 5, 10


def _masked(lines: _Lines) -> tuple[_Lines, list[_Region]]:
    """Blank out what IPython replaces, one at a time and in its order.

    What follows such text may only be tokenized rightly once the text is gone.
    """
    lines = list(lines)
    regions: list[_Region] = []
    for _ in range(_MOST_REPLACED):
        region = _next_region(lines)
        if region is None:
            return lines, regions
        regions.append(region)
        lines[region.first] = lines[region.first].blank(region.column, "0")
        for index in range(region.first + 1, region.last + 1):
            lines[index] = lines[index].blank(0, "")
    raise _NotPythonError(f"IPython stops after {_MOST_REPLACED} magics in one cell")


def _next_region(lines: _Lines) -> _Region | None:
    logical = _logical_lines([line.text for line in lines])
    found = (
        _find_assigned_magic(logical),
        _find_assigned_shell(logical),
        _find_escape(logical),
        _find_help(logical),
    )
    kinds: tuple[Literal["assign", "escape", "help"], ...] = ("assign", "assign", "escape", "help")
    candidates = [(place, kind) for place, kind in zip(found, kinds, strict=True) if place]
    for candidate, kind in sorted(candidates, key=lambda pair: pair[0][:3]):
        try:
            return _region(lines, candidate, kind)
        except _NextCandidateError:
            continue
    return None


def _region(lines: _Lines, found: _Candidate, kind: Literal["assign", "escape", "help"]) -> _Region:
    first, column, last = found.first, found.column, found.last
    if kind != "help":
        while last < len(lines) and lines[last].text.endswith("\\\n"):
            last += 1
        last = min(last, len(lines) - 1)
    rows = [lines[first].cut(column), *lines[first + 1 : last + 1]]
    code = _join(rows)
    if kind == "help":
        match = _HELP_END.search(code.text)
        if not match:
            raise _NextCandidateError
        return _Region(kind, match[0], first, last, column, code)
    *continued, end = (row.text.rstrip() for row in rows)
    text = " ".join([*(part[:-1] for part in continued), end])
    binds = _bound_by_call(text) if kind == "escape" and text[0] in ",;/" else ()
    return _Region(kind, text, first, last, column, code, binds)


def _bound_by_call(text: str) -> tuple[str, ...]:
    """Return the names bound by the call that ``,f a b``, ``;f a b`` or ``/f a b`` becomes."""
    name, _, args = text[1:].partition(" ")
    if text[0] == "/":
        if not name:
            raise _NextCandidateError
        call = f"{name}({', '.join(args.split())})"
    elif text[0] == ";":
        call = f'{name}("{args}")'
    else:
        quoted = '", "'.join(args.split())
        call = f'{name}("{quoted}")'
    try:
        tree = parse(call)
    except SyntaxError as error:
        raise _NotPythonError(f"IPython makes {call} of {text}") from error
    return tuple(
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    )


_HELP_END = re.compile(
    r"(%{0,2}(?!\d)[\w*]+(\.(?!\d)[\w*]+|\[-?[0-9]+\])*)(\?\??)$",
)

_TOKENIZER_GIVES_UP = (
    "unterminated string literal",
    "invalid non-printable character",
    "after line continuation character",
    "invalid decimal literal",
    "invalid binary literal",
    "invalid octal literal",
    "invalid hexadecimal literal",
    "in binary literal",
    "in octal literal",
    "expected EOF",
)

_Tokens = list[tokenize.TokenInfo]


def _logical_lines(lines: list[str]) -> list[_Tokens]:
    """Tokenize as far as the tokenizer gets, a list for each line with its open brackets."""
    result: list[_Tokens] = [[]]
    depth = 0
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for token in tokenize.generate_tokens(iter(lines).__next__):
                result[-1].append(token)
                if token.type == tokenize.NEWLINE or (token.type == tokenize.NL and depth <= 0):
                    result.append([])
                elif token.type == tokenize.OP and token.string in ("(", "[", "{"):
                    depth += 1
                elif token.type == tokenize.OP and token.string in (")", "]", "}"):
                    depth = max(depth - 1, 0)
    except tokenize.TokenError as error:
        if any(message in str(error.args[0]) for message in _TOKENIZER_GIVES_UP):
            # IPython counts the failure as one more token of the line.
            result[-1].append(tokenize.TokenInfo(tokenize.ERRORTOKEN, "", (1, 0), (1, 0), ""))
    if not result[-1]:
        result.pop()
    return result


def _assignment(tokens: _Tokens) -> int | None:
    depth = 0
    for index, token in enumerate(tokens):
        if token.string == "=" and depth == 0:
            return index
        if token.string in ("(", "[", "{"):
            depth += 1
        elif token.string in (")", "]", "}"):
            depth = max(depth - 1, 0)
    return None


def _at(token: tokenize.TokenInfo, priority: int = _MAGIC, end: int | None = None) -> _Candidate:
    row = token.start[0] - 1
    return _Candidate(row, token.start[1], priority, row if end is None else end)


def _find_assigned_magic(logical: list[_Tokens]) -> _Candidate | None:
    for tokens in logical:
        index = _assignment(tokens)
        if index is None or len(tokens) < index + 2 or tokens[index + 1].string != "%":
            continue
        if len(tokens) == index + 2:
            raise _NotPythonError("IPython fails on an assignment from % at the end of the cell")
        if tokens[index + 2].type == tokenize.NAME:
            return _at(tokens[index + 1])
    return None


def _find_assigned_shell(logical: list[_Tokens]) -> _Candidate | None:
    for tokens in logical:
        index = _assignment(tokens)
        if index is None or tokens[index].line.strip().startswith("="):
            continue
        for token in tokens[index + 1 :]:
            if token.string == "!":
                return _at(token)
            # Before Python 3.12 the tokenizer hands over the spaces before an exclamation mark.
            if token.type != tokenize.ERRORTOKEN or not token.string.isspace():
                break
    return None


def _after_indentation(tokens: _Tokens) -> tokenize.TokenInfo | None:
    return next(
        (token for token in tokens if token.type not in (tokenize.INDENT, tokenize.DEDENT)), None
    )


def _find_escape(logical: list[_Tokens]) -> _Candidate | None:
    for tokens in logical:
        token = _after_indentation(tokens)
        if token is not None and token.string in ("!", "?", "%", ",", ";", "/"):
            return _at(token)
    return None


def _find_help(logical: list[_Tokens]) -> _Candidate | None:
    for tokens in logical:
        if len(tokens) > 2 and tokens[-2].string == "?":
            first = _after_indentation(tokens)
            if first is not None:
                return _at(first, _HELP, tokens[-2].start[0] - 1)
    return None


# --- Python inside line magics --------------------------------------------------------------------

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

    lines: _Line
    start: int
    inner: _Reading


def _with_bodies(source: str, masked: _Lines, regions: list[_Region]) -> _Reading:
    """Show the Python that ``%time`` and the like run, in the place where it stands."""
    lines = list(masked)
    hidden: list[_Span] = []
    unleaked: list[_Span] = []
    binds: list[str] = []
    binds_unknown = False
    for region in regions:
        binds.extend(region.binds)
        body = None
        if region.text.startswith("%") and region.kind != "help":
            name, _, args = region.text[1:].partition(" ")
            binds.extend(_bound_by(name, args))
            binds_unknown = binds_unknown or _binds_unknown(name, args)
            body = _body(source, region, name, args)
        if body is None:
            hidden.append(region.span)
            continue
        before = lines[region.first].cut(0, region.column)
        lines[region.first : region.last + 1] = _split(_join([before, body.lines]))
        hidden.extend((_Span(region.span.start, body.start), *body.inner.magics))
        unleaked.extend(body.inner.unleaked)
        if name == "timeit":
            unleaked.append(_Span(body.start, region.span.end))
        binds.extend(body.inner.binds)
        binds_unknown = binds_unknown or body.inner.binds_unknown
    try:
        parse(_text(lines))
    except SyntaxError:
        lines, hidden, unleaked = masked, [region.span for region in regions], []
    return _Reading(
        "python",
        lines,
        magics=tuple(hidden),
        unleaked=tuple(unleaked),
        binds=tuple(binds),
        binds_unknown=binds_unknown,
    )


def _body(source: str, region: _Region, name: str, args: str) -> _Body | None:
    """Return the Python that a line magic runs, None where it cannot stand in the magic's place."""
    options = _options(name, args) if name == "time" or name in _OPTIONS else None
    if options is None:
        return None
    start = len(region.text) - len(args) + options.end
    visible = len(region.code.text.rstrip())
    room = len(region.code.text) - visible - 1
    end = _Line(" " * room + "\n", region.code.origin[visible:])
    code = _join([region.code.cut(start, visible), end])
    if region.first == region.last:
        inner = _read(source, [code])
        if inner.kind != "python" or len(_text(inner.lines)) != len(code.text):
            return None
        code = _join(inner.lines)
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
    before = _Line(placeholder.ljust(start), region.code.origin[:start])
    return _Body(_join([before, code]), code.origin[0], inner)


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
