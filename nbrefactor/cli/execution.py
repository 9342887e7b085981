"""Options and messages of the commands that run notebooks."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.text import Text

    from nbrefactor.analysis.verdict import Accepted
    from nbrefactor.execute import ExecutionSettings, Needed, Run
    from nbrefactor.outcome import Outcome

STOPPED = 130


def execution_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say how a notebook runs."""
    for option in reversed(
        (
            click.option(
                "-p",
                "--parameter",
                "parameters",
                nargs=2,
                multiple=True,
                metavar="NAME VALUE",
                help="Set a parameter of the notebook, as papermill does; repeatable.",
            ),
            click.option(
                "--parameters-file",
                "parameter_files",
                multiple=True,
                type=click.Path(dir_okay=False, path_type=Path),
                metavar="PATH",
                help="Parameters in YAML or JSON; repeatable. -p wins over files.",
            ),
            click.option(
                "--kernel", metavar="NAME", help="Kernel to use instead of the notebook's own."
            ),
            click.option(
                "--timeout",
                type=click.FloatRange(min=0, min_open=True),
                metavar="SECONDS",
                help="How long one cell may take. Default: any time.",
            ),
        )
    ):
        command = option(command)
    return command


def execution_settings(
    parameters: Sequence[tuple[str, str]],
    parameter_files: Sequence[Path],
    kernel: str | None,
    timeout: float | None,
    *,
    save_outputs: bool = False,
    executed: Path | None = None,
) -> ExecutionSettings:
    """Make settings of the options.

    Raises
    ------
    click.UsageError
        If a parameter cannot be.
    """
    from nbrefactor.execute import (
        ExecutionSettings,
        ParameterError,
        parse_parameter,
        read_parameters,
    )

    values: dict[str, Any] = {}
    try:
        for path in parameter_files:
            values.update(read_parameters(path))
        values.update(parse_parameter(name, value) for name, value in parameters)
    except ParameterError as error:
        raise click.UsageError(str(error)) from error
    return ExecutionSettings(tuple(values.items()), kernel, timeout, save_outputs, executed)


def needed_modules(outcome: Outcome, modules: Sequence[Accepted]) -> tuple[Needed, ...]:
    """List the modules that a migrated notebook imports in place of its definitions."""
    from nbrefactor.config import BUNDLED_MODULE
    from nbrefactor.execute import Needed

    targets = [found.target or "" for found in outcome.replaced]
    return tuple(
        Needed(
            accepted.module.name,
            accepted.module.importable_from,
            "nbrefactor-migrate" if accepted.module.name == BUNDLED_MODULE else "",
        )
        for accepted in modules
        if any(target.startswith(f"{accepted.module.name}.") for target in targets)
    )


@contextlib.contextmanager
def progress_of(name: str, *, quiet: bool) -> Iterator[Callable[[str, int, int], None]]:
    """Show at which cell a run is: in place on a terminal, else a line for each cell.

    Yields
    ------
    callable
        Takes what runs, the position of its cell and the number of cells; from any thread.
    """
    from nbrefactor.cli.process import console
    from nbrefactor.visible import visible

    err = console(stderr=True)
    lock = threading.Lock()
    at: dict[str, str] = {}
    name = visible(name)
    if quiet:
        yield lambda what, cell, cells: None
    elif err.is_terminal:
        with err.status(f"running {name}") as status:

            def show(what: str, cell: int, cells: int) -> None:
                with lock:
                    at[what] = f"{what} at cell {cell + 1} of {cells}"
                    status.update(f"running {name}: {', '.join(at.values())}")

            yield show
    else:

        def write(what: str, cell: int, cells: int) -> None:
            with lock:
                err.print(f"{name}: {what}, cell {cell + 1} of {cells}", soft_wrap=True)

        yield write


@contextlib.contextmanager
def stoppable() -> Iterator[None]:
    """Let a request to end stop the kernels as Ctrl-C does."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = [
        number
        for name in ("SIGTERM", "SIGHUP")
        if (number := getattr(signal, name, None)) is not None
        # One that was told to be ignored, as by nohup, stays so.
        and signal.getsignal(number) is not signal.SIG_IGN
    ]
    before = {number: signal.signal(number, stop) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def render_failure(run: Run, original: Run | None) -> Text:
    """Show why a run failed: the cell, its source, the traceback, and whether it did before.

    Parameters
    ----------
    run : Run
        The failed run of the migrated notebook.
    original : Run or None
        The original, run up to the same cell; None where it could not be run.

    Returns
    -------
    rich.text.Text
        Lines, each with a line end.
    """
    from rich.text import Text

    from nbrefactor.visible import visible

    text = Text()
    failure = run.failure
    if failure is None:
        return text
    text.append(f"  {visible(failure.message)}\n", "red")
    for line in failure.source.split("\n"):
        text.append(f"      {visible(line)}\n", "bold")
    if failure.traceback:
        for line in failure.traceback.split("\n")[-60:]:
            text.append(f"    {visible(line)}\n", "dim")
    text.append(f"  {visible(_before(run, original))}\n")
    return text


def _before(run: Run, original: Run | None) -> str:
    assert run.failure is not None
    if original is None:
        return "whether the original fails too could not be found out"
    old, new = original.failure, run.failure
    if old is None:
        return "the original does not fail here: the migration is the cause"
    if old.cell == new.cell:
        same = old.kind == new.kind and old.name == new.name
        error = "with the same error" if same else f"with another error ({old.message})"
        return f"the original fails in the same place {error}"
    return f"the original fails earlier: {old.message}"


def stopped() -> int:
    """Say that the user ended the run; return the exit code."""
    from nbrefactor.cli.process import console

    console(stderr=True).print("nbrefactor: stopped; the notebooks are as they were")
    sys.stdout.flush()
    return STOPPED
