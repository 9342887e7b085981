"""Opt-outs that nothing answers to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nbrefactor.rules.rule import Example, Rule

if TYPE_CHECKING:
    from nbrefactor.model.facts import Facts
    from nbrefactor.model.outcome import Finding
    from nbrefactor.notebook.document import Document
    from nbrefactor.rules.look import Look, Sought
    from nbrefactor.rules.optouts import OptOut


def _may_find(facts: Facts, sought: Sought) -> bool:
    return facts.optouts or bool(sought.settings.per_file_ignores)


def _find(look: Look) -> tuple[Finding, ...]:
    # What is unused shows only when all other rules have been asked: see `report_unused`.
    return ()


UNUSED_OPT_OUT = Rule(
    code="NB901",
    name="unused-opt-out",
    summary="A comment, a cell tag or an ignore list opts out of a finding that is not there",
    why=(
        "It was meant for something that is gone or stands elsewhere, and would hide the next one. "
        "Take it out. A bare `# noqa` is not reported: it may be for another tool."
    ),
    examples=(
        Example(
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
    ),
    may_find=_may_find,
    find=_find,
)


def report_unused(
    optouts: Sequence[OptOut], findings: Sequence[Finding], document: Document
) -> tuple[Finding, ...]:
    """Report the opt-outs that nothing answers to.

    Parameters
    ----------
    optouts : sequence of OptOut
        Those of the notebook.
    findings : sequence of Finding
        All findings, also of rules that do not count.
    document : Document
        The notebook.

    Returns
    -------
    tuple of Finding
        One for each; none where the notebook opts out of this rule.
    """
    from nbrefactor.model.outcome import Finding

    unused = [
        optout
        for optout in optouts
        if optout.is_checked
        and not any(optout.covers(found.code, found.cell, found.row) for found in findings)
    ]
    silencing = [
        optout
        for optout in optouts
        if optout.cell is None and UNUSED_OPT_OUT.code.startswith(optout.code)
    ]
    reported = [optout for optout in unused if optout not in silencing]
    if silencing:
        # They have something to silence, or are themselves of no use.
        reported = [] if reported else unused
    return tuple(
        Finding(
            UNUSED_OPT_OUT.code,
            f"{optout.wish} opts out of nothing that is found; take it out",
            cell=optout.cell,
            cell_id=None if optout.cell is None else document.cells[optout.cell].id,
            row=optout.written,
            name=optout.code,
        )
        for optout in reported
    )
