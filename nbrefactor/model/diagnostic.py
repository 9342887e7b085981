"""What a check says of one notebook and of all, as values that every format shows alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from nbrefactor.model.outcome import Outcome


class Diagnostic(Struct, frozen=True):
    """One finding at its place in a file.

    Parameters
    ----------
    path : str
        The notebook as the user named it.
    line : int
        Line of the ``.ipynb`` file, counted from 1.
    code : str
        The rule's code.
    summary : str
        One line that says what was found.
    fingerprint : str
        The same for the same finding, wherever its cell moves.
    cell : int or None
        The cell's number, counted from 1; None where the whole notebook is meant.
    cell_id : str or None
        The cell's own id, where the notebook gives one.
    row : int
        Line within the cell's source, counted from 1.
    name : str or None
        What the finding is about.
    target : str or None
        Dotted name of the target that a definition was compared with.
    fixable : bool
        Whether ``nbrefactor migrate`` resolves it.
    reasons : tuple of str
        Why, a line each.
    difference : str
        Diff of a definition and its target.
    """

    path: str
    line: int
    code: str
    summary: str
    fingerprint: str
    cell: int | None = None
    cell_id: str | None = None
    row: int = 1
    name: str | None = None
    target: str | None = None
    fixable: bool = False
    reasons: tuple[str, ...] = ()
    difference: str = ""

    @property
    def message(self) -> str:
        """What was found, and in which cell and row."""
        if self.cell is None:
            return self.summary
        named = f", id {self.cell_id}" if self.cell_id else ""
        return f"{self.summary} (cell {self.cell}{named}, row {self.row})"


class CheckReport(Struct, frozen=True):
    """What a check says of all notebooks.

    Parameters
    ----------
    notebooks : tuple of str
        Those that were looked at, as the user named them.
    diagnostics : tuple of Diagnostic
        What counts, in the order of notebooks and lines.
    problems : tuple of str
        What kept the job from being done.
    known : int
        How many findings more the baseline holds.
    gone : tuple of str
        Findings that the baseline holds and that are no longer there, a line each.
    opaque : int
        How many code cells were passed over because they are no Python.
    foreign : int
        How many notebooks were passed over because they are of another language.
    resolved : int
        How many findings more there were, before something was done about them.
    resolution : str
        What was done about these.
    changes : tuple of Outcome
        What would resolve findings, for each notebook in which something can be.
    """

    notebooks: tuple[str, ...]
    diagnostics: tuple[Diagnostic, ...]
    problems: tuple[str, ...] = ()
    known: int = 0
    gone: tuple[str, ...] = ()
    opaque: int = 0
    foreign: int = 0
    resolved: int = 0
    resolution: str = "resolved"
    changes: tuple[Outcome, ...] = ()
