"""The copy of a notebook that is run, and the folder that a run leaves nothing of."""

from __future__ import annotations

import contextlib
import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from nbrefactor.notebook.document import Document
from nbrefactor.run.installs import without_installs

# A key of the copy's cells, by which they are found again among what papermill adds.
PLACE = "nbrefactor_cell"


def write_copy(
    document: Document,
    last_cell: int | None,
    left_out: frozenset[int],
    path: Path,
    *,
    allow_installs: bool,
) -> dict[int, tuple[str, ...]]:
    """Write what is run: sources and tags, without outputs, in a form that papermill accepts.

    Returns
    -------
    dict of int to tuple of str
        For each cell what it would have installed or fetched, which is left out.
    """
    cells = []
    skipped: dict[int, tuple[str, ...]] = {}
    for cell in document.cells:
        if last_cell is not None and cell.index > last_cell:
            break
        source = cell.source
        if cell.cell_type == "code" and not allow_installs:
            source, lines = without_installs(source)
            if lines:
                skipped[cell.index] = lines
        tags = [*cell.tags, *(["skip-execution"] if cell.index in left_out else [])]
        metadata = {**cell.metadata, "tags": tags, PLACE: cell.index}
        metadata.pop("papermill", None)
        copied: dict[str, Any] = {
            "cell_type": cell.cell_type if cell.cell_type in ("code", "markdown") else "raw",
            "id": f"cell-{cell.index}" if cell.id is None else cell.id,
            "metadata": metadata,
            "source": source,
        }
        if cell.cell_type == "code":
            copied |= {"execution_count": None, "outputs": []}
        cells.append(copied)
    metadata = {key: value for key, value in document.metadata.items() if key != "papermill"}
    notebook = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return skipped


def runs(cell_type: str, source: str, tags: Sequence[str]) -> bool:
    """Tell whether a cell is executed at all."""
    return cell_type == "code" and bool(source.strip()) and "skip-execution" not in tags


def literal(path: Path) -> str:
    """Write a path for papermill, which fills names in braces in."""
    return str(path).replace("{", "{{").replace("}", "}}")


@contextlib.contextmanager
def temporary_folder() -> Iterator[Path]:
    """Give a folder for one run, and remove it whatever happens."""
    folder = tempfile.TemporaryDirectory(prefix="nbrefactor-", ignore_cleanup_errors=True)
    try:
        yield Path(folder.name)
    finally:
        folder.cleanup()
        # A child of the kernel may have written while it was ended.
        if Path(folder.name).exists():
            time.sleep(0.2)
            folder.cleanup()
