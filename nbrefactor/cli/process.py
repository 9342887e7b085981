"""What the commands that change notebooks share: plan, show, write, sum up."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from functools import partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nbrefactor.cli.batch import bar, jobs_option, number_of
from nbrefactor.cli.execution import Stopping, stoppable, stopped
from nbrefactor.cli.problems import Problems, show_problem
from nbrefactor.cli.terminal import columns, console, show
from nbrefactor.config import Settings
from nbrefactor.model.outcome import Outcome
from nbrefactor.report.hanging import hang_plain
from nbrefactor.report.stat import Stat, render_stats, stat_of
from nbrefactor.visible import visible_line

if TYPE_CHECKING:
    from rich.console import Console

    from nbrefactor.batch.loop import Step
    from nbrefactor.batch.values import Done, Found
    from nbrefactor.cli.execution import Executed
    from nbrefactor.notebook.journal import Recorder

    Execute = Callable[[Outcome, Path | None, Settings], Executed]


@dataclass(frozen=True, slots=True)
class Writing:
    """How a command shows and writes what it changes; the options of `output_options`.

    Parameters
    ----------
    dry_run : bool
        Whether the change is shown and nothing written.
    stat : bool
        Whether it is only summed up, a line for each notebook, and nothing written.
    patch : bool
        Whether the change is printed as a patch and nothing written.
    output : str or None
        Where the result goes instead; ``-`` is standard output.
    backup : bool
        Whether the original is kept beside the result.
    quiet : bool
        Whether only problems and the last line are printed.
    jobs : int or None
        How many processes plan; None for the cores that may be used.
    """

    dry_run: bool = False
    stat: bool = False
    patch: bool = False
    output: str | None = None
    backup: bool = False
    quiet: bool = False
    jobs: int | None = None

    @property
    def writes(self) -> bool:
        """Whether anything is written."""
        return not (self.dry_run or self.stat or self.patch)


def output_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of every command that changes notebooks, which takes them as ``writing``."""

    @wraps(command)
    def collected(*args: Any, **kwargs: Any) -> Any:
        writing = Writing(**{found.name: kwargs.pop(found.name) for found in fields(Writing)})
        return command(*args, writing=writing, **kwargs)

    decorated: Callable[..., Any] = collected
    for option in reversed(
        (
            click.option("--dry-run", is_flag=True, help="Show the change and write nothing."),
            click.option(
                "--stat",
                is_flag=True,
                help="Show a line for each notebook that would change; write nothing.",
            ),
            click.option(
                "--patch",
                is_flag=True,
                help="Print the change of the files as a patch for git apply; write nothing.",
            ),
            click.option(
                "--output",
                type=click.Path(dir_okay=False),
                metavar="PATH",
                help="Write the result there instead ('-' for standard output).",
            ),
            click.option(
                "--backup", is_flag=True, help="Keep the original beside it as NAME.ipynb.bak."
            ),
            jobs_option,
            click.option(
                "--quiet", "-q", is_flag=True, help="Print problems and the last line only."
            ),
        )
    ):
        decorated = option(decorated)
    return decorated


def exit_code(outcomes: Sequence[Outcome], problems: Sequence[str]) -> int:
    """Give the exit code of a command that changes notebooks: 0 or 2, see the module's text."""
    failed = any(outcome.status == "failed" for outcome in outcomes)
    return 2 if failed or problems else 0


def process(
    paths: Sequence[str],
    step: Step[Outcome],
    writing: Writing,
    execute: Execute | None = None,
    *,
    compares: bool = False,
) -> int:
    """Plan, show and write every notebook; return the exit code.

    Parameters
    ----------
    paths : sequence of str
        As the user named them; ``-`` is standard input.
    step : Step
        Plans one notebook.
    writing : Writing
        How the change is shown and written.
    execute : callable or None
        Runs a notebook that changes, before it is written; only one that runs through is.
    compares : bool
        Whether definitions are compared with modules, so that there may be a next step.

    Returns
    -------
    int
        The exit code.
    """
    from nbrefactor.batch.loop import run

    _check_writing(writing)
    batch = _Batch(writing, execute)
    notebooks = batch.find(paths)
    # Where the notebook itself goes to standard output, the report may not.
    terminal = console(stderr=writing.patch or writing.output == "-" or "-" in paths)
    batch.width = columns(stderr=terminal.stderr)
    # What runs notebooks shows at which cell it is.
    quiet = writing.quiet or execute is not None
    jobs = 1 if execute is not None else number_of(writing.jobs)
    try:
        with (
            stoppable() as stopping,
            bar(len(notebooks), quiet=quiet) as shown,
            closing(run(notebooks, step, jobs=jobs)) as planned,
        ):
            batch.stopping = stopping
            for done in planned:
                batch.finish(terminal, done, alone=len(notebooks) == 1)
                shown.step(done.found.name, len(done.value.replaced) if done.value else 0)
                stopping.heed()
    except KeyboardInterrupt:
        batch.problems.show()
        return stopped(batch.written)
    batch.problems.show()
    batch.summarise(terminal)
    if compares and not writing.quiet:
        batch.suggest(terminal, paths)
    return exit_code(batch.outcomes, batch.problems.sentences) or int(batch.broken > 0)


def _check_writing(writing: Writing) -> None:
    """Refuse ways of showing and writing that cannot be meant together.

    Raises
    ------
    click.UsageError
        Naming both.
    """
    if writing.patch and writing.output is not None:
        raise click.UsageError("--patch writes nothing, so it does not go with --output")
    if writing.stat and (writing.patch or writing.output is not None):
        other = "--patch" if writing.patch else "--output"
        raise click.UsageError(f"--stat shows and writes no change, so it does not go with {other}")


@dataclass(slots=True)
class _Batch:
    """The notebooks of one command, one after the other; see `process`."""

    writing: Writing
    execute: Execute | None
    problems: Problems = field(default_factory=Problems)
    outcomes: list[Outcome] = field(default_factory=list)
    stats: list[Stat] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    broken: int = 0
    written: int = 0
    settings: list[Settings] = field(default_factory=list)
    width: int | None = None
    stopping: Stopping = field(default_factory=Stopping)
    recorder: Recorder | None = None
    unrecorded: str = ""

    def find(self, paths: Sequence[str]) -> tuple[Found, ...]:
        """Find the notebooks."""
        from nbrefactor.batch.loop import discover

        found = discover(paths)
        output, number = self.writing.output, len(found.notebooks)
        if output is not None and number > 1:
            self.problems.sentences.append(
                f"--output {output} takes one notebook, and {number} were given"
            )
            return ()
        for problem in found.problems:
            self.problems.add(problem)
        return found.notebooks

    def finish(self, terminal: Console, done: Done[Outcome], *, alone: bool) -> None:
        """Show what became of one notebook, run it where that is wanted, and write it."""
        if done.left_out and done.found.named:
            show_problem(f"{done.found.name}: {done.left_out}")
        if done.problem is not None:
            self.problems.add(done.problem)
        if done.settings is not None and done.settings not in self.settings:
            self.settings.append(done.settings)
        outcome = done.value
        if outcome is None or not self._shown(terminal, outcome, alone=alone):
            return
        if self.execute is not None and outcome.status == "changed":
            outcome = self._executed(terminal, outcome, done)
        if self.writing.stat and outcome is not None and outcome.status == "changed":
            self.stats.append(stat_of(outcome))
        if outcome is not None and (kept := self._written(outcome, done.found.path)) is not None:
            # What was written is no longer needed, and a batch may be large.
            self.outcomes.append(replace(kept, before=b"", after=b"", cells=()))

    def _shown(self, terminal: Console, outcome: Outcome, *, alone: bool) -> bool:
        """Show an outcome; tell whether that went well."""
        from nbrefactor.report.text import render

        if (self.writing.quiet or self.writing.stat) and outcome.status not in (
            "skipped",
            "failed",
        ):
            return True
        if not (alone or outcome.findings or outcome.status != "unchanged"):
            return True
        diff = self.writing.dry_run and not self.writing.patch
        text = self.problems.attempt(
            outcome.path, lambda: render(outcome, diff=diff, unmet=alone, width=self.width)
        )
        if text is not None:
            show(terminal, text)
        return text is not None

    def _executed(self, terminal: Console, outcome: Outcome, done: Done[Outcome]) -> Outcome | None:
        """Run the notebook; give what is to be written, None where it does not run through."""
        assert self.execute is not None
        assert done.settings is not None
        execute, path, chosen = self.execute, done.found.path, done.settings
        executed = self.problems.attempt(
            outcome.path, lambda: execute(outcome, path, chosen), doing="run"
        )
        if executed is None:
            return None
        if not self.writing.quiet or not executed.succeeded:
            terminal.print(executed.text, end="", soft_wrap=True)
        self.problems.sentences.extend(executed.problems)
        self.broken += not executed.succeeded and not executed.problems
        return executed.outcome if executed.succeeded else None

    def _written(self, outcome: Outcome, path: Path | None) -> Outcome | None:
        """Write an outcome, or print its patch; None where that was not possible."""
        from nbrefactor.report.patch import render_patch

        attempt = partial(self.problems.attempt, outcome.path)
        if self.writing.patch:
            patch = attempt(lambda: render_patch(outcome, folder=Path.cwd()))
            if patch is None:
                return None
            sys.stdout.buffer.write(patch)
        elif self.writing.writes:
            self._record(outcome, path)
            saved = self._saved_just_now(outcome, path)
            write = partial(_write, outcome, path, self.writing, self._counted)
            unwritten = attempt(lambda: tuple(write()))
            self.problems.sentences.extend(unwritten or ())
            if unwritten != ():
                return replace(outcome, status="failed")
            if saved:
                name = visible_line(outcome.path)
                self.opened.append(f"{name}: {saved}; if it is open in Jupyter, reload it there")
        return outcome

    def _saved_just_now(self, outcome: Outcome, path: Path | None) -> str:
        from nbrefactor.notebook.opened import saved_just_now

        if path is None or self.writing.output is not None or outcome.status != "changed":
            return ""
        return saved_just_now(path)

    def _record(self, outcome: Outcome, path: Path | None) -> None:
        """Keep what a notebook was for `nbrefactor undo`, where it changes in its place."""
        from nbrefactor.notebook.journal import Change, JournalError, Recorder

        if path is None or self.writing.output is not None or outcome.status != "changed":
            return
        if self.recorder is None:
            context = click.get_current_context(silent=True)
            self.recorder = Recorder((context and context.info_name) or "nbrefactor")
        try:
            self.recorder.add([Change(path.absolute(), outcome.before, outcome.after)])
        except JournalError as error:
            self.unrecorded = str(error)

    @contextmanager
    def _counted(self) -> Iterator[None]:
        """Write a file whole, and count it, whenever the user asks to stop."""
        with self.stopping.hold():
            yield
            self.written += 1

    def summarise(self, terminal: Console) -> None:
        """Print the last lines."""
        from nbrefactor.report.text import summarise, unmet_by_all

        dry = not self.writing.writes
        if self.stats:
            show(terminal, render_stats(self.stats))
        for line in self.opened:
            show(terminal, f"{hang_plain(line, self.width)}\n")
        if len(self.outcomes) > 1 and not self.writing.quiet:
            for line in unmet_by_all(self.outcomes):
                show(terminal, f"{line}\n")
        if self.outcomes:
            ending = " (dry run: nothing was written)" if dry else ""
            line = f"{summarise(self.outcomes, written=not dry)}{ending}"
            show(terminal, f"{hang_plain(line, self.width)}\n")
        if self.unrecorded:
            line = f"nbrefactor undo cannot take all of it back: {visible_line(self.unrecorded)}"
            show(terminal, f"{hang_plain(line, self.width)}\n")
        if self.broken:
            those = "1 notebook does" if self.broken == 1 else f"{self.broken} notebooks do"
            show(terminal, f"{those} not run after the change and stayed as before\n")

    def suggest(self, terminal: Console, paths: Sequence[str]) -> None:
        """Say what to do next where nothing was replaced and no module was named."""
        from nbrefactor.cli.next_step import next_step

        idle = self.outcomes and all(one.status == "unchanged" for one in self.outcomes)
        idle = idle and not any(one.findings for one in self.outcomes)
        if idle and (line := next_step(paths, self.settings)):
            show(terminal, f"{hang_plain(line, self.width)}\n")


def _write(
    outcome: Outcome,
    path: Path | None,
    writing: Writing,
    counted: Callable[[], AbstractContextManager[None]],
) -> Iterator[str]:
    """Write one result where it belongs; yield what went wrong."""
    from nbrefactor.notebook import store

    if outcome.status == "failed":
        return
    output = writing.output
    try:
        if output == "-" or (path is None and output is None):
            yield from _print(outcome)
        elif output is not None and not _is_same(path, output):
            with counted():
                store.create(Path(output), outcome.after)
        elif path is not None and outcome.status == "changed":
            with counted():
                store.replace(path, outcome.before, outcome.after, backup=writing.backup)
    except store.StoreError as error:
        elsewhere = output is not None and not _is_same(path, output)
        yield f"{outcome.path}: {f'the result does not go to {output}: ' * elsewhere}{error}"


def _print(outcome: Outcome) -> Iterator[str]:
    """Write a result to standard output, all of it; yield what went wrong."""
    from nbrefactor.cli.terminal import silence

    try:
        sys.stdout.buffer.write(outcome.after)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        # Whoever reads has seen enough.
        raise
    except OSError as error:
        silence(sys.stdout)
        yield (
            f"{outcome.path}: the result cannot be written to standard output "
            f"({error.strerror or error})"
        )


def _is_same(path: Path | None, output: str) -> bool:
    return path is not None and os.path.realpath(path) == os.path.realpath(output)


def now() -> datetime:
    """Give the local time with its zone."""
    return datetime.now().astimezone()
