"""The command ``nbrefactor check``."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from nbrefactor.cli.batch import cache_options, jobs_option, number_of
from nbrefactor.cli.check_batch import CheckBatch, Doing
from nbrefactor.cli.execution import (
    ASKED,
    STOPPED,
    Asked,
    execution_options,
    execution_settings,
)
from nbrefactor.cli.options import output_format_option, settings_options
from nbrefactor.cli.problems import show_problem
from nbrefactor.cli.terminal import columns
from nbrefactor.config import Given
from nbrefactor.model.diagnostic import CheckReport
from nbrefactor.report.hanging import hang_plain
from nbrefactor.report.last_line import statistics as count_by_rule
from nbrefactor.report.last_line import summarise

if TYPE_CHECKING:
    from nbrefactor.batch.cache import Cache

_FORMATS = {
    "text": "explained",
    "concise": "concise",
    "json": "json",
    "github": "github",
    "sarif": "sarif",
}
# Each finding is a line or more, whatever else is found.
_STREAMED = ("text", "concise")
_EXAMPLES = """Examples:

\b
  nbrefactor check notebooks/
  nbrefactor check notebooks/ --fix
  nbrefactor check Notebook.ipynb --select NB1 --output-format json
  nbrefactor check notebooks/ --baseline known.json --write-baseline
  nbrefactor check notebooks/ --jobs 4 --statistics
"""


@click.command(epilog=_EXAMPLES)
@click.argument("paths", nargs=-1, required=True, metavar="NOTEBOOK...")
@settings_options(
    "modules", "accept", "aliases", "source_roots", "version_patterns", "select", "ignore"
)
@click.option("--fix", is_flag=True, help="Resolve what migrate resolves, and show the rest.")
@click.option("--diff", is_flag=True, help="Show what --fix would change, and write nothing.")
@click.option(
    "--add-noqa", is_flag=True, help="Write a comment on each finding that leaves it as it is."
)
@output_format_option(*_FORMATS, what="what is found")
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
@click.option(
    "--sarif",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the findings as a SARIF file too.",
)
@click.option(
    "--summary",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Append a table of the findings in Markdown to this file too.",
)
@click.option("--execute", is_flag=True, help="Run each notebook too; its file stays as it is.")
@execution_options
@jobs_option
@cache_options
@click.option("--statistics", is_flag=True, help="Count the findings of each rule at the end.")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever is found.")
@click.option("--quiet", "-q", is_flag=True, help="Print findings and problems only.")
def check(
    paths: tuple[str, ...],
    given: Given,
    fix: bool,
    diff: bool,
    add_noqa: bool,
    output_format: str,
    baseline: Path | None,
    write_baseline: bool,
    junit: Path | None,
    sarif: Path | None,
    summary: Path | None,
    execute: bool,
    asked: Asked,
    jobs: int | None,
    no_cache: bool,
    cache_dir: Path | None,
    statistics: bool,
    exit_zero: bool,
    quiet: bool,
) -> None:
    """Say what migrate would do, and what else is wrong; change nothing unless asked to.

    NOTEBOOK is a file, a folder (searched for notebooks) or '-' for standard input. The exit code
    is 0 where nothing is found, 1 where something is, and 2 where the job could not be done.
    """
    if write_baseline and baseline is None:
        raise click.UsageError("--write-baseline needs --baseline FILE, the file to write.")
    if not execute and asked.anything:
        raise click.UsageError(ASKED)
    doing = _doing(fix, diff, add_noqa, output_format, with_fixes=sarif is not None)
    _require_apart(doing, paths, execute, baseline)
    execution = execution_settings(asked) if execute else None
    render = importlib.import_module(f"nbrefactor.report.{_FORMATS[output_format]}").render
    streamed = output_format in _STREAMED and baseline is None and doing != "diff"
    batch = CheckBatch(given, execution, quiet, render if streamed else None, doing)
    report, stopped = batch.run(
        paths,
        jobs=1 if execute else number_of(jobs),
        cache=None if no_cache or execute else _cache(cache_dir),
    )
    if baseline is not None and not stopped:
        report = _against_baseline(report, baseline, write=write_baseline)
    if not streamed and doing != "diff":
        click.echo(render(report), nl=False)
    report = _with_files(report, junit, sarif, summary)
    for problem in report.problems:
        show_problem(problem)
    aside = output_format not in _STREAMED or doing == "diff"
    if not quiet:
        width = columns(stderr=aside)
        for line in (*summarise(report, baseline), *batch.next_step(paths)):
            click.echo(hang_plain(line, width), err=aside)
    if statistics:
        for line in count_by_rule(report.diagnostics):
            click.echo(line, err=aside)
    sys.exit(STOPPED if stopped else exit_code(report, doing, exit_zero=exit_zero))


def exit_code(report: CheckReport, doing: Doing = "report", *, exit_zero: bool) -> int:
    """Give the exit code of a check: see the text of the package.

    What a diff does not show does not count for it.
    """
    if report.problems:
        return 2
    counting = report.changes if doing == "diff" else report.diagnostics
    return 1 if counting and not exit_zero else 0


def _doing(fix: bool, diff: bool, add_noqa: bool, output_format: str, *, with_fixes: bool) -> Doing:
    """Give what is to be done about findings.

    Raises
    ------
    click.UsageError
        If more than one thing is.
    """
    if fix + diff + add_noqa > 1:
        raise click.UsageError("--fix, --diff and --add-noqa do not go together.")
    if diff and output_format not in _STREAMED:
        raise click.UsageError("--diff shows no findings, so it does not go with --output-format.")
    if fix:
        return "fix"
    if diff:
        return "diff"
    if add_noqa:
        return "comment"
    # Code scanning shows beside a finding what resolves it.
    return "plan" if with_fixes or output_format == "sarif" else "report"


def _require_apart(
    doing: Doing, paths: tuple[str, ...], execute: bool, baseline: Path | None
) -> None:
    """Refuse what cannot be meant together.

    Raises
    ------
    click.UsageError
        Naming both.
    """
    if doing in ("report", "plan"):
        return
    option = {"fix": "--fix", "diff": "--diff", "comment": "--add-noqa"}[doing]
    if execute:
        raise click.UsageError(
            f"{option} does not go with --execute; use nbrefactor migrate --execute, which writes "
            "what runs through."
        )
    if baseline is not None:
        raise click.UsageError(
            f"{option} is about all findings, so it does not go with --baseline."
        )
    if "-" in paths and doing != "diff":
        raise click.UsageError(
            f"{option} writes files, so it does not go with '-'; use nbrefactor migrate -."
        )


def _with_files(
    report: CheckReport, junit: Path | None, sarif: Path | None, summary: Path | None
) -> CheckReport:
    """Write the files that were asked for; what cannot be written is a problem."""
    if junit is not None:
        from nbrefactor.report.junit import render as render_junit

        report = _written(junit, render_junit(report), report)
    if sarif is not None:
        from nbrefactor.report.sarif import render as render_sarif

        report = _written(sarif, render_sarif(report).encode(), report)
    if summary is not None:
        from nbrefactor.report.markdown import render as render_markdown

        try:
            # Others write to it as well.
            with summary.open("a", encoding="utf-8", errors="backslashreplace") as file:
                file.write(render_markdown(report))
        except OSError as error:
            problem = f"{summary}: cannot be written ({error.strerror or error})"
            report = replace(report, problems=(*report.problems, problem))
    return report


def _cache(folder: Path | None) -> Cache:
    from nbrefactor.batch.cache import cache_for

    return cache_for(folder, Path.cwd())


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
