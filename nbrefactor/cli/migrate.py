"""The command ``nbrefactor migrate``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from nbrefactor.cli.execution import (
    ASKED,
    Asked,
    Executed,
    execute_outcome,
    execution_options,
    execution_settings,
    stoppable,
    stopped,
)
from nbrefactor.cli.options import settings_options
from nbrefactor.cli.process import now, output_options, process
from nbrefactor.cli.terminal import console, show
from nbrefactor.config import Given, Settings
from nbrefactor.outcome import Outcome
from nbrefactor.visible import visible

_EXAMPLES = """Examples:

\b
  nbrefactor migrate Notebook.ipynb --dry-run
  nbrefactor migrate notebooks/ --module utils.plots --accept exact
  nbrefactor migrate Notebook.ipynb --alias plot_grads=visualize_gradient_norms
  nbrefactor migrate Notebook.ipynb --patch | git apply
  nbrefactor migrate Notebook.ipynb --execute -p STEPS 20 --timeout 600
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
@click.option(
    "--execute", is_flag=True, help="Run the result first, and write it only if it runs through."
)
@execution_options
@click.option(
    "--save-outputs",
    is_flag=True,
    help="With --execute: put the fresh outputs and execution counts into the notebook.",
)
@click.option(
    "--executed",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="PATH",
    help="With --execute: keep papermill's own result there.",
)
@output_options
def migrate(
    paths: tuple[str, ...],
    given: Given,
    execute: bool,
    asked: Asked,
    save_outputs: bool,
    executed: Path | None,
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
    if not execute and (save_outputs or executed or asked.anything):
        raise click.UsageError(f"--save-outputs, --executed, {ASKED}")

    def plan(data: bytes, path: Path | None, name: str, chosen: Settings) -> Outcome:
        targets = read_modules(chosen, path)
        return migrate_bytes(data, chosen, targets, path=name, now=now())

    if not execute:
        sys.exit(process(paths, reader.settings_for, plan, dry_run, patch, output, backup, quiet))
    if executed is not None and (problem := _too_many_for(executed, paths)):
        show(console(stderr=True), f"nbrefactor: {visible(problem)}\n")
        sys.exit(2)
    execution = execution_settings(asked, save_outputs=save_outputs, executed=executed)

    def run(outcome: Outcome, path: Path | None, chosen: Settings) -> Executed:
        return execute_outcome(outcome, path, read_modules(chosen, path), execution, quiet=quiet)

    try:
        with stoppable():
            code = process(
                paths, reader.settings_for, plan, dry_run, patch, output, backup, quiet, run
            )
    except KeyboardInterrupt:
        code = stopped()
    sys.exit(code)


def _too_many_for(executed: Path, paths: Sequence[str]) -> str:
    """Say that one path cannot keep the results of several notebooks; empty for one notebook."""
    from nbrefactor.notebook.discovery import find

    number = len(find([path for path in paths if path != "-"]).notebooks) + ("-" in paths)
    if number < 2:
        return ""
    return f"--executed {executed} takes one notebook, and {number} were given"
