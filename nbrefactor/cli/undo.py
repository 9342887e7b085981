"""The command ``nbrefactor undo``."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click

_EXAMPLES = """Examples:

\b
  nbrefactor undo
  nbrefactor undo notebooks/ --dry-run
"""


@click.command(epilog=_EXAMPLES)
@click.argument("path", default=".", metavar="[PATH]")
@click.option("--dry-run", is_flag=True, help="Say what would be taken back and write nothing.")
def undo(path: str, dry_run: bool) -> None:
    """Take back the last change that nbrefactor made to files in a folder, all of it.

    PATH is the folder, or one of the files; by default the current folder. Every file gets the
    bytes that it had, modules that were made are removed. Where a file was changed since, nothing
    is taken back.
    """
    from nbrefactor.cli.problems import show_problem
    from nbrefactor.cli.terminal import console, show
    from nbrefactor.notebook.journal import JournalError, latest, take_back
    from nbrefactor.report.counted import count
    from nbrefactor.visible import visible_line

    journal = latest(Path(path))
    if journal is None:
        show_problem(f"{path}: nothing is known that could be taken back here")
        sys.exit(2)
    made = datetime.fromtimestamp(journal.made).astimezone()
    terminal = console(stderr=False)
    show(terminal, f"{visible_line(journal.command)}, {made:%Y-%m-%d %H:%M}\n")
    if dry_run:
        for entry in journal.entries:
            show(terminal, f"  {visible_line(str(entry.path))}\n")
        number = count(len(journal.entries), "file")
        show(terminal, f"{number} would be taken back (dry run: nothing was written)\n")
        return
    try:
        done = take_back(journal)
    except JournalError as error:
        show_problem(str(error))
        sys.exit(2)
    for one in done:
        show(terminal, f"  {visible_line(str(one))}\n")
    show(terminal, f"{count(len(done), 'file')} taken back\n")
