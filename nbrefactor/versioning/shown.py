"""The characters of a line that a reader sees, each with its place in the source."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from nbrefactor.versioning.blocks import LONG, Line, Span

# Shown for a tag that sets off what follows it.
PARTED = "|"


@dataclass(frozen=True, slots=True)
class Shown:
    """What is seen of a line.

    Parameters
    ----------
    text : str
        Without emphasis, tags and the targets of links.
    offsets : sequence of int
        Where each character stands in the cell's source.
    linked : frozenset of int
        Positions in ``text`` at which the text of a link ends.
    """

    text: str
    offsets: Sequence[int]
    linked: frozenset[int] = frozenset()

    def span(self, start: int, end: int) -> Span:
        """Give the place in the source of some characters; an empty one where there are none."""
        if start >= end:
            at = self.offsets[start] if start < len(self.offsets) else self.offsets[-1] + 1
            return at, at
        return self.offsets[start], self.offsets[end - 1] + 1


@cache
def _marks() -> re.Pattern[str]:
    # Underscores within a word are part of it.
    return re.compile(
        r"\\(?P<kept>[!-/:-@\[-`{-~])"
        r"|(?P<parting><(?:br|su[bp]|small|span)\b[^<>]*>)"
        r"|</?[A-Za-z][^<>]*>"
        r"|(?P<link>\]\([^()\s]*\)|\]\[[^\[\]]*\])"
        r"|\*+|`+|~~|(?<![^\W_])_+|_+(?![^\W_])"
    )


def without_marks(text: str) -> str:
    """Give what is seen of a line's text, without the places of its characters."""
    return _marks().sub(
        lambda mark: mark["kept"] or (PARTED if mark["parting"] else ""),
        text,
    )


def show(line: Line, span: Span | None = None) -> Shown:
    """Give what is seen of a line, or of a part of it.

    Parameters
    ----------
    line : Line
        A line of a markdown cell. Of one that is longer than any statement nothing is seen.
    span : tuple of int, optional
        Offsets within the line's text.
    """
    first, last = span or (0, len(line.text))
    if len(line.text) > LONG:
        return Shown("", (line.start,))
    text: list[str] = []
    offsets: list[int] = []
    linked: list[int] = []
    at = first

    def keep(start: int, end: int) -> None:
        text.append(line.text[start:end])
        offsets.extend(range(line.start + start, line.start + end))

    for mark in _marks().finditer(line.text, first, last):
        keep(at, mark.start())
        at = mark.end()
        if mark["kept"]:
            keep(*mark.span("kept"))
        elif mark["parting"]:
            text.append(PARTED)
            offsets.append(line.start + mark.start())
        elif mark["link"]:
            linked.append(len(offsets))
    keep(at, last)
    return Shown("".join(text), offsets or (line.start + first,), frozenset(linked))
