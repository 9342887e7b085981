"""Notebooks that are not looked at."""

from __future__ import annotations

from nbrefactor.model.outcome import Finding
from nbrefactor.rules.rule import Example, Rule

SKIPPED = Rule(
    code="NB202",
    name="skipped-notebook",
    summary="A notebook is not one of Python, so nothing in it is looked at",
    why=(
        "Nothing is passed over in silence. Exclude such notebooks in the settings, or ignore this "
        "rule."
    ),
    example=Example(
        before="""\
# %%
mean <- function(values) sum(values) / length(values)
""",
        after="""\
# %%
def mean(values):
    return sum(values) / len(values)
""",
        kernel="R",
    ),
)


def report_skipped(reason: str) -> Finding:
    """Report a notebook that is not looked at.

    Parameters
    ----------
    reason : str
        Why.

    Returns
    -------
    Finding
        About the whole notebook.
    """
    return Finding(SKIPPED.code, f"the notebook is skipped: {reason}")
