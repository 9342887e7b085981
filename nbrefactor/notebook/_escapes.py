"""Find and blank out the lines that IPython rewrites: magics, shell, help and auto calls.

The steps are those of IPython's ``inputtransformer2``, which looks at tokens, not at text, so that
``%`` and ``!`` in strings, comments and continued expressions stay what they are.
"""

from __future__ import annotations

import ast
import re
import tokenize
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import islice
from typing import Literal, NamedTuple

from nbrefactor.model.errors import NbrefactorError
from nbrefactor.notebook._lines import Line, Lines, Span, join_lines
from nbrefactor.notebook._syntax import parse


class Region(NamedTuple):
    """What one step of IPython's transformation takes away.

    ``text`` is what IPython reads there, continued lines joined; ``code`` the characters
    themselves, the end of the last line included; ``constant`` stands there afterwards.
    """

    kind: Literal["assign", "escape", "help"]
    text: str
    first: int
    last: int
    column: int
    code: Line
    binds: tuple[str, ...] = ()
    constant: str = "0"

    @property
    def span(self) -> Span:
        return Span(self.code.origin[0], self.code.origin[len(self.code.text.rstrip()) - 1] + 1)


class _Candidate(NamedTuple):
    first: int
    column: int
    priority: int
    last: int

    def below(self, row: int) -> _Candidate:
        """Count its rows from that of the whole cell."""
        return self._replace(first=self.first + row, last=self.last + row)


class NotPythonError(NbrefactorError):
    """IPython makes something of the cell that does not parse."""


class _NextCandidateError(Exception):
    """IPython tries the next candidate."""


# Before Python 3.12 the tokenizer, and so IPython, reads such a run once for each of its blanks.
_LONG_BLANK = re.compile(r"(?<![ \f\t])[ \f\t]{1000}")
# As many as IPython replaces before it gives the cell up.
_MOST_REPLACED = 500

_HELP, _MAGIC = 5, 10

# Stands where IPython writes what does not parse, which is no matter in a comment.
_NOT_PYTHON = "$"


def mask(lines: Lines) -> tuple[Lines, list[Region]]:
    """Blank out what IPython replaces, one at a time and in its order.

    What follows such text may only be tokenized rightly once the text is gone.
    """
    lines = list(lines)
    if any(_LONG_BLANK.search(line.text) for line in lines):
        raise NotPythonError("a line holds a thousand blanks in a row, which are not read")
    # Fails where IPython fails at its first look.
    _find_assigned_magic(_logical_lines(line.text for line in lines))
    regions: list[Region] = []
    begin = 0
    for _ in range(_MOST_REPLACED):
        step = _next_step(lines, begin)
        if step is None:
            return lines, regions
        region, begin = step.region, step.begin
        regions.append(region)
        lines[region.first] = lines[region.first].blank(region.column, region.constant)
        for index in range(region.first + 1, region.last + 1):
            lines[index] = lines[index].blank(0, "")
    raise _given_up()


def _given_up() -> NotPythonError:
    return NotPythonError(f"IPython stops after {_MOST_REPLACED} magics in one cell")


class _Step(NamedTuple):
    """What IPython replaces next, and the row from which on it will look again."""

    region: Region
    begin: int


def _next_step(lines: Lines, begin: int) -> _Step | None:
    """Find what IPython replaces next; nothing before the row `begin` is.

    IPython tokenizes the whole cell again for each. The first logical line with a candidate has
    the one that it takes, and what stands before such a line stays as it is.
    """
    finders = dict(_FINDERS)
    for tokens in _logical_lines(line.text for line in islice(lines, begin, None)):
        found = []
        for kind, finder in tuple(finders.items()):
            candidate = finder([tokens])
            if candidate is not None:
                found.append((candidate.below(begin), kind))
                # IPython looks at the first of each kind only.
                del finders[kind]
        for candidate, kind in sorted(found, key=lambda pair: pair[0][:3]):
            with suppress(_NextCandidateError):
                region = _region(lines, candidate, _KINDS[kind])
                first = tokens[0]
                is_plain = first.type not in (tokenize.INDENT, tokenize.DEDENT)
                if is_plain and first.start[1] == 0 and len(found) + len(finders) == len(_FINDERS):
                    begin += first.start[0] - 1
                return _Step(region, begin)
    return None


def _region(lines: Lines, found: _Candidate, kind: Literal["assign", "escape", "help"]) -> Region:
    first, column, last = found.first, found.column, found.last
    if kind != "help":
        while last < len(lines) and lines[last].text.endswith("\\\n"):
            last += 1
        last = min(last, len(lines) - 1)
    rows = [lines[first].cut(column), *lines[first + 1 : last + 1]]
    code = join_lines(rows)
    if kind == "help":
        asked = _help(code.text)
        if not asked:
            raise _NextCandidateError
        return Region(kind, asked, first, last, column, code)
    *continued, end = (row.text.rstrip() for row in rows)
    text = " ".join([*(part[:-1] for part in continued), end])
    region = Region(kind, text, first, last, column, code)
    return _with_call(region) if kind == "escape" and text[0] in ",;/" else region


def _with_call(region: Region) -> Region:
    """Look at the call that ``,f a b``, ``;f a b`` or ``/f a b`` becomes."""
    if len(region.text) - len(region.text.lstrip(",;/")) > _MOST_REPLACED:
        raise _given_up()
    name, _, args = region.text[1:].partition(" ")
    if region.text[0] == "/":
        if not name:
            raise _NextCandidateError
        call = f"{name}({', '.join(args.split())})"
    elif region.text[0] == ";":
        call = f'{name}("{args}")'
    else:
        quoted = '", "'.join(args.split())
        call = f'{name}("{quoted}")'
    # IPython looks at the call again, and finds another escape at its start in ``,/f a``.
    lines, _ = mask([Line(call + "\n", [region.code.origin[0]] * (len(call) + 1))])
    try:
        tree = parse(lines[0].text)
    except SyntaxError:
        return region._replace(constant=_NOT_PYTHON)
    names = (node for node in ast.walk(tree) if isinstance(node, ast.Name))
    return region._replace(binds=tuple(n.id for n in names if isinstance(n.ctx, ast.Store)))


# IPython searches for the two as one expression, which takes forever on a long line.
_HELP_NAME = re.compile(r"%{0,2}(?!\d)[\w*]+(?:\.(?!\d)[\w*]+|\[-?[0-9]+\])*")
_HELP_MARK = re.compile(r"\?\??$")


def _help(text: str) -> str:
    """Return what stands at a line's end with one or two question marks; empty where nothing is."""
    for name in _HELP_NAME.finditer(text):
        if mark := _HELP_MARK.match(text, name.end()):
            return text[name.start() : mark.end()]
    return ""


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


def _logical_lines(lines: Iterable[str]) -> Iterator[_Tokens]:
    """Tokenize as far as the tokenizer gets, a list for each line with its open brackets."""
    tokens: _Tokens = []
    depth = 0
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for token in tokenize.generate_tokens(iter(lines).__next__):
                tokens.append(token)
                if token.type == tokenize.NEWLINE or (token.type == tokenize.NL and depth <= 0):
                    yield tokens
                    tokens = []
                elif token.type == tokenize.OP and token.string in ("(", "[", "{"):
                    depth += 1
                elif token.type == tokenize.OP and token.string in (")", "]", "}"):
                    depth = max(depth - 1, 0)
    except tokenize.TokenError as error:
        if any(message in str(error.args[0]) for message in _TOKENIZER_GIVES_UP):
            # IPython counts the failure as one more token of the line.
            tokens.append(tokenize.TokenInfo(tokenize.ERRORTOKEN, "", (1, 0), (1, 0), ""))
    if tokens:
        yield tokens


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


def _find_assigned_magic(logical: Iterable[_Tokens]) -> _Candidate | None:
    for tokens in logical:
        index = _assignment(tokens)
        if index is None or len(tokens) < index + 2 or tokens[index + 1].string != "%":
            continue
        if len(tokens) == index + 2:
            raise NotPythonError("IPython fails on an assignment from % at the end of the cell")
        if tokens[index + 2].type == tokenize.NAME:
            return _at(tokens[index + 1])
    return None


def _find_assigned_shell(logical: Iterable[_Tokens]) -> _Candidate | None:
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


def _find_escape(logical: Iterable[_Tokens]) -> _Candidate | None:
    for tokens in logical:
        token = _after_indentation(tokens)
        if token is not None and token.string in ("!", "?", "%", ",", ";", "/"):
            return _at(token)
    return None


def _find_help(logical: Iterable[_Tokens]) -> _Candidate | None:
    for tokens in logical:
        if len(tokens) > 2 and tokens[-2].string == "?":
            first = _after_indentation(tokens)
            if first is not None:
                return _at(first, _HELP, tokens[-2].start[0] - 1)
    return None


_Finder = Callable[[Iterable[_Tokens]], "_Candidate | None"]
_Kind = Literal["assigned magic", "assigned shell", "escape", "help"]
_FINDERS: Mapping[_Kind, _Finder] = {
    "assigned magic": _find_assigned_magic,
    "assigned shell": _find_assigned_shell,
    "escape": _find_escape,
    "help": _find_help,
}
_KINDS: Mapping[_Kind, Literal["assign", "escape", "help"]] = {
    "assigned magic": "assign",
    "assigned shell": "assign",
    "escape": "escape",
    "help": "help",
}
