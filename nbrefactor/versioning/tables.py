"""Tables that list versions, and whether one of them can only be a changelog."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise

from nbrefactor.versioning.blocks import Line, Span
from nbrefactor.versioning.dates import date
from nbrefactor.versioning.entries import Entry
from nbrefactor.versioning.number import Version, token
from nbrefactor.versioning.shown import show

_VERSIONS = frozenset({"version", "release", "ver", "ver.", "v"})
_DATES = frozenset({"date", "released", "release date"})
_CHANGES = frozenset(
    {
        *("change", "changes", "description", "notes", "note", "what changed", "what's new"),
        *("summary", "comment", "comments", "details"),
    }
)


@cache
def _bars() -> re.Pattern[str]:
    return re.compile(r"(?<!\\)\|")


def _split(line: Line) -> list[Span]:
    """Give the cells of a row as offsets in the line, without the blanks around each."""
    bars = [found.start() for found in _bars().finditer(line.text)]
    text = line.text
    edges = [-1, *bars, len(text)]
    cells = []
    for left, right in pairwise(edges):
        inner = text[left + 1 : right]
        start = left + 1 + len(inner) - len(inner.lstrip())
        cells.append((start, max(start, left + 1 + len(inner.rstrip()))))
    if cells and not text[slice(*cells[0])] and bars and not text[: bars[0]].strip():
        cells = cells[1:]
    if len(cells) > 1 and not text[slice(*cells[-1])] and not text[bars[-1] + 1 :].strip():
        cells = cells[:-1]
    return cells


def _words(line: Line, span: Span) -> str:
    return show(line, span).text.strip()


def states_versions(header: Line) -> bool:
    """Tell whether a column of a table is for versions."""
    return any(_words(header, span).lower() in _VERSIONS for span in _split(header))


def _columns(header: Line) -> tuple[str, ...] | None:
    """Say what each column is for; None where one is for something else."""
    kinds = []
    for span in _split(header):
        label = _words(header, span).lower().replace("’", "'")
        for kind, labels in (("version", _VERSIONS), ("date", _DATES), ("changes", _CHANGES)):
            if label in labels:
                kinds.append(kind)
                break
        else:
            return None
    is_clear = sorted(kinds) in (["changes", "version"], ["changes", "date", "version"])
    return tuple(kinds) if is_clear else None


def _as_row(cell: int, line: Line, columns: Sequence[str]) -> Entry | None:
    spans = _split(line)
    if len(spans) != len(columns):
        return None
    at = dict(zip(columns, spans, strict=True))
    number = show(line, at["version"])
    stated = token().fullmatch(number.text.strip())
    if stated is None:
        return None
    shift = len(number.text) - len(number.text.lstrip())
    first, after = stated.span("number")
    written = None
    if "date" in at:
        shown = show(line, at["date"])
        if date().fullmatch(shown.text) is None:
            return None
        written = shown.span(0, len(shown.text))
    start, end = at["changes"]
    return Entry(
        "row",
        cell,
        line.row,
        line.row + 1,
        len(columns),
        Version(stated["number"]),
        number.span(shift + first, shift + after),
        written,
        (line.start + start, line.start + end),
        wordy=True,
    )


def versions_in(lines: Sequence[Line]) -> list[Version]:
    """Give the versions in the rows of a table that has a column for them."""
    labels = [_words(lines[0], span).lower() for span in _split(lines[0])]
    column = next(at for at, label in enumerate(labels) if label in _VERSIONS)
    found = []
    for line in lines[2:]:
        spans = _split(line)
        stated = token().fullmatch(_words(line, spans[column])) if column < len(spans) else None
        if stated:
            found.append(Version(stated["number"]))
    return found


def read_table(cell: int, lines: Sequence[Line]) -> list[Entry]:
    """Read the rows of a table as entries of a changelog.

    Parameters
    ----------
    cell : int
        The cell, counted from 0.
    lines : sequence of Line
        The table's lines; the first two are its head.

    Returns
    -------
    list of Entry
        None at all where a column is for anything but version, date and changes, or where a row
        has something else in them.
    """
    columns = _columns(lines[0])
    if columns is None:
        return []
    rows = [_as_row(cell, line, columns) for line in lines[2:]]
    entries = [row for row in rows if row is not None]
    return entries if len(entries) == len(rows) else []
