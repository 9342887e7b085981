"""A place of a notebook that states a version, and how sure it is that it is the notebook's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nbrefactor.versioning.blocks import Span
from nbrefactor.versioning.number import Version

Kind = Literal["heading", "line", "constant", "metadata", "pattern"]
# "certain" counts by itself, "open" where a changelog or a certain place states the same version,
# "foreign" (something else with versions is named before it) only where a certain place does.
Claim = Literal["certain", "open", "foreign"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where the notebook states its version.

    Parameters
    ----------
    kind : {"heading", "line", "constant", "metadata", "pattern"}
        What sort of place it is.
    version : Version
        What is stated there.
    span : tuple of int
        Offsets of the version's number in the cell's source or in the metadata's string.
    prefix : str
        What stands directly before the number and belongs to it (``v``, ``Version ``).
    dates : tuple of tuple of int
        Offsets of the dates beside it.
    cell, row : int or None, int
        The cell, counted from 0 (None for metadata), and the line in it, counted from 1.
    path : tuple of str
        Keys within the notebook's metadata.
    claim : {"certain", "open", "foreign"}
        What it takes to be the notebook's own version.
    words : str
        What a reader sees there, for a report.
    """

    kind: Kind
    version: Version
    span: Span
    prefix: str = ""
    dates: tuple[Span, ...] = ()
    cell: int | None = None
    row: int = 1
    path: tuple[str, ...] = ()
    claim: Claim = "certain"
    words: str = ""

    @property
    def sure(self) -> bool:
        """Whether the place counts by itself."""
        return self.claim == "certain"

    @property
    def label(self) -> str:
        """Name the place to a reader, cells counted from 1."""
        if self.cell is None:
            return "metadata." + ".".join(self.path)
        return f"cell {self.cell + 1}, line {self.row} ({self.kind})"
