"""What the commands over many notebooks share: how many processes, and what is shown meanwhile."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from msgspec import Struct, field

from nbrefactor.visible import visible_line

if TYPE_CHECKING:
    from rich.progress import Progress

# Sooner than this nobody wonders whether anything happens.
_PATIENCE = 1.0
_BETWEEN = 0.1


def jobs_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--jobs``."""
    option = click.option(
        "--jobs",
        "-j",
        type=click.IntRange(min=1),
        metavar="N",
        help="Processes that share the notebooks. Default: the cores that may be used.",
    )
    decorated: Callable[..., Any] = option(command)
    return decorated


def cache_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--no-cache`` and ``--cache-dir``."""
    whether = click.option(
        "--no-cache",
        is_flag=True,
        help="Read every notebook anew, and keep nothing of it for later.",
    )
    where = click.option(
        "--cache-dir",
        type=click.Path(file_okay=False, path_type=Path),
        envvar="NBREFACTOR_CACHE_DIR",
        help="Folder for what is kept. Default: the user's folder for caches.",
    )
    decorated: Callable[..., Any] = whether(where(command))
    return decorated


def number_of(jobs: int | None) -> int:
    """Give the number of processes that the user wants."""
    from nbrefactor.batch.loop import usable_cores

    return usable_cores() if jobs is None else jobs


class Bar(Struct):
    """A bar on a terminal that shows when a batch takes longer than a moment.

    Parameters
    ----------
    total : int
        The number of notebooks.
    wanted : bool
        Whether it may show at all.
    """

    total: int
    wanted: bool
    done: int = 0
    found: int = 0
    _started: float = field(default_factory=time.monotonic)
    _shown: float = 0.0
    _progress: Progress | None = None

    def step(self, name: str, found: int) -> None:
        """Say that a notebook is done, and how many findings it had."""
        self.done += 1
        self.found += found
        now = time.monotonic()
        if not self.wanted or now - max(self._started + _PATIENCE, self._shown) < _BETWEEN:
            return
        self._shown = now
        if self._progress is None:
            self._progress = _bar()
            self._progress.add_task("", total=self.total)
            self._progress.start()
        what = f"{self.found} found, {visible_line(name)}"
        task = self._progress.task_ids[0]
        self._progress.update(task, completed=self.done, description=what, refresh=True)

    def end(self) -> None:
        """Take the bar off the terminal."""
        if self._progress is not None:
            self._progress.stop()
            self._progress = None


@contextmanager
def bar(total: int, *, quiet: bool) -> Iterator[Bar]:
    """Show a bar while notebooks are worked on, where somebody sees it."""
    shown = Bar(total, not quiet and total > 1 and sys.stderr.isatty())
    try:
        yield shown
    finally:
        shown.end()


def _bar() -> Progress:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.table import Column

    from nbrefactor.cli.terminal import console

    # No thread draws it: a process that is copied may have none.
    return Progress(
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.description}", markup=False, table_column=Column(no_wrap=True)),
        console=console(stderr=True),
        auto_refresh=False,
        transient=True,
        redirect_stdout=sys.stdout.isatty(),
    )
