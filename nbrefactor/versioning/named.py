"""Places of the version that the user names by regular expressions."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from nbrefactor.model.errors import NbrefactorError
from nbrefactor.versioning.number import Version, token
from nbrefactor.versioning.place import Place

if TYPE_CHECKING:
    import regex

    from nbrefactor.notebook.document import Cell

# For one pattern in one notebook; one that needs longer does not end at all.
SECONDS = 2.0


class PatternError(NbrefactorError, ValueError):
    """A pattern of the user that cannot be used; the text says which and why."""


def _compiled(pattern: str) -> regex.Pattern[str]:
    # Python's own expressions cannot be interrupted.
    import regex

    try:
        expression = re.compile(pattern, re.MULTILINE)
        interruptible = regex.compile(pattern, regex.MULTILINE)
    except (re.error, regex.error) as error:
        raise PatternError(
            f"The version pattern {pattern!r} is not a regular expression: {error}; "
            "correct it, or escape with a backslash what is meant as written."
        ) from error
    if "version" not in expression.groupindex:
        raise PatternError(
            f"The version pattern {pattern!r} names no group 'version'; "
            "write (?P<version>...) around the part that is the version."
        )
    return interruptible


def _matches(
    expression: regex.Pattern[str], cells: Sequence[Cell]
) -> Iterator[tuple[Cell, regex.Match[str]]]:
    ends = time.monotonic() + SECONDS
    for cell in cells:
        left = max(ends - time.monotonic(), 0.01)
        try:
            for match in expression.finditer(cell.source, timeout=left):
                yield cell, match
        except TimeoutError as error:
            raise PatternError(
                f"The version pattern {expression.pattern!r} finds no end in cell "
                f"{cell.index + 1} (stopped after {SECONDS:g} s); write it without a repetition "
                "of what is itself repeated."
            ) from error


def _is_text(cell: Cell) -> bool:
    if cell.cell_type != "code":
        return cell.cell_type == "markdown"
    from nbrefactor.notebook.magics import read_cell

    return read_cell(cell.source).kind == "python"


def named_places(cells: Sequence[Cell], patterns: Sequence[str]) -> Iterator[Place]:
    """Find what the user's patterns name in markdown and Python cells.

    Parameters
    ----------
    cells : sequence of Cell
        All cells, in order.
    patterns : sequence of str
        Regular expressions with a group ``version``, and at will one called ``date``; ``^`` and
        ``$`` match at every line.

    Raises
    ------
    PatternError
        If a pattern is not a regular expression, has no group ``version``, or takes longer than
        `SECONDS` in this notebook.
    """
    readable: dict[int, bool] = {}
    seen = [cell for cell in cells if cell.cell_type in ("markdown", "code")]
    # All are read before one is used: a wrong pattern is wrong in every notebook.
    for expression in [_compiled(pattern) for pattern in patterns]:
        row, at, current = 1, 0, -1
        for cell, match in _matches(expression, seen):
            if cell.index not in readable:
                readable[cell.index] = _is_text(cell)
            text = match["version"]
            stated = token().fullmatch(text) if text else None
            if stated is None or not readable[cell.index]:
                continue
            start = match.start("version")
            if cell.index != current or start < at:
                row, at, current = 1, 0, cell.index
            row, at = row + cell.source.count("\n", at, start), start
            dated = "date" in expression.groupindex and match["date"]
            first, after = stated.span("number")
            yield Place(
                "pattern",
                Version(stated["number"]),
                (start + first, start + after),
                stated["prefix"] or "",
                (match.span("date"),) if dated else (),
                cell.index,
                row,
            )
