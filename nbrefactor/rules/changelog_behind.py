"""Changelogs whose newest entry is not about the notebook."""

from __future__ import annotations

from nbrefactor.rules.rule import Example, Rule
from nbrefactor.rules.versions import may_state_two, stated

CHANGELOG_BEHIND = Rule(
    code="NB302",
    name="changelog-behind",
    summary="The changelog's newest entry is not about the notebook's version",
    why=(
        "A version was raised and nobody wrote down why. Add an entry; `nbrefactor bump` does both "
        "in one step."
    ),
    examples=(
        Example(
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
    ),
    may_find=may_state_two,
    find=stated,
)
