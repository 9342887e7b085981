"""What the commands that change notebooks share: read, plan, show, write, sum up."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nbrefactor.cli.problems import Problems, show_problem
from nbrefactor.cli.terminal import console, show
from nbrefactor.config import Settings
from nbrefactor.model.outcome import Outcome
from nbrefactor.selection import left_out

if TYPE_CHECKING:
    from rich.console import Console

    from nbrefactor.cli.execution import Executed


def output_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of every command that changes notebooks."""
    for option in reversed(
        (
            click.option("--dry-run", is_flag=True, help="Show the change and write nothing."),
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
            click.option(
                "--quiet", "-q", is_flag=True, help="Print problems and the last line only."
            ),
        )
    ):
        command = option(command)
    return command


def exit_code(outcomes: Sequence[Outcome], problems: Sequence[str]) -> int:
    """Give the exit code of a command that changes notebooks: 0 or 2, see the module's text."""
    failed = any(outcome.status == "failed" for outcome in outcomes)
    return 2 if failed or problems else 0


def process(
    paths: Sequence[str],
    settings_for: Callable[[Path | None], Settings],
    plan: Callable[[bytes, Path | None, str, Settings], Outcome],
    dry_run: bool,
    patch: bool,
    output: str | None,
    backup: bool,
    quiet: bool,
    execute: Callable[[Outcome, Path | None, Settings], Executed] | None = None,
) -> int:
    """Read, plan, show and write every notebook; return the exit code.

    Parameters
    ----------
    paths : sequence of str
        As the user named them; ``-`` is standard input.
    settings_for : callable
        Gives the settings of a notebook, None being standard input.
    plan : callable
        Plans one notebook from its bytes, its file, its name in messages and its settings.
    dry_run, patch, output, backup, quiet
        The options of `output_options`.
    execute : callable or None
        Runs a notebook that changes, before it is written; only one that runs through is.

    Returns
    -------
    int
        The exit code.
    """
    if patch and output is not None:
        raise click.UsageError("--patch writes nothing, so it does not go with --output")
    batch = _Batch(settings_for, plan, execute, dry_run, patch, output, backup, quiet)
    # Where the notebook itself goes to standard output, the report may not.
    terminal = console(stderr=patch or output == "-" or "-" in paths)
    notebooks = batch.find(paths)
    for path in notebooks:
        name = "<stdin>" if path is None else str(path)
        planned = batch.planned(path, name, named=name in paths)
        if planned is not None:
            alone = len(notebooks) == 1
            batch.finish(terminal, planned.outcome, path, planned.settings, alone=alone)
    batch.problems.show()
    batch.summarise(terminal)
    return exit_code(batch.outcomes, batch.problems.sentences) or int(batch.broken > 0)


@dataclass(frozen=True, slots=True)
class _Planned:
    outcome: Outcome
    settings: Settings


@dataclass(slots=True)
class _Batch:
    """The notebooks of one command, one after the other; see `process`."""

    settings_for: Callable[[Path | None], Settings]
    plan: Callable[[bytes, Path | None, str, Settings], Outcome]
    execute: Callable[[Outcome, Path | None, Settings], Executed] | None
    dry_run: bool
    patch: bool
    output: str | None
    backup: bool
    quiet: bool
    problems: Problems = field(default_factory=Problems)
    outcomes: list[Outcome] = field(default_factory=list)
    broken: int = 0

    def find(self, paths: Sequence[str]) -> list[Path | None]:
        """Find the notebooks; None stands for standard input."""
        from nbrefactor.notebook.discovery import find

        found = find([path for path in paths if path != "-"])
        notebooks: list[Path | None] = [None] * ("-" in paths) + [*found.notebooks]
        if self.output is not None and len(notebooks) > 1:
            self.problems.sentences.append(
                f"--output {self.output} takes one notebook, and {len(notebooks)} were given"
            )
            return []
        self.problems.sentences.extend(f"{one.path}: {one.reason}" for one in found.problems)
        return notebooks

    def planned(self, path: Path | None, name: str, *, named: bool) -> _Planned | None:
        """Plan one notebook; None where it is left out or there is a problem."""

        def work() -> _Planned | None:
            chosen = self.settings_for(path)
            if path is not None and (why := left_out(path, chosen)):
                if named:
                    show_problem(f"{name}: {why}")
                return None
            data = sys.stdin.buffer.read() if path is None else path.read_bytes()
            return _Planned(self.plan(data, path, name, chosen), chosen)

        return self.problems.attempt(name, work)

    def finish(
        self,
        terminal: Console,
        outcome: Outcome,
        path: Path | None,
        chosen: Settings,
        *,
        alone: bool,
    ) -> None:
        """Show one outcome, run what it gives where that is wanted, and write it."""
        from nbrefactor.report.patch import render_patch
        from nbrefactor.report.text import render

        attempt = partial(self.problems.attempt, outcome.path)
        shown = not self.quiet or outcome.status in ("skipped", "failed")
        if shown and (alone or outcome.findings or outcome.status != "unchanged"):
            text = attempt(lambda: render(outcome, diff=self.dry_run and not self.patch))
            if text is None:
                return
            show(terminal, text)
        if self.execute is not None and outcome.status == "changed":
            ran = self._executed(terminal, outcome, path, chosen)
            if ran is None:
                return
            outcome = ran
        if self.patch:
            patch = attempt(lambda: render_patch(outcome, folder=Path.cwd()))
            if patch is None:
                return
            sys.stdout.buffer.write(patch)
        elif not self.dry_run:
            unwritten = attempt(lambda: tuple(_write(outcome, path, self.output, self.backup)))
            self.problems.sentences.extend(unwritten or ())
            if unwritten != ():
                outcome = replace(outcome, status="failed")
        self.outcomes.append(outcome)

    def _executed(
        self, terminal: Console, outcome: Outcome, path: Path | None, chosen: Settings
    ) -> Outcome | None:
        """Run the notebook; give what is to be written, None where it does not run through."""
        assert self.execute is not None
        execute = self.execute
        executed = self.problems.attempt(
            outcome.path, lambda: execute(outcome, path, chosen), doing="run"
        )
        if executed is None:
            return None
        if not self.quiet or not executed.succeeded:
            terminal.print(executed.text, end="", soft_wrap=True)
        self.problems.sentences.extend(executed.problems)
        self.broken += not executed.succeeded and not executed.problems
        return executed.outcome if executed.succeeded else None

    def summarise(self, terminal: Console) -> None:
        """Print the last lines."""
        from nbrefactor.report.text import summarise

        dry = self.dry_run or self.patch
        if self.outcomes:
            ending = " (dry run: nothing was written)" if dry else ""
            show(terminal, f"{summarise(self.outcomes, written=not dry)}{ending}\n")
        if self.broken:
            those = "1 notebook does" if self.broken == 1 else f"{self.broken} notebooks do"
            show(terminal, f"{those} not run after the change and stayed as before\n")


def _write(outcome: Outcome, path: Path | None, output: str | None, backup: bool) -> Iterator[str]:
    """Write one result where it belongs; yield what went wrong."""
    from nbrefactor.notebook import store

    if outcome.status == "failed":
        return
    try:
        if output == "-" or (path is None and output is None):
            sys.stdout.buffer.write(outcome.after)
            sys.stdout.buffer.flush()
        elif output is not None and not _is_same(path, output):
            store.create(Path(output), outcome.after)
        elif path is not None and outcome.status == "changed":
            store.replace(path, outcome.before, outcome.after, backup=backup)
    except store.StoreError as error:
        yield f"{outcome.path}: {error}"


def _is_same(path: Path | None, output: str) -> bool:
    return path is not None and os.path.realpath(path) == os.path.realpath(output)


def now() -> datetime:
    """Give the local time with its zone."""
    return datetime.now().astimezone()
