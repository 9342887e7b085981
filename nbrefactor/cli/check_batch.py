"""A check of many notebooks: findings as they come, changes as they are wanted, problems aside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from nbrefactor.batch.values import Opened
from nbrefactor.cli.batch import bar
from nbrefactor.cli.execution import progress_of, stoppable
from nbrefactor.cli.problems import Problems, show_problem
from nbrefactor.cli.terminal import columns
from nbrefactor.config import Given, Settings
from nbrefactor.model.diagnostic import CheckReport, Diagnostic
from nbrefactor.report.counted import count
from nbrefactor.report.hanging import hang_plain
from nbrefactor.settings_file import SettingsReader

if TYPE_CHECKING:
    from nbrefactor.batch.cache import Cache, Entry
    from nbrefactor.batch.checking import Checked, Checker
    from nbrefactor.batch.fixing import Fixer, Wish
    from nbrefactor.batch.values import Done
    from nbrefactor.model.outcome import Finding, Outcome
    from nbrefactor.notebook.document import Document
    from nbrefactor.run.values import ExecutionSettings

# What is done about findings: they are shown, also with what would resolve them or with its diff;
# they are resolved, or opted out of.
Doing = Literal["report", "plan", "diff", "fix", "comment"]
_WISHES: dict[Doing, Wish] = {"plan": "show", "diff": "show", "fix": "fix", "comment": "comment"}


@dataclass(frozen=True, slots=True)
class CheckBatch:
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
    doing : Doing
        What is done about findings.
    width : int or None
        Columns into which lines are broken; None for any number.
    """

    given: Given
    execution: ExecutionSettings | None
    quiet: bool
    render: Callable[[CheckReport], str] | None
    doing: Doing = "report"
    width: int | None = field(default_factory=columns)
    names: list[str] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    problems: Problems = field(default_factory=Problems)
    learned: list[tuple[Path, Entry]] = field(default_factory=list)
    settings: list[Settings] = field(default_factory=list)
    changes: list[Outcome] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

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
        work = self._work(Checker(cache, executing))
        step = Step(SettingsReader(self.given).settings_for, work)
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
        return self._report(), stopped

    def _work(self, checker: Checker) -> Checker | Fixer:
        if self.doing == "report":
            return checker
        from nbrefactor.batch.fixing import Fixer
        from nbrefactor.cli.process import now

        return Fixer(checker, _WISHES[self.doing], now())

    def _report(self) -> CheckReport:
        return CheckReport(
            tuple(self.names),
            tuple(self.diagnostics),
            tuple(self.problems.sentences),
            opaque=self.counts["opaque"],
            foreign=self.counts["foreign"],
            resolved=self.counts["resolved"],
            resolution="opted out of" if self.doing == "comment" else "resolved",
            changes=tuple(self.changes),
        )

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
        self._change(done.value, done.found.path)
        found = done.value.answer
        self.diagnostics.extend(found.diagnostics)
        self.counts.update(opaque=found.opaque, foreign=found.foreign)
        if done.value.learned is not None and done.found.path is not None:
            self.learned.append((done.found.path, done.value.learned))
        if self.render is not None and found.diagnostics:
            text = self.render(CheckReport((), found.diagnostics))
            click.echo(hang_plain(text, self.width), nl=False)

    def _change(self, checked: Checked, path: Path | None) -> None:
        """Show, keep or write what resolves something in a notebook."""
        outcome = checked.outcome
        if outcome is None:
            return
        if outcome.status == "failed":
            self.problems.sentences.append(f"{outcome.path}: {outcome.reason}")
        if outcome.status != "changed":
            return
        if self.doing == "diff":
            self._show(outcome)
        if self.doing in ("fix", "comment") and not self._written(outcome, path):
            return
        self.counts["resolved"] += checked.resolved
        # What was shown or written is no longer needed, and a batch may be large.
        kept = outcome if self.doing == "plan" else replace(outcome, before=b"", after=b"")
        self.changes.append(kept)

    def _show(self, outcome: Outcome) -> None:
        from nbrefactor.cli.terminal import console, show
        from nbrefactor.report.text import render_changes

        show(console(stderr=False), render_changes(outcome))

    def _written(self, outcome: Outcome, path: Path | None) -> bool:
        from nbrefactor.notebook.store import StoreError, replace

        assert path is not None
        try:
            replace(path, outcome.before, outcome.after)
        except StoreError as error:
            self.problems.sentences.append(f"{outcome.path}: {error}")
            return False
        return True

    def next_step(self, paths: Sequence[str]) -> Iterator[str]:
        """Say what to do next where no copy was found and no module was named."""
        from nbrefactor.cli.next_step import next_step

        found = any(one.code.startswith("NB1") for one in self.diagnostics)
        if not found and not self.changes and (line := next_step(paths, self.settings)):
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
