"""The frozen values that travel from reading to writing: findings, edits, plans and outcomes.

Values know nobody: of the package this module imports only how text is made visible.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from nbrefactor.model.reason import Reason

from nbrefactor.visible import visible_line

Level = Literal["exact", "renamed", "compatible", "divergent"]
LEVELS: tuple[Level, ...] = ("exact", "renamed", "compatible", "divergent")
FoldLevel = Literal["exact", "restyled"]
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
    reasons : tuple of Reason
        Why the verdict is as it is.
    details : tuple of str
        Lines of text that belong to it, such as a traceback.
    fold : FoldLevel or None
        How well a call of the target draws what statements of the cell draw; None where it is not
        about such statements.
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
    reasons: tuple[Reason, ...] = ()
    difference: str = ""
    edits: tuple[Edit, ...] = ()
    details: tuple[str, ...] = ()
    fold: FoldLevel | None = None

    @property
    def is_replaced(self) -> bool:
        """Whether a definition, or statements that draw, are replaced."""
        return bool(self.edits) and (self.level is not None or self.fold is not None)


@dataclass(frozen=True, slots=True)
class Obligation:
    """One thing that had to hold for a definition to be replaced.

    Parameters
    ----------
    name : str
        Its name, a key of the table of what each says.
    reasons : tuple of Reason
        Why it does not hold; empty where it does.
    """

    name: str
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """A verdict with both sources.

    Parameters
    ----------
    finding : Finding
        The verdict.
    inline : str
        Source of the inline definition.
    target : str
        Source of the target; empty where there is none.
    place : str
        File and line of the target.
    advice : tuple of str
        What would make the definition migratable.
    difference : str
        The smallest difference of the two sources, as lines that begin with ``-`` for the
        notebook and ``+`` for the target; empty where both are the same program.
    obligations : tuple of Obligation
        All that was asked of the replacement.
    """

    finding: Finding
    inline: str
    target: str
    place: str
    advice: tuple[str, ...]
    difference: str = ""
    obligations: tuple[Obligation, ...] = ()


@dataclass(frozen=True, slots=True)
class CellChange:
    """One edited cell, before and after.

    Parameters
    ----------
    cell : int
        Position of the cell, counted from 0.
    cell_id : str or None
        The cell's own id, where the notebook gives one.
    before, after : str
        The cell's source.
    """

    cell: int
    cell_id: str | None
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Unmet:
    """A wish about a definition that a notebook does not have.

    Parameters
    ----------
    wish : str
        The option or setting: ``alias plot_grads=visualize_gradient_norms``.
    name : str
        The name that no cell defines.
    """

    wish: str
    name: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one notebook.

    Parameters
    ----------
    path : str
        The notebook as the user named it.
    status : Status
        ``changed`` (there is something to write), ``unchanged`` (nothing to do), ``skipped``
        (a notebook, but not one of Python) or ``failed`` (no readable notebook, or a result that
        a check refused).
    before : bytes
        The file as it was read.
    after : bytes
        The file as it is to be written; `before` itself unless the status is ``changed``.
    findings : tuple of Finding
        Everything that was looked at, with its verdict.
    cells : tuple of CellChange
        The edited cells.
    metadata : tuple of MetadataEdit
        Edits of the notebook's own metadata.
    notes : tuple of str
        What the user should know besides: versions, modules, cells that were passed over.
    reason : str
        Why the notebook was skipped or failed; empty otherwise.
    unmet : tuple of Unmet
        Wishes about definitions that it does not have: of one notebook worth telling, of many only
        where none has them.
    """

    path: str
    status: Status
    before: bytes
    after: bytes
    findings: tuple[Finding, ...] = ()
    cells: tuple[CellChange, ...] = ()
    metadata: tuple[MetadataEdit, ...] = ()
    notes: tuple[str, ...] = ()
    reason: str = ""
    unmet: tuple[Unmet, ...] = ()

    @property
    def replaced(self) -> tuple[Finding, ...]:
        """The definitions and plotting statements that are replaced."""
        return tuple(found for found in self.findings if found.is_replaced)

    @property
    def replaced_names(self) -> frozenset[str]:
        """The names of the definitions that are replaced."""
        return frozenset(found.name for found in self.replaced if found.name)

    @property
    def diff(self) -> str:
        """A unified diff of the sources of the edited cells."""
        return "".join(self.cell_diff(change) for change in self.cells)

    def cell_diff(self, change: CellChange, context: int = 3) -> str:
        """Diff one edited cell, headed by the notebook, the cell's number and its id."""
        named = f" (id {visible_line(change.cell_id)})" if change.cell_id else ""
        head = f"{visible_line(self.path)}:cell {change.cell + 1}{named}"
        lines = difflib.unified_diff(
            change.before.split("\n"),
            change.after.split("\n"),
            head,
            head,
            lineterm="",
            n=context,
        )
        return "".join(f"{line}\n" for line in lines)


def cell_list(numbers: Sequence[int]) -> str:
    """Name cells: ``cell 4``, ``cells 4 and 7``."""
    if len(numbers) == 1:
        return f"cell {numbers[0]}"
    return f"cells {', '.join(map(str, numbers[:-1]))} and {numbers[-1]}"
