"""Notebooks that are not looked at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from nbrefactor.rules.rule import Example, Rule

if TYPE_CHECKING:
    from nbrefactor.model.facts import Facts
    from nbrefactor.model.outcome import Finding
    from nbrefactor.rules.look import Look, Sought


def _may_find(facts: Facts, sought: Sought) -> bool:
    return facts.foreign


def _find(look: Look) -> Iterator[Finding]:
    from nbrefactor.model.outcome import Finding
    from nbrefactor.notebook.document import foreign_kernel

    if why := foreign_kernel(look.document):
        yield Finding(SKIPPED.code, f"the notebook is skipped: {why}")


SKIPPED = Rule(
    code="NB202",
    name="skipped-notebook",
    summary="A notebook is not one of Python, so nothing in it is looked at",
    why=(
        "The last line of `nbrefactor check` counts such notebooks; this rule names them. Exclude "
        "them in the settings where they are known."
    ),
    examples=(
        Example(
            before="""\
# %%
mean <- function(values) sum(values) / length(values)
""",
            after="""\
# %%
def mean(values):
    return sum(values) / len(values)
""",
            options="--select NB202",
            kernel="R",
        ),
    ),
    may_find=_may_find,
    find=_find,
    default=False,
)
