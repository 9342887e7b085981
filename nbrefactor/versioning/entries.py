"""What looks like an entry of a changelog: a heading, an item of a list, or a row of a table."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from nbrefactor.versioning.blocks import Line, Span
from nbrefactor.versioning.dates import DATE
from nbrefactor.versioning.number import NUMBER, PREFIX, Version
from nbrefactor.versioning.shown import Shown, show

# The level of a bold or plain line that stands for a heading: below every real one.
PSEUDO = 7

_WORDY = (
    r"(?:(?:what(?:['’]?s| is) new|new(?: features)?|changes|changed|improvements|fixes|updates"
    r"|change[ -]?log|release notes)(?:\s{1,3}(?:in|for|of|with))?\s?:?\s{1,3}(?:the\s{1,3})?)"
)


@cache
def _head() -> re.Pattern[str]:
    return re.compile(
        rf"[\W_]{{0,40}}(?P<wordy>{_WORDY})?(?:(?P<early>{DATE})[\W_]{{1,12}})?\[?"
        rf"(?P<prefix>{PREFIX})?(?P<number>{NUMBER})(?P<bracket>\])?(?P<rest>.*)",
        re.IGNORECASE | re.DOTALL,
    )


@cache
def _heading_rest() -> re.Pattern[str]:
    return re.compile(
        rf"(?P<kept>[^\w\n]{{0,12}}(?P<date>{DATE})?[^\w\n]{{0,12}}?)"
        r"(?P<title>\s*\[YANKED\][^\w]*|(?:\s{1,4}[-–—:|·]{1,3}|:)\s{1,4}\S.*)?$",
        re.IGNORECASE | re.DOTALL,
    )


@cache
def item_marker() -> re.Pattern[str]:
    """Give the expression for what opens an item of a list, up to its text."""
    return re.compile(r"(?P<indent>[ \t]*)(?P<marker>[-*+]|\d{1,9}[.)])(?P<gap>[ \t]+)(?=\S)")


@cache
def _item_rest() -> re.Pattern[str]:
    return re.compile(
        rf"(?P<kept>(?:[\s(\[,;–—-]{{0,6}}(?P<date>{DATE}))?[)\]]{{0,3}}"
        r"(?:\s{0,4}[:.–—|-]{1,3})?)(?P<gap>\s*)(?P<text>.*)",
        re.IGNORECASE | re.DOTALL,
    )


@cache
def _pseudo_heading() -> re.Pattern[str]:
    return re.compile(rf" {{0,3}}(?:\*\*|__|{_WORDY}.{{0,400}}:\s{{0,9}}$)", re.IGNORECASE)


@cache
def _whole_date() -> re.Pattern[str]:
    return re.compile(DATE, re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Entry:
    """One version's entry in a changelog.

    Parameters
    ----------
    kind : {"heading", "item", "row"}
        A heading with text below it, an item of a list, or a row of a table.
    cell : int
        The cell, counted from 0.
    row, end_row : int
        The entry's first line, counted from 1, and the line after its last.
    level : int
        The heading's level (7 for a bold or plain line), or the item's indentation.
    version : Version
        The version that it describes.
    number : tuple of int
        Offsets of the version's number in the cell's source.
    date : tuple of int or None
        Offsets of its date.
    cut : tuple of int
        Offsets of what belongs to this entry alone, from the end of what the next entry repeats.
    bracket : int or None
        Offset of a bracket that opens a link around the version.
    ordinal : tuple of int or None
        Offsets of the number of an item in a numbered list.
    wordy : bool
        The heading says in words what it is (``New in``).
    spelled : bool
        Something beside the number shows that it is a version: a ``v``, a bracket, bold
        type or a date.
    below : str
        The words of the heading that it stands below, if that is neither an entry nor the
        changelog's own.
    below_title : bool
        That heading is the notebook's first, or there is none.
    """

    kind: Literal["heading", "item", "row"]
    cell: int
    row: int
    end_row: int
    level: int
    version: Version
    number: Span
    date: Span | None
    cut: Span
    bracket: int | None = None
    ordinal: Span | None = None
    wordy: bool = False
    spelled: bool = True
    below: str = ""
    below_title: bool = True


@dataclass(frozen=True, slots=True)
class _Head:
    """The version at the beginning of a line, with a date before it."""

    match: re.Match[str]
    linked: bool
    bracket: int | None

    @property
    def is_version(self) -> bool:
        """Tell a version from a lone number, a year or a date with dots."""
        number = self.match["number"]
        if self.match["prefix"] or self.match["bracket"] or self.linked:
            return True
        return "." in number and _whole_date().fullmatch(number) is None


def _read_head(shown: Shown, start: int) -> _Head | None:
    match = _head().fullmatch(shown.text, start)
    if match is None:
        return None
    end = match.end("number")
    linked = bool(shown.linked.intersection((end, end + 1)))
    opening = shown.text.rfind("[", start, match.start("number")) if linked else -1
    return _Head(match, linked, shown.offsets[opening] if opening >= 0 else None)


def as_heading(cell: int, line: Line) -> Entry | None:
    """Read a heading, or a line that stands for one, as an entry; None where it is none."""
    level = line.level or PSEUDO
    if level == PSEUDO and not (
        line.kind in ("paragraph", "html") and _pseudo_heading().match(line.text)
    ):
        return None
    shown = show(line, line.title)
    head = _read_head(shown, 0)
    if head is None or not head.is_version:
        return None
    match = head.match
    rest = _heading_rest().match(shown.text, match.start("rest"))
    if rest is None:
        return None
    found = match if match["early"] else rest
    date = (
        found.span("early" if match["early"] else "date")
        if found is match or rest["date"]
        else None
    )
    cut = (line.end, line.end)
    if rest["title"]:
        cut = shown.span(rest.start("title"), len(shown.text))
    return Entry(
        "heading",
        cell,
        line.row,
        line.row + 1,
        level,
        Version(match["number"]),
        shown.span(*match.span("number")),
        shown.span(*date) if date else None,
        cut,
        head.bracket,
        wordy=bool(match["wordy"]),
        spelled=bool(match["prefix"] or match["bracket"] or head.linked or date),
    )


def as_item(cell: int, line: Line) -> Entry | None:
    """Read an item of a list as an entry; None where it is none."""
    item = item_marker().match(line.text) if line.kind == "item" else None
    if item is None:
        return None
    shown = show(line, (item.end(), len(line.text)))
    head = _read_head(shown, 0)
    if head is None or head.match["wordy"] or not head.is_version:
        return None
    match = head.match
    rest = _item_rest().fullmatch(shown.text, match.start("rest"))
    if rest is None:
        return None
    set_off = rest["kept"].strip() or not rest["text"].strip()
    if not set_off and not (match["prefix"] and rest["gap"]):
        return None
    ordinal = None
    if item["marker"][:-1]:
        ordinal = (line.start + item.start("marker"), line.start + item.end("marker") - 1)
    date = match.span("early") if match["early"] else rest.span("date") if rest["date"] else None
    cut = line.end
    if rest["text"].strip():
        cut = shown.offsets[rest.start("text") - 1] + 1
    return Entry(
        "item",
        cell,
        line.row,
        line.row + 1,
        len(item["indent"].expandtabs(4)),
        Version(match["number"]),
        shown.span(*match.span("number")),
        shown.span(*date) if date else None,
        (cut, line.end),
        head.bracket,
        ordinal=ordinal,
        spelled=bool(
            match["prefix"]
            or match["bracket"]
            or head.linked
            or date
            or line.text.startswith(("**", "__"), item.end())
        ),
    )
