"""What must hold of every change, read from the bytes alone."""

from __future__ import annotations

import ast
import json
import warnings
from dataclasses import dataclass
from typing import Any

from IPython.core.inputtransformer2 import TransformerManager

_SPACE = " \t\r\n"


@dataclass(frozen=True)
class Split:
    """A notebook's text: what stands before its cells, each cell, what stands behind them."""

    head: str
    cells: tuple[str, ...]
    tail: str


def split(data: bytes) -> Split:
    """Cut the text of each cell out, without reading it anew."""
    text = data.decode("utf-8-sig")
    decoder = json.JSONDecoder()
    at = _past(text, text.index("{") + 1)
    while text[at] != "}":
        key, at = decoder.raw_decode(text, at)
        at = _past(text, _past(text, at) + 1)
        if key == "cells":
            return _cells(text, at, decoder)
        _, at = decoder.raw_decode(text, at)
        at = _past(text, at)
        at = _past(text, at + 1) if text[at] == "," else at
    return Split(text, (), "")


def parses(source: str) -> bool:
    """Whether a code cell is Python after IPython's own transformation."""
    return parsed(source) is not None


def parsed(source: str) -> ast.Module | None:
    """Parse a code cell, or None."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(TransformerManager().transform_cell(source))
        except (SyntaxError, ValueError, RecursionError, MemoryError, IndexError):
            return None


def broken(before: bytes, after: bytes, *, head_may_change: bool = False) -> list[str]:
    """Say which laws a change does not keep.

    Parameters
    ----------
    before, after : bytes
        The notebook.
    head_may_change : bool
        Whether what stands around the cells may change, where the version does.

    Returns
    -------
    list of str
        One sentence for each law that is broken.
    """
    old, new = split(before), split(after)
    told = []
    if (old.head, old.tail) != (new.head, new.tail) and not head_may_change:
        told.append("what stands around the cells is changed")
    if len(old.cells) != len(new.cells):
        return [*told, f"{len(old.cells)} cells became {len(new.cells)}"]
    for number, (here, there) in enumerate(zip(old.cells, new.cells, strict=True), 1):
        if here == there:
            continue
        first, second = json.loads(here), json.loads(there)
        one, other = source(first), source(second)
        if one == other:
            told.append(f"cell {number}: its source is not edited, its bytes are")
        elif {**first, "source": ""} != {**second, "source": ""}:
            told.append(f"cell {number}: more than its source is edited")
        elif first["cell_type"] == "code" and parses(one) and not parses(other):
            told.append(f"cell {number}: no longer parses")
    return told


def source(cell: dict[str, Any]) -> str:
    """Join a cell's source, which is a string or a list of pieces."""
    text = cell.get("source", "")
    return text if isinstance(text, str) else "".join(text)


def _past(text: str, at: int) -> int:
    while text[at] in _SPACE:
        at += 1
    return at


def _cells(text: str, at: int, decoder: json.JSONDecoder) -> Split:
    head, cells = text[: at + 1], []
    at = _past(text, at + 1)
    while text[at] != "]":
        _, end = decoder.raw_decode(text, at)
        cells.append(text[at:end])
        at = _past(text, end)
        at = _past(text, at + 1) if text[at] == "," else at
    return Split(head, tuple(cells), text[at:])
