"""Texts within axes: numbers in cells, letters on heads, labels at points."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from nbrefactor.verify.figures.content import Artist
from nbrefactor.verify.figures.looks import style_differences
from nbrefactor.verify.figures.values import Difference, inside
from nbrefactor.verify.figures.words import compare_words, normal_words, same_number

Pairing = Literal["placed", "in order", "anywhere"]
# How far a text may be moved: within its cell, or by this share of the axes' width and height.
_WITHIN_CELL = 0.5
_SHARE = 0.08


@dataclass(frozen=True, slots=True)
class Ruler:
    """Turns data coordinates into cells of a grid, or into shares of the axes.

    Parameters
    ----------
    start, unit : tuple of float
        Where each axis begins, and how long its unit is.
    reach : float
        How far a text may be moved, in units.
    """

    start: tuple[float, float]
    unit: tuple[float, float]
    reach: float

    def place(self, text: Artist) -> tuple[float, float]:
        """Give the place of a text in units; cells are counted from 0."""
        values = text.data["place"].values
        assert values is not None  # a place is two or three numbers
        x, y = ((float(values[axis]) - self.start[axis]) / self.unit[axis] for axis in (0, 1))
        return x, y


def ruler(grid: Artist | None, limits: tuple[tuple[float, float], tuple[float, float]]) -> Ruler:
    """Choose how places are compared in some axes."""
    starts, units = [], []
    if grid is not None:
        for name in ("x", "y"):
            values = grid.data[name].values if name in grid.data else None
            if values is None or not values.size:
                break
            starts.append(float(values[0]))
            units.append(float(values[1] - values[0]) if values.size > 1 else 1.0)
        else:
            if all(units):
                return Ruler((starts[0], starts[1]), (units[0], units[1]), _WITHIN_CELL)
    spans = [abs(high - low) or 1.0 for low, high in limits]
    return Ruler((limits[0][0], limits[1][0]), (spans[0], spans[1]), _SHARE)


def compare_texts(
    before: Sequence[Artist],
    after: Sequence[Artist],
    rulers: tuple[Ruler, Ruler],
    where: str,
    *,
    how: Pairing = "placed",
) -> Iterator[Difference]:
    """Compare the texts of some axes.

    Parameters
    ----------
    before, after : sequence of Artist
        The texts in either figure.
    rulers : tuple of Ruler
        How places are read in either.
    where : str
        Names the axes.
    how : Pairing
        Whether places count, the order alone (the labels of a pie stand around it in whatever
        angle), or neither.
    """
    if how == "in order" and len(before) == len(after):
        for one, other in zip(before, after, strict=True):
            yield from _compare_text(one, other, where)
        return
    placed = how == "placed"
    left = list(after)
    waiting: list[Artist] = []
    for one in before:
        near = _nearest(one, [text for text in left if _same_text(one, text)], rulers, placed)
        if near is None:
            waiting.append(one)
            continue
        left.remove(near)
        yield from style_differences(one.style, near.style, inside(where, f"text {one.text!r}"))
        if normal_words(one.text) != normal_words(near.text):
            yield Difference("style", "number format", where, repr(one.text), repr(near.text))
    old = [normal_words(one.text) for one in waiting]
    for one in waiting:
        yield from _changed(one, left, rulers, where, placed, old)
    for text in left:
        yield Difference("addition", "text", where, "", repr(normal_words(text.text)))


def _changed(
    one: Artist,
    left: list[Artist],
    rulers: tuple[Ruler, Ruler],
    where: str,
    placed: bool,
    old: Sequence[str],
) -> Iterator[Difference]:
    """Say what became of a text that is not where it was, or not what it was."""
    there = _nearest(one, left, rulers, placed)
    if there is not None:
        left.remove(there)
        if normal_words(there.text) in old:
            # Both are still there, one in the other's place.
            yield Difference(
                "data",
                f"mark at {_say_place(rulers[0].place(one))}",
                where,
                repr(one.text),
                repr(there.text),
            )
        else:
            yield from _compare_text(one, there, where)
        return
    moved = next((text for text in left if _same_text(one, text)), None)
    if moved is not None:
        left.remove(moved)
        places = (_say_place(r.place(t)) for r, t in zip(rulers, (one, moved), strict=True))
        yield Difference("data", f"place of {one.text!r}", where, *places)
    else:
        yield Difference("words", "text", where, repr(normal_words(one.text)), "")


def _compare_text(one: Artist, other: Artist, where: str) -> Iterator[Difference]:
    """Compare two texts in one place."""
    if same_number(one.text, other.text) is False:
        yield Difference("data", "number", where, repr(one.text), repr(other.text))
    else:
        yield from compare_words("text", where, one.text, other.text)


def _same_text(before: Artist, after: Artist) -> bool:
    if normal_words(before.text) == normal_words(after.text):
        return True
    return same_number(before.text, after.text) is True


def _nearest(
    one: Artist, others: Sequence[Artist], rulers: tuple[Ruler, Ruler], placed: bool
) -> Artist | None:
    """Find the text at the same place, the nearest first; the first one where places are free."""
    if not placed or one.coordinates != ("data", "data"):
        return next((text for text in others if text.coordinates == one.coordinates), None)
    x, y = rulers[0].place(one)
    found: list[tuple[float, int, Artist]] = []
    for text in others:
        if text.coordinates == ("data", "data"):
            other_x, other_y = rulers[1].place(text)
            distance = max(abs(x - other_x), abs(y - other_y))
            if distance < rulers[0].reach:
                found.append((distance, len(found), text))
    return min(found)[2] if found else None


def _say_place(place: tuple[float, float]) -> str:
    return f"({place[0]:.3g}, {place[1]:.3g})"
