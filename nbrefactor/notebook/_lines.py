"""Lines of a cell that know where each of their characters stands in the source."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

# Where the rows that `ast` counts end.
AST_ROW = re.compile(r"\r\n?|\n")


class Span(NamedTuple):
    """Offsets of a stretch of the source."""

    start: int
    end: int


class Line(NamedTuple):
    """Text with the source offset of each of its characters."""

    text: str
    origin: Sequence[int]

    def cut(self, start: int, end: int | None = None) -> Line:
        return Line(self.text[start:end], self.origin[start:end])

    def blank(self, column: int, constant: str) -> Line:
        """Return the line with ``constant`` and spaces from ``column`` to its end.

        Where nothing but the line's end stands there, as IPython takes a line that begins with a
        separator such as U+2028, the constant shares its place in the source.
        """
        room = len(self.text) - column - 1
        missing = max(0, len(constant) - room)
        shared = [self.origin[-1]] * missing
        text = self.text[:column] + constant.ljust(room) + "\n"
        return Line(text, [*self.origin, *shared] if shared else self.origin)


Lines = list[Line]


def split_lines(line: Line) -> Lines:
    lines, start = [], 0
    for text in line.text.splitlines(keepends=True):
        lines.append(Line(text, line.origin[start : start + len(text)]))
        start += len(text)
    return lines


def join_lines(lines: Iterable[Line]) -> Line:
    lines = list(lines)
    return Line("".join(line.text for line in lines), [o for line in lines for o in line.origin])


def text_of(lines: Iterable[Line]) -> str:
    return "".join(line.text for line in lines)
