"""Options and messages of the commands that run notebooks."""

from __future__ import annotations

import contextlib
import functools
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.text import Text

    from nbrefactor.model.outcome import Outcome
    from nbrefactor.run.values import ExecutionSettings, Needed, Run
    from nbrefactor.verdict.match import Accepted

STOPPED = 130
# What the extra "execute" installs, by the names of the modules.
_EXTRA = ("ipykernel", "nbconvert", "numpy", "papermill", "PIL", "psutil", "yaml")


@dataclass(frozen=True, slots=True)
class Executed:
    """What the run of a migrated notebook gave.

    Parameters
    ----------
    outcome : Outcome
        What is to be written, with fresh outputs where they are wanted.
    succeeded : bool
        Whether the notebook ran through.
    text : rich.text.Text
        What the user is told.
    problems : tuple of str
        Why it could not be run, or its result not be kept.
    """

    outcome: Outcome
    succeeded: bool
    text: Text
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line says about a run.

    Parameters
    ----------
    parameters : tuple of (str, str)
        Names and values of parameters.
    parameter_files : tuple of Path
        Files with more of them.
    kernel : str or None
        Another kernel.
    timeout : float or None
        Seconds for a cell.
    seed : int or None
        Where random generators begin.
    allow_installs : bool
        Whether lines run that install or fetch.
    sandbox : bool or None
        Whether to run in a copy of the folder; None where nothing was said.
    """

    parameters: tuple[tuple[str, str], ...]
    parameter_files: tuple[Path, ...]
    kernel: str | None
    timeout: float | None
    seed: int | None
    allow_installs: bool
    sandbox: bool | None

    @property
    def anything(self) -> bool:
        """Whether anything was said at all."""
        return bool(
            self.parameters
            or self.parameter_files
            or self.kernel
            or self.timeout
            or self.allow_installs
            or self.seed is not None
            or self.sandbox is not None
        )


ASKED = (
    "-p, --parameters-file, --kernel, --timeout, --seed, --allow-installs and --sandbox say how a "
    "notebook is run, so they need --execute"
)


def execution_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say how a notebook runs; the command takes them as ``asked``."""

    @functools.wraps(command)
    def collected(*args: Any, **kwargs: Any) -> Any:
        asked = Asked(**{field.name: kwargs.pop(field.name) for field in fields(Asked)})
        return command(*args, asked=asked, **kwargs)

    decorated: Callable[..., Any] = collected
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
            click.option(
                "--seed",
                type=int,
                metavar="NUMBER",
                help="Seed the generators of Python, NumPy and torch before the notebook begins.",
            ),
            click.option(
                "--allow-installs",
                is_flag=True,
                help="Run lines such as '!pip install' and '!git clone' too.",
            ),
            click.option(
                "--sandbox/--no-sandbox",
                default=None,
                help="Run in a copy of the folder, so that no file of yours is written.",
            ),
        )
    ):
        decorated = option(decorated)
    return decorated


def execution_settings(
    asked: Asked,
    *,
    sandbox: bool = False,
    save_outputs: bool = False,
    executed: Path | None = None,
) -> ExecutionSettings:
    """Make settings of the options; `sandbox` holds where the user said nothing.

    Raises
    ------
    click.UsageError
        If a parameter cannot be.
    SystemExit
        If what runs notebooks is not installed.
    """
    _require_extra()
    from nbrefactor.run.parameters import parse_parameter, read_parameters
    from nbrefactor.run.values import ExecutionSettings, ParameterError

    values: dict[str, Any] = {}
    try:
        for path in asked.parameter_files:
            values.update(read_parameters(path))
        values.update(parse_parameter(name, value) for name, value in asked.parameters)
    except ParameterError as error:
        raise click.UsageError(str(error)) from error
    return ExecutionSettings(
        tuple(values.items()),
        asked.kernel,
        asked.timeout,
        save_outputs,
        executed,
        asked.seed,
        asked.allow_installs,
        sandbox if asked.sandbox is None else asked.sandbox,
    )


def _require_extra() -> None:
    """End the command, with one sentence, where what runs notebooks is not installed."""
    import importlib.util

    missing = [name for name in _EXTRA if importlib.util.find_spec(name) is None]
    if missing:
        from nbrefactor.cli.problems import show_problem

        show_problem(
            f"running notebooks needs what is not installed here ({', '.join(missing)}); say "
            "pip install 'nbrefactor-migrate[execute]'"
        )
        sys.exit(2)


def execute_outcome(
    outcome: Outcome,
    path: Path | None,
    modules: Sequence[Accepted],
    settings: ExecutionSettings,
    *,
    quiet: bool,
) -> Executed:
    """Run what a migration would write, before it is written.

    Parameters
    ----------
    outcome : Outcome
        The planned migration.
    path : Path or None
        The notebook's file, in whose folder it runs; None for the current folder.
    modules : sequence of Accepted
        The target modules.
    settings : ExecutionSettings
        How to run it.
    quiet : bool
        Whether to show no progress.

    Returns
    -------
    Executed
        Whether it ran through.
    """
    from rich.text import Text

    from nbrefactor.notebook.outputs import FreshOutputs, with_outputs
    from nbrefactor.notebook.store import StoreError, create
    from nbrefactor.run.values import ExecutionError
    from nbrefactor.visible import visible_line

    text = Text()
    try:
        run, original = _run_both(outcome, path, modules, settings, quiet=quiet)
    except ExecutionError as error:
        return Executed(outcome, False, text, (f"{outcome.path}: {error}",))
    for note in run.notes:
        text.append(f"  {visible_line(note)}\n", "dim")
    problems: tuple[str, ...] = ()
    if settings.executed is not None and run.executed:
        try:
            create(settings.executed, run.executed)
        except StoreError as error:
            problems = (f"{settings.executed}: {error}",)
    if run.failure is not None:
        text.append_text(render_failure(run, original))
        alike = original is not None and _same_up_to_failure(outcome, original, run, modules)
        if not alike:
            return Executed(outcome, False, text, problems)
        text.append("  and shows the same up to there, so the change is not held back\n", "yellow")
        return Executed(outcome, not problems, text, problems)
    ran = [cell for cell in run.cells if cell.status in ("ran", "failed")]
    number = "1 cell" if len(ran) == 1 else f"{len(ran)} cells"
    text.append(
        f"  ran through: {number} in {run.seconds:.1f} s, kernel {visible_line(run.kernel)}\n",
        "green",
    )
    if settings.save_outputs:
        fresh = [FreshOutputs(cell.cell, cell.outputs, cell.execution_count) for cell in ran]
        outcome = replace(outcome, after=with_outputs(outcome.after, fresh))
    return Executed(outcome, not problems, text, problems)


def _run_both(
    outcome: Outcome,
    path: Path | None,
    modules: Sequence[Accepted],
    settings: ExecutionSettings,
    *,
    quiet: bool,
) -> tuple[Run, Run | None]:
    """Run the result, and where it fails the original up to the same cell.

    Raises
    ------
    ExecutionError
        If the result cannot be run at all.
    """
    from nbrefactor.run.notebooks import run_notebook
    from nbrefactor.run.values import ExecutionError, Job

    folder = Path.cwd() if path is None else path.resolve().parent
    needs = needed_modules(outcome, modules)
    with progress_of(outcome.path, quiet=quiet) as progress:

        def job(name: str, data: bytes, last_cell: int | None = None) -> Job:
            return Job(
                data,
                outcome.path,
                folder,
                needs=needs if data is outcome.after else (),
                last_cell=last_cell,
                record=True,
                progress=lambda cell, cells: progress(name, cell, cells),
            )

        run = run_notebook(job("migrated", outcome.after), settings)
        if run.failure is None:
            return run, None
        last = -1 if run.failure.cell is None else run.failure.cell
        try:
            original = run_notebook(
                job("original", outcome.before, last), replace(settings, executed=None)
            )
        except ExecutionError:
            return run, None
        return run, original


def _same_up_to_failure(
    outcome: Outcome, original: Run, run: Run, modules: Sequence[Accepted]
) -> bool:
    """Tell whether both fail in the same place with the same error, and show the same before."""
    from nbrefactor.fold.table import own_words
    from nbrefactor.run.failures import same_failure
    from nbrefactor.verify.known_words import words_of
    from nbrefactor.verify.run import compare_runs
    from nbrefactor.verify.values import FAILING, VerifySettings

    if not same_failure(run, original):
        return False
    words = words_of(accepted.module.path for accepted in modules)
    words |= own_words(accepted.module.name for accepted in modules)
    cells = compare_runs(outcome, outcome.after, original, run, VerifySettings(known_words=words))
    return not any(cell.status in FAILING for cell in cells)


def needed_modules(outcome: Outcome, modules: Sequence[Accepted]) -> tuple[Needed, ...]:
    """List the modules that a migrated notebook imports in place of its definitions."""
    from nbrefactor.config import BUNDLED_MODULE
    from nbrefactor.run.values import Needed

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
    """Show at which cell a run is: in place on a terminal, else one line that says it runs.

    Yields
    ------
    callable
        Takes what runs, the position of its cell and the number of cells; from any thread.
    """
    from nbrefactor.cli.terminal import console
    from nbrefactor.visible import visible_line

    err = console(stderr=True)
    lock = threading.Lock()
    at: dict[str, str] = {}
    name = visible_line(name)
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

        def begin(what: str, cell: int, cells: int) -> None:
            with lock:
                if not at:
                    err.print(f"running {name}: {cells} cells", soft_wrap=True)
                at[what] = ""

        yield begin


@dataclass(slots=True)
class Stopping:
    """Whether the user has asked to stop."""

    asked: bool = False
    held: bool = False

    def heed(self) -> None:
        """Stop now: where Python was just clearing up it has dropped the interrupt."""
        if self.asked:
            raise KeyboardInterrupt

    @contextlib.contextmanager
    def hold(self) -> Iterator[None]:
        """Let a short piece of work be done whole, and stop behind it."""
        self.held = True
        try:
            yield
        finally:
            self.held = False
        self.heed()


@contextlib.contextmanager
def stoppable() -> Iterator[Stopping]:
    """Let a request to end stop the kernels as Ctrl-C does."""
    stopping = Stopping()

    def stop(number: int, frame: FrameType | None) -> None:
        stopping.asked = True
        if not stopping.held:
            raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield stopping
        return
    numbers = [
        number
        for name in ("SIGINT", "SIGTERM", "SIGHUP")
        if (number := getattr(signal, name, None)) is not None
        # One that was told to be ignored, as by nohup, stays so.
        and signal.getsignal(number) is not signal.SIG_IGN
    ]
    before = {number: signal.signal(number, stop) for number in numbers}
    try:
        yield stopping
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
    from nbrefactor.run.failures import same_failure

    assert run.failure is not None
    if original is None:
        return "whether the original fails too could not be found out"
    old, new = original.failure, run.failure
    if old is None:
        return "the original does not fail here: the migration is the cause"
    if old.cell == new.cell:
        error = (
            "with the same error"
            if same_failure(run, original)
            else f"with another error ({old.message})"
        )
        return f"the original fails in the same place {error}"
    return f"the original fails earlier: {old.message}"


def stopped(written: int = 0) -> int:
    """Say that the user ended the command, and what it had written by then.

    Parameters
    ----------
    written : int
        How many notebooks.

    Returns
    -------
    int
        The exit code.
    """
    from nbrefactor.cli.terminal import console

    left = "the notebooks are as they were"
    if written:
        those = "1 notebook was" if written == 1 else f"{written} notebooks were"
        left = f"{those} written before, the others are as they were"
    console(stderr=True).print(f"nbrefactor: stopped; {left}", soft_wrap=True)
    sys.stdout.flush()
    return STOPPED
