"""Edits of texts as values: applied, and composed into edits of the first text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from nbrefactor.model.outcome import Edit


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of a text: ``start:end`` of the first text, or text that is new there."""

    start: int
    end: int
    new: str | None = None

    @property
    def length(self) -> int:
        return self.end - self.start if self.new is None else len(self.new)


def compose(first: Sequence[Edit], second: Sequence[Edit]) -> tuple[Edit, ...]:
    """Give the edits that do at once what two rounds of edits do one after the other.

    Parameters
    ----------
    first : sequence of Edit
        Edits of a notebook's cells.
    second : sequence of Edit
        Edits of what the first ones leave.

    Returns
    -------
    tuple of Edit
        Edits of the original notebook, in order; none of them overlap.

    Examples
    --------
    >>> compose([Edit(0, 0, 3, "ab")], [Edit(0, 1, 4, "x")])
    (Edit(cell=0, start=0, end=5, text='ax'),)
    """
    composed: list[Edit] = []
    before, after = _by_cell(first), _by_cell(second)
    for cell in sorted(before.keys() | after.keys()):
        pieces = _pieces(before.get(cell, ()))
        for edit in sorted(after.get(cell, ()), key=_place, reverse=True):
            pieces = _edited(pieces, edit)
        composed.extend(_edits(cell, pieces))
    return tuple(composed)


# Behind the last edit a text goes on for as long as it is.
_REST = 1 << 62


def _by_cell(edits: Iterable[Edit]) -> dict[int, list[Edit]]:
    found: dict[int, list[Edit]] = {}
    for edit in edits:
        found.setdefault(edit.cell, []).append(edit)
    return found


def _place(edit: Edit) -> tuple[int, int]:
    return edit.start, edit.end


def _pieces(edits: Iterable[Edit]) -> list[_Piece]:
    pieces: list[_Piece] = []
    at = 0
    for edit in sorted(edits, key=_place):
        pieces.append(_Piece(at, edit.start))
        pieces.append(_Piece(edit.start, edit.end, edit.text))
        at = edit.end
    pieces.append(_Piece(at, _REST))
    return pieces


def _edited(pieces: Sequence[_Piece], edit: Edit) -> list[_Piece]:
    """Apply one edit to what the pieces spell."""
    result: list[_Piece] = []
    at = 0
    written = False
    for piece in pieces:
        end = at + piece.length
        before = min(max(edit.start - at, 0), piece.length)
        behind = min(max(edit.end - at, 0), piece.length)
        if before:
            result.append(_cut(piece, 0, before))
        if not written and edit.start <= end and (before < piece.length or edit.start == edit.end):
            anchor = piece.start + before if piece.new is None else piece.start
            result.append(_Piece(anchor, anchor, edit.text))
            written = True
        if piece.new is not None or behind < piece.length:
            # What replaced something keeps standing for it, even where nothing is left of it.
            result.append(_cut(piece, behind, piece.length))
        at = end
    return result


def _cut(piece: _Piece, start: int, end: int) -> _Piece:
    if piece.new is not None:
        return _Piece(piece.start, piece.end, piece.new[start:end])
    return _Piece(piece.start + start, piece.start + end)


def _edits(cell: int, pieces: Sequence[_Piece]) -> Iterator[Edit]:
    at = 0
    kept = [piece for piece in pieces if piece.new is None and piece.length]
    position = 0
    for piece in kept:
        between: list[str] = []
        while position < len(pieces) and pieces[position] is not piece:
            between.append(pieces[position].new or "")
            position += 1
        position += 1
        text = "".join(between)
        if text or piece.start > at:
            yield Edit(cell, at, piece.start, text)
        at = piece.end
