"""The one loop over many notebooks."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import Generic

from msgspec import Struct

from nbrefactor.batch.attempt import attempt
from nbrefactor.batch.values import Done, Found, Opened, Problem, Result, Work
from nbrefactor.config import Settings

SettingsFor = Callable[[Path | None], Settings]

# What is done sooner than this is done before other processes have started.
_ALONE = 0.15


class Discovery(Struct, frozen=True):
    """The notebooks of one command.

    Parameters
    ----------
    notebooks : tuple of Found
        In the order in which they are worked on.
    problems : tuple of Problem
        Paths that lead to none.
    """

    notebooks: tuple[Found, ...]
    problems: tuple[Problem, ...]


def discover(paths: Sequence[str], endings: tuple[str, ...] = (".ipynb",)) -> Discovery:
    """Find the notebooks that the user means.

    Parameters
    ----------
    paths : sequence of str
        Files and folders as the user named them; ``-`` is standard input.
    endings : tuple of str
        How the names of files end that are looked for in folders.

    Returns
    -------
    Discovery
        Standard input first, then each file once.
    """
    from nbrefactor.notebook.discovery import find

    found = find([path for path in paths if path != "-"], endings)
    named = frozenset(paths)
    own = [Found(None, "<stdin>", named=True)] if "-" in named else []
    files = [Found(path, str(path), str(path) in named) for path in found.notebooks]
    problems = (Problem(f"{one.path}: {one.reason}") for one in found.problems)
    return Discovery((*own, *files), tuple(problems))


class Step(Struct, Generic[Result], frozen=True):
    """What is done with each notebook.

    Parameters
    ----------
    settings_for : callable
        Gives the settings of a notebook's file, None being standard input.
    work : callable
        The work.
    """

    settings_for: SettingsFor
    work: Work[Result]

    def __call__(self, found: Found) -> Done[Result]:
        """Do the work on one notebook; nothing escapes."""
        settings, problem = attempt(found.name, lambda: self.settings_for(found.path))
        if settings is None:
            return Done(found, problem=problem)
        if found.path is not None and (settings.include or settings.exclude):
            from nbrefactor.selection import left_out

            path = found.path
            why, problem = attempt(found.name, lambda: left_out(path, settings))
            if why or problem is not None:
                return Done(found, None, problem, why or "", settings)
        value, problem = attempt(found.name, lambda: self.work(Opened(found, settings)))
        return Done(found, value, problem, "", settings)


def run(
    notebooks: Sequence[Found], step: Step[Result], *, jobs: int = 1, alone: float = _ALONE
) -> Generator[Done[Result], None, None]:
    """Work on notebooks; closed early, it stops whatever works on them.

    Parameters
    ----------
    notebooks : sequence of Found
        The notebooks.
    step : Step
        What is done with each.
    jobs : int
        How many processes work on them.
    alone : float
        Seconds after which the others start, so that little work is done by one.

    Yields
    ------
    Done
        In the order of the notebooks, each as soon as all before it are done.
    """
    started = time.monotonic()
    for at, found in enumerate(notebooks):
        left = len(notebooks) - at
        if jobs > 1 and left > 1 and at and time.monotonic() - started >= alone:
            from nbrefactor.batch.workers import Workers

            with Workers(step, min(jobs, left)) as workers:
                yield from workers.run(notebooks[at:])
            return
        yield step(found)


def usable_cores() -> int:
    """Count the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
