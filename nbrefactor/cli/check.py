"""The command ``nbrefactor check``."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nbrefactor.cli.execution import (
    ASKED,
    Asked,
    execution_options,
    execution_settings,
    progress_of,
    stoppable,
    stopped,
)
from nbrefactor.cli.options import settings_options
from nbrefactor.cli.problems import Problems, show_problem
from nbrefactor.config import Given, Settings
from nbrefactor.model.diagnostic import CheckReport, Diagnostic
from nbrefactor.settings_file import SettingsReader
from nbrefactor.visible import visible_line

if TYPE_CHECKING:
    from nbrefactor.model.outcome import Finding
    from nbrefactor.notebook.document import Document
    from nbrefactor.run.values import ExecutionSettings
    from nbrefactor.verdict.match import Accepted

_FORMATS = {
    "text": "explained",
    "concise": "concise",
    "json": "json",
    "github": "github",
    "sarif": "sarif",
}
_EXAMPLES = """Examples:

\b
  nbrefactor check notebooks/
  nbrefactor check Notebook.ipynb --select NB1 --output-format json
  nbrefactor check notebooks/ --baseline known.json --write-baseline
  nbrefactor rule NB103
"""


@click.command(epilog=_EXAMPLES)
@click.argument("paths", nargs=-1, required=True, metavar="NOTEBOOK...")
@settings_options(
    "modules", "accept", "aliases", "source_roots", "version_patterns", "select", "ignore"
)
@click.option(
    "--output-format",
    type=click.Choice(list(_FORMATS)),
    default="text",
    show_default=True,
    help="How findings are shown.",
)
@click.option(
    "--baseline",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File of known findings, which do not count.",
)
@click.option(
    "--write-baseline", is_flag=True, help="Write what is found to the baseline, and drop the rest."
)
@click.option(
    "--junit",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the findings as a JUnit file too.",
)
@click.option("--execute", is_flag=True, help="Run each notebook too; its file stays as it is.")
@execution_options
@click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever is found.")
@click.option("--quiet", "-q", is_flag=True, help="Print findings and problems only.")
def check(
    paths: tuple[str, ...],
    given: Given,
    output_format: str,
    baseline: Path | None,
    write_baseline: bool,
    junit: Path | None,
    execute: bool,
    asked: Asked,
    exit_zero: bool,
    quiet: bool,
) -> None:
    """Say what migrate would do, and what else is wrong; change nothing.

    NOTEBOOK is a file, a folder (searched for notebooks) or '-' for standard input. The exit code
    is 0 where nothing is found, 1 where something is, and 2 where the job could not be done.
    """
    if write_baseline and baseline is None:
        raise click.UsageError("--write-baseline needs --baseline FILE, the file to write.")
    if not execute and asked.anything:
        raise click.UsageError(ASKED)
    execution = execution_settings(asked) if execute else None
    try:
        with stoppable() if execute else nullcontext():
            report = _check(paths, given, execution, quiet=quiet)
    except KeyboardInterrupt:
        sys.exit(stopped())
    if baseline is not None:
        report = _against_baseline(report, baseline, write=write_baseline)
    renderer = importlib.import_module(f"nbrefactor.report.{_FORMATS[output_format]}")
    click.echo(renderer.render(report), nl=False)
    if junit is not None:
        from nbrefactor.report.junit import render

        report = _written(junit, render(report), report)
    for problem in report.problems:
        show_problem(problem)
    if not quiet:
        for line in _summary(report, baseline):
            click.echo(line, err=output_format not in ("text", "concise"))
    sys.exit(exit_code(report, exit_zero=exit_zero))


def exit_code(report: CheckReport, *, exit_zero: bool) -> int:
    """Give the exit code of a check: see the text of the package."""
    if report.problems:
        return 2
    return 1 if report.diagnostics and not exit_zero else 0


def _check(
    paths: tuple[str, ...], given: Given, execution: ExecutionSettings | None, *, quiet: bool
) -> CheckReport:
    from nbrefactor.check import check_bytes
    from nbrefactor.notebook.discovery import find
    from nbrefactor.selection import left_out

    reader = SettingsReader(given)
    found = find([path for path in paths if path != "-"])
    problems = Problems([f"{problem.path}: {problem.reason}" for problem in found.problems])
    notebooks: list[Path | None] = [None] * ("-" in paths) + [*found.notebooks]

    @cache
    def targets(settings: Settings, folder: Path | None) -> Sequence[Accepted]:
        from nbrefactor.targets import read_modules

        # Where a module is found depends on the notebook's folder, not on its name.
        return read_modules(settings, None if folder is None else folder / "notebook.ipynb")

    names: list[str] = []
    diagnostics: list[Diagnostic] = []

    def look(path: Path | None, name: str) -> tuple[Diagnostic, ...]:
        settings = reader.settings_for(path)
        if path is not None and (why := left_out(path, settings)):
            if name in paths:
                show_problem(f"{name}: {why}")
            return ()
        names.append(name)
        data = sys.stdin.buffer.read() if path is None else path.read_bytes()
        run = None
        if execution is not None:
            run = partial(_execute, path=path, name=name, execution=execution, quiet=quiet)
        return check_bytes(
            data,
            settings,
            partial(targets, settings, None if path is None else path.parent),
            path=name,
            now=datetime.now().astimezone(),
            execute=run,
        )

    for path in notebooks:
        name = "<stdin>" if path is None else str(path)
        diagnostics += problems.attempt(name, partial(look, path, name)) or ()
    return CheckReport(tuple(names), tuple(diagnostics), tuple(problems.sentences))


def _execute(
    document: Document,
    *,
    path: Path | None,
    name: str,
    execution: ExecutionSettings,
    quiet: bool,
) -> Finding | None:
    from nbrefactor.check import NotRunError
    from nbrefactor.rules.failing import report_failure
    from nbrefactor.run.notebooks import run_notebook
    from nbrefactor.run.values import ExecutionError, Job

    folder = Path.cwd() if path is None else path.resolve().parent
    with progress_of(name, quiet=quiet) as progress:
        job = Job(
            document.data, name, folder, progress=lambda cell, cells: progress("check", cell, cells)
        )
        try:
            failure = run_notebook(job, execution).failure
        except ExecutionError as error:
            raise NotRunError(str(error)) from error
    if failure is None:
        return None
    return report_failure(document, failure.cell, failure.message, failure.traceback)


def _against_baseline(report: CheckReport, file: Path, *, write: bool) -> CheckReport:
    from nbrefactor.baseline import BaselineError, compare, read_baseline, renew

    folder = file.parent
    try:
        held = () if write and not file.exists() else read_baseline(file)
    except BaselineError as error:
        return replace(report, problems=(*report.problems, str(error)))
    compared = compare(held, report.diagnostics, report.notebooks, folder)
    gone = tuple(f"{known.path}: {known.code} {known.message}" for known in compared.gone)
    if not write:
        return replace(report, diagnostics=compared.new, known=compared.known, gone=gone)
    known = len(report.diagnostics)
    written = renew(held, report.diagnostics, report.notebooks, folder)
    return _written(file, written, replace(report, diagnostics=(), known=known, gone=gone))


def _written(file: Path, data: bytes, report: CheckReport) -> CheckReport:
    from nbrefactor.notebook.store import StoreError, create

    try:
        create(file, data)
    except StoreError as error:
        return replace(report, problems=(*report.problems, f"{file}: {error}"))
    return report


def _summary(report: CheckReport, baseline: Path | None) -> Iterator[str]:
    """Sum up in a line, after what the baseline has to say."""
    for line in report.gone:
        yield f"no longer found: {visible_line(line)}"
    if report.gone and baseline is not None:
        yield f"drop what is no longer found from {visible_line(baseline)} with --write-baseline"
    found, looked = len(report.diagnostics), len(report.notebooks)
    parts = [f"{_count(found, 'finding')} in {_count(looked, 'notebook')}"]
    if fixable := sum(one.fixable for one in report.diagnostics):
        parts.append(f"{fixable} resolved by nbrefactor migrate")
    if report.known:
        parts.append(f"{report.known} known")
    yield ", ".join(parts)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
