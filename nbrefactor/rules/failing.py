"""Notebooks that do not run to their end."""

from __future__ import annotations

from nbrefactor.rules.rule import Example, Rule

FAILING = Rule(
    code="NB501",
    name="failing-notebook",
    summary="A notebook fails when it is executed (`check --execute` only)",
    why="Whoever opens it next meets the error. The finding is at the cell that raised it.",
    example=Example(
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
)
