"""The cheap way from a file to the sources of its cells: outputs are passed over, not decoded."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nbrefactor.model.errors import NbrefactorError
from nbrefactor.notebook.language import foreign_language
from nbrefactor.notebook.sources import SourceCell, read_sources

if TYPE_CHECKING:
    from nbrefactor.notebook.document import Cell

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


def source_of(data: bytes, name: str, *, whole: bool = False) -> Source | None:
    """Read what the code cells of a notebook's bytes say; see `read_source`."""
    if not whole and b"def " not in data and b"class " not in data:
        return None
    sources = read_sources(data)
    if sources is None:
        return _read_slowly(data, name)
    if foreign_language(sources.metadata):
        return None
    return Source(name, _code(sources.cells))


def module_of(data: bytes, name: str, names: Container[str]) -> Source | None:
    """Read a ``.py`` file.

    Parameters
    ----------
    data : bytes
        What it holds.
    name : str
        The file, as found.
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
    """
    data = data.removeprefix(_BOM)
    if not any(found.decode(errors="replace") in names for found in _DEFINED.findall(data)):
        return None
    try:
        return Source(name, ((None, data.decode()),))
    except UnicodeDecodeError as error:
        raise SourceError(f"not UTF-8: byte {error.start} does not decode") from error


def _code(cells: Iterable[SourceCell | Cell]) -> tuple[tuple[int | None, str], ...]:
    return tuple((cell.index + 1, cell.source) for cell in cells if cell.cell_type == "code")


def _read_slowly(data: bytes, name: str) -> Source | None:
    """Read an unusual notebook in full, or say what is wrong with it."""
    from nbrefactor.notebook.document import NotebookError, foreign_kernel, read

    try:
        document = read(data)
    except NotebookError as error:
        raise SourceError(str(error)) from error
    return None if foreign_kernel(document) else Source(name, _code(document.cells))
