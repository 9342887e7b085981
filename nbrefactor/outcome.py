"""The frozen values that travel from reading to writing: findings, edits, plans and outcomes.

Values know nobody: this module imports nothing of the package.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["exact", "renamed", "compatible", "divergent"]
Status = Literal["changed", "unchanged", "skipped", "failed"]


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the characters ``start:end`` of one cell's source by ``text``.

    Parameters
    ----------
    cell : int
        Position of the cell in the notebook, counted from 0.
    start, end : int
        Offsets in characters of the cell's joined source.
    text : str
        What stands there afterwards.
    """

    cell: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class MetadataEdit:
    """Replace one string in the notebook's own metadata.

    Parameters
    ----------
    path : tuple of str
        Keys from the notebook's ``metadata`` down to the string.
    value : str
        The new string.
    """

    path: tuple[str, ...]
    value: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at and the verdict on it.

    Parameters
    ----------
    code : str
        The rule's code (``NB101``).
    message : str
        One sentence that says what was found.
    cell : int or None
        Position of the cell, counted from 0; None where the whole notebook is meant.
    cell_id : str or None
        The cell's own id, where the notebook gives one.
    row : int
        Line within the cell's source, counted from 1.
    name : str or None
        The definition that the finding is about.
    level : Level or None
        How well the definition matches its target; None where no target was compared.
    similarity : float or None
        Share of the normalised code that both have in common, 0 to 1.
    target : str or None
        Dotted name of the target (``nbrefactor.viz.visualize_gradient_norms``).
    reasons : tuple of str
        Why the verdict is as it is, a sentence each.
    difference : str
        The smallest readable diff of the normalised bodies, empty where they are equal.
    edits : tuple of Edit
        What resolves the finding; empty where it is left alone.
    """

    code: str
    message: str
    cell: int | None = None
    cell_id: str | None = None
    row: int = 1
    name: str | None = None
    level: Level | None = None
    similarity: float | None = None
    target: str | None = None
    reasons: tuple[str, ...] = ()
    difference: str = ""
    edits: tuple[Edit, ...] = ()
