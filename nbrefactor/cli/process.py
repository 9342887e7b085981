"""What the commands that change notebooks share: read, plan, show, write, sum up."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nbrefactor.cli.terminal import console, show
from nbrefactor.config import Settings, SettingsError
from nbrefactor.model.outcome import Outcome
from nbrefactor.selection import left_out
from nbrefactor.visible import visible

if TYPE_CHECKING:
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
    from nbrefactor.notebook.discovery import find
    from nbrefactor.report.patch import render_patch
    from nbrefactor.report.text import render, summarise

    if patch and output is not None:
        raise click.UsageError("--patch writes nothing, so it does not go with --output")
    # Where the notebook itself goes to standard output, the report may not.
    piped = patch or output == "-" or "-" in paths
    out, err = console(stderr=piped), console(stderr=True)
    found = find([path for path in paths if path != "-"])
    problems = [f"{problem.path}: {problem.reason}" for problem in found.problems]
    notebooks: list[Path | None] = [*found.notebooks]
    if "-" in paths:
        notebooks.insert(0, None)
    if output is not None and len(notebooks) > 1:
        problems = [f"--output {output} takes one notebook, and {len(notebooks)} were given"]
        notebooks = []

    outcomes: list[Outcome] = []
    broken = 0
    for path in notebooks:
        name = "<stdin>" if path is None else str(path)
        try:
            chosen = settings_for(path)
            if path is not None and (why := left_out(path, chosen)):
                if name in paths:
                    show(err, f"nbrefactor: {visible(f'{name}: {why}')}\n")
                continue
            data = sys.stdin.buffer.read() if path is None else path.read_bytes()
            outcome = plan(data, path, name, chosen)
        except OSError as error:
            problems.append(f"{name}: cannot be read ({error.strerror or error})")
            continue
        except SettingsError as error:
            # One wrong setting is one problem, however many notebooks it is about.
            if str(error) not in problems:
                problems.append(str(error))
            continue
        except ValueError as error:
            problems.append(f"{name}: {error}")
            continue
        shown = not quiet or outcome.status in ("skipped", "failed")
        if shown and (len(notebooks) == 1 or outcome.findings or outcome.status != "unchanged"):
            show(out, render(outcome, diff=dry_run and not patch))
        if execute is not None and outcome.status == "changed":
            executed = execute(outcome, path, chosen)
            if not quiet or not executed.succeeded:
                out.print(executed.text, end="", soft_wrap=True)
            problems.extend(executed.problems)
            if not executed.succeeded:
                broken += not executed.problems
                continue
            outcome = executed.outcome
        if patch:
            sys.stdout.buffer.write(render_patch(outcome, folder=Path.cwd()))
        elif not dry_run and (unwritten := tuple(_write(outcome, path, output, backup))):
            problems.extend(unwritten)
            outcome = replace(outcome, status="failed")
        outcomes.append(outcome)
    for problem in problems:
        show(err, f"nbrefactor: {visible(problem)}\n")
    if outcomes:
        dry = dry_run or patch
        ending = " (dry run: nothing was written)" if dry else ""
        line = summarise(outcomes, written=not dry)
        show(out, f"{line}{ending}\n")
    if broken:
        those = "1 notebook does" if broken == 1 else f"{broken} notebooks do"
        out.print(f"{those} not run after the change and stayed as before", soft_wrap=True)
    return exit_code(outcomes, problems) or int(broken > 0)


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
