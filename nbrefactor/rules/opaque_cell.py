"""Code cells that do not parse."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from nbrefactor.rules.rule import Example, Rule

if TYPE_CHECKING:
    from nbrefactor.model.facts import Facts
    from nbrefactor.model.outcome import Finding
    from nbrefactor.rules.look import Look, Sought


def _may_find(facts: Facts, sought: Sought) -> bool:
    return bool(facts.opaque)


def _find(look: Look) -> Iterator[Finding]:
    from nbrefactor.model.outcome import Finding
    from nbrefactor.notebook.magics import read_cell

    for cell in (look.document.cells[at] for at in look.facts.opaque):
        message = f"the cell is left alone: {read_cell(cell.source).reason}"
        yield Finding(OPAQUE.code, message, cell=cell.index, cell_id=cell.id)


OPAQUE = Rule(
    code="NB201",
    name="opaque-cell",
    summary="A code cell is no Python, so it is neither searched nor changed",
    why=(
        "What stands in it may read or bind any name that its text contains, which keeps "
        "definitions of these names where they are. Correct the cell, or make it raw or markdown. "
        "The last line of `nbrefactor check` counts such cells; this rule names them."
    ),
    examples=(
        Example(
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
            options="--select NB201",
        ),
    ),
    may_find=_may_find,
    find=_find,
    default=False,
)
