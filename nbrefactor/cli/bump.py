"""The command ``nbrefactor bump``."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import click

from nbrefactor.cli.options import settings_options
from nbrefactor.cli.process import now, output_options, process
from nbrefactor.config import Given, Settings
from nbrefactor.model.outcome import Outcome

_EXAMPLES = """Examples:

\b
  nbrefactor bump Notebook.ipynb --dry-run
  nbrefactor bump Notebook.ipynb --part minor --changelog "Retrained on new data"
"""


@click.command(epilog=_EXAMPLES)
@click.argument("paths", nargs=-1, required=True, metavar="NOTEBOOK...")
@settings_options("part", "changelog", "version_patterns")
@output_options
def bump(
    paths: tuple[str, ...],
    given: Given,
    dry_run: bool,
    patch: bool,
    output: str | None,
    backup: bool,
    quiet: bool,
) -> None:
    """Raise a notebook's version, renew its date and add a changelog entry."""
    from nbrefactor.engine import bump_bytes
    from nbrefactor.settings_file import SettingsReader

    reader = SettingsReader(given)

    def settings(path: Path | None) -> Settings:
        chosen = reader.settings_for(path)
        # "none" in a settings file is about migrations; who says bump wants one.
        return replace(chosen, bump="patch") if chosen.bump == "none" else chosen

    def plan(data: bytes, path: Path | None, name: str, chosen: Settings) -> Outcome:
        return bump_bytes(data, chosen, path=name, now=now())

    sys.exit(process(paths, settings, plan, dry_run, patch, output, backup, quiet))
