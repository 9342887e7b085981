"""Notebooks that do not run to their end."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from nbrefactor.rules.rule import Example, Rule

if TYPE_CHECKING:
    from nbrefactor.model.facts import Facts
    from nbrefactor.model.outcome import Finding
    from nbrefactor.notebook.document import Document
    from nbrefactor.rules.look import Look, Sought

_SHOWN_LINES = 20


@cache
def _frame() -> re.Pattern[str]:
    # The first frame of a traceback is in the cell itself.
    return re.compile(
        r"^[ \t]*(?:Cell In\s?\[\d+\],? line|File <ipython-input-\S+>:) ?(\d+)", re.MULTILINE
    )


def _may_find(facts: Facts, sought: Sought) -> bool:
    # Only a run can tell, and that looks at nothing else first.
    return False


def _find(look: Look) -> tuple[Finding, ...]:
    return () if look.failure is None else (look.failure,)


FAILING = Rule(
    code="NB501",
    name="failing-notebook",
    summary="A notebook fails when it is executed (`check --execute` only)",
    why="Whoever opens it next meets the error. The finding is at the cell that raised it.",
    examples=(
        Example(
            before="""\
# %%
values = []

# %%
sum(values) / len(values)
""",
            after="""\
# %%
values = [1, 2, 3]

# %%
sum(values) / len(values)
""",
            options="--execute",
        ),
    ),
    may_find=_may_find,
    find=_find,
)


def report_failure(document: Document, cell: int | None, message: str, traceback: str) -> Finding:
    """Report that a notebook does not run to its end.

    Parameters
    ----------
    document : Document
        The notebook.
    cell : int or None
        Position of the cell that failed, counted from 0; None for one that is not the notebook's.
    message : str
        What happened.
    traceback : str
        The kernel's traceback without colours; may be empty.

    Returns
    -------
    Finding
        At the row of the cell that the traceback names.
    """
    from nbrefactor.model.outcome import Finding

    shown = tuple(line for line in traceback.split("\n") if line.strip())[-_SHOWN_LINES:]
    if cell is None:
        return Finding(FAILING.code, message, details=shown)
    failed = document.cells[cell]
    frame = _frame().search(traceback)
    row = min(int(frame[1]), failed.source.count("\n") + 1) if frame else 1
    return Finding(
        FAILING.code,
        message.removeprefix(f"cell {cell + 1} "),
        cell=cell,
        cell_id=failed.id,
        row=max(row, 1),
        details=shown,
    )
