"""A notebook as bytes, read into cells and written back by splicing.

The bytes stay the truth: a `Document` remembers where each source stands in them, and `write`
replaces the JSON text of the edited source lines only. Nothing is ever serialised anew, so
indentation, key order, escapes, number spelling, outputs and line ends come back as they were.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nbrefactor.model.errors import NbrefactorError
from nbrefactor.model.outcome import Edit, MetadataEdit
from nbrefactor.notebook import _scanner
from nbrefactor.notebook.encoding import first_not_utf8
from nbrefactor.notebook.language import foreign_language, mapping, stated_language

_BOM = b"\xef\xbb\xbf"
_CONFLICT = re.compile(rb"^(?:<<<<<<<|=======|>>>>>>>)", re.MULTILINE)
_ROW_END = re.compile(rb"\\(?:(n|u000[aA])|.)", re.DOTALL)
_NEXT_STRING = re.compile(rb'(?:"[ \t\n\r]*,[ \t\n\r]*"(?!"[ \t\n\r]*\]))+')

Span = tuple[int, int]
Spans = dict[str, Span]


def _integer(digits: str) -> int | float:
    # Python refuses to convert integers of thousands of digits, which JSON allows.
    return int(digits) if len(digits) < 1000 else float(digits)


_DECODER = json.JSONDecoder(parse_int=_integer)


class NotebookError(NbrefactorError):
    """A notebook cannot be read or written; the text says why, without the file's name."""


@dataclass(frozen=True, slots=True)
class Cell:
    r"""One cell.

    Parameters
    ----------
    index : int
        Position in the notebook, counted from 0.
    cell_type : str
        ``code``, ``markdown``, ``raw`` or what a newer format adds.
    id : str or None
        The cell's own id, where the notebook gives one (nbformat 4.5 and newer).
    tags : tuple of str
        The cell's tags (``metadata.tags``).
    source : str
        The decoded text, its pieces joined; rows end at ``\n`` only.
    metadata : mapping
        The cell's decoded metadata.
    source_span : tuple of int
        Where the JSON text of the source stands in the notebook's bytes.
    outputs_span : tuple of int or None
        Where the JSON text of the outputs stands, which is never decoded.
    """

    index: int
    cell_type: str
    id: str | None
    tags: tuple[str, ...]
    source: str
    metadata: Mapping[str, Any]
    source_span: Span
    outputs_span: Span | None


@dataclass(frozen=True, slots=True)
class Document:
    """A notebook as it was read.

    Parameters
    ----------
    data : bytes
        The file.
    nbformat, nbformat_minor : int
        Version of the notebook format; `nbformat` is 4.
    cells : tuple of Cell
        All cells in their order.
    metadata : mapping
        The notebook's own decoded metadata, without ``widgets``: saved widget states are outputs.
    metadata_span : tuple of int or None
        Where the JSON text of the metadata stands in the bytes.
    language : str or None
        The language that the notebook states, None where it states none.
    """

    data: bytes
    nbformat: int
    nbformat_minor: int
    cells: tuple[Cell, ...]
    metadata: Mapping[str, Any]
    metadata_span: Span | None
    language: str | None


def read(data: bytes) -> Document:
    r"""Read a notebook.

    Parameters
    ----------
    data : bytes
        The content of an ``.ipynb`` file.

    Returns
    -------
    Document
        Its cells; outputs are checked to be JSON, but not decoded.

    Raises
    ------
    NotebookError
        If it is empty, not UTF-8, not JSON, not a notebook, or in another format than nbformat 4.

    Examples
    --------
    >>> document = read(
    ...     b'{"cells": [{"cell_type": "code", "source": ["x = 1\\n", "x"]}], "nbformat": 4}'
    ... )
    >>> document.cells[0].source
    'x = 1\nx'
    """
    if not data.removeprefix(_BOM).strip():
        raise NotebookError("the file is empty; expected a notebook in JSON")
    if (wrong := first_not_utf8(data)) is not None:
        line = data.count(b"\n", 0, wrong) + 1
        raise NotebookError(
            f"not UTF-8: byte 0x{data[wrong]:02x} in line {line}; "
            "save the notebook in UTF-8, as Jupyter does"
        )
    try:
        members, metadata_members, cells = _spans(data)
    except _scanner.MalformedError as error:
        raise NotebookError(_not_json(data, error)) from None
    nbformat, minor = _format(data, members)
    if cells is None:
        raise NotebookError("not a notebook: it has no list of cells")
    metadata = {
        key: _decode(data, span) for key, span in metadata_members.items() if key != "widgets"
    }
    return Document(
        data=data,
        nbformat=nbformat,
        nbformat_minor=minor,
        cells=tuple(_cell(data, index, spans) for index, spans in enumerate(cells)),
        metadata=metadata,
        metadata_span=members.get("metadata"),
        language=stated_language(metadata),
    )


def write(
    document: Document, edits: Sequence[Edit], metadata_edits: Sequence[MetadataEdit] = ()
) -> bytes:
    """Apply edits to a notebook.

    Parameters
    ----------
    document : Document
        The notebook as it was read; it stays as it is.
    edits : sequence of Edit
        Changes of cell sources, in any order; those of one cell must not overlap. Insertions at one
        place come in the order given.
    metadata_edits : sequence of MetadataEdit
        Changes of strings in the notebook's own metadata.

    Returns
    -------
    bytes
        The file with the JSON text of the edited source lines replaced, and nothing else.

    Raises
    ------
    ValueError
        If an edit points outside the notebook, two edits overlap, or a metadata edit does not
        lead to a string.
    """
    from nbrefactor.notebook import _splice

    by_cell: dict[int, list[Edit]] = {}
    for edit in edits:
        if not 0 <= edit.cell < len(document.cells):
            raise ValueError(
                f"edit of cell {edit.cell}, but the notebook has {len(document.cells)} cells"
            )
        by_cell.setdefault(edit.cell, []).append(edit)
    ascii_only = _splice.escapes_beyond_ascii(document.data) if edits or metadata_edits else False
    spans = [cell.source_span for cell in document.cells]
    styles = _splice.Styles(document.data, spans, ascii_only)
    splices: list[tuple[Span, bytes]] = []
    for index, cell_edits in by_cell.items():
        start, stop = span = document.cells[index].source_span
        ordered = _ordered(document.cells[index], cell_edits)
        rewritten = _splice.rewrite(document.data[start:stop].decode(), ordered, styles.of(index))
        splices.append((span, rewritten.encode()))
    for metadata_edit in metadata_edits:
        start, stop = span = _string_span(document, metadata_edit.path)
        if json.loads(document.data[start:stop]) != metadata_edit.value:
            literal = f'"{_splice.encode(metadata_edit.value, ascii_only)}"'
            splices.append((span, literal.encode()))
    splices.sort(key=lambda splice: splice[0])
    result: list[bytes] = []
    position = 0
    for (start, stop), text in splices:
        if start < position:
            raise ValueError("two edits of the same metadata")
        result += [document.data[position:start], text]
        position = stop
    return b"".join([*result, document.data[position:]])


def line_of(document: Document, cell_index: int, row: int) -> int:
    """Find the line of the file in which a row of a cell begins.

    Parameters
    ----------
    document : Document
        The notebook.
    cell_index : int
        Position of the cell, counted from 0.
    row : int
        Row of the cell's source, counted from 1; one beyond the last means the last.

    Returns
    -------
    int
        Line of the ``.ipynb`` file, counted from 1.
    """
    start, stop = document.cells[cell_index].source_span
    data = document.data
    position = data.find(b'"', start, stop) + 1
    if not position:
        return data.count(b"\n", 0, start) + 1
    # An empty first string is left behind like the end of any other.
    missing = row - 1
    if missing > 0:
        for escape in _ROW_END.finditer(data, position, stop):
            if escape[1] is not None:
                position = escape.end()
                missing -= 1
                if not missing:
                    break
    following = _NEXT_STRING.match(data, position, stop)
    return data.count(b"\n", 0, following.end() if following else position) + 1


def foreign_kernel(document: Document) -> str | None:
    """Say why a notebook's kernel is not Python.

    Parameters
    ----------
    document : Document
        The notebook.

    Returns
    -------
    str or None
        The reason; None for a Python kernel and for a notebook that does not say.

    """
    return foreign_language(document.metadata)


def decode(data: bytes) -> Any:
    """Decode a part of a notebook.

    Parameters
    ----------
    data : bytes
        JSON in UTF-8, without a byte order mark.

    Returns
    -------
    Any
        What ``json.loads`` gives, except that an integer too long for Python is a float.

    Raises
    ------
    NotebookError
        If the text is nested deeper than Python can follow.
    """
    try:
        return _DECODER.decode(data.decode())
    except RecursionError:
        raise NotebookError("nested too deep outside of its outputs; expected a notebook") from None


def _spans(data: bytes) -> tuple[Spans, Spans, list[Spans | None] | None]:
    """Find the members of the notebook, of its metadata and of its cells.

    Of duplicate keys the last one counts. A cell that is no object is None.
    """
    members: Spans = {}
    metadata: Spans = {}
    cells: list[Spans | None] | None = None

    def read_cell(position: int) -> int:
        assert cells is not None  # set where the array begins
        if data[position : position + 1] != b"{":
            cells.append(None)
            return _scanner.skip_value(data, position)
        spans: Spans = {}
        cells.append(spans)
        return _read_members(data, position, spans)

    def read_member(key: str, position: int) -> int:
        nonlocal cells
        first = data[position : position + 1]
        if key == "cells":
            cells = [] if first == b"[" else None
        elif key == "metadata":
            metadata.clear()
        if key == "cells" and first == b"[":
            end = _scanner.walk_array(data, position, read_cell)
        elif key == "metadata" and first == b"{":
            end = _read_members(data, position, metadata)
        else:
            end = _scanner.skip_value(data, position)
        members[key] = position, end
        return end

    position = _scanner.skip_space(data, len(_BOM) if data.startswith(_BOM) else 0)
    if data[position : position + 1] == b"{":
        end = _scanner.walk_object(data, position, read_member)
    else:
        end = _scanner.skip_value(data, position)
    end = _scanner.skip_space(data, end)
    if end < len(data):
        raise _scanner.MalformedError(end, "the end of the file")
    return members, metadata, cells


def _read_members(data: bytes, position: int, spans: Spans) -> int:
    def read_member(key: str, start: int) -> int:
        end = _scanner.skip_value(data, start)
        spans[key] = start, end
        return end

    return _scanner.walk_object(data, position, read_member)


def _not_json(data: bytes, error: _scanner.MalformedError) -> str:
    line_start = data.rfind(b"\n", 0, error.position) + 1
    line = data.count(b"\n", 0, error.position) + 1
    column = len(data[line_start : error.position].decode(errors="replace")) + 1
    where = f"not JSON: line {line}, column {column}: expected {error.expected}"
    if _CONFLICT.match(data, error.position):
        return f"{where}; it holds an unresolved merge conflict, resolve it first"
    return where


def _decode(data: bytes, span: Span) -> Any:
    return decode(data[span[0] : span[1]])


def _format(data: bytes, members: Spans) -> tuple[int, int]:
    if "nbformat" not in members:
        raise NotebookError("not a notebook: expected a JSON object with 'nbformat' and 'cells'")
    version = _decode(data, members["nbformat"])
    minor = _decode(data, members["nbformat_minor"]) if "nbformat_minor" in members else 0
    if isinstance(version, bool) or not isinstance(version, int | float) or version != version // 1:
        raise NotebookError("not a notebook: 'nbformat' is not a whole number")
    if version < 4:
        raise NotebookError(
            f"nbformat {version:g} is too old, expected 4; "
            "convert it first with `jupyter nbconvert --to notebook`"
        )
    if version > 4:
        raise NotebookError(f"nbformat {version:g} is newer than this program, expected 4")
    whole = isinstance(minor, int) or (isinstance(minor, float) and minor.is_integer())
    return 4, int(minor) if whole else 0


def _cell(data: bytes, index: int, spans: Spans | None) -> Cell:
    number = index + 1
    if spans is None:
        raise NotebookError(f"not a notebook: cell {number} is not a JSON object")
    cell_type = _decode(data, spans["cell_type"]) if "cell_type" in spans else None
    if not isinstance(cell_type, str):
        raise NotebookError(f"not a notebook: cell {number} has no 'cell_type'")
    source = _decode(data, spans["source"]) if "source" in spans else None
    if isinstance(source, list):
        try:
            source = "".join(source)
        except TypeError:
            source = None
    if not isinstance(source, str):
        raise NotebookError(
            f"not a notebook: the 'source' of cell {number} is neither text nor a list of lines"
        )
    metadata = mapping(_decode(data, spans["metadata"])) if "metadata" in spans else {}
    tags = metadata.get("tags")
    cell_id = _decode(data, spans["id"]) if "id" in spans else None
    return Cell(
        index=index,
        cell_type=cell_type,
        id=cell_id if isinstance(cell_id, str) else None,
        tags=tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else (),
        source=source,
        metadata=metadata,
        source_span=spans["source"],
        outputs_span=spans.get("outputs"),
    )


def _ordered(cell: Cell, edits: Sequence[Edit]) -> list[Edit]:
    ordered = sorted(edits, key=lambda edit: (edit.start, edit.end))
    position = 0
    for edit in ordered:
        if not 0 <= edit.start <= edit.end <= len(cell.source):
            raise ValueError(
                f"edit of characters {edit.start} to {edit.end} of cell {cell.index}, "
                f"which has {len(cell.source)}"
            )
        if edit.start < position:
            raise ValueError(f"two edits of cell {cell.index} overlap at character {edit.start}")
        position = edit.end
    return ordered


def _string_span(document: Document, path: Sequence[str]) -> Span:
    span = document.metadata_span
    for key in path:
        spans: Spans = {}
        if span is not None and document.data[span[0] : span[0] + 1] == b"{":
            _read_members(document.data, span[0], spans)
        span = spans.get(key)
    if span is None or document.data[span[0] : span[0] + 1] != b'"':
        raise ValueError(f"metadata edit of {'.'.join(path)}, which is not a string")
    return span
