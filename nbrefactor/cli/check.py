"""The command ``nbrefactor check``."""

from __future__ import annotations

import importlib
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nbrefactor.batch.values import Opened
from nbrefactor.cli.batch import bar, cache_options, jobs_option, number_of
from nbrefactor.cli.execution import (
    ASKED,
    STOPPED,
    Asked,
    execution_options,
    execution_settings,
    progress_of,
    stoppable,
)
from nbrefactor.cli.options import settings_options
from nbrefactor.cli.problems import Problems, show_problem
from nbrefactor.config import Given, Settings
from nbrefactor.model.diagnostic import CheckReport, Diagnostic
from nbrefactor.report.counted import count
from nbrefactor.settings_file import SettingsReader
from nbrefactor.visible import visible_line

if TYPE_CHECKING:
    from nbrefactor.batch.cache import Cache, Entry
    from nbrefactor.batch.checking import Checked
    from nbrefactor.batch.values import Done
    from nbrefactor.model.outcome import Finding
    from nbrefactor.notebook.document import Document
    from nbrefactor.run.values import ExecutionSettings

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
  nbrefactor check Notebook.ipynb --select NB1 --output-format json
  nbrefactor check notebooks/ --baseline known.json --write-baseline
  nbrefactor check notebooks/ --jobs 4 --statistics
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
@jobs_option
@cache_options
@click.option("--statistics", is_flag=True, help="Count the findings of each rule at the end.")
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
    jobs: int | None,
    no_cache: bool,
    cache_dir: Path | None,
    statistics: bool,
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
    render = importlib.import_module(f"nbrefactor.report.{_FORMATS[output_format]}").render
    streamed = output_format in _STREAMED and baseline is None
    batch = _Batch(given, execution, quiet, render if streamed else None)
    report, stopped = batch.run(
        paths,
        jobs=1 if execute else number_of(jobs),
        cache=None if no_cache or execute else _cache(cache_dir),
    )
    if baseline is not None and not stopped:
        report = _against_baseline(report, baseline, write=write_baseline)
    if not streamed:
        click.echo(render(report), nl=False)
    if junit is not None:
        from nbrefactor.report.junit import render as render_junit

        report = _written(junit, render_junit(report), report)
    for problem in report.problems:
        show_problem(problem)
    aside = output_format not in _STREAMED
    if not quiet:
        for line in (*_summary(report, baseline), *batch.next_step(paths)):
            click.echo(line, err=aside)
    if statistics:
        for line in _statistics(report.diagnostics):
            click.echo(line, err=aside)
    sys.exit(STOPPED if stopped else exit_code(report, exit_zero=exit_zero))


def exit_code(report: CheckReport, *, exit_zero: bool) -> int:
    """Give the exit code of a check: see the text of the package."""
    if report.problems:
        return 2
    return 1 if report.diagnostics and not exit_zero else 0


def _cache(folder: Path | None) -> Cache:
    from nbrefactor.batch.cache import cache_for

    return cache_for(folder, Path.cwd())


@dataclass(frozen=True, slots=True)
class _Batch:
    """A check of many notebooks, and what is known so far.

    Parameters
    ----------
    given : Given
        What the command line says.
    execution : ExecutionSettings or None
        How notebooks run; None where none does.
    quiet : bool
        Whether nothing is shown but findings and problems.
    render : callable or None
        Renders findings as they come; None where all are rendered at the end.
    """

    given: Given
    execution: ExecutionSettings | None
    quiet: bool
    render: Callable[[CheckReport], str] | None
    names: list[str] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    problems: Problems = field(default_factory=Problems)
    learned: list[tuple[Path, Entry]] = field(default_factory=list)
    settings: list[Settings] = field(default_factory=list)
    passed_over: Counter[str] = field(default_factory=Counter)

    def run(
        self, paths: tuple[str, ...], *, jobs: int, cache: Cache | None
    ) -> tuple[CheckReport, bool]:
        """Check the notebooks; give what was found, and whether the user stopped it."""
        from nbrefactor.batch.checking import Checker
        from nbrefactor.batch.loop import Step, discover, run

        found = discover(paths)
        for problem in found.problems:
            self.problems.add(problem)
        executing = None
        if self.execution is not None:
            executing = _Executing(self.execution, self.quiet)
        step = Step(SettingsReader(self.given).settings_for, Checker(cache, executing))
        stopped = False
        total = len(found.notebooks)
        with stoppable(), bar(total, quiet=self.quiet or executing is not None) as shown:
            try:
                with closing(run(found.notebooks, step, jobs=jobs)) as batch:
                    for done in batch:
                        self._add(done)
                        number = len(done.value.answer.diagnostics) if done.value else 0
                        shown.step(done.found.name, number)
            except KeyboardInterrupt:
                stopped = True
        if stopped:
            show_problem(f"stopped after {len(self.names)} of {count(total, 'notebook')}")
        if cache is not None:
            cache.store(self.learned)
        sentences = tuple(self.problems.sentences)
        report = CheckReport(
            tuple(self.names),
            tuple(self.diagnostics),
            sentences,
            opaque=self.passed_over["opaque"],
            foreign=self.passed_over["foreign"],
        )
        return report, stopped

    def _add(self, done: Done[Checked]) -> None:
        if done.left_out and done.found.named:
            show_problem(f"{done.found.name}: {done.left_out}")
        if done.settings is not None and not done.left_out:
            self.names.append(done.found.name)
            if done.settings not in self.settings:
                self.settings.append(done.settings)
        if done.problem is not None:
            self.problems.add(done.problem)
        if done.value is None:
            return
        found = done.value.answer
        self.diagnostics.extend(found.diagnostics)
        self.passed_over.update(opaque=found.opaque, foreign=found.foreign)
        if done.value.learned is not None and done.found.path is not None:
            self.learned.append((done.found.path, done.value.learned))
        if self.render is not None and found.diagnostics:
            click.echo(self.render(CheckReport((), found.diagnostics)), nl=False)

    def next_step(self, paths: Sequence[str]) -> Iterator[str]:
        """Say what to do next where no copy was found and no module was named."""
        from nbrefactor.cli.next_step import next_step

        found = any(one.code.startswith("NB1") for one in self.diagnostics)
        if not found and (line := next_step(paths, self.settings)):
            yield line


@dataclass(frozen=True, slots=True)
class _Executing:
    """Runs a notebook and says what failed."""

    execution: ExecutionSettings
    quiet: bool

    def __call__(self, opened: Opened, document: Document) -> Finding | None:
        from nbrefactor.check import NotRunError
        from nbrefactor.rules.failing_notebook import report_failure
        from nbrefactor.run.notebooks import run_notebook
        from nbrefactor.run.values import ExecutionError, Job

        path, name = opened.found.path, opened.found.name
        folder = Path.cwd() if path is None else path.resolve().parent
        with progress_of(name, quiet=self.quiet) as progress:
            job = Job(
                document.data,
                name,
                folder,
                progress=lambda cell, cells: progress("check", cell, cells),
            )
            try:
                failure = run_notebook(job, self.execution).failure
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
    parts = [f"{count(found, 'finding')} in {count(looked, 'notebook')}"]
    if fixable := sum(one.fixable for one in report.diagnostics):
        parts.append(f"{fixable} resolved by nbrefactor migrate")
    if report.known:
        parts.append(f"{report.known} known")
    passed = []
    if report.opaque:
        cells = count(report.opaque, "cell that is no Python", "cells that are no Python")
        passed.append(f"{cells} (NB201)")
    if report.foreign:
        passed.append(f"{count(report.foreign, 'notebook')} of another language (NB202)")
    ending = f"; passed over: {', '.join(passed)}" if passed else ""
    yield f"{', '.join(parts)}{ending}"


def _statistics(diagnostics: tuple[Diagnostic, ...]) -> Iterator[str]:
    """Count the findings of each rule, the most frequent first."""
    from nbrefactor.rules.catalogue import find_rule

    counts = Counter(found.code for found in diagnostics)
    width = len(str(max(counts.values(), default=0)))
    for code, number in sorted(counts.items(), key=lambda one: (-one[1], one[0])):
        yield f"{number:>{width}} {code} {find_rule(code).name}"
