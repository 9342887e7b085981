"""Facts of a notebook: what its bytes tell without a look at outputs, settings or modules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from nbrefactor.model.facts import Facts
from nbrefactor.notebook._syntax import quiet
from nbrefactor.notebook.language import foreign_language
from nbrefactor.notebook.sources import read_sources
from nbrefactor.program.cell_facts import CellFacts, CellReader, may_opt_out
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


def facts_of(data: bytes, reader: CellReader, *, syntax: bool = True) -> Facts | None:
    """Give the facts of a notebook's bytes.

    Parameters
    ----------
    data : bytes
        The content of an ``.ipynb`` file.
    reader : CellReader
        Reads its cells.
    syntax : bool
        Whether cells that do not parse are looked for; without, the facts name none.

    Returns
    -------
    Facts or None
        None where only the full reader can tell whether it is a notebook at all.
    """
    sources = read_sources(data)
    if sources is None:
        return None
    return facts_about(sources.cells, sources.metadata, reader, syntax=syntax)


def cells_of(data: bytes) -> Sequence[Cell]:
    """Give the cells of a notebook's bytes; none where only the full reader can."""
    sources = read_sources(data)
    return () if sources is None else sources.cells


def facts_about(
    cells: Sequence[Cell],
    metadata: Mapping[str, Any],
    reader: CellReader,
    *,
    syntax: bool = True,
) -> Facts:
    """Give the facts of a notebook that has been read, see `facts_of`."""
    from nbrefactor.versioning.glance import may_disagree

    tagged = "nbrefactor" in metadata or any(KEEP_TAG in cell.tags for cell in cells)
    if foreign_language(metadata):
        texts = (cell.source for cell in cells if _is_code(cell))
        return Facts(foreign=True, optouts=tagged or any(map(may_opt_out, texts)))
    with quiet():
        opaque: list[int] = []
        told: dict[CellFacts, None] = {}
        for at, cell in enumerate(cells):
            if _is_code(cell):
                found = reader.read(cell.source, syntax=syntax)
                told[found] = None
                if found.opaque:
                    opaque.append(at)
    telling = list(told)
    return Facts(
        opaque=tuple(opaque),
        definitions=tuple(dict.fromkeys(one for cell in telling for one in cell.definitions)),
        imports=tuple(dict.fromkeys(one for cell in telling for one in cell.imports)),
        optouts=tagged or any(cell.optouts for cell in telling),
        versions=may_disagree(cells, metadata),
        draws=any("pyplot" in cell.source for cell in cells if _is_code(cell)),
    )


def _is_code(cell: Cell) -> bool:
    return cell.cell_type == "code"
