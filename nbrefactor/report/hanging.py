"""Long lines broken between words, with what follows indented below: for terminals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.text import Text

# Narrower than this nothing is left for words.
_LEAST = 20


def hang(text: Text, width: int | None) -> Text:
    """Break the lines of a styled text.

    Parameters
    ----------
    text : rich.text.Text
        Lines, each with a line end.
    width : int or None
        Columns of the terminal; None where lines stay as they are.

    Returns
    -------
    rich.text.Text
        The same words in lines of no more than `width`, but for a word that is longer.
    """
    from rich.text import Text

    if width is None:
        return text
    lines = []
    for line in text.split("\n", include_separator=False):
        places = _places(line.plain, width)
        indent = " " * _indent(line.plain)
        for at, piece in enumerate(line.divide(places)):
            piece.rstrip()
            lines.append(Text(indent).append_text(piece) if at else piece)
    return Text("\n").join([*lines, Text()] if text.plain.endswith("\n") else lines)


def hang_plain(text: str, width: int | None) -> str:
    """Break the lines of a plain text, see `hang`."""
    if width is None:
        return text
    lines = []
    for line in text.split("\n"):
        start = 0
        indent = ""
        for place in (*_places(line, width), len(line)):
            lines.append(f"{indent}{line[start:place].rstrip()}")
            start, indent = place, " " * _indent(line)
    return "\n".join(lines)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip()) + 4


def _places(line: str, width: int) -> list[int]:
    """Choose where to break a line."""
    if len(line) <= width:
        return []
    room = max(width, _LEAST)
    places: list[int] = []
    used = 0
    for start, end in _words(line):
        if end - used > room and line[used:start].strip():
            places.append(start)
            used = start
            room = max(width - _indent(line), _LEAST)
    return places


def _words(line: str) -> Iterator[tuple[int, int]]:
    start = len(line) - len(line.lstrip())
    while start < len(line):
        end = line.find(" ", start)
        end = len(line) if end < 0 else end
        yield start, end
        start = end
        while start < len(line) and line[start] == " ":
            start += 1
