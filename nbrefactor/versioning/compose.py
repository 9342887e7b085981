"""A new entry of a changelog that looks like the newest one, or a first one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from nbrefactor.model.outcome import Edit
from nbrefactor.versioning.blocks import Line, Span
from nbrefactor.versioning.changelog import Changelog
from nbrefactor.versioning.dates import renew_date
from nbrefactor.versioning.entries import Entry, item_marker
from nbrefactor.versioning.number import Version
from nbrefactor.versioning.pages import Page, Pages


@cache
def _subsection() -> re.Pattern[str]:
    return re.compile(
        r"(?P<before>\s{0,9}(?:#{1,6}\s{1,9}|\*\*|__)\W{0,9}?)"
        r"(?:(?P<changes>Chang(?:ed|es)|Refactor(?:ed|ing)|Maintenance|Improve(?:d|ments))"
        r"|(?P<other>Added|Deprecated|Removed|Fixed|Security))(?P<after>\W*)$",
        re.IGNORECASE,
    )


@cache
def _no_content() -> re.Pattern[str]:
    return re.compile(r"\s*(?:\[[^\]]+\]:\s.*|-{3,}|\*{3,}|_{3,}|</\w+>)?\s*$")


@cache
def _target() -> re.Pattern[str]:
    return re.compile(r"\](?:\([^)\s]*\)|\[[^\]]*\])")


def _plain(text: str) -> str:
    """Put an entry's text on one line, and keep it from hiding or heading what follows it."""
    text = " ".join(text.split())
    text = re.sub(r"^[-*+]\s+", "", text)
    text = re.sub(r"<(?=!--|(?:pre|script|style|textarea)\b)", r"\\<", text, flags=re.IGNORECASE)
    return re.sub(r"^(?=#{1,6}(?:\s|$)|`{3}|~{3}|>|[-*+=_]+$|\|)", r"\\", text)


@dataclass(frozen=True, slots=True)
class _Bullets:
    """How the entries of a changelog write their text."""

    indent: str = ""
    marker: str = "-"
    gap: str = " "
    blanks: int = 0

    def write(self, texts: Sequence[str], newline: str) -> str:
        lines = []
        for number, text in enumerate(texts, 1):
            marker = f"{number}{self.marker[-1]}" if self.marker[0].isdigit() else self.marker
            lines.append(f"{self.indent}{marker}{self.gap}{text}")
        return (newline * (1 + self.blanks)).join(lines)


def _blank_run(lines: Sequence[Line], at: int, step: int) -> int:
    """Count blank lines from a position on, backwards or forwards."""
    count = 0
    while 0 <= at < len(lines) and lines[at].empty:
        count += 1
        at += step
    return count


def _bullets_in(lines: Sequence[Line]) -> _Bullets | None:
    items = [
        (at, match) for at, line in enumerate(lines) if (match := item_marker().match(line.text))
    ]
    if not items:
        return None
    _, first = items[0]
    siblings = [at for at, match in items if match["indent"] == first["indent"]]
    blanks = _blank_run(lines, siblings[1] - 1, -1) if len(siblings) > 1 else 0
    return _Bullets(first["indent"], first["marker"], first["gap"], blanks)


def _newline(source: str, line: Line) -> str:
    if source.startswith("\r\n", line.end):
        return "\r\n"
    if source.startswith("\n", line.end):
        return "\n"
    return "\r\n" if source[: line.start].endswith("\r\n") else "\n"


def _ordinals(changelog: Changelog, cells: Mapping[int, str], count: int) -> list[str]:
    """Give the numbers of new items, in the order in which they are written.

    Where the numbers grow with the versions they go on from the newest, upwards below it and
    downwards to it above it. Otherwise a new item repeats the newest one's number: markdown counts
    a list on from its first number, so ``1.`` above ``1.``, ``2.`` is shown as one list from 1, and
    no other item has to be renumbered.
    """
    newest = changelog.newest
    if newest.ordinal is None:
        return [""] * count
    written = cells[newest.cell][slice(*newest.ordinal)]
    numbers = [
        int(cells[entry.cell][slice(*entry.ordinal)])
        for entry in changelog.entries
        if entry.ordinal
    ]
    own = int(written)
    if not own == max(numbers) > min(numbers):
        return [written] * count
    following = [str(own + step).zfill(len(written)) for step in range(1, count + 1)]
    return following if changelog.ascending else following[::-1]


def _head(
    changelog: Changelog,
    cells: Mapping[int, str],
    line: Line,
    version: Version,
    now: datetime,
    ordinal: str,
    own: str = "",
) -> str:
    """Write the newest entry's first line for another version, with another text of its own."""
    entry = changelog.newest
    source = cells[entry.cell]
    spans: list[tuple[Span, str]] = [(entry.number, version.text), (entry.cut, own)]
    if entry.date:
        spans.append((entry.date, renew_date(source[slice(*entry.date)], now, source)))
    if entry.ordinal:
        spans.append((entry.ordinal, ordinal))
    if entry.bracket is not None:
        closing = _target().search(source, entry.number[1], line.end)
        spans.append(((entry.bracket, entry.bracket + 1), ""))
        if closing:
            spans.append((closing.span(), ""))
    text = source
    end = line.end
    for (start, stop), new in sorted(spans, reverse=True):
        text = text[:start] + new + text[stop:]
        end += len(new) - (stop - start)
    return text[line.start : end]


def _gap_after(changelog: Changelog, entry: Entry, lines: Sequence[Line]) -> int:
    """Count the blank lines between two entries, as the neighbours have them."""
    rows = {other.row for other in changelog.entries if other.cell == entry.cell}
    if len(rows) > 1:
        beside = min(row for row in rows if row > entry.row) if entry.row < max(rows) else entry.row
        return _blank_run(lines, beside - 2, -1)
    above = _blank_run(lines, entry.row - 2, -1)
    return max(1, above) if entry.kind == "heading" else 0


def _compose_heading(
    changelog: Changelog,
    source: str,
    lines: Sequence[Line],
    heads: Sequence[str],
    texts: Sequence[str],
) -> str:
    """Write a heading entry without what parts it from its neighbours."""
    entry = changelog.newest
    newline = _newline(source, lines[entry.row - 1])
    parts = [heads[0]]
    first = entry.row
    if lines[entry.row - 1].underlined:
        underline = lines[entry.row]
        parts += [newline, source[underline.start : underline.end]]
        first += 1
    body = lines[first : entry.end_row - 1]
    gap = _blank_run(body, 0, 1)
    gap = gap if gap < len(body) else 0
    parts.append(newline * (1 + gap))
    headings = [
        (at, match) for at, line in enumerate(body) if (match := _subsection().match(line.text))
    ]
    if headings:
        # A refactoring is a change; Keep a Changelog has a section for these.
        at, match = next((found for found in headings if found[1]["changes"]), headings[0])
        word = match["changes"]
        if word is None:
            other = match["other"]
            word = "CHANGED" if other.isupper() else "changed" if other.islower() else "Changed"
        parts += [match["before"], word, match["after"]]
        parts.append(newline * (1 + _blank_run(body, at + 1, 1)))
    bullets = _bullets_in(body)
    if bullets is None and not headings and not all(line.empty for line in body):
        return "".join(parts) + newline.join(texts)
    return "".join(parts) + (bullets or _Bullets()).write(texts, newline)


def _compose_item(
    changelog: Changelog,
    source: str,
    lines: Sequence[Line],
    heads: Sequence[str],
    texts: Sequence[str],
) -> str:
    """Write an item entry, or one for each head, without what parts it from its neighbours."""
    entry = changelog.newest
    newline = _newline(source, lines[entry.row - 1])
    body = lines[entry.row : entry.end_row - 1]
    nested = _bullets_in(body)
    if entry.cut[0] >= entry.cut[1] and nested:
        blanks = _blank_run(body, 0, 1)
        return heads[0].rstrip() + newline * (1 + blanks) + nested.write(texts, newline)
    heads = [head if head[-1:].isspace() else head + " " for head in heads]
    # Where the old entry is set off as a whole, so is the new one.
    closing = next((mark for mark in ("**", "__") if heads[0].count(mark) % 2), "")
    if len(heads) > 1:
        return newline.join(head + text + closing for head, text in zip(heads, texts, strict=True))
    return heads[0] + "; ".join(texts) + closing


def _count_of_items(changelog: Changelog, lines: Sequence[Line], texts: Sequence[str]) -> int:
    """Count the items that a new entry takes: several only where the newest version has several."""
    entry = changelog.newest
    alike = [other for other in changelog.entries if other.version.key == entry.version.key]
    below = _bullets_in(lines[entry.row : entry.end_row - 1])
    nested = below is not None and entry.cut[0] >= entry.cut[1]
    return 1 if len(alike) == 1 or nested else len(texts)


def add_entry(
    changelog: Changelog,
    pages: Pages,
    version: Version,
    texts: Sequence[str],
    now: datetime,
) -> Edit:
    """Compose an entry in the style of the newest one and place it beside that.

    Parameters
    ----------
    changelog : Changelog
        As found in ``pages``.
    pages : Pages
        The notebook's cells.
    version : Version
        The version of the new entry.
    texts : sequence of str
        What is said of it, a bullet each; at least one.
    now : datetime
        Its date, where the newest entry has one.

    Returns
    -------
    Edit
        A pure insertion: above the newest entry, or below it where the oldest comes first. In a
        numbered list the numbers of the other items stay: a new one takes the number after the
        newest one's where numbers grow with the versions, and repeats it otherwise (``1.`` above
        ``1.``, ``2.``), from which markdown counts on by itself.
    """
    entry = changelog.newest
    sources = {cell.index: cell.source for cell in pages.cells}
    source = sources[entry.cell]
    lines = pages.page(pages.cells[entry.cell]).lines
    line = lines[entry.row - 1]
    newline = _newline(source, line)
    plain = [text for text in map(_plain, texts) if text]
    count = _count_of_items(changelog, lines, plain) if entry.kind == "item" else 1
    new = version.fitted(entry.version)
    if entry.kind == "row":
        cell = "; ".join(re.sub(r"(?<!\\)\|", r"\\|", text) for text in plain)
        heads = [_head(changelog, sources, line, new, now, "", cell)]
        text = heads[0]
    else:
        heads = [
            _head(changelog, sources, line, new, now, ordinal)
            for ordinal in _ordinals(changelog, sources, count)
        ]
        compose = _compose_heading if entry.kind == "heading" else _compose_item
        text = compose(changelog, source, lines, heads, plain)
    gap = _gap_after(changelog, entry, lines)
    if not changelog.ascending:
        return Edit(entry.cell, line.start, line.start, text + newline * (1 + gap))
    at = _end_of(entry, lines)
    return Edit(entry.cell, at, at, newline * (1 + gap) + text)


def _end_of(entry: Entry, lines: Sequence[Line]) -> int:
    """Find the end of the text of an entry, before what parts it from what follows."""
    content = lines[entry.row - 1 : entry.end_row - 1]
    items = [at for at, one in enumerate(content) if item_marker().match(one.text)]
    last = items[-1] if items else 0
    for one in content[last + 1 :]:
        if one.empty or (one.text.strip() and _no_content().match(one.text)):
            break
        last += 1
    return content[last].end


def first_entry(
    page: Page, row: int, prefix: str, version: Version, texts: Sequence[str]
) -> Edit | None:
    """Compose a first section of a changelog at the end of the cell that states the version.

    Parameters
    ----------
    page : Page
        A markdown cell.
    row : int
        The line that states the version, counted from 1; the section's heading is one level below
        the heading that this line is or stands under.
    prefix : str
        What stands before the version there (``v``).
    version : Version
        The version of the entry.
    texts : sequence of str
        What is said of it, a bullet each.

    Returns
    -------
    Edit or None
        None where the cell ends within a code block or a comment, so that nothing put there would
        be seen.
    """
    lines, cell = page.lines, page.cell
    if page.still_open:
        return None
    above = [line.level for line in lines[:row] if line.level]
    level = min(6, (above[-1] if above else 1) + 1)
    newline = "\r\n" if "\r\n" in cell.source else "\n"
    blanks = _blank_run(lines, len(lines) - 1, -1)
    # Blanks at the very end would indent the heading and so make it code.
    needed = max(1 if lines[-1].text else 0, 2 - blanks)
    name = f"{prefix.strip()}{version.text}" if prefix.strip().lower() == "v" else version.text
    if name == version.text:
        name = f"version {name}"
    plain = [text for text in map(_plain, texts) if text]
    text = f"{'#' * level} New in {name}:{newline}" + _Bullets().write(plain, newline)
    end = len(cell.source)
    return Edit(cell.index, end, end, newline * needed + text)
