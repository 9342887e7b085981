"""Module and notebooks written together, so that both can be taken back together."""

from __future__ import annotations

from pathlib import Path

from nbrefactor.extract.values import Extraction
from nbrefactor.notebook.journal import Change, Journal, write_together


def write_files(extraction: Extraction) -> Journal:
    """Write all of an extraction, or nothing.

    Parameters
    ----------
    extraction : Extraction
        The plan.

    Returns
    -------
    Journal
        What takes it back.

    Raises
    ------
    nbrefactor.notebook.journal.JournalError
        If a file cannot be written, or is not as it was planned.
    """
    # The modules first: a notebook must not import what is not there.
    changes = [
        Change(module.path, module.before, module.after)
        for module in extraction.modules
        if module.changes
    ]
    changes += [
        Change(Path(one.path).absolute(), one.before, one.after) for one in extraction.changed
    ]
    names = ", ".join(module.path.name for module in extraction.modules)
    return write_together(changes, f"extract to {names}")
