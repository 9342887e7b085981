"""Putting fresh outputs and execution counts into a notebook's bytes, and nothing else.

Only the JSON text of the values ``outputs`` and ``execution_count`` gives way, written in the
notebook's own indentation; everything between them keeps its bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nbrefactor.notebook import _scanner, _splice
from nbrefactor.notebook.document import NotebookError, Span, read

_BOM = b"\xef\xbb\xbf"
_SURROGATE = re.compile("[\ud800-\udfff]")
_FIRST_KEY = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{[ \t]*\r?\n([ \t]*)"')


@dataclass(frozen=True, slots=True)
class FreshOutputs:
    """What a run made of one code cell.

    Parameters
    ----------
    cell : int
        Position of the cell in the notebook, counted from 0.
    outputs : sequence of mapping
        Outputs as nbformat 4 holds them; text may be one string or a list of lines.
    execution_count : int or None
        The number in the cell's prompt.
    """

    cell: int
    outputs: Sequence[Mapping[str, Any]]
    execution_count: int | None


@dataclass(frozen=True, slots=True)
class _Member:
    """One key and its value in the bytes."""

    key_start: int
    value: Span


@dataclass(frozen=True, slots=True)
class _Layout:
    """How a value is written: `newline` is None where it stands on one line."""

    newline: str | None
    base: str
    unit: str
    ascii_only: bool
    comma: str
    colon: str


def with_outputs(data: bytes, fresh: Sequence[FreshOutputs]) -> bytes:
    """Replace outputs and execution counts.

    Parameters
    ----------
    data : bytes
        The notebook's file.
    fresh : sequence of FreshOutputs
        New values of code cells; other cells keep theirs.

    Returns
    -------
    bytes
        The file with these values in the place of the old ones.

    Raises
    ------
    NotebookError
        If `data` is no notebook.
    ValueError
        If a position is no code cell or comes twice.

    Examples
    --------
    >>> cell = b'{"cell_type":"code","source":"1","execution_count":null,"outputs":[]}'
    >>> with_outputs(b'{"cells":[' + cell + b'],"nbformat":4}', [FreshOutputs(0, [], 7)])
    b'{"cells":[{"cell_type":"code","source":"1","execution_count":7,"outputs":[]}],"nbformat":4}'
    """
    document = read(data)
    places = {new.cell for new in fresh}
    if len(places) < len(fresh):
        raise ValueError("two sets of outputs for the same cell")
    for place in places:
        if not 0 <= place < len(document.cells) or document.cells[place].cell_type != "code":
            raise ValueError(f"outputs for cell {place}, which is no code cell")
    spans = _cells(data)
    ascii_only = _splice.escapes_beyond_ascii(data)
    splices: list[tuple[Span, bytes]] = []
    for new in fresh:
        members, end = spans[new.cell]
        values = {"execution_count": new.execution_count, "outputs": _in_lines(new.outputs)}
        missing = []
        for key, value in values.items():
            if key in members:
                layout = _layout(data, members[key], ascii_only)
                splices.append((members[key].value, _spell(value, layout)))
            else:
                missing.append((key, value))
        if missing:
            # A code cell always has a type and a source, so there is a last member to follow.
            last = max(members.values(), key=lambda member: member.value[1])
            text = b"".join(
                _added(data, last, key, value, ascii_only, last.value[1], end)
                for key, value in missing
            )
            splices.append(((last.value[1], last.value[1]), text))
    result: list[bytes] = []
    position = 0
    # Where something is added behind a value that is replaced, the value comes first.
    for (start, stop), text in sorted(splices, key=lambda splice: splice[0]):
        result += [data[position:start], text]
        position = stop
    return b"".join([*result, data[position:]])


def merge_streams(outputs: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Join stream outputs that follow each other under one name, as Jupyter's editors do.

    How a kernel cuts its text into messages depends on the clock.
    """
    merged: list[dict[str, Any]] = []
    texts: list[str] = []
    for output in outputs:
        last = merged[-1] if merged else None
        if output["output_type"] != "stream":
            merged.append(dict(output))
        elif last and last["output_type"] == "stream" and last["name"] == output["name"]:
            texts.append(_joined(output["text"]))
            continue
        else:
            merged.append(dict(output))
        if last is not None and texts:
            last["text"] = "".join([_joined(last["text"]), *texts])
            texts = []
    if texts:
        merged[-1]["text"] = "".join([_joined(merged[-1]["text"]), *texts])
    return merged


def _joined(text: str | Sequence[str]) -> str:
    return text if isinstance(text, str) else "".join(text)


def _cells(data: bytes) -> list[tuple[dict[str, _Member], int]]:
    """Find the members of every cell and where it ends; of duplicate keys the last counts."""
    cells: list[tuple[dict[str, _Member], int]] = []

    def read_cell(position: int) -> int:
        members: dict[str, _Member] = {}

        def read_member(key: str, start: int) -> int:
            end = _scanner.skip_value(data, start)
            # Behind a key there are only its colon and blanks.
            key_start = data.rfind(b'"', 0, data.rfind(b'"', 0, start))
            members[key] = _Member(key_start, (start, end))
            return end

        end = _scanner.walk_object(data, position, read_member)
        cells.append((members, end))
        return end

    def read_notebook_member(key: str, start: int) -> int:
        if key != "cells":
            return _scanner.skip_value(data, start)
        cells.clear()
        return _scanner.walk_array(data, start, read_cell)

    start = _scanner.skip_space(data, len(_BOM) if data.startswith(_BOM) else 0)
    _scanner.walk_object(data, start, read_notebook_member)
    return cells


def _layout(data: bytes, member: _Member, ascii_only: bool) -> _Layout:
    """Read from a member how its notebook is laid out."""
    line = data[data.rfind(b"\n", 0, member.key_start) + 1 : member.key_start]
    between = data[member.key_start : member.value[0]]
    colon = between[between.rfind(b":") :].decode() if b"\n" not in between else ": "
    unit = _FIRST_KEY.match(data)
    if unit is None or line.strip():
        comma = ", " if colon != ":" else ","
        return _Layout(None, "", "", ascii_only, comma, colon)
    newline = "\r\n" if data[: member.key_start - len(line)].endswith(b"\r\n") else "\n"
    return _Layout(newline, line.decode(), unit[1].decode(), ascii_only, ",", colon)


def _spell(value: Any, layout: _Layout) -> bytes:
    indent = None if layout.newline is None else layout.unit
    text = json.dumps(
        value,
        ensure_ascii=layout.ascii_only,
        indent=indent,
        separators=(layout.comma, layout.colon),
        sort_keys=True,
    )
    if layout.newline is not None:
        # No string of JSON holds a line end as such, so every one here is layout.
        text = text.replace("\n", layout.newline + layout.base)
    return _SURROGATE.sub(lambda half: f"\\u{ord(half[0]):04x}", text).encode()


def _added(
    data: bytes, like: _Member, key: str, value: Any, ascii_only: bool, start: int, end: int
) -> bytes:
    """Spell a member that the cell lacks, as it follows the last one."""
    layout = _layout(data, like, ascii_only)
    between = layout.comma if layout.newline is None else f",{layout.newline}{layout.base}"
    return f'{between}"{key}"{layout.colon}'.encode() + _spell(value, layout)


def _in_lines(outputs: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Cut the text of outputs into lines, as notebooks are stored."""
    stored = []
    for output in outputs:
        kept = {key: value for key, value in output.items() if key != "transient"}
        if isinstance(kept.get("text"), str):
            kept["text"] = kept["text"].splitlines(keepends=True)
        if isinstance(kept.get("data"), Mapping):
            kept["data"] = {
                mime: content.splitlines(keepends=True)
                if isinstance(content, str) and _is_text(mime)
                else content
                for mime, content in kept["data"].items()
            }
        stored.append(kept)
    return stored


def _is_text(mime: str) -> bool:
    return mime.startswith("text/") or mime in ("image/svg+xml", "application/javascript")


__all__ = ["FreshOutputs", "NotebookError", "merge_streams", "with_outputs"]
