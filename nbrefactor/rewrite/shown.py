"""What a cell shows: the value of its last statement, which changes when what stands below goes."""

from __future__ import annotations

import ast
from collections.abc import Collection

from nbrefactor.program.timeline import CodeCell, Timeline

_SILENT = (
    ast.Import,
    ast.ImportFrom,
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Pass,
)


def shows_everything(notebook: Timeline) -> bool:
    """Tell whether a notebook sets which of its statements are shown."""
    cells = (*(home.cell for home in notebook.cells), *notebook.texts)
    return any("ast_node_interactivity" in cell.source for cell in cells)


def uncovered(home: CodeCell, leaving: Collection[ast.AST], *, everything: bool) -> int | None:
    """Find the statement that would be shown once the statements below it are gone.

    Parameters
    ----------
    home : CodeCell
        The cell.
    leaving : collection of ast.AST
        Statements that go.
    everything : bool
        Whether the notebook sets what is shown, so that any value may be.

    Returns
    -------
    int or None
        Its position among the cell's statements; -1 for a cell magic that is left without a body.
        None where nothing else is shown than before.
    """
    body = home.tree.body
    last = len(body) - 1
    while last >= 0 and body[last] in leaving:
        last -= 1
    if last == len(body) - 1:
        return None
    if last < 0:
        magics = home.code.magics
        return -1 if magics and magics[0].text.startswith("%%") else None
    shown = isinstance(body[last], ast.Expr)
    if everything:
        shown = not isinstance(body[last], _SILENT)
    return last if shown else None
