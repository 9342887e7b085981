"""Whether a notebook is meant to be opened where the user's files are not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from nbrefactor.notebook.document import Cell

_BADGE = "colab.research.google.com/"
_PACKAGE = "google.colab"


def colab_sign(cells: Iterable[Cell], metadata: Mapping[str, Any]) -> str:
    """Say by what a notebook shows that it is opened on Colab.

    Parameters
    ----------
    cells : iterable of Cell
        Its cells.
    metadata : mapping
        Its metadata.

    Returns
    -------
    str
        The sign, as the subject of a sentence; empty where there is none.
    """
    for cell in cells:
        if cell.cell_type == "markdown" and _BADGE in cell.source:
            return f"a link in cell {cell.index + 1}"
        if cell.cell_type == "code" and _PACKAGE in cell.source:
            return f'"{_PACKAGE}" in cell {cell.index + 1}'
    return "its metadata" if "colab" in metadata else ""
