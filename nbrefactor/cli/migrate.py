"""The command ``nbrefactor migrate``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from nbrefactor.cli.execution import (
    ASKED,
    Asked,
    Executed,
    execute_outcome,
    execution_options,
    execution_settings,
)
from nbrefactor.cli.options import settings_options
from nbrefactor.cli.problems import show_problem
from nbrefactor.cli.process import Writing, now, output_options, process
from nbrefactor.cli.prove import prove_outcome
from nbrefactor.config import Given, Settings
from nbrefactor.model.outcome import Outcome

_EXAMPLES = """Examples:

\b
  nbrefactor migrate Notebook.ipynb --dry-run
  nbrefactor migrate notebooks/ --module utils.plots --accept exact
  nbrefactor migrate Notebook.ipynb --alias plot_grads=visualize_gradient_norms
  nbrefactor migrate Notebook.ipynb --patch | git apply
  nbrefactor migrate Notebook.ipynb --execute -p STEPS 20 --timeout 600
  nbrefactor migrate Notebook.ipynb --prove --proof proof.html
  nbrefactor migrate Notebook.ipynb --fold --accept restyled --dry-run
"""


@click.command(epilog=_EXAMPLES)
@click.argument("paths", nargs=-1, required=True, metavar="NOTEBOOK...")
@settings_options(
    "modules",
    "accept",
    "aliases",
    "force",
    "fold",
    "source_roots",
    "imports",
    "prune_imports",
    "bump",
    "changelog",
    "version_patterns",
    "select",
    "ignore",
)
@click.option(
    "--interactive",
    "-i",
    is_flag=True,
    help="Ask of each replacement whether it is wanted: yes, no, all, explain.",
)
@click.option(
    "--execute", is_flag=True, help="Run the result first, and write it only if it runs through."
)
@click.option(
    "--prove",
    is_flag=True,
    help="Run both versions first, and write only the replacements that show the same.",
)
@click.option(
    "--proof",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE.html",
    help="With --prove: keep the page of the last runs there.",
)
@click.option(
    "--only-affected",
    is_flag=True,
    help="With --prove: end the runs with the last cell that calls a replacement, and leave out "
    "cells before it that only show something.",
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
    interactive: bool,
    execute: bool,
    prove: bool,
    proof: Path | None,
    only_affected: bool,
    asked: Asked,
    save_outputs: bool,
    executed: Path | None,
    writing: Writing,
) -> None:
    """Replace inline definitions by imports of a module that holds them.

    With --fold, statements that draw become calls of what draws the same.

    NOTEBOOK is a file, a folder (searched for notebooks) or '-' for standard input, in which
    case the result goes to standard output.
    """
    from nbrefactor.batch.loop import Step
    from nbrefactor.batch.planning import Migration
    from nbrefactor.settings_file import SettingsReader

    _check_options(execute, prove, proof, only_affected, save_outputs, executed, asked)
    if interactive:
        sys.exit(_reviewed(paths, given, writing, asks_too=execute or prove))
    # Without a copy of the folder nobody could tell what else a run has done to it.
    measured = prove and asked.sandbox is not False
    step = Step(SettingsReader(given).settings_for, Migration(now(), measured=measured))
    if not execute and not prove:
        sys.exit(process(paths, step, writing, compares=True))
    if executed is not None and (problem := _too_many_for(executed, paths)):
        show_problem(problem)
        sys.exit(2)
    execution = execution_settings(
        asked, sandbox=prove, save_outputs=save_outputs, executed=executed
    )

    def execute_or_prove(outcome: Outcome, path: Path | None, chosen: Settings) -> Executed:
        from nbrefactor.engine import read_modules

        modules = read_modules(chosen, path)
        if prove:
            return prove_outcome(
                outcome,
                path,
                chosen,
                modules,
                execution,
                report=proof,
                only_affected=only_affected,
                quiet=writing.quiet,
            )
        return execute_outcome(outcome, path, modules, execution, quiet=writing.quiet)

    sys.exit(process(paths, step, writing, execute_or_prove))


def _reviewed(paths: tuple[str, ...], given: Given, writing: Writing, *, asks_too: bool) -> int:
    """Ask of each replacement; return the exit code.

    Raises
    ------
    click.UsageError
        If nobody could be asked, or of something that is not asked.
    """
    from nbrefactor.batch.loop import Step
    from nbrefactor.batch.planning import Migration
    from nbrefactor.cli.review import Review
    from nbrefactor.settings_file import SettingsReader

    if "-" in paths:
        raise click.UsageError("--interactive reads answers from standard input, which '-' is")
    if asks_too or given.get("fold"):
        raise click.UsageError(
            "--interactive asks of definitions, and does not go with --execute, --prove or --fold"
        )
    reader = SettingsReader(given)

    def settings_for(notebook: Path | None) -> Settings:
        return replace(reader.settings_for(notebook), fold=False)

    step = Step(settings_for, Migration(now()))
    return process(paths, step, writing, Review(), compares=True)


def _check_options(
    execute: bool,
    prove: bool,
    proof: Path | None,
    only_affected: bool,
    save_outputs: bool,
    executed: Path | None,
    asked: Asked,
) -> None:
    """Refuse options that mean nothing without another one.

    Raises
    ------
    click.UsageError
        Naming both.
    """
    if execute and prove:
        raise click.UsageError("--prove runs both versions, so it does not go with --execute")
    if not prove and (proof is not None or only_affected):
        raise click.UsageError("--proof and --only-affected need --prove")
    if not execute and (save_outputs or executed):
        raise click.UsageError("--save-outputs and --executed need --execute")
    if not execute and not prove and asked.anything:
        raise click.UsageError(f"{ASKED} or --prove")


def _too_many_for(executed: Path, paths: Sequence[str]) -> str:
    """Say that one path cannot keep the results of several notebooks; empty for one notebook."""
    from nbrefactor.notebook.discovery import find

    number = len(find([path for path in paths if path != "-"]).notebooks) + ("-" in paths)
    if number < 2:
        return ""
    return f"--executed {executed} takes one notebook, and {number} were given"
