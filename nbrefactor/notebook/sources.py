"""The sources of a notebook's cells without the rest of it: no outputs, no places in the file.

Most notebooks need no more than a look at their code. What this reader does not take for a notebook
without any doubt is for `nbrefactor.notebook.document.read`, which says what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from nbrefactor.notebook.encoding import first_not_utf8
from nbrefactor.notebook.language import mapping


class _Cell(msgspec.Struct, gc=False):
    cell_type: str
    source: str | list[str]
    metadata: Any = None


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
    cells : tuple of SourceCell
        All cells in their order.
    metadata : mapping
        The notebook's own decoded metadata, without ``widgets``.
    """

    cells: tuple[SourceCell, ...]
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
    return Sources(tuple(_cells(notebook.cells)), own)


def _cells(cells: list[_Cell]) -> Iterator[SourceCell]:
    for index, cell in enumerate(cells):
        source = cell.source if isinstance(cell.source, str) else "".join(cell.source)
        tags = mapping(cell.metadata).get("tags")
        names = [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else ()
        yield SourceCell(index, cell.cell_type, tuple(names), source)
