"""The command ``nbrefactor verify``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from nbrefactor.cli.execution import (
    execution_options,
    execution_settings,
    needed_modules,
    progress_of,
    stoppable,
    stopped,
)
from nbrefactor.cli.options import settings_options
from nbrefactor.cli.problems import Problems, show_problem
from nbrefactor.cli.process import now
from nbrefactor.cli.terminal import console, show
from nbrefactor.config import Given, Settings
from nbrefactor.visible import visible_line

if TYPE_CHECKING:
    from nbrefactor.model.outcome import Outcome
    from nbrefactor.verdict.match import Accepted
    from nbrefactor.verify.values import Verification

_EXAMPLES = """Examples:

\b
  nbrefactor verify Notebook.ipynb
  nbrefactor verify Notebook.ipynb --report proof.html -p STEPS 20
  nbrefactor verify Notebook.ipynb Migrated.ipynb --strict
  nbrefactor verify Notebook.ipynb --pattern "took [0-9.]+ s"
"""


@click.command(epilog=_EXAMPLES)
@click.argument("original", type=click.Path(dir_okay=False, path_type=Path))
@click.argument("migrated", required=False, type=click.Path(dir_okay=False, path_type=Path))
@settings_options("modules", "accept", "aliases", "source_roots", "select", "ignore")
@execution_options
@click.option(
    "--pattern",
    "patterns",
    multiple=True,
    metavar="REGEX",
    help="Text in outputs that may differ from run to run; repeatable.",
)
@click.option(
    "--tolerance",
    type=click.FloatRange(min=0),
    default=0.25,
    show_default=True,
    metavar="RMS",
    help="Difference, 0 to 255, up to which pictures are the same.",
)
@click.option("--strict", is_flag=True, help="Fail on redrawn pictures too.")
@click.option(
    "--one-at-a-time",
    is_flag=True,
    help="Never run both notebooks at the same time: for those that write the same files.",
)
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE.html",
    help="Write one page with findings, diffs and pictures side by side.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="What goes to standard output.",
)
@click.option("--quiet", "-q", is_flag=True, help="Print the verdict only.")
def verify(
    original: Path,
    migrated: Path | None,
    given: Given,
    parameters: tuple[tuple[str, str], ...],
    parameter_files: tuple[Path, ...],
    kernel: str | None,
    timeout: float | None,
    patterns: tuple[str, ...],
    tolerance: float,
    strict: bool,
    one_at_a_time: bool,
    report: Path | None,
    form: str,
    quiet: bool,
) -> None:
    """Prove by execution that a migrated notebook does what ORIGINAL did.

    Both run in kernels of their own, in ORIGINAL's folder, and every output is compared. Without
    MIGRATED the migration is planned, and nothing is written. Code of the notebooks is executed!
    """
    from nbrefactor.report.verification import render_verification, verdict
    from nbrefactor.report.verification_json import render_verification_json
    from nbrefactor.verify.run import verify as run_both
    from nbrefactor.verify.values import VerifySettings

    execution = execution_settings(parameters, parameter_files, kernel, timeout)
    out = console(stderr=False)
    name, problems = str(original), Problems()
    planned = problems.attempt(name, partial(_plan, original, given))
    other = None
    if planned is not None and migrated is not None:
        other = problems.attempt(str(migrated), partial(_readable, migrated))
    if planned is None or problems.sentences:
        _fail(problems)
    outcome = planned.outcome
    if other is None and outcome.status == "unchanged":
        for note in outcome.notes:
            show_problem(note)
        show(
            out,
            f"nothing to verify: no definition of {visible_line(original)} would be replaced\n",
        )
        sys.exit(0)
    settings = VerifySettings(
        (*planned.settings.verify_patterns, *patterns), tolerance, strict, not one_at_a_time
    )
    # A given notebook may import anything; only a planned one is known to need the targets.
    needs = needed_modules(outcome, planned.modules) if other is None else ()

    def run() -> Verification:
        with progress_of(name, quiet=quiet) as progress:
            return run_both(
                outcome,
                other,
                migrated_name="planned" if migrated is None else str(migrated),
                folder=original.resolve().parent,
                needs=needs,
                execution=execution,
                settings=settings,
                progress=progress,
            )

    try:
        with stoppable():
            found = problems.attempt(name, run, doing="run")
    except KeyboardInterrupt:
        sys.exit(stopped())
    if found is None:
        _fail(problems)
    if report is not None and problems.attempt(str(report), partial(_write, report, found)):
        found = replace(found, notes=(*found.notes, f"report written to {visible_line(report)}"))
    if form == "json":
        click.echo(render_verification_json(found), nl=False)
    else:
        if not quiet:
            out.print(render_verification(found), end="", soft_wrap=True)
        out.print(verdict(found), soft_wrap=True)
    if problems.sentences:
        _fail(problems)
    sys.exit(0 if found.passed else 1)


@dataclass(frozen=True, slots=True)
class _Planned:
    settings: Settings
    modules: Sequence[Accepted]
    outcome: Outcome


def _plan(original: Path, given: Given) -> _Planned:
    """Plan the migration of the original.

    Raises
    ------
    NotebookError
        If it is no notebook of Python.
    """
    from nbrefactor.engine import migrate_bytes, read_modules
    from nbrefactor.notebook.document import NotebookError
    from nbrefactor.settings_file import SettingsReader

    settings = SettingsReader(given).settings_for(original)
    data = original.read_bytes()
    modules = read_modules(settings, original)
    outcome = migrate_bytes(data, settings, modules, path=str(original), now=now())
    if outcome.status in ("failed", "skipped"):
        raise NotebookError(outcome.reason)
    return _Planned(settings, modules, outcome)


def _readable(path: Path) -> bytes:
    from nbrefactor.notebook.document import read

    data = path.read_bytes()
    read(data)
    return data


def _write(report: Path, found: Verification) -> bool:
    from nbrefactor.notebook.store import create
    from nbrefactor.report.html import render_html

    create(report, render_html(found).encode(errors="surrogateescape"))
    return True


def _fail(problems: Problems) -> NoReturn:
    problems.show()
    sys.exit(2)
