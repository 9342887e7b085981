"""Whether a notebook can state two versions, told without reading its Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Protocol

# A heading in a longer line is no title, see `blocks.LONG`.
_LONG = 900


class Cell(Protocol):
    """What is asked of a cell here."""

    @property
    def cell_type(self) -> str:
        """``code``, ``markdown`` or another."""

    @property
    def source(self) -> str:
        """Its text."""


@cache
def _number() -> re.Pattern[str]:
    return re.compile(r"\d+(?:\.\d+)*")


@cache
def _digit() -> re.Pattern[str]:
    return re.compile(r"\d")


@cache
def _labelled() -> re.Pattern[str]:
    return re.compile(r"ersion(?: number| no)? ?[:=|]+\s{0,20}(?:v\.?\s?)?\d", re.IGNORECASE)


@cache
def _in_title() -> re.Pattern[str]:
    return re.compile(r"\d\.\d|(?:v|version|ver|release|rel|rev)\.?\s{0,3}\d", re.IGNORECASE)


@cache
def _heading() -> re.Pattern[str]:
    # What is surely a heading with words, whatever Markdown makes of the lines below it.
    return re.compile(rf"#{{1,6}}[ \t]+[^\W_].{{0,{_LONG}}}$", re.MULTILINE)


def may_disagree(cells: Sequence[Cell], metadata: Mapping[str, Any]) -> bool:
    """Tell whether a notebook can state two versions.

    Parameters
    ----------
    cells : sequence of Cell
        All cells, in order.
    metadata : mapping
        The notebook's own metadata.

    Returns
    -------
    bool
        False only where `nbrefactor.versioning.check_versions` without patterns finds nothing.

    Notes
    -----
    Two versions disagree only if one of them is stated outside of a changelog: in the metadata, in
    code, in the title and the lines of its cell, or behind a label with "version" in it.
    """
    return _may_state(cells, metadata) and _has_two_numbers(cells, metadata)


def _may_state(cells: Sequence[Cell], metadata: Mapping[str, Any]) -> bool:
    if any(isinstance(metadata.get(key), str) for key in ("version", "notebook_version")):
        return True
    in_title = True
    for cell in cells:
        text = cell.source
        if cell.cell_type == "code":
            if _states_in_code(text):
                return True
        elif cell.cell_type == "markdown":
            if _is_labelled(text) or (in_title and any(map(_is_in_title, text.split("\n")))):
                return True
            in_title = in_title and not _heading().match(text)
    return False


def _states_in_code(text: str) -> bool:
    if "VERSION" not in text and "_version__" not in text:
        return False
    from nbrefactor.versioning.constants import mentioned

    return bool(mentioned().search(text))


def _is_labelled(text: str) -> bool:
    """Tell whether a number stands behind a label such as ``Version:``."""
    if "ersion" not in text and "ERSION" not in text:
        return False
    return any(map(_states_behind_label, text.split("\n")))


def _states_behind_label(line: str) -> bool:
    if "ersion" not in line and "ERSION" not in line:
        return False
    if "<" in line or "-->" in line:
        # What a comment hides can stand between the two.
        return bool(_digit().search(line))
    from nbrefactor.versioning.shown import without_marks

    return bool(_labelled().search(without_marks(line)))


def _is_in_title(line: str) -> bool:
    if not _digit().search(line):
        return False
    from nbrefactor.versioning.shown import without_marks

    return bool(_in_title().search(without_marks(line)))


def _has_two_numbers(cells: Sequence[Cell], metadata: Mapping[str, Any]) -> bool:
    first = ""
    for text in _texts(cells, metadata):
        for found in _number().finditer(text):
            if first and found[0] != first:
                return True
            first = found[0]
    return False


def _texts(cells: Sequence[Cell], metadata: Mapping[str, Any]) -> Iterator[str]:
    for key in ("version", "notebook_version"):
        yield str(metadata.get(key, ""))
    for cell in cells:
        if cell.cell_type == "markdown" or (
            cell.cell_type == "code" and _states_in_code(cell.source)
        ):
            yield cell.source
