"""Code cells that do not parse."""

from __future__ import annotations

from collections.abc import Iterable

from nbrefactor.model.outcome import Finding
from nbrefactor.notebook.document import Cell
from nbrefactor.rules.rule import Example, Rule

OPAQUE = Rule(
    code="NB201",
    name="opaque-cell",
    summary="A code cell is no Python, so it is neither searched nor changed",
    why=(
        "What stands in it may read or bind any name that its text contains, which keeps "
        "definitions of these names where they are. Correct the cell, or make it raw or markdown."
    ),
    example=Example(
        before="""\
# %%
def mean(values)
    return sum(values) / len(values)
""",
        after="""\
# %%
def mean(values):
    return sum(values) / len(values)
""",
    ),
)


def report_opaque(cells: Iterable[tuple[Cell, str]]) -> tuple[Finding, ...]:
    """Report the cells that do not parse.

    Parameters
    ----------
    cells : iterable of (Cell, str)
        Each with the reason.

    Returns
    -------
    tuple of Finding
        One for each.
    """
    return tuple(
        Finding(
            OPAQUE.code,
            f"the cell is left alone: {reason}",
            cell=cell.index,
            cell_id=cell.id,
        )
        for cell, reason in cells
    )
