"""The command ``nbrefactor extract``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nbrefactor.cli.batch import jobs_option, number_of
from nbrefactor.cli.execution import (
    ASKED,
    Asked,
    execution_options,
    execution_settings,
    stoppable,
    stopped,
)
from nbrefactor.cli.options import settings_options
from nbrefactor.cli.problems import show_problem
from nbrefactor.config import Given

if TYPE_CHECKING:
    from nbrefactor.extract.values import Asked as Wanted
    from nbrefactor.extract.values import Extraction
    from nbrefactor.model.outcome import Outcome
    from nbrefactor.run.values import ExecutionSettings

_EXAMPLES = """Examples:

\b
  nbrefactor extract notebooks/ save_fig plot_roc --to notebooks/helpers.py --dry-run
  nbrefactor extract notebooks/ --all --to src/nbutils.py --source-root src
  nbrefactor extract notebooks/ save_fig --to notebooks/helpers.py --prove
"""


@click.command(epilog=_EXAMPLES)
@click.argument("paths_and_names", nargs=-1, required=True, metavar="PATH... [NAME...]")
@click.option(
    "--to",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    metavar="FILE.py",
    help="The module that is written, or extended where it exists.",
)
@click.option("--all", "everything", is_flag=True, help="All definitions that are copied.")
@click.option(
    "--min-copies",
    type=click.IntRange(2),
    default=2,
    show_default=True,
    help="With --all: least copies of a definition.",
)
@click.option(
    "--min-lines",
    type=click.IntRange(1),
    default=3,
    show_default=True,
    help="With --all: least lines of code of a definition.",
)
@click.option(
    "--max-parameters",
    type=click.IntRange(0),
    default=3,
    show_default=True,
    help="Most parameters that a definition gets for what its copies differ in.",
)
@click.option(
    "--rename",
    multiple=True,
    metavar="NAME=NEW",
    help="Give a definition another name in the module; repeatable.",
)
@click.option(
    "--variants",
    is_flag=True,
    help="Let other definitions of a name, copied as often, go into modules of their own.",
)
@click.option(
    "--bootstrap",
    type=click.Choice(["path"]),
    help="Let notebooks that do not find the module begin with lines that put it on their path.",
)
@settings_options("source_roots", "imports", "prune_imports", "bump", "changelog")
@click.option("--dry-run", is_flag=True, help="Show the whole change and write nothing.")
@click.option(
    "--prove",
    is_flag=True,
    help="Run every notebook before and after first, and write only if all show the same.",
)
@execution_options
@click.option(
    "--import-check/--no-import-check",
    default=True,
    help="Import the module in a process of its own before anything is written (the default).",
)
@jobs_option
@click.option("--quiet", "-q", is_flag=True, help="Print problems and the last line only.")
def extract(
    paths_and_names: tuple[str, ...],
    to: Path,
    everything: bool,
    min_copies: int,
    min_lines: int,
    max_parameters: int,
    rename: tuple[str, ...],
    variants: bool,
    bootstrap: str | None,
    given: Given,
    dry_run: bool,
    prove: bool,
    asked: Asked,
    import_check: bool,
    jobs: int | None,
    quiet: bool,
) -> None:
    """Make a module of definitions that notebooks copy, and let the notebooks import them.

    PATH is a notebook, or a folder that is searched for them; NAME is a definition. What differs
    between copies in values alone becomes a parameter, and each call passes its own. Module and
    notebooks are written together or not at all, and nbrefactor undo takes it back.
    """
    from nbrefactor.extract.planning import plan
    from nbrefactor.settings_file import SettingsReader

    paths, names = _told_apart(paths_and_names)
    bounds = (min_copies, min_lines, max_parameters)
    wanted = _wanted(to, names, everything, bounds, rename)
    wanted = replace(wanted, variants=variants, bootstrap=bootstrap is not None)
    if not prove and asked.anything:
        raise click.UsageError(f"{ASKED.replace('--execute', '--prove')}")
    from nbrefactor.cli.process import now

    settings_for = SettingsReader(given).settings_for
    extraction = plan(paths, wanted, settings_for, now(), jobs=number_of(jobs))
    _show(extraction, dry_run=dry_run, quiet=quiet)
    problems = list(extraction.problems)
    problems += [f"{one.path}: {one.reason}" for one in _failed(extraction)]
    problems += [f"{one.name}: {one.why}" for one in extraction.left if not one.copies]
    code = 0
    if extraction.replaced and not dry_run:
        try:
            with stoppable():
                code = _write(extraction, prove, asked, import_check=import_check, quiet=quiet)
        except KeyboardInterrupt:
            sys.exit(stopped())
    for problem in problems:
        show_problem(problem)
    sys.exit(2 if problems else code)


def _told_apart(given: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Tell paths from names: a name is an identifier, and no file or folder is called that."""
    names = tuple(one for one in given if one.isidentifier() and not Path(one).exists())
    paths = tuple(one for one in given if one not in names)
    if not paths:
        raise click.UsageError("no notebook or folder was named")
    return paths, names


def _wanted(
    to: Path,
    names: tuple[str, ...],
    everything: bool,
    bounds: tuple[int, int, int],
    rename: Sequence[str],
) -> Wanted:
    from nbrefactor.extract.values import Asked

    if to.suffix != ".py" or not to.stem.isidentifier():
        raise click.UsageError(f"--to {to}: a module's file is a name that ends in .py")
    if not to.absolute().parent.is_dir():
        raise click.UsageError(f"--to {to}: its folder does not exist; make it first")
    if bool(names) == everything:
        raise click.UsageError("name the definitions, or say --all, and not both")
    renames = {}
    for text in rename:
        name, sign, new = text.partition("=")
        if not sign or not name.isidentifier() or not new.isidentifier():
            raise click.UsageError(f"--rename {text}: expected NAME=NEW")
        renames[name] = new
    return Asked(to.absolute(), names, *bounds, renames=renames)


def _failed(extraction: Extraction) -> list[Outcome]:
    return [one for one in extraction.outcomes if one.status == "failed"]


def _show(extraction: Extraction, *, dry_run: bool, quiet: bool) -> None:
    from nbrefactor.cli.terminal import console, show
    from nbrefactor.report.extract_text import render, summarise

    terminal = console(stderr=False)
    if not quiet:
        show(terminal, render(extraction, diff=dry_run))
    if dry_run or not extraction.replaced:
        ending = " (dry run: nothing was written)" if dry_run else ""
        show(terminal, f"{summarise(extraction, written=False)}{ending}\n")


def _write(
    extraction: Extraction, prove: bool, asked: Asked, *, import_check: bool, quiet: bool
) -> int:
    """Check, prove and write; return the exit code."""
    from nbrefactor.cli.terminal import console, show
    from nbrefactor.extract.checking import check_imports
    from nbrefactor.extract.files import write_files
    from nbrefactor.report.extract_text import summarise

    if import_check:
        check_imports(extraction.modules)
    if prove:
        execution = execution_settings(asked, sandbox=True)
        if not _proven(extraction, execution, quiet=quiet):
            show(console(stderr=False), "nothing was written\n")
            return 1
    write_files(extraction)
    ending = "nbrefactor undo takes it back"
    show(console(stderr=False), f"{summarise(extraction, written=True)}; {ending}\n")
    return 0


def _proven(extraction: Extraction, execution: ExecutionSettings, *, quiet: bool) -> bool:
    """Run every notebook before and after; tell whether all show the same."""
    from rich.text import Text

    from nbrefactor.cli.execution import progress_of
    from nbrefactor.cli.terminal import console, show
    from nbrefactor.extract.proving import prove_notebook
    from nbrefactor.report.extract_text import proven_in_short
    from nbrefactor.report.verification import verdict
    from nbrefactor.run.values import ExecutionError
    from nbrefactor.visible import visible_line

    terminal = console(stderr=False)
    proven = True
    width = max(len(visible_line(one.path)) for one in extraction.changed)
    for outcome in extraction.changed:
        name = visible_line(outcome.path)
        with progress_of(outcome.path, quiet=quiet) as progress:
            try:
                found = prove_notebook(outcome, extraction, execution, progress)
            except ExecutionError as error:
                show_problem(f"{outcome.path}: {error}")
                proven = False
                continue
        proven = proven and found.passed
        if not quiet or not found.passed:
            told = proven_in_short(found) if found.passed else verdict(found)
            line = Text(f"{name:{width}}  ").append(
                visible_line(told), "green" if found.passed else "red"
            )
            show(terminal, line.append("\n"))
    return proven
