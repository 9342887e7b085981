"""The places of a notebook that state its own version.

A place is a markdown heading, a ``Version:`` line, a top-level constant, a value of the notebook's
metadata, or what a pattern of the settings names. Numbers that merely look like a version (pins,
URLs, prose, code, another product's version) are not places.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from nbrefactor.versioning.constants import constant_places, value
from nbrefactor.versioning.fields import Head, Runs, line_place, subtitle_place, with_dates
from nbrefactor.versioning.named import named_places
from nbrefactor.versioning.number import Version
from nbrefactor.versioning.pages import Page, Pages
from nbrefactor.versioning.place import Place
from nbrefactor.versioning.shown import show
from nbrefactor.versioning.title import title_places

if TYPE_CHECKING:
    pass


@cache
def _about() -> re.Pattern[str]:
    return re.compile(
        r"\W*(?:about(?: (?:this|the) (?:notebook|demo|document|tutorial))?"
        r"|(?:notebook|document|version) (?:info(?:rmation)?|metadata|details)"
        r"|version|colophon)\W*",
        re.IGNORECASE,
    )


@dataclass(slots=True)
class _Reader:
    """Goes through the markdown of a notebook from top to bottom."""

    imported: frozenset[str]
    notes: list[str]
    title: str | None = None
    in_title: bool = True
    about: bool = False
    # Lines since the last heading that are not blank, and the position of that heading.
    between: int = 0
    title_cell: int = -1
    undecided: list[tuple[int, int]] = field(default_factory=list)

    def read(self, page: Page) -> Iterator[Place]:
        runs, labelled = Runs(page.lines), False
        for at, line in enumerate(page.lines):
            if line.empty or line.kind == "other":
                continue
            found = list(self._places(page, runs, at, labelled))
            # A cell that states several versions lists a history: the first is the current one.
            labelled = labelled or any(place.kind == "line" for place in found)
            for place in found:
                dated, undecided = with_dates(place, runs)
                self.notes.extend(
                    f"The date in cell {page.cell.index + 1}, line {row} is left alone, because "
                    'it may be that of anything; "Last updated" before it says that it is not.'
                    for row in undecided
                )
                yield dated

    def _places(self, page: Page, runs: Runs, at: int, labelled: bool) -> Iterator[Place]:
        line, cell = page.lines[at], page.cell.index
        stated = None
        if line.level:
            words = show(line, line.title).text
            first = self.title is None and bool(words.strip())
            if not first and not labelled:
                stated = line_place(cell, runs, at, self._head(runs, at), self.imported)
            if stated is None:
                self.in_title, self.about = first, bool(_about().fullmatch(words))
                self.between = 0
            if first:
                self.title, self.title_cell = words, cell
                yield from title_places(cell, line, self.imported)
        elif not labelled:
            stated = line_place(cell, runs, at, self._head(runs, at), self.imported)
            if stated is None and self._is_subtitle(page, at):
                stated = subtitle_place(cell, line, self.title or "", self.imported)
        if stated is not None:
            yield stated
        if not line.level:
            self.between += 1

    def _head(self, runs: Runs, at: int) -> Head | None:
        if not (self.in_title or self.about):
            return None
        above = self.between - (at - runs.around(at)[0])
        return Head(self.title, above <= 0, self.about)

    def _is_subtitle(self, page: Page, at: int) -> bool:
        """Tell whether a line belongs to the title: right below it, and not a list's head."""
        if not self.in_title or self.title_cell != page.cell.index or self.between > 3:
            return False
        following = next((line for line in page.lines[at + 1 :] if not line.empty), None)
        return following is None or following.kind != "item"


def _markdown_places(pages: Pages, notes: list[str]) -> Iterator[Place]:
    reader = _Reader(pages.imported(), notes)
    seen = False
    for page in pages:
        if page.is_code and seen:
            reader.in_title = reader.about = False
        seen = seen or page.cell.cell_type == "markdown"
        yield from reader.read(page)


def _metadata_places(metadata: Mapping[str, Any]) -> Iterator[Place]:
    for key in ("version", "notebook_version"):
        text = metadata.get(key)
        stated = value().fullmatch(text) if isinstance(text, str) else None
        if stated and len(Version(stated["number"]).components) >= 2:
            yield Place(
                "metadata",
                Version(stated["number"]),
                stated.span("number"),
                stated["prefix"],
                (stated.span("date"),) if stated["date"] else (),
                path=(key,),
            )


def find_places(
    pages: Pages, metadata: Mapping[str, Any], patterns: Sequence[str] = ()
) -> tuple[tuple[Place, ...], tuple[str, ...]]:
    """Find where a notebook states its version.

    Parameters
    ----------
    pages : Pages
        The notebook's cells.
    metadata : mapping
        The notebook's own metadata.
    patterns : sequence of str
        Regular expressions with a group ``version``, and at will one called ``date``, that name
        places which the rules do not know.

    Returns
    -------
    tuple of Place
        In the order of the cells, metadata last; places that are not ``sure`` are still to be
        confirmed.
    tuple of str
        What looked like a place and was left alone, and why.

    Raises
    ------
    ValueError
        If a pattern is not a regular expression, has no group ``version``, or does not end.
    """
    notes: list[str] = []
    places: list[Place] = []
    taken: set[tuple[int, int]] = set()
    # Patterns first: what the user names wins over what the rules make of the same characters.
    for place in (
        *named_places(pages.cells, patterns),
        *(_markdown_places(pages, notes) if pages.may_state else ()),
        *constant_places(pages.cells, notes),
        *_metadata_places(metadata),
    ):
        if place.cell is not None:
            signs = {(place.cell, at) for at in range(*place.span)}
            if not taken.isdisjoint(signs):
                continue
            taken |= signs
        places.append(place)
    places.sort(key=lambda place: (place.cell is None, place.cell or 0, place.span))
    return tuple(places), tuple(notes)
