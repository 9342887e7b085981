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
    Asked,
    execution_options,
    execution_settings,
    needed_modules,
    progress_of,
    stoppable,
    stopped,
)
from nbrefactor.cli.options import output_format_option, settings_options
from nbrefactor.cli.problems import Problems, show_problem
from nbrefactor.cli.process import now
from nbrefactor.cli.terminal import console, show
from nbrefactor.config import Given, Settings
from nbrefactor.regular import read_regular
from nbrefactor.visible import visible_line

if TYPE_CHECKING:
    from nbrefactor.model.outcome import Outcome
    from nbrefactor.run.values import ExecutionSettings
    from nbrefactor.verdict.match import Accepted
    from nbrefactor.verify.values import Verification, VerifySettings

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
@click.option("--strict", is_flag=True, help="Fail on restyled pictures too.")
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
@output_format_option("text", "json", what="the comparison")
@click.option(
    "--format",
    "old_form",
    type=click.Choice(["text", "json"]),
    hidden=True,
    help="The former name of --output-format; goes with version 0.2.",
)
@click.option("--quiet", "-q", is_flag=True, help="Print the verdict only.")
def verify(
    original: Path,
    migrated: Path | None,
    given: Given,
    asked: Asked,
    patterns: tuple[str, ...],
    tolerance: float,
    strict: bool,
    one_at_a_time: bool,
    report: Path | None,
    output_format: str,
    old_form: str | None,
    quiet: bool,
) -> None:
    """Prove by execution that a migrated notebook does what ORIGINAL did.

    Both run in kernels of their own, in copies of ORIGINAL's folder, and every output is compared.
    Without MIGRATED the migration is planned, and nothing is written. Code of the notebooks is
    executed!
    """
    if old_form is not None:
        show_problem("--format is called --output-format now; the old name goes with version 0.2")
    execution = execution_settings(asked, sandbox=True)
    problems = Problems()
    planned = problems.attempt(str(original), partial(_plan, original, given))
    other = None
    if planned is not None and migrated is not None:
        other = problems.attempt(str(migrated), partial(_readable, migrated))
    if planned is None or problems.sentences:
        _fail(problems)
    if other is None and planned.outcome.status == "unchanged":
        _end_with_nothing_to_verify(original, planned.outcome)
    settings = _settings(planned, patterns, tolerance, strict=strict, together=not one_at_a_time)
    run = partial(_run, original, migrated, planned, other, execution, settings, quiet=quiet)
    try:
        with stoppable():
            found = problems.attempt(str(original), run, doing="run")
    except KeyboardInterrupt:
        sys.exit(stopped())
    if found is None:
        _fail(problems)
    if report is not None and problems.attempt(str(report), partial(_write, report, found)):
        found = replace(found, notes=(*found.notes, f"report written to {visible_line(report)}"))
    _show(found, old_form or output_format, quiet=quiet)
    if problems.sentences:
        _fail(problems)
    sys.exit(0 if found.passed else 1)


@dataclass(frozen=True, slots=True)
class _Planned:
    """The migration that is going to be run."""

    chosen: Settings
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

    chosen = SettingsReader(given).settings_for(original)
    data = read_regular(original)
    modules = read_modules(chosen, original)
    outcome = migrate_bytes(data, chosen, modules, path=str(original), now=now())
    if outcome.status in ("failed", "skipped"):
        raise NotebookError(outcome.reason)
    return _Planned(chosen, modules, outcome)


def _readable(path: Path) -> bytes:
    from nbrefactor.notebook.document import read

    data = read_regular(path)
    read(data)
    return data


def _end_with_nothing_to_verify(original: Path, outcome: Outcome) -> NoReturn:
    for note in outcome.notes:
        show_problem(note)
    name = visible_line(original)
    nothing = f"nothing to verify: no definition of {name} would be replaced\n"
    show(console(stderr=False), nothing)
    sys.exit(0)


def _settings(
    planned: _Planned, patterns: tuple[str, ...], tolerance: float, *, strict: bool, together: bool
) -> VerifySettings:
    from nbrefactor.fold.table import own_words
    from nbrefactor.verify.known_words import words_of
    from nbrefactor.verify.values import VerifySettings

    return VerifySettings(
        (*planned.chosen.verify_patterns, *patterns),
        tolerance,
        strict,
        together,
        words_of(accepted.module.path for accepted in planned.modules)
        | own_words(accepted.module.name for accepted in planned.modules),
    )


def _run(
    original: Path,
    migrated: Path | None,
    planned: _Planned,
    other: bytes | None,
    execution: ExecutionSettings,
    settings: VerifySettings,
    *,
    quiet: bool,
) -> Verification:
    from nbrefactor.verify.run import verify as run_both

    # A given notebook may import anything; only a planned one is known to need the targets.
    needs = needed_modules(planned.outcome, planned.modules) if other is None else ()
    with progress_of(str(original), quiet=quiet) as progress:
        return run_both(
            planned.outcome,
            other,
            migrated_name="planned" if migrated is None else str(migrated),
            folder=original.resolve().parent,
            needs=needs,
            execution=execution,
            settings=settings,
            progress=progress,
        )


def _write(report: Path, found: Verification) -> bool:
    from nbrefactor.notebook.store import create
    from nbrefactor.report.html import render_html

    create(report, render_html(found).encode(errors="surrogateescape"))
    return True


def _show(found: Verification, form: str, *, quiet: bool) -> None:
    from nbrefactor.report.verification import render_verification, verdict
    from nbrefactor.report.verification_json import render_verification_json

    if form == "json":
        click.echo(render_verification_json(found), nl=False)
        return
    out = console(stderr=False)
    if not quiet:
        out.print(render_verification(found), end="", soft_wrap=True)
    out.print(visible_line(verdict(found)), soft_wrap=True)


def _fail(problems: Problems) -> NoReturn:
    problems.show()
    sys.exit(2)
