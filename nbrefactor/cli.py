"""The command line: argv to settings, outcomes to the terminal, exit codes.

Exit codes, of every command:

0
    Done, or nothing to do.
1
    The answer is no: a check found something, a run failed.
2
    The job could not be done: wrong usage, an unreadable file, a result that was refused.

With several notebooks all are processed and the worst code wins.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nbrefactor import __version__
from nbrefactor.config import (
    PARTS,
    Part,
    Settings,
    SettingsError,
    choose_modules,
    parse_alias,
)
from nbrefactor.outcome import Outcome

if TYPE_CHECKING:
    from rich.console import Console

_EPILOGS = {
    "migrate": (
        "Examples:\n\n"
        "\b\n"
        "  nbrefactor migrate Notebook.ipynb --dry-run\n"
        "  nbrefactor migrate notebooks/ --module utils.plots --accept exact\n"
        "  nbrefactor migrate Notebook.ipynb --alias plot_grads=visualize_gradient_norms\n"
        "  nbrefactor migrate Notebook.ipynb --patch | git apply\n"
    ),
    "bump": (
        "Examples:\n\n"
        "\b\n"
        "  nbrefactor bump Notebook.ipynb --dry-run\n"
        '  nbrefactor bump Notebook.ipynb --part minor --changelog "Retrained on new data"\n'
    ),
}


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Example:\n\n\b\n  nbrefactor migrate Notebook.ipynb --dry-run\n",
)
@click.version_option(__version__, prog_name="nbrefactor")
def main() -> None:
    """Move helper code out of Jupyter notebooks and prove that nothing else changed."""


def _output_options(command: Callable[..., Any]) -> Callable[..., Any]:
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


@main.command(epilog=_EPILOGS["migrate"])
@click.argument("paths", nargs=-1, required=True, metavar="NOTEBOOK...")
@click.option(
    "--module",
    "modules",
    multiple=True,
    metavar="DOTTED|FILE.py",
    help="Target module that holds the functions; repeatable. Default: nbrefactor.viz.",
)
@click.option(
    "--accept",
    multiple=True,
    metavar="[MODULE=]LEVEL",
    help="Worst level that is replaced: exact, renamed or compatible. "
    "Default: compatible for nbrefactor.viz, renamed for other modules.",
)
@click.option(
    "--alias",
    "aliases",
    multiple=True,
    metavar="NAME=TARGET",
    help="The notebook's NAME stands for the module's TARGET; repeatable.",
)
@click.option(
    "--bump",
    type=click.Choice(PARTS),
    default="patch",
    show_default=True,
    help="Which part of the notebook's version to raise.",
)
@click.option(
    "--changelog",
    multiple=True,
    metavar="TEXT",
    help="Changelog entry instead of the one that names what was replaced; repeatable.",
)
@_output_options
def migrate(
    paths: tuple[str, ...],
    modules: tuple[str, ...],
    accept: tuple[str, ...],
    aliases: tuple[str, ...],
    bump: Part,
    changelog: tuple[str, ...],
    dry_run: bool,
    patch: bool,
    output: str | None,
    backup: bool,
    quiet: bool,
) -> None:
    """Replace inline definitions by imports of a module that holds them.

    NOTEBOOK is a file, a folder (searched for notebooks) or '-' for standard input, in which
    case the result goes to standard output.
    """
    from nbrefactor.engine import migrate_bytes, read_modules

    def settings() -> Settings:
        return Settings(
            modules=choose_modules(modules, accept),
            aliases=tuple(parse_alias(text) for text in aliases),
            bump=bump,
            changelog=changelog,
        )

    def plan(data: bytes, path: Path | None, name: str, chosen: Settings) -> Outcome:
        targets = read_modules(chosen, path)
        return migrate_bytes(data, chosen, targets, path=name, now=_now())

    sys.exit(_process(paths, settings, plan, dry_run, patch, output, backup, quiet))


@main.command(epilog=_EPILOGS["bump"])
@click.argument("paths", nargs=-1, required=True, metavar="NOTEBOOK...")
@click.option(
    "--part",
    type=click.Choice([part for part in PARTS if part != "none"]),
    default="patch",
    show_default=True,
    help="Which part of the version to raise.",
)
@click.option(
    "--changelog", multiple=True, metavar="TEXT", help="Text of the changelog entry; repeatable."
)
@_output_options
def bump(
    paths: tuple[str, ...],
    part: Part,
    changelog: tuple[str, ...],
    dry_run: bool,
    patch: bool,
    output: str | None,
    backup: bool,
    quiet: bool,
) -> None:
    """Raise a notebook's version, renew its date and add a changelog entry."""
    from nbrefactor.engine import bump_bytes

    def settings() -> Settings:
        return Settings(bump=part, changelog=changelog)

    def plan(data: bytes, path: Path | None, name: str, chosen: Settings) -> Outcome:
        return bump_bytes(data, chosen, path=name, now=_now())

    sys.exit(_process(paths, settings, plan, dry_run, patch, output, backup, quiet))


def exit_code(outcomes: Sequence[Outcome], problems: Sequence[str]) -> int:
    """Give the exit code of a command that changes notebooks: 0 or 2, see the module's text."""
    failed = any(outcome.status == "failed" for outcome in outcomes)
    return 2 if failed or problems else 0


def _process(
    paths: Sequence[str],
    read_settings: Callable[[], Settings],
    plan: Callable[[bytes, Path | None, str, Settings], Outcome],
    dry_run: bool,
    patch: bool,
    output: str | None,
    backup: bool,
    quiet: bool,
) -> int:
    """Read, plan, show and write every notebook; return the exit code."""
    from nbrefactor.notebook.discovery import find
    from nbrefactor.report.patch import render_patch
    from nbrefactor.report.text import render, summarise

    # Where the notebook itself goes to standard output, the report may not.
    piped = patch or output == "-" or "-" in paths
    out, err = _console(stderr=piped), _console(stderr=True)
    try:
        chosen = read_settings()
    except SettingsError as error:
        err.print(f"nbrefactor: {error}", markup=False, highlight=False)
        return 2
    found = find([path for path in paths if path != "-"])
    problems = list(found.problems)
    notebooks: list[Path | None] = [*found.notebooks]
    if "-" in paths:
        notebooks.insert(0, None)
    if output is not None and len(notebooks) > 1:
        problems = [f"--output {output} takes one notebook, and {len(notebooks)} were given"]
        notebooks = []

    outcomes: list[Outcome] = []
    for path in notebooks:
        name = "<stdin>" if path is None else str(path)
        try:
            data = sys.stdin.buffer.read() if path is None else path.read_bytes()
            outcome = plan(data, path, name, chosen)
        except OSError as error:
            problems.append(f"{name}: cannot be read ({error.strerror or error})")
            continue
        except (SettingsError, ValueError) as error:
            problems.append(f"{name}: {error}")
            continue
        outcomes.append(outcome)
        shown = not quiet or outcome.status in ("skipped", "failed")
        if shown and (len(notebooks) == 1 or outcome.findings or outcome.status != "unchanged"):
            out.print(render(outcome, diff=dry_run and not patch), end="", soft_wrap=True)
        if patch:
            sys.stdout.buffer.write(render_patch(outcome, folder=Path.cwd()))
        elif not dry_run:
            problems.extend(_write(outcome, path, output, backup))
    for problem in problems:
        err.print(f"nbrefactor: {problem}", markup=False, highlight=False, soft_wrap=True)
    if outcomes:
        dry = dry_run or patch
        ending = " (dry run: nothing was written)" if dry else ""
        line = summarise(outcomes, written=not dry)
        out.print(f"{line}{ending}", markup=False, highlight=False, soft_wrap=True)
    return exit_code(outcomes, problems)


def _write(outcome: Outcome, path: Path | None, output: str | None, backup: bool) -> Iterator[str]:
    """Write one result where it belongs; yield what went wrong."""
    from nbrefactor.notebook.store import StoreError, create, replace

    try:
        if output == "-" or (path is None and output is None):
            sys.stdout.buffer.write(outcome.after)
            sys.stdout.buffer.flush()
        elif output is not None:
            if outcome.status in ("changed", "unchanged"):
                create(Path(output), outcome.after)
        elif path is not None and outcome.status == "changed":
            replace(path, outcome.before, outcome.after, backup=backup)
    except StoreError as error:
        yield f"{outcome.path}: {error}"


def _console(*, stderr: bool) -> Console:
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, markup=False, emoji=False)


def _now() -> datetime:
    return datetime.now().astimezone()
