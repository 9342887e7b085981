"""Forked processes, a few at once, each bounded in time."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from typing import Generic, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")

_FORK = multiprocessing.get_context("fork")


@dataclass(frozen=True)
class Ended:
    """A process that gave no answer: the code or (negative) signal it ended with, and why."""

    code: int | None
    why: str = ""


@dataclass(frozen=True)
class _Running(Generic[Item]):
    item: Item
    process: ForkProcess
    answers: Connection
    until: float


def each(
    work: Callable[[Item], Answer], items: Iterable[Item], *, jobs: int, seconds: float
) -> Iterator[tuple[Item, Answer | Ended]]:
    """Call the work in a process of its own for each item.

    Parameters
    ----------
    work : callable
        What the forked process does; its answer is pickled.
    items : iterable
        One process each.
    jobs : int
        How many processes there are at once.
    seconds : float
        Time on the clock after which a process is ended.

    Yields
    ------
    item, answer or Ended
        As they come.
    """
    waiting = iter(items)
    running: list[_Running[Item]] = []
    try:
        while True:
            while len(running) < jobs and (item := next(waiting, None)) is not None:
                running.append(_begin(work, item, seconds))
            if not running:
                return
            wait([one.answers for one in running], timeout=1)
            for one in list(running):
                late = time.monotonic() > one.until
                if late or one.answers.poll():
                    running.remove(one)
                    yield one.item, _end(one)
    finally:
        for one in running:
            _kill(one)


def _begin(work: Callable[[Item], Answer], item: Item, seconds: float) -> _Running[Item]:
    here, there = _FORK.Pipe(duplex=False)

    def run() -> None:
        here.close()
        try:
            there.send(work(item))
        # Its standard error leads nowhere.
        except Exception:
            there.send(Ended(1, traceback.format_exc()))
            raise

    process = _FORK.Process(target=run)
    process.start()
    there.close()
    return _Running(item, process, here, time.monotonic() + seconds)


def _end(one: _Running[Item]) -> Answer | Ended:
    """Take the answer, and end the process and what it started."""
    answer: Answer | None
    try:
        answer = one.answers.recv() if one.answers.poll() else None
    except EOFError:
        answer = None
        one.process.join()
    _kill(one)
    one.answers.close()
    return Ended(one.process.exitcode) if answer is None else answer


def _kill(one: _Running[Item]) -> None:
    if one.process.ident is not None:
        # Its number is that of its group once it has entered the copy.
        with suppress(ProcessLookupError):
            os.killpg(one.process.ident, signal.SIGKILL)
    one.process.kill()
    one.process.join()
