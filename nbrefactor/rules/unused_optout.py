"""What users read about opt-outs that opt out of nothing."""

from __future__ import annotations

from nbrefactor.rules.rule import Example, Rule

UNUSED_OPT_OUT = Rule(
    code="NB901",
    name="unused-opt-out",
    summary="A `# noqa`, a cell tag or an ignore list opts out of a finding that is not there",
    why=(
        "It was meant for something that is gone or stands elsewhere, and would hide the next one. "
        "Take it out. A bare `# noqa` is not reported: it may be for another tool."
    ),
    example=Example(
        before="""\
# %%
def mean(values):  # noqa: NB101
    return max(values)
""",
        after="""\
# %%
def mean(values):
    return max(values)
""",
    ),
)
