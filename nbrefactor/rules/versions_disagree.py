"""Places of one notebook that state different versions."""

from __future__ import annotations

from nbrefactor.rules.rule import Example, Rule
from nbrefactor.rules.versions import may_state_two, stated

DISAGREEING = Rule(
    code="NB301",
    name="versions-disagree",
    summary="A place states an older version than another place of the same notebook",
    why=(
        "Readers cannot tell which one holds. The next `nbrefactor migrate` or `nbrefactor bump` "
        "brings every place up from the highest one."
    ),
    examples=(
        Example(
            before="""\
# %% [markdown]
# Plasticity demo (v1.2.0)

# %%
__version__ = "1.1.0"
""",
            after="""\
# %% [markdown]
# Plasticity demo (v1.2.0)

# %%
__version__ = "1.2.0"
""",
        ),
    ),
    may_find=may_state_two,
    find=stated,
)
