"""The edits that raise a version in every place, and the one that records it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from nbrefactor.config import Part
from nbrefactor.model.outcome import Edit, Finding, MetadataEdit
from nbrefactor.versioning.bump import ADVICE, NOTHING, Bump
from nbrefactor.versioning.changelog import Changelog, find_changelog
from nbrefactor.versioning.compose import add_entry, first_entry
from nbrefactor.versioning.dates import renew_date
from nbrefactor.versioning.misses import find_near_misses, left_alone
from nbrefactor.versioning.number import Version
from nbrefactor.versioning.pages import Pages
from nbrefactor.versioning.place import Place
from nbrefactor.versioning.places import find_places

if TYPE_CHECKING:
    from nbrefactor.notebook.document import Cell


@dataclass(frozen=True, slots=True)
class _Stated:
    """The notebook's own places and changelog, told from all that looks like them."""

    pages: Pages
    places: tuple[Place, ...]
    changelog: Changelog | None
    # Why no changelog may be started, where none was found.
    doubts: tuple[str, ...]
    notes: tuple[str, ...]
    # Places that nothing confirms.
    unsure: tuple[Place, ...]

    @property
    def current(self) -> Version | None:
        """The highest version stated anywhere; of equal ones that with the most components."""
        versions = [place.version for place in self.places]
        if self.changelog:
            versions.append(self.changelog.newest.version)
        return max(
            versions, key=lambda version: (version.key, len(version.components)), default=None
        )


def _read(pages: Pages, metadata: Mapping[str, Any], patterns: Sequence[str]) -> _Stated:
    found, notes = find_places(pages, metadata, patterns)
    changelog, doubts = find_changelog(
        pages,
        [place.version for place in found if place.claim != "foreign"],
        {(place.cell, place.span) for place in found if place.kind == "line"},
        [place.version for place in found if place.sure],
        {(place.cell, place.span) for place in found},
    )
    entries = changelog.entries if changelog else ()
    history = {(entry.cell, entry.number) for entry in entries}
    own = [place for place in found if place.sure and (place.cell, place.span) not in history]
    certain = {place.version.key for place in own}
    confirmed = certain | ({changelog.newest.version.key} if changelog else set())
    places = tuple(
        place
        for place in found
        if (place.cell, place.span) not in history
        and place.version.key in (certain if place.claim == "foreign" else confirmed)
    )
    kept = set(places)
    unsure = tuple(place for place in found if not place.sure and place not in kept)
    return _Stated(pages, places, changelog, doubts, notes, unsure)


def _findings(stated: _Stated, cells: Sequence[Cell]) -> tuple[Finding, ...]:
    current = stated.current
    if current is None:
        return ()
    ids = {cell.index: cell.id for cell in cells}
    findings = []
    for place in stated.places:
        if place.version.key != current.key:
            findings.append(
                Finding(
                    "NB301",
                    f"{place.label} states version {place.version.text}, but the notebook's "
                    f"highest is {current.text}.",
                    cell=place.cell,
                    cell_id=ids.get(place.cell) if place.cell is not None else None,
                    row=place.row,
                )
            )
    if stated.changelog and stated.changelog.newest.version.key != current.key:
        newest = stated.changelog.newest
        findings.append(
            Finding(
                "NB302",
                f"The changelog's newest entry is for version {newest.version.text}, but the "
                f"notebook is at {current.text}.",
                cell=newest.cell,
                cell_id=ids.get(newest.cell),
                row=newest.row,
            )
        )
    return tuple(findings)


def _raised(place: Place, source: str, new: Version, now: datetime) -> dict[tuple[int, int], str]:
    """Give the new text of each span of a place."""
    spans = {place.span: new.fitted(place.version).text}
    for span in place.dates:
        spans[span] = renew_date(source[slice(*span)], now, source)
    return spans


def _edits(
    stated: _Stated,
    cells: Sequence[Cell],
    metadata: Mapping[str, Any],
    new: Version,
    now: datetime,
    added: Edit | None,
) -> tuple[tuple[Edit, ...], tuple[MetadataEdit, ...]]:
    """Give the edits that raise every place, with the one that adds an entry among them."""
    by_cell = {cell.index: cell for cell in cells}
    in_cells: dict[int, dict[tuple[int, int], str]] = {}
    in_metadata = []
    for place in stated.places:
        if place.cell is not None:
            source = by_cell[place.cell].source
            in_cells.setdefault(place.cell, {}).update(_raised(place, source, new, now))
            continue
        value = metadata[place.path[0]]
        for (start, end), text in sorted(_raised(place, value, new, now).items(), reverse=True):
            value = value[:start] + text + value[end:]
        in_metadata.append(MetadataEdit(place.path, value))
    edits = [
        Edit(cell, start, end, text)
        for cell, spans in in_cells.items()
        for (start, end), text in spans.items()
        if by_cell[cell].source[start:end] != text
    ]
    if added:
        edits.append(added)
    edits.sort(key=lambda edit: (edit.cell, edit.start, edit.end))
    return tuple(edits), tuple(in_metadata)


def _applied(edits: Sequence[Edit], cells: Sequence[Cell]) -> list[Cell]:
    sources = {cell.index: cell.source for cell in cells}
    for edit in reversed(edits):
        source = sources[edit.cell]
        sources[edit.cell] = source[: edit.start] + edit.text + source[edit.end :]
    return [replace(cell, source=sources[cell.index]) for cell in cells]


def _is_read_back(edit: Edit, pages: Pages, new: Version) -> bool:
    """Tell whether the changelog with a new entry reads as one whose newest entry is that."""
    changelog, _ = find_changelog(Pages(_applied([edit], pages.cells), pages), [new])
    return changelog is not None and changelog.newest.version.key == new.key


def _is_stated_after(
    stated: _Stated,
    cells: Sequence[Cell],
    metadata: Mapping[str, Any],
    new: Version,
    now: datetime,
    added: Edit,
) -> bool:
    """Tell whether the next run would find the new version: an entry can part title and line."""
    edits, in_metadata = _edits(stated, cells, metadata, new, now, added)
    raised = {**metadata, **{edit.path[0]: edit.value for edit in in_metadata}}
    current = _read(Pages(_applied(edits, cells), stated.pages), raised, ()).current
    return current is not None and current.key == new.key


def _entry_edit(
    stated: _Stated,
    cells: Sequence[Cell],
    new: Version,
    entries: Sequence[str],
    now: datetime,
) -> tuple[Edit | None, str | None]:
    """Give the edit that records the new version, or why there is none."""
    if not entries:
        return None, "The changelog gets no entry, because there is no text for one."
    if stated.changelog:
        edit = add_entry(stated.changelog, stated.pages, new, entries, now)
        if _is_read_back(edit, stated.pages, new):
            return edit, None
        return None, (
            f"The changelog in cell {edit.cell + 1} gets no entry, because text put beside its "
            "newest one would not be shown as an entry."
        )
    if stated.doubts:
        return None, " ".join(stated.doubts)
    by_cell = {cell.index: cell for cell in cells}
    for place in stated.places:
        if place.cell is None or by_cell[place.cell].cell_type != "markdown":
            continue
        first = first_entry(
            stated.pages.page(by_cell[place.cell]), place.row, place.prefix, new, entries
        )
        if first is None or not _is_read_back(first, stated.pages, new):
            return None, (
                f"No changelog is started in cell {place.cell + 1}, because text put at its end "
                "would not be shown as an entry."
            )
        return first, None
    return None, None


def _nothing_found(stated: _Stated) -> Bump:
    sentences = (NOTHING, *find_near_misses(stated.pages), ADVICE)
    return Bump(None, None, notes=(*stated.notes, " ".join(sentences)))


def read_findings(
    cells: Sequence[Cell], metadata: Mapping[str, Any], patterns: Sequence[str]
) -> tuple[Finding, ...]:
    """Report where a notebook's own statements of its version disagree; see `check_versions`."""
    return _findings(_read(Pages(cells), metadata, patterns), cells)


def plan(
    cells: Sequence[Cell],
    metadata: Mapping[str, Any],
    part: Part,
    entries: Sequence[str],
    now: datetime,
    patterns: Sequence[str],
) -> Bump:
    """Plan the edits of a notebook that may state a version; see `plan_bump`."""
    stated = _read(Pages(cells), metadata, patterns)
    old = stated.current
    if old is None:
        return _nothing_found(stated)
    findings = _findings(stated, cells)
    if part == "none":
        return Bump(old.text, old.text, findings=findings, notes=stated.notes)
    left = left_alone(stated.unsure)
    entries = [text for text in entries if text.strip()]
    new = old.bumped(part)
    added, reason = _entry_edit(stated, cells, new, entries, now)
    # A pattern may name the very version that is raised, and so tells nothing of the next one.
    if added and not patterns and not _is_stated_after(stated, cells, metadata, new, now, added):
        reason = (
            f"The changelog in cell {added.cell + 1} gets no entry, because with one there the "
            "version would no longer be found."
        )
        added = None
    notes = (*stated.notes, *left, *([reason] if reason else ()))
    if added is None and not any(place.sure for place in stated.places):
        # A title that only the changelog confirms would be left with nothing to confirm it.
        note = (
            "Only the changelog shows which version this is, so without an entry nothing changes."
        )
        return Bump(old.text, old.text, findings=findings, notes=(*notes, note))
    edits, in_metadata = _edits(stated, cells, metadata, new, now, added)
    return Bump(
        old.text,
        new.text,
        edits,
        in_metadata,
        findings,
        notes,
    )
