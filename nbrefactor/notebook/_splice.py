r"""Rewriting the JSON text of one cell's source, line by line.

A source is one JSON string or a list of strings which need not be lines: a string may hold several
lines, a line may run over several strings. What an edit does not touch keeps its spelling.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

from nbrefactor.model.outcome import Edit

_LITERAL = re.compile(r'"([^"\\]*(?:\\.[^"\\]*)*)"')
_ESCAPED = re.compile(r"\\(?:(n|u000[aA])|.)")
_SURROGATE = re.compile("[\ud800-\udfff]")
# One JSON string cannot hold both halves next to each other: readers would join them.
_BETWEEN_HALVES = re.compile("(?<=[\ud800-\udbff])(?=[\udc00-\udfff])")
# An escape of a character beyond ASCII that writers of raw UTF-8 do not escape either way:
# lone surrogates and the two Unicode line separators tell nothing.
_ESCAPED_BEYOND_ASCII = re.compile(
    rb"(?<!\\)(?:\\\\)*\\u(?:(?!00[0-7]|[dD][89a-fA-F]|202[89])[0-9a-fA-F]{4}"
    rb"|[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F])"
)
_FIRST_KEY = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{(?:[ \t]*(\r?\n))?([ \t]*)"')


@dataclass(frozen=True, slots=True)
class Style:
    """How a notebook spells new text.

    Parameters
    ----------
    ascii_only : bool
        Characters beyond ASCII are written as escapes.
    opening, separator, closing : str
        What stands before, between and behind the strings of a source where the cell itself does
        not show it; brackets not included.
    inline_separator : str
        What stands between two strings on one line.
    """

    ascii_only: bool
    opening: str
    separator: str
    closing: str
    inline_separator: str


@dataclass(frozen=True, slots=True)
class _Hunk:
    """Whole lines: the characters ``start:stop`` of a source give way to `lines`."""

    start: int
    stop: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Piece:
    """One string of a source: where it stands in the JSON text and among the characters."""

    raw_start: int
    raw_stop: int
    start: int
    text: str

    @property
    def stop(self) -> int:
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class _Kept:
    """A part of a piece that keeps its spelling; an open one ends without the end of its line."""

    piece: int
    raw: str
    starts: bool
    ends: bool
    is_open: bool


@dataclass(slots=True)
class _Literal:
    """A string of the new source, with the first and last old piece in it."""

    raw: str
    first: int | None = None
    last: int | None = None


def encode(text: str, ascii_only: bool) -> str:
    """Spell a text as the inside of a JSON string.

    Parameters
    ----------
    text : str
        Any text; lone surrogates are always escaped, because UTF-8 cannot hold them.
    ascii_only : bool
        Escape every character beyond ASCII.

    Raises
    ------
    ValueError
        If the two halves of a surrogate pair stand next to each other.
    """
    if _BETWEEN_HALVES.search(text):
        raise ValueError("one JSON string cannot hold two adjacent halves of a surrogate pair")
    spelt = json.dumps(text, ensure_ascii=ascii_only)[1:-1]
    return _SURROGATE.sub(lambda half: f"\\u{ord(half[0]):04x}", spelt)


def escapes_beyond_ascii(data: bytes) -> bool:
    """Tell whether a file writes characters beyond ASCII as escapes; raw where it shows neither."""
    content = data.removeprefix(b"\xef\xbb\xbf")
    return content.isascii() and _ESCAPED_BEYOND_ASCII.search(content) is not None


@dataclass(frozen=True, slots=True)
class _Layout:
    """How one cell's list of lines is laid out; of a single line without what stands between."""

    opening: str
    separator: str | None
    closing: str


class Styles:
    """The styles in which the cells' new text is written; each cell is looked at once.

    Parameters
    ----------
    data : bytes
        The notebook.
    spans : sequence of tuple of int
        Where the JSON text of each cell's source stands in it, in the order of the cells.
    ascii_only : bool
        As in `Style`.
    """

    def __init__(self, data: bytes, spans: Sequence[tuple[int, int]], ascii_only: bool) -> None:
        self._data = data
        self._spans = spans
        self._ascii_only = ascii_only
        self._layouts: dict[int, _Layout | None] = {}
        self._telling: list[int] | None = None
        """The cells with a layout, once all were looked at and none has several lines."""

    def of(self, cell: int) -> Style:
        """Find the style for a cell: of the others the nearest ones are asked first."""
        before = self._data[max(0, self._spans[cell][0] - 1) : self._spans[cell][0]]
        inline = ", " if before in (b" ", b"\t") else ","
        single: _Layout | None = None
        for at in self._nearest(cell):
            found = self._layout(at)
            if found is None:
                continue
            if found.separator is not None:
                return Style(
                    self._ascii_only, found.opening, found.separator, found.closing, inline
                )
            single = single or found
            if self._telling is not None:
                break
        else:
            if self._telling is None:
                self._telling = [at for at, found in sorted(self._layouts.items()) if found]
        if single is None:
            single = _layout_by_indentation(self._data, self._spans[cell][0])
        separator = _separator_from(single.opening, inline)
        return Style(self._ascii_only, single.opening, separator, single.closing, inline)

    def _nearest(self, cell: int) -> Iterator[int]:
        """Yield the cells that may tell something, those that begin nearest in the file first."""
        cells = range(len(self._spans)) if self._telling is None else self._telling
        here = self._spans[cell][0]
        after = bisect_left(cells, cell)
        before = after - 1
        while before >= 0 or after < len(cells):
            above = here - self._spans[cells[before]][0] if before >= 0 else None
            below = self._spans[cells[after]][0] - here if after < len(cells) else None
            if below is None or (above is not None and above <= below):
                yield cells[before]
                before -= 1
            else:
                yield cells[after]
                after += 1

    def _layout(self, cell: int) -> _Layout | None:
        if cell not in self._layouts:
            start, stop = self._spans[cell]
            self._layouts[cell] = _layout_of(self._data[start:stop].decode())
        return self._layouts[cell]


def _layout_of(raw: str) -> _Layout | None:
    literals = list(_LITERAL.finditer(raw)) if raw.startswith("[") else []
    if not literals:
        return None
    separator = raw[literals[0].end() : literals[1].start()] if len(literals) > 1 else None
    return _Layout(raw[1 : literals[0].start()], separator, raw[literals[-1].end() : -1])


def rewrite(raw: str, edits: Sequence[Edit], style: Style) -> str:
    """Apply edits to the JSON text of a source.

    Parameters
    ----------
    raw : str
        JSON text: a string or a list of strings.
    edits : sequence of Edit
        Sorted and without overlap; offsets in the joined source.
    style : Style
        How new text is written where `raw` itself does not show it.

    Returns
    -------
    str
        JSON text of the edited source, in which only the lines that changed are spelt anew.
    """
    pieces = _pieces(raw)
    hunks = _hunks("".join(piece.text for piece in pieces), edits)
    if not hunks:
        return raw
    is_list = raw.startswith("[")
    literals = _literals(list(_parts(raw, pieces, hunks)), style, line_by_line=is_list)
    if not is_list and len(literals) < 2:
        return f'"{literals[0].raw if literals else ""}"'
    if not literals:
        return "[]"
    opening, closing, separators = style.opening, style.closing, []
    if is_list and pieces:
        opening, closing = raw[1 : pieces[0].raw_start - 1], raw[pieces[-1].raw_stop + 1 : -1]
        separators = [
            raw[left.raw_stop + 1 : right.raw_start - 1] for left, right in pairwise(pieces)
        ]
        fallback = _separator_from(opening, style.inline_separator)
    else:
        fallback = style.separator
    spelt = [opening]
    for position, literal in enumerate(literals):
        if position:
            separator = _separator(literals[position - 1], literal, separators)
            spelt.append(fallback if separator is None else separator)
        spelt.append(f'"{literal.raw}"')
    return f"[{''.join(spelt)}{closing}]"


def _layout_by_indentation(data: bytes, start: int) -> _Layout:
    """Return how a list that starts at a place is laid out in a notebook with none to look at."""
    first_key = _FIRST_KEY.match(data)
    line = data[data.rfind(b"\n", 0, start) + 1 : start]
    indentation = line[: len(line) - len(line.lstrip(b" \t"))]
    if first_key is None or first_key[1] is None or not line.lstrip().startswith(b'"source"'):
        return _Layout("", None, "")
    newline = first_key[1].decode()
    closing = newline + indentation.decode()
    return _Layout(closing + first_key[2].decode(), None, closing)


def _separator_from(opening: str, inline_separator: str) -> str:
    return f",{opening}" if "\n" in opening else inline_separator


def _separator(left: _Literal, right: _Literal, separators: Sequence[str]) -> str | None:
    """Return the separator that stood at this place, or else a neighbour of it."""
    if left.last is not None and left.last < len(separators):
        return separators[left.last]
    if right.first:
        return separators[right.first - 1]
    return separators[-1] if separators else None


def _pieces(raw: str) -> list[_Piece]:
    pieces: list[_Piece] = []
    start = 0
    for literal in _LITERAL.finditer(raw):
        text: str = json.loads(literal[0])
        pieces.append(_Piece(literal.start(1), literal.end(1), start, text))
        start += len(text)
    return pieces


def _lines(text: str) -> list[str]:
    r"""Split behind each ``\n`` and nowhere else, unlike `str.splitlines`."""
    lines = [line + "\n" for line in text.split("\n")]
    last = lines.pop()[:-1]
    return [*lines, last] if last else lines


def _hunks(source: str, edits: Sequence[Edit]) -> list[_Hunk]:
    """Turn edits into the lines which they really change."""
    lines = _lines(source)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    line_starts = starts[:-1]
    groups: list[tuple[int, int, list[Edit]]] = []
    for edit in edits:
        first = max(bisect_right(line_starts, edit.start) - 1, 0)
        # The line in which the edit ends belongs to it: its beginning may join the line before.
        stop = bisect_right(line_starts, edit.end)
        if groups and (first < groups[-1][1] or not lines):
            first, previous_stop, members = groups.pop()
            groups.append((first, max(stop, previous_stop), [*members, edit]))
        else:
            groups.append((first, stop, [edit]))
    hunks: list[_Hunk] = []
    for first, stop, members in groups:
        position, text = starts[first], ""
        for edit in members:
            text += source[position : edit.start] + edit.text
            position = edit.end
        new = _lines(text + source[position : starts[stop]])
        old = lines[first:stop]
        common = min(len(old), len(new))
        head = next((n for n in range(common) if old[n] != new[n]), common)
        common -= head
        tail = next((n for n in range(common) if old[-1 - n] != new[-1 - n]), common)
        if len(old) == len(new) == head + tail:
            continue
        hunk = _Hunk(starts[first + head], starts[stop - tail], tuple(new[head : len(new) - tail]))
        if hunk.stop == len(source) and hunk.lines[:1] == (f"{source[hunk.start :]}\n",):
            # The last line gets an end and is the same otherwise, so it keeps its spelling.
            hunk = _Hunk(hunk.stop, hunk.stop, ("\n", *hunk.lines[1:]))
        if hunks and hunks[-1].stop == hunk.start:
            touching = hunks.pop()
            hunk = _Hunk(touching.start, hunk.stop, touching.lines + hunk.lines)
        hunks.append(hunk)
    return hunks


def _parts(
    raw: str, pieces: Sequence[_Piece], hunks: Sequence[_Hunk]
) -> Iterator[_Kept | tuple[str, ...]]:
    """Yield what the new source is made of: kept parts of the pieces, and new lines."""
    cuts = sorted({cut for hunk in hunks for cut in (hunk.start, hunk.stop)})
    waiting = list(reversed(hunks))
    dropped_until = 0
    for number, piece in enumerate(pieces):
        inside = cuts[bisect_right(cuts, piece.start) : bisect_left(cuts, piece.stop)]
        bounds = [piece.start, *inside, piece.stop]
        raw_bounds = [piece.raw_start, *_raw_offsets(raw, piece, inside), piece.raw_stop]
        for (start, raw_start), (stop, raw_stop) in pairwise(zip(bounds, raw_bounds, strict=True)):
            # An empty string in front of a hunk is no part of the hunk's lines.
            while waiting and (
                start > waiting[-1].start or (start == waiting[-1].start and start < stop)
            ):
                hunk = waiting.pop()
                dropped_until = hunk.stop
                if hunk.lines:
                    yield hunk.lines
            if start >= dropped_until:
                text = raw[raw_start:raw_stop]
                ends = stop == piece.stop
                is_open = ends and not piece.text.endswith("\n")
                yield _Kept(number, text, start == piece.start, ends, is_open)
    for hunk in reversed(waiting):
        if hunk.lines:
            yield hunk.lines


def _raw_offsets(raw: str, piece: _Piece, offsets: Sequence[int]) -> Iterator[int]:
    r"""Find characters within a piece in the JSON text; in order, and each must follow a ``\n``."""
    newlines = (
        escape.end()
        for escape in _ESCAPED.finditer(raw, piece.raw_start, piece.raw_stop)
        if escape[1] is not None
    )
    position = piece.start
    for offset in offsets:
        between = piece.text.count("\n", position - piece.start, offset - piece.start)
        yield next(islice(newlines, between - 1, None))
        position = offset


def _literals(
    parts: Sequence[_Kept | tuple[str, ...]], style: Style, *, line_by_line: bool
) -> list[_Literal]:
    """Join parts into strings: each new line its own one, unless it stands within an old one."""
    literals: list[_Literal] = []
    open_on_the_right = False
    for position, part in enumerate(parts):
        before = parts[position - 1] if position else None
        if isinstance(part, _Kept):
            same_piece = isinstance(before, _Kept) and before.piece == part.piece
            if same_piece or open_on_the_right:
                joined = literals[-1]
                joined.raw += part.raw
                joined.first = part.piece if joined.first is None else joined.first
                joined.last = part.piece
            else:
                literals.append(_Literal(part.raw, part.piece, part.piece))
            open_on_the_right = False
            continue
        if line_by_line and isinstance(before, _Kept) and before.is_open and part[0] == "\n":
            literals[-1].raw += encode("\n", style.ascii_only)
            part = part[1:]
            if not part:
                continue
            before = None
        after = parts[position + 1] if position + 1 < len(parts) else None
        # Where the source is one string, it has no place for a second one on either side.
        head = before if isinstance(before, _Kept) and not (line_by_line and before.ends) else None
        tail = after if isinstance(after, _Kept) and not (line_by_line and after.starts) else None
        open_on_the_right = tail is not None and (head is None or head.piece == tail.piece)
        own_lines = line_by_line and head is None and not open_on_the_right
        texts = part if own_lines else ("".join(part),)
        spelt = [
            _Literal(encode(half, style.ascii_only))
            for text in texts
            for half in _BETWEEN_HALVES.split(text)
        ]
        if head is not None:
            literals[-1].raw += spelt.pop(0).raw
        literals.extend(spelt)
    return literals
