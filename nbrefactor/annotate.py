"""Comments that opt out of what is found, written by ``nbrefactor check --add-noqa``."""

from __future__ import annotations

from collections.abc import Sequence

from nbrefactor.engine import Plan, run
from nbrefactor.model.diagnostic import Diagnostic
from nbrefactor.model.outcome import Outcome
from nbrefactor.notebook.document import NotebookError, read
from nbrefactor.rules.comments import plan_comments


def annotate_bytes(data: bytes, found: Sequence[Diagnostic], *, path: str) -> Outcome:
    """Plan comments on what was found in one notebook; a pure function.

    Parameters
    ----------
    data : bytes
        The notebook's file.
    found : sequence of Diagnostic
        What a check of these bytes found.
    path : str
        The notebook's name in messages.

    Returns
    -------
    Outcome
        What is to be written. A finding on whose line no comment can stand, such as one in
        Markdown, has none.
    """
    try:
        document = read(data)
    except NotebookError as error:
        return Outcome(path, "failed", data, data, reason=str(error))
    edits = tuple(plan_comments(document, found))
    return run(
        document,
        lambda _: Plan((), edits, (), ()),
        path=path,
        # What still has no comment cannot have one.
        is_settled=lambda result: True,
    )
