"""The sources of a notebook's cells without the rest of it: no outputs, no places in the file.

Most notebooks need no more than a look at their code. What this reader does not take for a notebook
without any doubt is for `nbrefactor.notebook.document.read`, which says what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec

from nbrefactor.notebook.encoding import first_not_utf8
from nbrefactor.notebook.language import mapping


class _CellMetadata(msgspec.Struct, gc=False):
    tags: Any = None


class _Cell(msgspec.Struct, gc=False):
    # Other types, of newer formats, are left to the full reader: named ones share one text.
    cell_type: Literal["code", "markdown", "raw"]
    source: str | list[str]
    metadata: _CellMetadata | None = None


class _Notebook(msgspec.Struct):
    cells: list[_Cell]
    nbformat: int
    nbformat_minor: int = 0
    metadata: Any = None


_DECODER = msgspec.json.Decoder(_Notebook)


class SourceCell(msgspec.Struct, frozen=True, gc=False):
    """What `nbrefactor.notebook.document.Cell` says of a cell, without its places in the file.

    Parameters
    ----------
    index : int
        Position in the notebook, counted from 0.
    cell_type : str
        ``code``, ``markdown``, ``raw`` or what a newer format adds.
    tags : tuple of str
        The cell's tags.
    source : str
        The decoded text, its pieces joined.
    """

    index: int
    cell_type: str
    tags: tuple[str, ...]
    source: str


class Sources(msgspec.Struct, frozen=True):
    """The cells of a notebook and its own metadata.

    Parameters
    ----------
    cells : sequence of SourceCell
        All cells in their order.
    metadata : mapping
        The notebook's own decoded metadata, without ``widgets``.
    """

    cells: Sequence[SourceCell]
    metadata: Mapping[str, Any]


def read_sources(data: bytes) -> Sources | None:
    r"""Read the sources of a notebook.

    Parameters
    ----------
    data : bytes
        The content of an ``.ipynb`` file.

    Returns
    -------
    Sources or None
        None where only the full reader can tell what this is, or what is wrong with it.

    Examples
    --------
    >>> sources = read_sources(
    ...     b'{"cells": [{"cell_type": "code", "source": ["x = 1\\n", "x"]}], "nbformat": 4}'
    ... )
    >>> sources.cells[0].source
    'x = 1\nx'
    """
    if first_not_utf8(data) is not None:
        return None
    try:
        notebook = _DECODER.decode(data)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    if notebook.nbformat != 4:
        return None
    metadata = mapping(notebook.metadata)
    own = {key: value for key, value in metadata.items() if key != "widgets"}
    return Sources(_read(notebook.cells), own)


def _read(cells: list[_Cell]) -> Sequence[SourceCell]:
    """Give the cells' sources; what was decoded is dropped on the way, which halves the memory."""
    found: list[SourceCell] = []
    cells.reverse()
    while cells:
        cell = cells.pop()
        source = cell.source if isinstance(cell.source, str) else "".join(cell.source)
        tags = None if cell.metadata is None else cell.metadata.tags
        names = tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else ()
        found.append(SourceCell(len(found), cell.cell_type, names, source))
    return found
