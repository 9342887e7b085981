"""The cheap way from a file to the sources of its cells: outputs are passed over, not decoded."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from nbrefactor.model.errors import NbrefactorError
from nbrefactor.notebook.language import foreign_language, mapping

_BOM = b"\xef\xbb\xbf"
_DEFINED = re.compile(rb"^(?:async[ \t]+)?(?:def|class)[ \t]+([\w\x80-\xff]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Source:
    """A file with what its cells say.

    Parameters
    ----------
    path : str
        The file, as found.
    cells : tuple of (int or None, str)
        Number of each code cell, counted from 1, and its source; None for the text of a ``.py``
        file.
    """

    path: str
    cells: tuple[tuple[int | None, str], ...]


class SourceError(NbrefactorError):
    """A file that cannot be read; the text says why, without the file's name."""


class _Cell(msgspec.Struct):
    cell_type: Any = None
    source: Any = ""


class _Notebook(msgspec.Struct):
    cells: list[_Cell]
    nbformat: Any
    metadata: Any = None


_DECODER = msgspec.json.Decoder(_Notebook)


def read_source(path: Path, *, whole: bool = False) -> Source | None:
    """Read what the code cells of a notebook say.

    Parameters
    ----------
    path : Path
        The file.
    whole : bool
        Read it although it defines nothing.

    Returns
    -------
    Source or None
        None where it defines nothing, or is a notebook of another language.

    Raises
    ------
    SourceError
        If it is no notebook, or its text cannot be decoded.
    OSError
        If it cannot be read.
    """
    data = path.read_bytes()
    if not whole and b"def " not in data and b"class " not in data:
        return None
    try:
        notebook = _DECODER.decode(data.removeprefix(_BOM))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return _read_slowly(path, data)
    if notebook.nbformat != 4:
        return _read_slowly(path, data)
    if foreign_language(mapping(notebook.metadata)):
        return None
    return Source(str(path), tuple(_code(notebook.cells)))


def read_module(path: Path, names: Container[str]) -> Source | None:
    """Read a ``.py`` file.

    Parameters
    ----------
    path : Path
        The file.
    names : container of str
        Names of definitions that are looked for.

    Returns
    -------
    Source or None
        None where it defines none of them.

    Raises
    ------
    SourceError
        If it is not UTF-8.
    OSError
        If it cannot be read.
    """
    data = path.read_bytes().removeprefix(_BOM)
    if not any(found.decode(errors="replace") in names for found in _DEFINED.findall(data)):
        return None
    try:
        return Source(str(path), ((None, data.decode()),))
    except UnicodeDecodeError as error:
        raise SourceError(f"not UTF-8: byte {error.start} does not decode") from error


def _code(cells: list[_Cell]) -> list[tuple[int | None, str]]:
    found: list[tuple[int | None, str]] = []
    for number, cell in enumerate(cells, 1):
        if cell.cell_type != "code":
            continue
        source = cell.source
        if isinstance(source, list):
            source = "".join(piece for piece in source if isinstance(piece, str))
        if isinstance(source, str):
            found.append((number, source))
    return found


def _read_slowly(path: Path, data: bytes) -> Source | None:
    """Read an unusual notebook as the other commands do, or say what is wrong with it."""
    from nbrefactor.notebook.document import NotebookError, foreign_kernel, read

    try:
        document = read(data)
    except NotebookError as error:
        raise SourceError(str(error)) from error
    if foreign_kernel(document):
        return None
    cells = [(one.index + 1, one.source) for one in document.cells if one.cell_type == "code"]
    return Source(str(path), tuple(cells))
