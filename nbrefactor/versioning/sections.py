"""The parts of a notebook that may be its changelog, with the entries in each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache

from nbrefactor.versioning.blocks import Line
from nbrefactor.versioning.dates import DATE
from nbrefactor.versioning.entries import PSEUDO, Entry, as_heading, as_item, item_marker
from nbrefactor.versioning.number import Version
from nbrefactor.versioning.pages import Page, Pages
from nbrefactor.versioning.shown import show
from nbrefactor.versioning.tables import read_table, states_versions, versions_in

_CHANGELOG = r"change[ -]?log"
_STRONG = rf"{_CHANGELOG}|(?:version|revision|change|release)[ -](?:history|log)"
_WEAK = r"history|releases?|release notes|what(?:['’]?s| is) new|news|changes|updates|revisions"
# Headings that may be a changelog's in other languages; below one no entry is ever written.
_ELSEWHERE = (
    r"änderungen|änderungs(?:protokoll|verlauf|historie)|versions(?:historie|verlauf|geschichte)"
    r"|neuigkeiten|neuerungen|historique(?: des versions)?|journal(?: des modifications)?"
    r"|changements|nouveautés|historial(?: de (?:versiones|cambios))?|registro de cambios|cambios"
    r"|novedades|histórico(?: de (?:versões|alterações))?|registro de alterações|alterações"
    r"|mudanças|novidades|novità|modifiche|cronologia|registro delle modifiche|wijzigingen"
    r"|wijzigingslogboek|versiegeschiedenis|zmiany|historia (?:zmian|wersji)|изменения"
    r"|история(?: изменений| версий)?|журнал изменений|список изменений"
    r"|更新[日记履][志錄录歴历]|更新历史|更新内容|更新情報|变更[日记][志录]|變更[日記][誌錄]|変更履歴|改訂履歴"
    r"|修改记录|修订[记历][录史]|版本(?:历史|记录|更新|歷史)|リリースノート"
    r"|변경 ?(?:사항|이력|내역)|업데이트 ?(?:내역|기록)|버전 ?(?:기록|이력)"
)


@cache
def _section() -> re.Pattern[str]:
    return re.compile(
        rf"[\W_]*(?:(?P<strong>(?P<changelog>{_CHANGELOG})|{_STRONG})|(?P<weak>{_WEAK})"
        rf"|(?P<elsewhere>{_ELSEWHERE}))[\W_]*",
        re.IGNORECASE,
    )


@cache
def _section_line() -> re.Pattern[str]:
    return re.compile(r" {0,3}(?:(?:<details>\s{0,9})?<summary>|\*\*|__|<b>|<strong>)", re.I)


@cache
def _mention() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{_STRONG}|release notes)s?\b", re.IGNORECASE)


@cache
def _dated_item() -> re.Pattern[str]:
    return re.compile(rf"[\W_]{{0,6}}{DATE}", re.IGNORECASE)


@dataclass(slots=True)
class Section:
    """Entries below one heading.

    Parameters
    ----------
    strong, named : bool
        The heading says that it is a changelog, or something like it (``Updates``).
    changelog : bool
        It says so with that very word.
    cell, level : int
        The cell, counted from 0, and the level of the heading.
    below_title : bool
        It stands below the notebook's title or below nothing.
    entries : list of Entry
        In the order of the notebook.
    """

    strong: bool = False
    named: bool = False
    changelog: bool = False
    cell: int = 0
    level: int = 0
    below_title: bool = True
    entries: list[Entry] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Above:
    level: int
    words: str
    is_title: bool


@dataclass(slots=True)
class Sections:
    """All that may be a changelog.

    Parameters
    ----------
    found : list of Section
        The first is for entries below no heading of a changelog.
    tables : list of (int, list of Version)
        The cells of tables of versions that are not read as entries, and what they list.
    elsewhere : list of int
        Cells that may hold a changelog in another language or name one outside the notebook.
    dated : list of int
        Cells with a list of which two items begin with a date.
    title : str
        The words of the first heading.
    """

    found: list[Section] = field(default_factory=lambda: [Section()])
    tables: list[tuple[int, list[Version]]] = field(default_factory=list)
    elsewhere: list[int] = field(default_factory=list)
    dated: list[int] = field(default_factory=list)
    title: str = ""


def _is_section_line(line: Line) -> bool:
    return bool(
        line.level or _section_line().match(line.text) or line.text.rstrip(" *_\t").endswith(":")
    )


@dataclass(slots=True)
class _Reader:
    result: Sections = field(default_factory=Sections)
    current: Section = field(init=False)
    titled: bool = False
    title_cell: bool = False
    above: list[_Above] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.current = self.result.found[0]

    def read(self, page: Page) -> None:
        """Sort what looks like an entry under the changelog's heading that it stands below."""
        if page.is_code:
            self.current = self.result.found[0]
        if page.cell.cell_type != "markdown":
            return
        if self.current.level == PSEUDO:
            self.current = self.result.found[0]
        self.title_cell = False
        self._read_marks(page)
        tables = _tables(page)
        for line in page.lines:
            if line.empty or (line.kind == "other" and not line.text.strip()):
                continue
            if line.row in tables:
                self._read_table(page.cell.index, tables[line.row])
            elif line.kind != "table":
                self._read_line(page.cell.index, line)

    def _read_marks(self, page: Page) -> None:
        if any(_mention().search(line.text[:400]) for line in page.lines if not line.empty):
            self.result.elsewhere.append(page.cell.index)
        dated = 0
        for line in page.lines:
            marker = item_marker().match(line.text) if line.kind == "item" else None
            dated += bool(marker and _dated_item().match(line.text, marker.end()))
        if dated > 1:
            self.result.dated.append(page.cell.index)

    def _read_table(self, cell: int, lines: list[Line]) -> None:
        if not states_versions(lines[0]):
            return
        entries = read_table(cell, lines)
        self.current.entries += [self._placed(entry) for entry in entries]
        if not entries:
            self.result.tables.append((cell, versions_in(lines)))

    def _read_line(self, cell: int, line: Line) -> None:
        words = show(line, line.title).text
        first = bool(line.level and words.strip()) and not self.titled
        if first:
            self.titled = self.title_cell = True
            self.result.title = words
        section = _section().fullmatch(words) if _is_section_line(line) else None
        # "Changes" within an entry of a changelog is a part of it.
        inner = self.current.named and (line.level or PSEUDO) > self.current.level
        if section and section["elsewhere"]:
            self.result.elsewhere.append(cell)
        elif section and (section["strong"] or not inner):
            self._open(cell, line, section)
            return
        entry = as_heading(cell, line)
        ends = (
            line.level <= self.current.level if entry is None else line.level < self.current.level
        )
        if line.level and ends and not re.fullmatch(r"\W*unreleased\W*", words, re.IGNORECASE):
            self.current = self.result.found[0]
        if entry is None and (self.current.named or self.title_cell):
            entry = as_item(cell, line)
        if entry and not (first and not entry.wordy):
            self.current.entries.append(self._placed(entry))
        elif line.level:
            self.above = [found for found in self.above if found.level < line.level]
            self.above.append(_Above(line.level, words, first))

    def _open(self, cell: int, line: Line, section: re.Match[str]) -> None:
        level = line.level or PSEUDO
        self.above = [found for found in self.above if found.level < level]
        self.current = Section(
            section["strong"] is not None,
            True,
            section["changelog"] is not None,
            cell,
            level,
            all(found.is_title for found in self.above),
        )
        self.result.found.append(self.current)

    def _placed(self, entry: Entry) -> Entry:
        level = entry.level if entry.kind == "heading" else PSEUDO
        below = next((found for found in reversed(self.above) if found.level < level), None)
        return replace(entry, below=below.words, below_title=below.is_title) if below else entry


def _tables(page: Page) -> dict[int, list[Line]]:
    """Give the lines of each table by the row of its first."""
    found: dict[int, list[Line]] = {}
    for line in page.lines:
        if line.kind == "table":
            found.setdefault(line.block, []).append(line)
    return {block: lines for block, lines in found.items() if len(lines) > 2}


def read_sections(pages: Pages) -> Sections:
    """Find all that may be a notebook's changelog.

    A section ends at a heading of its own level or above that is no entry, and at a code cell.
    """
    reader = _Reader()
    for page in pages:
        reader.read(page)
    return reader.result


def groups(section: Section) -> Iterator[tuple[Entry, ...]]:
    """Part the entries of a section by style."""
    found: dict[tuple[object, ...], list[Entry]] = {}
    for entry in section.entries:
        # "1.2 Loading data" numbers a part of the text: without a changelog's heading above it, a
        # version has to look like one.
        if not (section.named or entry.wordy or entry.spelled):
            continue
        place = entry.cell if entry.kind != "heading" else None
        found.setdefault((entry.kind, entry.level, place, entry.wordy), []).append(entry)
    parted = [tuple(entries) for entries in found.values()]
    headed = [group for group in parted if group[0].kind == "heading"]
    yield from headed or parted
