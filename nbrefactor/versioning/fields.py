"""Lines of a notebook's head that state its version (``Version: 1.2``), and the dates with them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from nbrefactor.versioning.blocks import Line, Span
from nbrefactor.versioning.dates import DATE
from nbrefactor.versioning.number import NUMBER, Version
from nbrefactor.versioning.place import Claim, Place
from nbrefactor.versioning.shown import Shown, show
from nbrefactor.versioning.title import claim_of, subject_of

# What a document says of itself. Beside anything else ("Model:", "Place:") a version or a date is
# that thing's.
_OF_THE_DOCUMENT = frozenset(
    {
        *("author", "authors", "by", "written by", "created by", "maintainer", "maintainers"),
        *("contact", "email", "e-mail", "affiliation", "institution", "contributor"),
        *("contributors", "instructor", "title", "notebook", "status", "created", "date"),
        *("version", "version number", "version no", "current version"),
    }
)
_OF_PEOPLE = frozenset(
    {"author", "authors", "by", "written by", "created by", "maintainer", "maintainers"}
)
# Only what is being edited is updated today; a bare "Date:" may be that of an event.
_UPDATED = frozenset(
    {
        *("last updated", "last update", "last modified", "last revised", "last changed"),
        *("last edited", "updated", "updated on", "last updated on", "version date", "revised"),
    }
)
_VERSION = frozenset({"version", "version number", "version no", "current version"})


@cache
def _field() -> re.Pattern[str]:
    return re.compile(
        r"(?P<label>[^\W\d_][\w.'’-]*(?: [\w.'’-]+){0,3}) ?(?P<sign>[:=|]+)\s{0,20}(?P<value>.*)",
        re.DOTALL,
    )


@cache
def _own() -> re.Pattern[str]:
    return re.compile(
        r"(?:this )?(?:notebook|document|demo|tutorial)(?:['’]s)?(?: current)? version"
        r"(?: number| no)?",
        re.IGNORECASE,
    )


@cache
def _value() -> re.Pattern[str]:
    return re.compile(
        rf"(?P<prefix>v\.?\s?)?(?P<number>{NUMBER})(?:[\s,;(\[–—-]{{1,6}}(?P<date>{DATE})[)\]]?)?"
        r"\.?\s*",
        re.IGNORECASE,
    )


@cache
def _date() -> re.Pattern[str]:
    return re.compile(rf"(?P<date>{DATE})\.?\s*", re.IGNORECASE)


@cache
def _alone() -> re.Pattern[str]:
    return re.compile(
        rf"[(\[]?(?:(?P<early>{DATE})[\s,;:|/–—-]{{1,6}})?"
        rf"(?P<prefix>(?:version\s{{1,3}}|v\.?\s?)(?:v\.?)?)(?P<number>{NUMBER})"
        rf"(?:[\s,;:|/()\[–—-]{{1,6}}(?P<date>{DATE}))?[)\]]{{0,2}}\|?\s*",
        re.IGNORECASE,
    )


@dataclass(frozen=True, slots=True)
class _Field:
    """A label and what it is given: offsets in what is shown of the line."""

    label: str
    start: int
    end: int


def _start(line: Line, shown: Shown) -> int:
    """Find where the words of a line begin, behind a bullet, a quotation mark or a bar."""
    opening = re.match(r"[\s>]*(?:[-+*•]\s|\d{1,9}[.)]\s)?[\s|#(\[]*", shown.text)
    return opening.end() if opening else 0


def _fields(line: Line, shown: Shown) -> list[_Field] | None:
    """Split a line into its fields; None where a part of it is not one."""
    fields: list[_Field] = []
    at = _start(line, shown)
    text = shown.text
    inner = text.rstrip(" |")
    if line.kind == "table" or inner.count("|", at) == 1:
        row = _field().fullmatch(inner, at)
        if row and "|" in row["sign"]:
            return [_Field(row["label"].lower(), row.start("value"), row.end("value"))]
        if line.kind == "table":
            return None
    for part in re.split(r"([|·•]|\s{2,})", text[at:]):
        blanks = len(part) - len(part.lstrip())
        if (found := _field().fullmatch(part, blanks)) is not None:
            start = at + found.start("value")
            fields.append(_Field(found["label"].lower(), start, start + len(found["value"])))
        elif part.strip(" |·•\t"):
            return None
        at += len(part)
    return fields


def _labels(lines: Sequence[Line]) -> frozenset[str] | None:
    """Give the labels of lines that hold nothing but fields; None where something else is there."""
    labels: set[str] = set()
    for line in lines:
        if line.kind == "table" and not line.text.strip(" |:-\t"):
            continue
        found = _fields(line, show(line))
        if found is None:
            return None
        labels |= {field.label for field in found}
    return frozenset(labels)


def _is_clean(labels: frozenset[str] | None) -> bool:
    return labels is not None and all(
        label in _OF_THE_DOCUMENT or label in _UPDATED or _own().fullmatch(label)
        for label in labels
    )


class Runs:
    """The runs of lines of a cell between blanks and headings, and the labels in each.

    Parameters
    ----------
    lines : sequence of Line
        All lines of the cell.
    """

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = lines
        self._bounds: list[Span] = []
        self._labels: dict[Span, frozenset[str] | None] = {}
        first = 0
        for at in range(len(lines) + 1):
            if at == len(lines) or lines[at].empty or lines[at].level:
                self._bounds += [(first, at)] * (at - first)
                if at < len(lines):
                    self._bounds.append((at, at + 1))
                first = at + 1

    def around(self, at: int) -> Span:
        """Give the run that a line is in, as positions."""
        return self._bounds[at]

    def labels(self, run: Span) -> frozenset[str] | None:
        """Give the labels of a run; None where it holds more than fields."""
        if run not in self._labels:
            self._labels[run] = _labels(self.lines[slice(*run)])
        return self._labels[run]


@dataclass(frozen=True, slots=True)
class Head:
    """The part of a notebook that a line stands in.

    Parameters
    ----------
    title : str or None
        The words of the first heading; None before it.
    directly : bool
        Nothing but blanks stands between a heading and the lines.
    about : bool
        The heading says that what is below it is about the notebook.
    """

    title: str | None
    directly: bool
    about: bool


def _claim(head: Head, labels: frozenset[str], imported: frozenset[str]) -> Claim:
    """Say how sure it is that a ``Version:`` line in a head of fields is the notebook's."""
    if head.about:
        return "certain" if head.directly else "open"
    if head.title is None or not head.directly:
        return "open"
    subject = subject_of(head.title, imported)
    if subject == "document" or (labels & _OF_PEOPLE and subject != "name"):
        return "certain"
    if subject == "name":
        return "foreign"
    several = len(head.title.split()) > 1
    return "certain" if subject == "plain" and several else "open"


def line_place(
    cell: int, runs: Runs, at: int, head: Head | None, imported: frozenset[str]
) -> Place | None:
    """Find the version that a line states by a label.

    Parameters
    ----------
    cell : int
        The cell, counted from 0.
    runs : Runs
        Of the cell.
    at : int
        Position of the line.
    head : Head or None
        Where the line stands; None where only a label that says whose version it is counts.
    imported : frozenset of str
        Names of the packages that the notebook imports, in small letters.
    """
    line = runs.lines[at]
    if line.kind == "other" or ("ersion" not in line.text and "ERSION" not in line.text):
        return None
    shown = show(line)
    for field in _fields(line, shown) or ():
        own = _own().fullmatch(field.label)
        stated = _value().fullmatch(shown.text.rstrip(" |"), field.start, field.end)
        if stated is None or not (own or (head and field.label in _VERSION)):
            continue
        labels = runs.labels(runs.around(at))
        if own:
            claim: Claim = "certain"
        elif labels is None or not _is_clean(labels) or head is None:
            continue
        else:
            claim = _claim(head, labels, imported)
        dates = [shown.span(*stated.span("date"))] if stated["date"] else []
        return Place(
            "line",
            Version(stated["number"]),
            shown.span(*stated.span("number")),
            stated["prefix"] or "",
            tuple(dates),
            cell,
            line.row,
            claim=claim,
            words=shown.text.strip(),
        )
    return None


def subtitle_place(cell: int, line: Line, title: str, imported: frozenset[str]) -> Place | None:
    """Find the version in a line below the title that holds nothing else (``v1.2, April 2025``)."""
    shown = show(line)
    stated = _alone().fullmatch(shown.text, _start(line, shown) if line.kind != "item" else 0)
    if stated is None or len(Version(stated["number"]).components) < 2:
        return None
    dates = [stated.span(name) for name in ("early", "date") if stated[name]]
    timed = any(":" in shown.text[slice(*span)] for span in dates)
    return Place(
        "line",
        Version(stated["number"]),
        shown.span(*stated.span("number")),
        stated["prefix"],
        tuple(shown.span(*span) for span in dates),
        cell,
        line.row,
        claim=claim_of(title, imported, dated=bool(dates), timed=timed),
        words=shown.text.strip(),
    )


def _updated(lines: Sequence[Line], row: int) -> Iterator[Span]:
    """Yield the dates of a change, and the date on the very line of the version."""
    for line in lines:
        shown = show(line)
        for field in _fields(line, shown) or ():
            found = _date().fullmatch(shown.text.rstrip(" |"), field.start, field.end)
            is_beside = field.label == "date" and line.row == row
            if found and (field.label in _UPDATED or is_beside):
                yield shown.span(*found.span("date"))


def with_dates(place: Place, runs: Runs) -> tuple[Place, tuple[int, ...]]:
    """Add the dates that stand in fields with a version and say when the notebook was changed.

    Parameters
    ----------
    place : Place
        In one of the lines.
    runs : Runs
        Of the cell.

    Returns
    -------
    Place
        With these dates.
    tuple of int
        Rows of dates that stand there too and do not say what they are of.
    """
    lines, at = runs.lines, place.row - 1
    if lines[at].level:
        at += 2 if lines[at].underlined else 1
        while at < len(lines) and lines[at].empty:
            at += 1
    if at >= len(lines) or lines[at].level:
        return place, ()
    first, after = runs.around(at)
    labels = runs.labels((first, after))
    if not labels or not _is_clean(labels):
        return place, ()
    dates = {*place.dates, *_updated(lines[first:after], place.row)}
    undecided = [
        line.row
        for line in lines[first:after]
        for field in _fields(line, show(line)) or ()
        if field.label == "date" and line.row != place.row and "version" in labels
    ]
    return replace(place, dates=tuple(sorted(dates))), tuple(undecided)
