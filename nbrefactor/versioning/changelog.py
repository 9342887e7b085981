"""The notebook's own changelog, told from all that looks like one.

An entry is a heading (``### New in v0.0.37:``, ``## [1.2.0] - 2024-05-01``, ``**v1.2**``) with its
text below, an item of a list (``- v1.2: text``), or a row of a table. Entries that exist are never
touched.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from nbrefactor.config import Part
from nbrefactor.versioning.blocks import Line, Span
from nbrefactor.versioning.entries import Entry
from nbrefactor.versioning.number import Version, token
from nbrefactor.versioning.pages import Page, Pages
from nbrefactor.versioning.sections import Section, Sections, groups, read_sections
from nbrefactor.versioning.shown import show
from nbrefactor.versioning.title import subject_of


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


@dataclass(frozen=True, slots=True)
class _Group:
    """Entries of one style, and what is around them."""

    entries: tuple[Entry, ...]
    section: Section

    @property
    def newest(self) -> Version:
        return max((entry.version for entry in self.entries), key=lambda version: version.key)

    @property
    def wordy(self) -> bool:
        return self.entries[0].wordy and any(entry.spelled for entry in self.entries)

    @property
    def dated(self) -> bool:
        return all(entry.date for entry in self.entries)

    @property
    def placed(self) -> bool:
        """It stands below the title, or below a changelog's heading that does."""
        return all(entry.below_title for entry in self.entries) and (
            self.section.below_title or not self.section.named
        )


@dataclass(frozen=True, slots=True)
class _Stated:
    """What the notebook states of its version besides a changelog."""

    own: tuple[Version, ...]
    keys: frozenset[object]
    imported: frozenset[str]
    title: str
    places: Collection[tuple[int | None, Span]]


def _is_near(version: Version, other: Version) -> bool:
    """Tell whether two versions can be of one thing, the one a little later than the other."""
    return int(version.components[0]) == int(other.components[0])


def _has_list(entry: Entry, pages: Pages) -> bool:
    """Tell whether the text below an entry's heading is a list, as what has changed mostly is."""
    lines = pages.page(pages.cells[entry.cell]).lines[entry.row :]
    first = next(
        (line for line in lines if not line.empty and line.kind != "other" and not line.level), None
    )
    return first is not None and first.kind == "item"


def _is_own(group: _Group, stated: _Stated, pages: Pages) -> bool:
    """Tell whether entries can only be those of the notebook's own changelog.

    Either the newest is for the version that the notebook states, or they say in words what they
    are and their versions follow on those that the notebook states.
    """
    section, newest = group.section, group.newest
    if any(
        not entry.below_title and subject_of(entry.below, stated.imported) == "name"
        for entry in group.entries
    ):
        return False
    if newest.key in stated.keys:
        if section.named or group.wordy:
            return True
        if group.entries[0].kind == "heading":
            latest = next(entry for entry in group.entries if entry.version.key == newest.key)
            return group.placed and bool(latest.date or _has_list(latest, pages))
        return group.placed and group.dated
    if not stated.own:
        # Nothing else tells what the changelog is of but the title.
        subject = subject_of(stated.title, stated.imported)
        return section.changelog and group.placed and subject != "name"
    highest = max(stated.own, key=lambda version: version.key)
    if not (_is_near(newest, highest) or (section.changelog and newest.key < highest.key)):
        return False
    several = len({entry.version.key for entry in group.entries}) > 1
    if newest.key > highest.key:
        # It has run on from what is stated: from that very version, or from the next one.
        parts: tuple[Part, ...] = ("patch", "minor", "major")
        linked = {highest.key, *(highest.bumped(part).key for part in parts)}
        follows = any(entry.version.key in linked for entry in group.entries)
        return follows and (section.strong or group.wordy)
    if section.strong or group.wordy:
        return True
    return group.placed and several and (section.named or group.dated)


def _may_be_own(group: _Group, stated: _Stated) -> bool:
    """Tell whether entries that are not surely the notebook's changelog may yet be it."""
    if group.section.named or group.wordy:
        return True
    several = len({entry.version.key for entry in group.entries}) > 1
    if any(entry.version.key in stated.keys for entry in group.entries):
        return True
    return several and (group.dated or group.placed)


@cache
def _tied() -> re.Pattern[str]:
    return re.compile(r"[=<>~/@]\s?$|\w-$")


def _names_stated(page: Page, stated: _Stated) -> bool:
    """Tell whether a heading, an item or a table names the version like a changelog's entry."""
    for line in page.lines:
        if line.kind in ("paragraph", "other") and not line.text.lstrip().startswith(("**", "__")):
            continue
        shown = show(line)
        for found in token().finditer(shown.text):
            version = Version(found["number"])
            before = shown.text[: found.start()]
            alone = bool(found["prefix"]) or not re.search(r"\w", before)
            if (
                len(version.components) > 1
                and version.key in stated.keys
                and (alone or len(version.components) > 2)
                and not _tied().search(before)
                and (page.cell.index, shown.span(*found.span("number"))) not in stated.places
            ):
                return True
    return False


def _doubts(
    sections: Sections, others: Sequence[_Group], stated: _Stated, pages: Pages
) -> tuple[str, ...]:
    """Say why no changelog is started in a notebook in which none was recognised."""
    unreadable = {section.cell for section in sections.found if section.strong}
    unreadable |= {
        cell
        for cell, versions in sections.tables
        if any(version.key in stated.keys for version in versions)
    }
    possible = {group.entries[0].cell for group in others if _may_be_own(group, stated)}
    possible |= {*sections.elsewhere, *sections.dated}
    possible |= {page.cell.index for page in pages if _names_stated(page, stated)}
    notes = [
        f"The changelog in cell {cell + 1} has no entry that names its version in a heading or a "
        "list, so it is left alone."
        for cell in sorted(unreadable)
    ]
    if not unreadable and possible:
        notes.append(
            f"No changelog is started, because cell {min(possible) + 1} may hold or name one; an "
            'entry below a heading "Changelog" would be added to.'
        )
    return tuple(notes)


def _ends(entry: Entry, lines: Sequence[Line], heads: Collection[int]) -> Entry:
    """Extend an entry to the line before the next one or before what is no longer part of it."""
    row = entry.row + (1 if lines[entry.row - 1].underlined else 0)
    for line in lines[row:] if entry.kind != "row" else ():
        if line.row in heads:
            break
        if entry.kind == "heading" and line.level and line.level <= entry.level:
            break
        if entry.kind == "item" and line.text.strip():
            indent = len(line.text) - len(line.text.lstrip())
            after_blank = lines[line.row - 2].empty
            outside = indent <= entry.level and (after_blank or line.kind == "item")
            if line.level or outside:
                break
        row = line.row
    return entry if row == entry.row else replace(entry, end_row=row + 1)


def _complete(entries: Sequence[Entry], pages: Pages) -> tuple[Entry, ...]:
    heads: dict[int, set[int]] = {}
    for entry in entries:
        heads.setdefault(entry.cell, set()).add(entry.row)
    return tuple(
        _ends(entry, pages.page(pages.cells[entry.cell]).lines, heads[entry.cell])
        for entry in entries
    )


def _is_ascending(entries: Sequence[Entry]) -> bool:
    keys = [entry.version.key for entry in entries]
    return keys == sorted(keys) and keys[0] < keys[-1]


def find_changelog(
    pages: Pages,
    stated: Iterable[Version],
    taken: Collection[tuple[int | None, Span]] = (),
    own: Sequence[Version] = (),
    places: Collection[tuple[int | None, Span]] = (),
) -> tuple[Changelog | None, tuple[str, ...]]:
    """Find the notebook's own changelog.

    Parameters
    ----------
    pages : Pages
        The notebook's cells.
    stated : iterable of Version
        Versions that the notebook states elsewhere.
    taken : collection of (int, tuple of int)
        Cells and offsets of versions that belong to a line of the title and so to no entry.
    own : sequence of Version
        Those of the stated versions that are the notebook's own beyond doubt. With any, a
        changelog that has fallen behind or run ahead of them a little is found too.
    places : collection of (int, tuple of int)
        Cells and offsets of all stated versions.

    Returns
    -------
    Changelog or None
        None where there is none, or none that is surely the notebook's.
    tuple of str
        Why none may be started either.
    """
    stated = tuple(stated)
    if not stated and not pages.may_state:
        return None, ()
    sections = read_sections(pages)
    known = _Stated(
        tuple(own),
        frozenset(version.key for version in stated),
        pages.imported(),
        sections.title,
        places,
    )
    owned: list[_Group] = []
    others: list[_Group] = []
    for section in sections.found:
        for entries in groups(section):
            # Where one of them is the line that states the version, the rest is no changelog.
            if not any((entry.cell, entry.number) in taken for entry in entries):
                group = _Group(entries, section)
                (owned if _is_own(group, known, pages) else others).append(group)
    if not owned:
        return None, _doubts(sections, others, known, pages)
    # The first of the best: max keeps the earliest among equals.
    best = max(owned, key=lambda group: (group.newest.key in known.keys, group.section.strong))
    return Changelog(_complete(best.entries, pages), _is_ascending(best.entries)), ()
