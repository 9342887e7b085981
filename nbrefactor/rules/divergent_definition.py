"""Definitions with the name of one in a module, which cannot stand in for them."""

from __future__ import annotations

from nbrefactor.rules.copies import MEAN, judged, may_be_similar
from nbrefactor.rules.rule import Example, Rule

DIVERGENT = Rule(
    code="NB104",
    name="divergent-definition",
    summary="A definition has the name of one in a target module and cannot be replaced by it",
    why=(
        "The two drifted apart, or were never the same: the finding says what keeps them apart. "
        "Rename one of them, or bring them together by hand. Off by default, because a notebook "
        "may well mean something else by a name."
    ),
    examples=(
        Example(
            before="""\
# %%
def mean(values, weights):
    weighted = [value * weight for value, weight in zip(values, weights)]
    return sum(weighted) / sum(weights)

# %%
mean([1, 2, 3], [1, 1, 2])
""",
            after="""\
# %%
def weighted_mean(values, weights):
    weighted = [value * weight for value, weight in zip(values, weights)]
    return sum(weighted) / sum(weights)

# %%
weighted_mean([1, 2, 3], [1, 1, 2])
""",
            module=MEAN,
            options="--select NB104",
        ),
    ),
    default=False,
    may_find=may_be_similar,
    find=judged,
)
