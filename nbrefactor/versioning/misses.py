"""What looks like the version of a notebook and does not count, and why."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from nbrefactor.versioning.blocks import LONG, Line
from nbrefactor.versioning.dates import date
from nbrefactor.versioning.number import NUMBER
from nbrefactor.versioning.pages import Pages
from nbrefactor.versioning.place import Place
from nbrefactor.versioning.shown import show
from nbrefactor.versioning.title import candidates

_MAX = 3


@cache
def _bare() -> re.Pattern[str]:
    return re.compile(rf"(?<![\w./=-])(?:version\s{{1,3}}|v)(?P<number>{NUMBER})", re.IGNORECASE)


@cache
def _label() -> re.Pattern[str]:
    return re.compile(rf"\bversion\b[\s:=|]{{1,6}}v?{NUMBER}", re.IGNORECASE)


def _quoted(text: str, cell: int) -> str:
    printable = (sign if sign.isprintable() else " " for sign in text[:LONG])
    shown = " ".join("".join(printable).split())
    return f'"{shown if len(shown) <= 60 else shown[:59] + "…"}" in cell {cell + 1}'


def left_alone(places: Sequence[Place]) -> tuple[str, ...]:
    """Say of places that nothing confirms why they stay as they are.

    Parameters
    ----------
    places : sequence of Place
        Places of markdown cells that are not sure.
    """
    return tuple(
        f"{_quoted(place.words, place.cell or 0)} is left alone, because it may be the version of "
        "something else: a date beside it, a changelog whose newest entry is for it, or a line "
        '"Notebook version:" says that it is the notebook\'s.'
        for place in places
    )


def _why_not(line: Line, is_title: bool) -> str | None:
    """Say why a line does not state the notebook's version; None where nothing looks like one."""
    text = show(line, line.title).text
    if is_title:
        written = [found.span() for found in date().finditer(text)]
        if any(found["prefix"] or "." in found["number"] for found in candidates(text, written)):
            return (
                "a version counts at the end of the first heading, in parentheses or after a "
                "separator, where the words before it or a date beside it say that it is the "
                "notebook's"
            )
    elif _label().search(text):
        return (
            "such a line counts only directly below the title or a heading such as About, with "
            "nothing beside it but what a document says of itself"
        )
    elif any("." in bare["number"] for bare in _bare().finditer(text)):
        if line.level:
            return (
                "a heading counts only if it is the first, and an entry of a changelog only below "
                "a heading such as Changelog or for a version stated elsewhere"
            )
        return "a version in running text may be that of anything"
    return None


def find_near_misses(pages: Pages) -> tuple[str, ...]:
    """Say what looks like the version of a notebook that states none, and why it does not count.

    Parameters
    ----------
    pages : Pages
        The cells of a notebook in which nothing counts as its version.

    Returns
    -------
    tuple of str
        A sentence each, at most three, in the order of the notebook.
    """
    misses: list[str] = []
    titled = False
    if not pages.may_state:
        return ()
    for page in pages:
        for line in page.lines:
            is_title = bool(line.level and line.words.strip()) and not titled
            titled = titled or is_title
            if len(line.text) > LONG:
                reason = "the line is longer than any title" if is_title else None
            else:
                reason = _why_not(line, is_title)
            if reason:
                misses.append(f"{_quoted(line.text, page.cell.index)}: {reason}.")
            if len(misses) == _MAX:
                return tuple(misses)
    return tuple(misses)
