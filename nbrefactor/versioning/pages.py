"""The markdown of a notebook, each cell read once, and whether it needs to be read at all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from nbrefactor.versioning.blocks import Line, read_blocks
from nbrefactor.versioning.bump import states_in_markdown

if TYPE_CHECKING:
    from nbrefactor.notebook.document import Cell


@dataclass(frozen=True, slots=True)
class Page:
    """One markdown cell, or the gap that another cell makes between two of them.

    Parameters
    ----------
    cell : Cell
        The cell.
    lines : tuple of Line
        Its lines; none of a cell that is not markdown.
    still_open : bool
        Text put at the end of the cell would not be shown.
    """

    cell: Cell
    lines: tuple[Line, ...] = ()
    still_open: bool = False

    @property
    def is_code(self) -> bool:
        """Whether the cell parts what is above it from what is below."""
        return self.cell.cell_type == "code"


@cache
def _imports() -> re.Pattern[str]:
    return re.compile(r"^[ \t]{0,40}(?:import|from)[ \t]{1,9}(\w+)", re.MULTILINE)


class Pages:
    """The markdown cells of a notebook.

    Parameters
    ----------
    cells : sequence of Cell
        All cells, in order.
    before : Pages, optional
        The same notebook before an edit; a cell that is as it was is not read again.
    """

    def __init__(self, cells: Sequence[Cell], before: Pages | None = None) -> None:
        self.cells = cells
        self._pages: dict[int, Page] = {}
        if before is not None:
            self._pages = {
                cell.index: page
                for cell in cells
                if (page := before._pages.get(cell.index)) and page.cell.source == cell.source
            }

    @property
    def may_state(self) -> bool:
        """Whether any markdown cell has something like a version in it."""
        return states_in_markdown(self.cells)

    def __iter__(self) -> Iterator[Page]:
        for cell in self.cells:
            yield self.page(cell)

    def page(self, cell: Cell) -> Page:
        """Read a cell, or give what was read of it."""
        if cell.index not in self._pages:
            page = Page(cell)
            if cell.cell_type == "markdown":
                page = Page(cell, *read_blocks(cell.source))
            self._pages[cell.index] = page
        return self._pages[cell.index]

    def imported(self) -> frozenset[str]:
        """Give the names of all packages that the code imports, in small letters."""
        return frozenset(
            name.casefold()
            for cell in self.cells
            if cell.cell_type == "code"
            for name in _imports().findall(cell.source)
        )
