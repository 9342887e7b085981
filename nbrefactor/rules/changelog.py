"""The notebook's changelog: where it is, how its entries look, and a new entry that looks the same.

An entry is a heading (``### New in v0.0.37:``, ``## [1.2.0] - 2024-05-01``, ``**v1.2**``) with its
text below, or an item of a list (``- v1.2: text``). Entries that exist are never touched.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from nbrefactor.outcome import Edit
from nbrefactor.rules.dates import DATE, renew_date
from nbrefactor.rules.markdown import Line, Span, read_markdown
from nbrefactor.rules.number import NUMBER, PREFIX, Version
from nbrefactor.rules.version import imported_names, names_product

if TYPE_CHECKING:
    from nbrefactor.notebook.document import Cell

# The level of a bold or plain line that stands for a heading: below every real one.
_PSEUDO = 7

_STRONG = r"change[ -]?log|(?:version|revision|change|release)[ -](?:history|log)"
_WEAK = r"history|releases?|release notes|what(?:['’]?s| is) new|news|changes|updates|revisions"
_SECTION = re.compile(
    rf"[^\w<]*(?:<\w+>[^\w<]*)*(?:(?P<strong>{_STRONG})|(?P<weak>{_WEAK}))"
    r"[^\w<]*(?:</\w+>[^\w<]*)*",
    re.IGNORECASE,
)
_SECTION_LINE = re.compile(
    r" {0,3}(?:(?:<details>\s*)?<summary>|\*\*|__|<b>|<strong>|(?!\s).*:[\s*_]*$)", re.IGNORECASE
)

_WORDY = (
    r"(?:(?:what(?:['’]?s| is) new|new(?: features)?|changes|changed|improvements|fixes|updates"
    r"|change[ -]?log|release notes)(?:\s+(?:in|for|of|with))?(?:\s*:)?\s+(?!\s)(?:the\s+(?!\s))?)"
)
_HEAD = re.compile(
    rf"[^\w\n]*(?P<wordy>{_WORDY})?(?:(?P<early>{DATE})[^\w\n]+)?\[?"
    rf"(?P<prefix>{PREFIX})?(?P<number>{NUMBER})"
    rf"(?P<link>\](?:\([^)\s]*\)|\[[^\]]*\]))?(?P<rest>.*)",
    re.IGNORECASE,
)
_HEAD_REST = re.compile(
    rf"(?P<kept>[^\w\n]{{0,12}}(?P<date>{DATE})?[^\w\n]{{0,12}}?)"
    r"(?P<title>\s{0,40}\[YANKED\][^\w]*|(?:\s{1,40}[-–—:|·]{1,12}|:)\s{1,40}\S.*)?$",
    re.IGNORECASE,
)
_ITEM = re.compile(r"(?P<indent>[ \t]*)(?P<marker>[-*+]|\d+[.)])(?P<gap>[ \t]+)(?P<text>\S.*)$")
_ITEM_REST = re.compile(
    rf"(?P<kept>(?:[\s(\[,;*_`–—-]*(?P<date>{DATE}))?[)\]*_`]*(?:\s*[:.–—|-]+)?[*_`]*)"
    r"(?P<gap>\s*)(?P<text>.*)$",
    re.IGNORECASE,
)
_SUBSECTION = re.compile(
    r"(?P<before>\s*(?:#{1,6}\s|\*\*|__)\W*)(?:(?P<changes>Chang(?:ed|es)|Refactor(?:ed|ing)"
    r"|Maintenance|Improve(?:d|ments))|(?P<other>Added|Deprecated|Removed|Fixed|Security))"
    r"(?P<after>\W*)$",
    re.IGNORECASE,
)
_TABLE_RULE = re.compile(r"\|?(?:\s*:?-+:?\s*\|)+(?:\s*:?-+:?\s*)?")
_TABLE_OF_VERSIONS = re.compile(r"(?:^|\|)[\s*_]*(?:version|release)[\s*_]*(?:\||$)", re.IGNORECASE)
_ROW = re.compile(rf"(?:^|\|)[\s*_]*v?(?P<number>{NUMBER})[\s*_]*(?:\||$)", re.IGNORECASE)
_PSEUDO_HEADING = re.compile(rf" {{0,3}}(?:\*\*|__|{_WORDY}.*:\s*$)", re.IGNORECASE)
_UNRELEASED = re.compile(r"\W*unreleased\W*", re.IGNORECASE)
_NO_CONTENT = re.compile(r"\s*(?:(?:\[[^\]]+\]:\s.*|-{3,}|\*{3,}|_{3,}|</\w+>)\s*)?$")


@dataclass(frozen=True, slots=True)
class Entry:
    """One version's entry in a changelog.

    Parameters
    ----------
    kind : {"heading", "item"}
        A heading with text below it, or an item of a list.
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

    kind: Literal["heading", "item"]
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
class Changelog:
    """The entries of a notebook's changelog.

    Parameters
    ----------
    entries : tuple of Entry
        In the order of the notebook, all in one style.
    ascending : bool
        The oldest comes first.
    """

    entries: tuple[Entry, ...]
    ascending: bool = False

    @property
    def newest(self) -> Entry:
        """The entry of the highest version, and of several the one that was written last."""
        highest = max(entry.version.key for entry in self.entries)
        newest = [entry for entry in self.entries if entry.version.key == highest]
        return newest[-1 if self.ascending else 0]


@dataclass(slots=True)
class _Section:
    strong: bool = False
    named: bool = False
    cell: int = 0
    level: int = 0
    entries: list[Entry] = field(default_factory=list)
    rows: list[tuple[int, Version]] = field(default_factory=list)


def _is_version(head: re.Match[str]) -> bool:
    """Tell a version from a lone number, a year or a date with dots."""
    if head["prefix"] or head["link"]:
        return True
    return "." in head["number"] and re.fullmatch(DATE, head["number"], re.IGNORECASE) is None


def _bracket(head: re.Match[str], shift: int) -> int | None:
    """Find where a link around the version opens; plain brackets are part of the style."""
    if head["link"] is None or head["link"] == "]":
        return None
    opening = head.string.rfind("[", 0, head.start("number"))
    return None if opening < head.start() else shift + opening


def _as_heading(cell: int, line: Line, level: int) -> Entry | None:
    head = _HEAD.fullmatch(line.words)
    rest = _HEAD_REST.match(line.words, head.start("rest")) if head else None
    if head is None or rest is None or not _is_version(head):
        return None
    shift = line.start + line.title[0]
    date = head.span("early") if head["early"] else rest.span("date") if rest["date"] else None
    cut = rest.end("kept")
    if rest["title"]:
        cut = rest.start("title")
    if level == _PSEUDO and not _PSEUDO_HEADING.match(line.text):
        return None
    return Entry(
        "heading",
        cell,
        line.row,
        line.row + 1,
        level,
        Version(head["number"]),
        (shift + head.start("number"), shift + head.end("number")),
        (shift + date[0], shift + date[1]) if date else None,
        (shift + cut, shift + len(line.words)) if rest["title"] else (line.end, line.end),
        _bracket(head, shift),
        wordy=bool(head["wordy"]),
        spelled=bool(head["prefix"] or head["link"] or date),
    )


def _as_item(cell: int, line: Line) -> Entry | None:
    item = _ITEM.match(line.text)
    head = _HEAD.fullmatch(item["text"]) if item else None
    if item is None or head is None or head["wordy"] or not _is_version(head):
        return None
    rest = _ITEM_REST.match(item["text"], head.start("rest"))
    if rest is None:
        return None
    set_off = rest["kept"].strip() or not rest["text"]
    if not set_off and not (head["prefix"] and rest["gap"]):
        return None
    shift = line.start + item.start("text")
    ordinal = None
    if item["marker"][:-1]:
        ordinal = (line.start + item.start("marker"), line.start + item.end("marker") - 1)
    date = head.span("early") if head["early"] else rest.span("date") if rest["date"] else None
    return Entry(
        "item",
        cell,
        line.row,
        line.row + 1,
        len(item["indent"].expandtabs(4)),
        Version(head["number"]),
        (shift + head.start("number"), shift + head.end("number")),
        (shift + date[0], shift + date[1]) if date else None,
        (shift + rest.start("text"), line.end),
        _bracket(head, shift),
        ordinal=ordinal,
        spelled=bool(
            head["prefix"] or head["link"] or date or item["text"].startswith(("**", "__"))
        ),
    )


def _with_end(entry: Entry, lines: Sequence[Line], heads: Collection[int]) -> Entry:
    """Extend an entry to the line before the next one or before what is no longer part of it."""
    row = entry.row + (1 if lines[entry.row - 1].underlined else 0)
    for line in map(lines.__getitem__, range(row, len(lines))):
        if line.row in heads:
            break
        if entry.kind == "heading" and line.level and line.level <= entry.level:
            break
        if entry.kind == "item" and line.text.strip():
            indent = len(line.text) - len(line.text.lstrip())
            after_blank = lines[line.row - 2].empty
            outside = indent <= entry.level and (after_blank or _ITEM.match(line.text))
            if line.level or outside:
                break
        row = line.row
    return replace(entry, end_row=row + 1)


def _sections(cells: Sequence[Cell]) -> list[_Section]:
    """Sort everything that looks like an entry under the changelog heading that it stands below.

    The first section is for entries below none. A section ends at a heading of its own level or
    above that is no entry, and at a code cell.
    """
    outside = _Section()
    sections = [outside]
    current = outside
    titled = False
    above: list[tuple[int, str, bool]] = []
    for cell in cells:
        if cell.cell_type != "markdown":
            if cell.cell_type == "code":
                current = outside
            continue
        if current.level == _PSEUDO:
            current = outside
        title_cell = in_table = False
        lines, _ = read_markdown(cell.source)
        for at, line in enumerate(lines):
            text = line.text.strip()
            if not text or len(text) > 1000:
                in_table = False
                continue
            if at and _TABLE_RULE.fullmatch(text):
                in_table = _TABLE_OF_VERSIONS.search(lines[at - 1].text) is not None
            first_heading = bool(line.level and line.words.strip()) and not titled
            if first_heading:
                titled = title_cell = True
            section = _SECTION.fullmatch(line.words)
            # "Changes" within an entry of a changelog is a part of it.
            inner = current.named and (line.level or _PSEUDO) > current.level
            if (
                section
                and (line.level or _SECTION_LINE.match(line.text))
                and (section["strong"] or not inner)
            ):
                strong = section["strong"] is not None
                current = _Section(strong, True, cell.index, line.level or _PSEUDO)
                sections.append(current)
                above = [found for found in above if found[0] < current.level]
                continue
            entry = _as_heading(cell.index, line, line.level or _PSEUDO)
            ends = line.level <= current.level if entry is None else line.level < current.level
            if line.level and ends and not _UNRELEASED.fullmatch(line.words):
                current = outside
            if entry is None and (current.named or title_cell):
                entry = _as_item(cell.index, line)
            if in_table and (row := _ROW.search(text)):
                current.rows.append((cell.index, Version(row["number"])))
            if entry and not (first_heading and not entry.wordy):
                level = entry.level if entry.kind == "heading" else _PSEUDO
                below = next((found for found in reversed(above) if found[0] < level), None)
                if below:
                    entry = replace(entry, below=below[1], below_title=below[2])
                current.entries.append(entry)
            elif line.level:
                above = [found for found in above if found[0] < line.level]
                above.append((line.level, line.words, first_heading))
    return sections


def _groups(
    section: _Section, taken: Collection[tuple[int | None, Span]]
) -> list[tuple[Entry, ...]]:
    """Part the entries of a section by style."""
    found: dict[tuple[object, ...], list[Entry]] = {}
    for entry in section.entries:
        # "1.2 Loading data" numbers a part of the text: without a changelog's heading above it, a
        # version has to look like one.
        if not (section.named or entry.wordy or entry.spelled):
            continue
        if (entry.cell, entry.number) in taken:
            continue
        place = entry.cell if entry.kind == "item" else None
        found.setdefault((entry.kind, entry.level, place, entry.wordy), []).append(entry)
    groups = [tuple(entries) for entries in found.values()]
    if any(group[0].kind == "heading" for group in groups):
        groups = [group for group in groups if group[0].kind == "heading"]
    return groups


def _is_own(
    group: Sequence[Entry],
    section: _Section,
    taken: Collection[tuple[int | None, Span]],
    own: Sequence[Version],
    imported: frozenset[str],
) -> bool:
    """Tell whether entries, none of them for a stated version, can only be the notebook's own.

    That is so for one in a changelog's wording (``New in v1.0``), or for two of one style below
    the title or a changelog's heading. Something that has versions of its own must not be named
    above them; in the title it may be, as long as no entry is newer than what the notebook states.
    """
    if not own:
        return False
    highest = max(version.key for version in own)
    newer = any(entry.version.key > highest for entry in group)
    if any(
        (newer or not entry.below_title) and names_product(entry.below, imported) for entry in group
    ):
        return False
    if group[0].wordy and any(entry.spelled for entry in group):
        return True
    # "## v1", "## v2" may number drafts or models.
    versions = {entry.version.key for entry in group if len(entry.version.components) > 1}
    # Where the newest of them is the line that states the version, the rest is left alone.
    is_stated = any(
        (entry.cell, entry.number) in taken
        and (entry.kind, entry.level) == (group[0].kind, group[0].level)
        for entry in section.entries
    )
    placed = section.named or all(entry.below_title for entry in group)
    return len(versions) > 1 and placed and not is_stated


def _is_ascending(entries: Sequence[Entry]) -> bool:
    keys = [entry.version.key for entry in entries]
    return keys == sorted(keys) and keys[0] < keys[-1]


def find_changelog(
    cells: Sequence[Cell],
    stated: Iterable[Version],
    taken: Collection[tuple[int | None, Span]] = (),
    own: Sequence[Version] = (),
) -> tuple[Changelog | None, tuple[str, ...]]:
    """Find the notebook's own changelog.

    Parameters
    ----------
    cells : sequence of Cell
        All cells, in order.
    stated : iterable of Version
        Versions that the notebook states elsewhere. Entries are taken for a changelog where one of
        them is for a stated version, or where they stand below a heading such as ``Changelog`` or
        ``Version history``; a history of something else has neither.
    taken : collection of (int, tuple of int)
        Cells and offsets of versions that belong to a line of the title and so to no entry.
    own : sequence of Version
        Those of the stated versions that are the notebook's own beyond doubt. With any, a
        changelog that has fallen behind or run ahead of them all is found too: by an entry in a
        changelog's wording (``New in v1.0``), or by two of one style.

    Returns
    -------
    Changelog or None
        None where there is none, or none in a form that is understood.
    tuple of str
        Why a changelog was left alone.
    """
    keys = {version.key for version in stated}
    candidates: list[tuple[bool, bool, tuple[Entry, ...]]] = []
    others: list[tuple[bool, bool, tuple[Entry, ...]]] = []
    sections = _sections(cells)
    imported = imported_names(cells) if own else frozenset()
    for section in sections:
        for group in _groups(section, taken):
            confirmed = any(entry.version.key in keys for entry in group)
            if confirmed or section.strong:
                candidates.append((confirmed, section.strong, group))
            elif _is_own(group, section, taken, own, imported):
                others.append((section.named, group[0].wordy, group))
    unreadable: set[int] = set()
    if not candidates:
        unreadable = {section.cell for section in sections if section.strong}
        for section in sections:
            unreadable |= {cell for cell, version in section.rows if version.key in keys}
        candidates = [] if unreadable else others
    if not candidates:
        return None, tuple(
            f"The changelog in cell {cell + 1} has no entry that names its version in a heading or "
            "a list, so it is left alone."
            for cell in sorted(unreadable)
        )
    # The first of the best: max keeps the earliest among equals.
    _, _, entries = max(candidates, key=lambda found: (found[0], found[1]))
    heads: dict[int, set[int]] = {}
    for entry in entries:
        heads.setdefault(entry.cell, set()).add(entry.row)
    lines = {cell.index: read_markdown(cell.source)[0] for cell in cells if cell.index in heads}
    complete = (_with_end(entry, lines[entry.cell], heads[entry.cell]) for entry in entries)
    return Changelog(tuple(complete), _is_ascending(entries)), ()


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
    items = [(at, match) for at, line in enumerate(lines) if (match := _ITEM.match(line.text))]
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
) -> str:
    """Write the newest entry's first line for another version."""
    entry = changelog.newest
    source = cells[entry.cell]
    spans: list[tuple[Span, str]] = [(entry.number, version.text), (entry.cut, "")]
    if entry.date:
        spans.append((entry.date, renew_date(source[slice(*entry.date)], now, source)))
    if entry.ordinal:
        spans.append((entry.ordinal, ordinal))
    if entry.bracket is not None:
        closing = re.compile(r"\](?:\([^)\s]*\)|\[[^\]]*\])").match(source, entry.number[1])
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
    return 0 if entry.kind == "item" else max(1, above)


def _compose_heading(
    changelog: Changelog, source: str, lines: Sequence[Line], head: str, texts: Sequence[str]
) -> str:
    """Write a heading entry without what parts it from its neighbours."""
    entry = changelog.newest
    newline = _newline(source, lines[entry.row - 1])
    parts = [head]
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
        (at, match) for at, line in enumerate(body) if (match := _SUBSECTION.match(line.text))
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
    if len(heads) > 1:
        return newline.join(head + text for head, text in zip(heads, texts, strict=True))
    return heads[0] + "; ".join(texts)


def _count_of_items(changelog: Changelog, lines: Sequence[Line], texts: Sequence[str]) -> int:
    """Count the items that a new entry takes: several only where the newest version has several."""
    entry = changelog.newest
    alike = [other for other in changelog.entries if other.version.key == entry.version.key]
    below = _bullets_in(lines[entry.row : entry.end_row - 1])
    nested = below is not None and entry.cut[0] >= entry.cut[1]
    return 1 if len(alike) == 1 or nested else len(texts)


def add_entry(
    changelog: Changelog,
    cells: Sequence[Cell],
    version: Version,
    texts: Sequence[str],
    now: datetime,
) -> Edit:
    """Compose an entry in the style of the newest one and place it beside that.

    Parameters
    ----------
    changelog : Changelog
        As found in ``cells``.
    cells : sequence of Cell
        All cells.
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
    sources = {cell.index: cell.source for cell in cells}
    source = sources[entry.cell]
    lines, _ = read_markdown(source)
    line = lines[entry.row - 1]
    newline = _newline(source, line)
    plain = [text for text in map(_plain, texts) if text]
    count = _count_of_items(changelog, lines, plain) if entry.kind == "item" else 1
    heads = [
        _head(changelog, sources, line, version.fitted(entry.version), now, ordinal)
        for ordinal in _ordinals(changelog, sources, count)
    ]
    if entry.kind == "heading":
        text = _compose_heading(changelog, source, lines, heads[0], plain)
    else:
        text = _compose_item(changelog, source, lines, heads, plain)
    gap = _gap_after(changelog, entry, lines)
    if not changelog.ascending:
        return Edit(entry.cell, line.start, line.start, text + newline * (1 + gap))
    content = lines[entry.row - 1 : entry.end_row - 1]
    items = [at for at, one in enumerate(content) if _ITEM.match(one.text)]
    last = items[-1] if items else 0
    for one in content[last + 1 :]:
        if one.empty or (one.text.strip() and _NO_CONTENT.match(one.text)):
            break
        last += 1
    at = content[last].end
    return Edit(entry.cell, at, at, newline * (1 + gap) + text)


def first_entry(
    cell: Cell, row: int, prefix: str, version: Version, texts: Sequence[str]
) -> Edit | None:
    """Compose a first section of a changelog at the end of the cell that states the version.

    Parameters
    ----------
    cell : Cell
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
    lines, still_open = read_markdown(cell.source)
    if still_open:
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
