"""Facts of a notebook: what its bytes tell without a look at outputs, settings or modules."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Protocol

from nbrefactor.model.facts import Defined, Facts, Imported
from nbrefactor.notebook.language import foreign_language
from nbrefactor.notebook.sources import read_sources
from nbrefactor.program.cell_facts import CellReader
from nbrefactor.rules.optouts import KEEP_TAG


class Cell(Protocol):
    """What is asked of a cell here."""

    @property
    def cell_type(self) -> str:
        """``code``, ``markdown`` or another."""

    @property
    def source(self) -> str:
        """Its text."""

    @property
    def tags(self) -> tuple[str, ...]:
        """Its tags."""


@cache
def _own_code() -> re.Pattern[str]:
    return re.compile(r"nb[0-9]", re.IGNORECASE)


def facts_of(data: bytes, reader: CellReader) -> Facts | None:
    """Give the facts of a notebook's bytes.

    Parameters
    ----------
    data : bytes
        The content of an ``.ipynb`` file.
    reader : CellReader
        Reads its cells.

    Returns
    -------
    Facts or None
        None where only the full reader can tell whether it is a notebook at all.
    """
    sources = read_sources(data)
    return None if sources is None else facts_about(sources.cells, sources.metadata, reader)


def cells_of(data: bytes) -> tuple[Cell, ...]:
    """Give the cells of a notebook's bytes; none where only the full reader can."""
    sources = read_sources(data)
    return () if sources is None else sources.cells


def facts_about(cells: Sequence[Cell], metadata: Mapping[str, Any], reader: CellReader) -> Facts:
    """Give the facts of a notebook that has been read, see `facts_of`."""
    from nbrefactor.versioning.glance import may_disagree

    if foreign_language(metadata):
        return Facts(foreign=True, optouts=_opts_out(cells, metadata))
    definitions: dict[Defined, None] = {}
    imports: dict[Imported, None] = {}
    opaque = False
    for cell in cells:
        if cell.cell_type == "code":
            told = reader.read(cell.source)
            opaque = opaque or told.opaque
            definitions.update(dict.fromkeys(told.definitions))
            imports.update(dict.fromkeys(told.imports))
    return Facts(
        opaque=opaque,
        definitions=tuple(definitions),
        imports=tuple(imports),
        optouts=_opts_out(cells, metadata),
        versions=may_disagree(cells, metadata),
    )


def _opts_out(cells: Sequence[Cell], metadata: Mapping[str, Any]) -> bool:
    """Tell whether there may be an opt-out that is reported where nothing answers to it."""
    if "nbrefactor" in metadata or any(KEEP_TAG in cell.tags for cell in cells):
        return True
    return any(
        cell.cell_type == "code"
        and "noqa" in cell.source.lower()
        and _own_code().search(cell.source)
        for cell in cells
    )
