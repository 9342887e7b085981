"""The command ``nbrefactor migrate``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from nbrefactor.cli.options import settings_options
from nbrefactor.cli.process import now, output_options, process
from nbrefactor.config import Given, Settings
from nbrefactor.outcome import Outcome

_EXAMPLES = """Examples:

\b
  nbrefactor migrate Notebook.ipynb --dry-run
  nbrefactor migrate notebooks/ --module utils.plots --accept exact
  nbrefactor migrate Notebook.ipynb --alias plot_grads=visualize_gradient_norms
  nbrefactor migrate Notebook.ipynb --patch | git apply
"""


@click.command(epilog=_EXAMPLES)
@click.argument("paths", nargs=-1, required=True, metavar="NOTEBOOK...")
@settings_options(
    "modules",
    "accept",
    "aliases",
    "source_roots",
    "imports",
    "bump",
    "changelog",
    "version_patterns",
    "select",
    "ignore",
)
@output_options
def migrate(
    paths: tuple[str, ...],
    given: Given,
    dry_run: bool,
    patch: bool,
    output: str | None,
    backup: bool,
    quiet: bool,
) -> None:
    """Replace inline definitions by imports of a module that holds them.

    NOTEBOOK is a file, a folder (searched for notebooks) or '-' for standard input, in which
    case the result goes to standard output.
    """
    from nbrefactor.engine import migrate_bytes, read_modules
    from nbrefactor.settings_file import SettingsReader

    reader = SettingsReader(given)

    def plan(data: bytes, path: Path | None, name: str, chosen: Settings) -> Outcome:
        targets = read_modules(chosen, path)
        return migrate_bytes(data, chosen, targets, path=name, now=now())

    sys.exit(process(paths, reader.settings_for, plan, dry_run, patch, output, backup, quiet))
