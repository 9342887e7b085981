"""Copies of a definition that a module holds, under other names."""

from __future__ import annotations

from nbrefactor.rules.copies import MEAN, judged, may_be_copied
from nbrefactor.rules.rule import Example, Rule

RENAMED = Rule(
    code="NB102",
    name="renamed-copy",
    summary="A definition is the same as one of a target module apart from the names in it",
    why=(
        "Other names for the function or its locals make no other program. The import keeps the "
        "notebook's own name."
    ),
    examples=(
        Example(
            before="""\
# %%
def average(numbers):
    return sum(numbers) / len(numbers)

# %%
average([1, 2, 3])
""",
            after="""\
# %%
from plots import mean as average

# %%
average([1, 2, 3])
""",
            module=MEAN,
        ),
    ),
    fixed=True,
    may_find=may_be_copied,
    find=judged,
)
