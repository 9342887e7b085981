"""Many tasks in a few processes, each bounded in time."""

from __future__ import annotations

import signal
import traceback
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from types import FrameType
from typing import Generic, TypeVar

# What waits, and does not work, is given up after so many times the seconds.
_PATIENCE = 20

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Failed:
    """A task without a result."""

    why: str


@dataclass(frozen=True)
class Bounded(Generic[Item, Result]):
    """A task that is given up after a time: called in a process of the pool."""

    task: Callable[[Item], Result]
    seconds: float

    def __call__(self, item: Item) -> Result | Failed:
        signal.signal(signal.SIGPROF, _late)
        signal.signal(signal.SIGALRM, _late)
        signal.setitimer(signal.ITIMER_PROF, self.seconds)
        signal.setitimer(signal.ITIMER_REAL, self.seconds * _PATIENCE)
        try:
            return self.task(item)
        except _Late:
            return Failed(f"took longer than {self.seconds:g} seconds")
        # A measurement counts what breaks; it does not stop there.
        except Exception as error:
            where = traceback.extract_tb(error.__traceback__)[-1]
            return Failed(f"{type(error).__name__}: {error} ({where.name}, row {where.lineno})")
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.setitimer(signal.ITIMER_REAL, 0)


def each(
    task: Callable[[Item], Result], items: Iterable[Item], *, seconds: float, jobs: int
) -> Iterator[Result | Failed]:
    """Give the results in the order of the items.

    Parameters
    ----------
    task : callable
        A function at the top level of a module.
    items : iterable
        What it is called with, one after the other.
    seconds : float
        How much of a processor's time one call may take: a busy machine changes no verdict.
    jobs : int
        Number of processes.

    Yields
    ------
    result or Failed
        One for each item.
    """
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(Bounded(task, seconds), items)


class _Late(BaseException):
    """No ``except Exception`` of what is measured catches it."""


def _late(number: int, frame: FrameType | None) -> None:
    raise _Late
