"""Writing ``# noqa`` where something was found and is to stay."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from nbrefactor.model.outcome import Edit
from nbrefactor.rules.optouts import codes_end, read_comments
from nbrefactor.rules.unused_opt_out import UNUSED_OPT_OUT

if TYPE_CHECKING:
    from nbrefactor.model.diagnostic import Diagnostic
    from nbrefactor.notebook.document import Cell, Document


def plan_comments(document: Document, found: Sequence[Diagnostic]) -> Iterator[Edit]:
    """Plan a comment on the line of each finding that can have one.

    Parameters
    ----------
    document : Document
        The notebook.
    found : sequence of Diagnostic
        What was found in it.

    Yields
    ------
    Edit
        One for each line, which opts out of all that is found there.
    """
    lines: dict[tuple[int, int], set[str]] = {}
    for one in found:
        # An opt-out that nothing answers to is to be taken out, not to be opted out of.
        if one.cell is not None and one.code != UNUSED_OPT_OUT.code:
            lines.setdefault((one.cell - 1, one.row), set()).add(one.code)
    for (at, row), codes in sorted(lines.items()):
        cell = document.cells[at]
        if cell.cell_type == "code" and (edit := _comment(cell, row, sorted(codes))):
            yield edit


def _comment(cell: Cell, row: int, codes: Sequence[str]) -> Edit | None:
    """Plan one comment; None where the line cannot have it."""
    rows = cell.source.split("\n")
    if row > len(rows):
        return None
    start = sum(len(one) + 1 for one in rows[: row - 1])
    line = rows[row - 1].rstrip()
    listed = ", ".join(codes)
    at = codes_end(line)
    text = f", {listed}" if at is not None else f"  # noqa: {listed}"
    place = start + (len(line) if at is None else at)
    edit = Edit(cell.index, place, place, text)
    result = replace(cell, source=f"{cell.source[:place]}{text}{cell.source[place:]}")
    if not _is_same_program(cell.source, result.source):
        return None
    said = [one for one in read_comments(result) if one.written == row]
    covered = all(any(one.covers(code, cell.index, row) for one in said) for code in codes)
    return edit if covered else None


def _is_same_program(before: str, after: str) -> bool:
    """Tell whether two texts of a cell differ in comments alone."""
    from nbrefactor.notebook.magics import parse, read_cell

    old, new = read_cell(before), read_cell(after)
    return (
        (old.kind, new.kind) == ("python", "python")
        and [one.text for one in old.magics] == [one.text for one in new.magics]
        and ast.dump(parse(old.python)) == ast.dump(parse(new.python))
    )
