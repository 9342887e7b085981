"""Telling parameters that a notebook does not have, which are misspelt more often than new."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Collection, Iterator

from nbrefactor.notebook.document import Document
from nbrefactor.notebook.magics import parse, read_cell
from nbrefactor.python.scopes import in_scope, names_bound

_TAG = "parameters"


def unknown_parameters(document: Document, names: Collection[str]) -> Iterator[str]:
    """Say which parameters the cell tagged ``parameters`` does not have.

    Parameters
    ----------
    document : Document
        The notebook.
    names : collection of str
        The parameters that are to be set.

    Yields
    ------
    str
        One sentence for each; none where no cell has the tag, or it cannot be told what it binds.
    """
    # Papermill takes the first one too.
    cell = next((cell for cell in document.cells if _TAG in cell.tags), None)
    known = None if cell is None else _bound(cell.source)
    if cell is None or known is None:
        return
    for name in names:
        if name in known:
            continue
        close = difflib.get_close_matches(name, sorted(known), n=1)
        hint = f"; did you mean {close[0]}?" if close else ""
        yield (
            f'parameter {name}: the cell tagged "{_TAG}" (cell {cell.index + 1}) does not have it'
            f"{hint}"
        )


def _bound(source: str) -> frozenset[str] | None:
    """List the names that a cell binds or declares; None where that cannot be told."""
    code = read_cell(source)
    if code.kind == "opaque" or code.binds_unknown or code.reads_text:
        return None
    tree = parse(code.python)
    declared = {
        node.target.id
        for node in in_scope([tree])
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }
    bound = names_bound(tree) | declared | frozenset(code.binds)
    return None if "*" in bound else bound
