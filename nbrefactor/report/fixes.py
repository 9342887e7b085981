"""What resolves findings, as replaced regions of a notebook's file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from nbrefactor.model.outcome import Outcome
from nbrefactor.notebook.document import Document, read


@dataclass(frozen=True, slots=True)
class Region:
    """A stretch of a text file and what stands there afterwards.

    Parameters
    ----------
    start_line, end_line : int
        Lines of the file, counted from 1.
    start_column, end_column : int
        Columns in characters, counted from 1; the last one is behind the stretch.
    text : str
        The new text.
    """

    start_line: int
    start_column: int
    end_line: int
    end_column: int
    text: str


def regions_of(outcome: Outcome) -> Iterator[Region]:
    """Give the regions of a notebook's file that a change replaces.

    Parameters
    ----------
    outcome : Outcome
        The change, with the bytes before and after.

    Yields
    ------
    Region
        In the order of the file; none overlap.
    """
    before, after = read(outcome.before), read(outcome.after)
    for (start, stop), (new_start, new_stop) in sorted(_spans(before, after, outcome)):
        old, new = before.data[start:stop], after.data[new_start:new_stop]
        if old == new:
            continue
        same = _common(old, new)
        rest = _common(old[same:][::-1], new[same:][::-1], forwards=False)
        begin, end = start + same, stop - rest
        text = new[same : len(new) - rest].decode()
        yield Region(*_place(before.data, begin), *_place(before.data, end), text)


def _spans(
    before: Document, after: Document, outcome: Outcome
) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Pair what may differ: the sources of edited cells, and the notebook's metadata."""
    for change in outcome.cells:
        yield before.cells[change.cell].source_span, after.cells[change.cell].source_span
    if outcome.metadata and before.metadata_span and after.metadata_span:
        yield before.metadata_span, after.metadata_span


def _common(one: bytes, other: bytes, *, forwards: bool = True) -> int:
    """Count the bytes with which both begin, without a part of a character."""
    number = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        number += 1
    # Back to the first byte of a character; read backwards that byte is its last.
    while number and forwards and number < len(one) and one[number] & 0xC0 == 0x80:
        number -= 1
    while number and not forwards and one[number - 1] & 0xC0 == 0x80:
        number -= 1
    return number


def _place(data: bytes, position: int) -> tuple[int, int]:
    """Give the line and the column, in characters, of a position in a file."""
    start = data.rfind(b"\n", 0, position) + 1
    return data.count(b"\n", 0, start) + 1, len(data[start:position].decode()) + 1
