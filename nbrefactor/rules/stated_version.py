"""What users read about the rules on the version that a notebook states."""

from __future__ import annotations

from nbrefactor.rules.rule import Example, Rule

DISAGREEING = Rule(
    code="NB301",
    name="versions-disagree",
    summary="A place states an older version than another place of the same notebook",
    why=(
        "Readers cannot tell which one holds. The next `nbrefactor migrate` or `nbrefactor bump` "
        "brings every place up from the highest one."
    ),
    example=Example(
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
)

CHANGELOG_BEHIND = Rule(
    code="NB302",
    name="changelog-behind",
    summary="The changelog's newest entry is not about the notebook's version",
    why=(
        "A version was raised and nobody wrote down why. Add an entry; `nbrefactor bump` does both "
        "in one step."
    ),
    example=Example(
        before="""\
# %% [markdown]
# Plasticity demo (v1.2.0)

## Changelog
### v1.1.0
- Faster pruning
### v1.0.0
- First version
""",
        after="""\
# %% [markdown]
# Plasticity demo (v1.2.0)

## Changelog
### v1.2.0
- A map of the entropy
### v1.1.0
- Faster pruning
### v1.0.0
- First version
""",
    ),
)
