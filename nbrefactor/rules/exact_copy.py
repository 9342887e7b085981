"""Copies of a definition that a module holds."""

from __future__ import annotations

from nbrefactor.rules.copies import MEAN, judged, may_be_copied
from nbrefactor.rules.rule import Example, Rule

EXACT = Rule(
    code="NB101",
    name="exact-copy",
    summary="A definition is the same program as one that a target module holds",
    why=(
        "A copy gets no repair that the module gets, and hides what the notebook is about. Apart "
        "from comments, layout, docstring and annotations both are the same, so an import changes "
        "nothing."
    ),
    examples=(
        Example(
            before="""\
# %%
def mean(values):
    # The usual one.
    return sum(values) / len(values)

# %%
mean([1, 2, 3])
""",
            after="""\
# %%
from plots import mean

# %%
mean([1, 2, 3])
""",
            module=MEAN,
        ),
    ),
    fixed=True,
    may_find=may_be_copied,
    find=judged,
)
