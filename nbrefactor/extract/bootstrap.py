"""Two lines at a notebook's beginning that put the folder of a module on the kernel's path."""

from __future__ import annotations

import ast
import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path, PurePath

from nbrefactor.model.outcome import CellChange, Edit, Outcome
from nbrefactor.notebook.document import Document, NotebookError, read, write
from nbrefactor.notebook.magics import read_cell
from nbrefactor.python.scopes import names_bound


def with_bootstrap(
    outcome: Outcome, notebook: Path, module: Path, migrate: Callable[[bytes], Outcome]
) -> Outcome:
    """Plan a migration again with the module's folder on the path, where only that was missing.

    Parameters
    ----------
    outcome : Outcome
        The migration without.
    notebook, module : Path
        The two files.
    migrate : callable
        Plans the migration of a notebook's bytes.

    Returns
    -------
    Outcome
        The same one where the module is found, or where the lines would not help.
    """
    if not any(
        reason.code == "import-unreachable" for f in outcome.findings for reason in f.reasons
    ):
        return outcome
    try:
        document = read(outcome.before)
        edit = bootstrap(document, notebook, module)
        if edit is None:
            return outcome
        again = migrate(write(document, [edit]))
    except NotebookError:
        return outcome
    if not again.replaced:
        return outcome
    after = read(again.after)
    cells = tuple(
        CellChange(one.index, one.id, one.source, now.source)
        for one, now in zip(document.cells, after.cells, strict=True)
        if one.source != now.source
    )
    return replace(again, before=outcome.before, cells=cells)


def bootstrap(document: Document, notebook: Path, module: Path) -> Edit | None:
    """Plan the two lines, at the top of the first cell that is plain Python.

    Parameters
    ----------
    document : Document
        The notebook.
    notebook, module : Path
        The two files.

    Returns
    -------
    Edit or None
        None where no cell can take them, or where the notebook calls something else ``sys``.
    """
    try:
        folder = os.path.relpath(module.parent, notebook.absolute().parent)
    except ValueError:
        return None  # on another drive
    path = json.dumps(PurePath(folder).as_posix(), ensure_ascii=False)
    lines = f"import sys\nsys.path.append({path})  # {module.name} is there\n"
    place = None
    for cell in document.cells:
        if cell.cell_type != "code" or not cell.source.strip():
            continue
        code = read_cell(cell.source)
        if code.kind != "python":
            continue
        tree = ast.parse(code.python)
        if any("sys" in names_bound(node) and not _is_sys(node) for node in tree.body):
            return None
        if place is None and not cell.source.lstrip().startswith("%%"):
            place = cell.index
    return None if place is None else Edit(place, 0, 0, lines)


def _is_sys(node: ast.stmt) -> bool:
    return isinstance(node, ast.Import) and any(
        one.name == "sys" and one.asname is None for one in node.names
    )
