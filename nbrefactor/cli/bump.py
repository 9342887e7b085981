"""The command ``nbrefactor bump``."""

from __future__ import annotations

import sys

import click

from nbrefactor.cli.options import settings_options
from nbrefactor.cli.process import Writing, now, output_options, process
from nbrefactor.config import Given

_EXAMPLES = """Examples:

\b
  nbrefactor bump Notebook.ipynb --dry-run
  nbrefactor bump Notebook.ipynb --part minor --changelog "Retrained on new data"
"""


@click.command(epilog=_EXAMPLES)
@click.argument("paths", nargs=-1, required=True, metavar="NOTEBOOK...")
@settings_options("part", "changelog", "version_patterns")
@output_options
def bump(paths: tuple[str, ...], given: Given, writing: Writing) -> None:
    """Raise a notebook's version, renew its date and add a changelog entry."""
    from nbrefactor.batch.loop import Step
    from nbrefactor.batch.planning import Raising, RaisingSettings
    from nbrefactor.settings_file import SettingsReader

    step = Step(RaisingSettings(SettingsReader(given)), Raising(now()))
    sys.exit(process(paths, step, writing))
