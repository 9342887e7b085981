"""Which cells a run may leave out, because nothing that it is about needs them."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

from nbrefactor.effects.summary import Summaries
from nbrefactor.program.timeline import CodeCell, Timeline

# What a cell can do without a later one noticing. Drawing counts where the figure is its own.
_UNNOTICED = frozenset(
    {"prints", "displays", "shows", "draws", "makes-figure", "reads-files", "reads-environment"}
)


def needless_cells(notebook: Timeline, kept: Collection[int], last: int) -> tuple[int, ...]:
    """Find cells that can be left out of a run up to one cell.

    Parameters
    ----------
    notebook : Timeline
        The notebook's code.
    kept : collection of int
        The cells that the run is about.
    last : int
        The last cell of the run.

    Returns
    -------
    tuple of int
        In order. Each does nothing but compute and show something, and binds no name that any
        other cell reads, wherever that stands. None at all where names may be read unseen.
    """
    if notebook.hidden:
        return ()
    summaries = Summaries(notebook.environment)
    cells = {home.cell.index: home for home in notebook.cells if home.cell.index <= last}
    idle = {index for index, home in cells.items() if _only_shows(home, notebook, summaries)}
    left_out = idle - set(kept)
    while True:
        read = set(_read_outside(notebook, left_out))
        needed = {index for index in left_out if read & set(_bound_in(notebook, index))}
        if not needed:
            return tuple(sorted(left_out))
        left_out -= needed


def _only_shows(home: CodeCell, notebook: Timeline, summaries: Summaries) -> bool:
    lines = home.cell.source.splitlines()
    if any(line.lstrip().startswith(("%", "!")) or line.rstrip().endswith("?") for line in lines):
        return False
    if any(mention.cell == home.cell.index for mention in notebook.mentions):
        return False
    if any(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.walk(home.tree)):
        return False
    found = summaries.cell(home.tree.body, {})
    kinds = {effect.kind for effect in found.effects} | {event.kind for event in found.events}
    own = "draws" not in kinds or "makes-figure" in kinds
    return kinds <= _UNNOTICED and own


def _read_outside(notebook: Timeline, left_out: Collection[int]) -> Iterator[str]:
    for name, uses in notebook.uses.items():
        if any(use.home.cell.index not in left_out for use in uses):
            yield name
    for mention in notebook.mentions:
        yield from mention.words


def _bound_in(notebook: Timeline, cell: int) -> Iterator[str]:
    for name, bindings in notebook.rebindings.items():
        if any(binding.home.cell.index == cell for binding in bindings):
            yield name
