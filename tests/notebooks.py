"""Notebooks for tests: cells as dictionaries, whole notebooks as the bytes of their files."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nbrefactor.notebook.document import Cell

Made = dict[str, Any]


def code(source: str, tags: Sequence[str] = (), **members: Any) -> Made:
    """Make a code cell that has not run."""
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {"tags": list(tags)} if tags else {},
        "outputs": [],
        "source": source,
        **members,
    }


def markdown(source: str, **members: Any) -> Made:
    """Make a cell of text."""
    return {"cell_type": "markdown", "metadata": {}, "source": source, **members}


def notebook(
    *cells: str | Made,
    minor: int = 5,
    kernel: str = "",
    language: str = "python",
    metadata: Mapping[str, Any] | None = None,
    indent: int | None = 1,
) -> bytes:
    """Make a notebook's file.

    Parameters
    ----------
    *cells : str or dict
        A text is a code cell.
    minor : int, default 5
        Format 4.5 gives each cell an id, 4.4 none.
    kernel, language : str
        Name of the kernel and its language; without a name none is said.
    metadata : mapping, optional
        More of what the notebook says of itself.
    indent : int, default 1
        As for `json.dumps`.
    """
    made = [code(cell) if isinstance(cell, str) else cell for cell in cells]
    if minor >= 5:
        made = [{"id": f"c{at}", **cell} for at, cell in enumerate(made)]
    named = {"kernelspec": {"name": kernel, "display_name": kernel, "language": language}}
    document = {
        "cells": made,
        "metadata": {**(named if kernel else {}), **(metadata or {})},
        "nbformat": 4,
        "nbformat_minor": minor,
    }
    return json.dumps(document, indent=indent).encode()


def read_cells(*sources: str) -> list[Cell]:
    """Give cells as they are read: of Markdown, where a text does not say ``code>`` or ``raw>``."""
    # Not at the top: doctests of a checkout are to be those of its own package.
    from nbrefactor.notebook.document import Cell

    cells = []
    for index, source in enumerate(sources):
        kind = next((one for one in ("code", "raw") if source.startswith(f"{one}>")), "")
        text = source.removeprefix(f"{kind}>") if kind else source
        cells.append(Cell(index, kind or "markdown", f"id{index}", (), text, {}, (0, 0), None))
    return cells
