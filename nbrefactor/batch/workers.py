"""Processes that work on notebooks: started once, fed in small portions, gone at the end.

Not `concurrent.futures`: a process that dies must cost one notebook and not the batch, and one
that is stopped must leave none behind.
"""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import signal
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic

from nbrefactor.batch.attempt import attempt
from nbrefactor.batch.values import Done, Found, Problem, Result

if TYPE_CHECKING:
    from nbrefactor.batch.loop import Step

_PORTION = 8
# How far ahead of the next result others may be, which bounds what is held in memory.
_AHEAD = 64


@dataclass(slots=True, eq=False)
class _Worker:
    process: BaseProcess
    connection: Connection
    todo: deque[int] = field(default_factory=deque)


class Workers(Generic[Result]):
    """Some processes, for the length of a ``with`` block.

    Parameters
    ----------
    step : Step
        What each does with a notebook.
    number : int
        How many there are.
    """

    def __init__(self, step: Step[Result], number: int) -> None:
        self._step = step
        self._number = number
        # A copy of this process knows all that it has read; elsewhere than on Linux it is not safe.
        method = "fork" if sys.platform == "linux" else "spawn"
        self._context: BaseContext = multiprocessing.get_context(method)
        self._workers: list[_Worker] = []

    def __enter__(self) -> Workers[Result]:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for worker in self._workers:
            worker.connection.close()
            worker.process.terminate()
        for worker in self._workers:
            worker.process.join(2)
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()

    def run(self, notebooks: Sequence[Found]) -> Iterator[Done[Result]]:
        """Work on notebooks; see `nbrefactor.batch.loop.run`."""
        waiting = deque(range(len(notebooks)))
        ready: dict[int, Done[Result]] = {}
        while len(self._workers) < self._number:
            self._workers.append(self._start())
        for at in range(len(notebooks)):
            while at not in ready:
                self._feed(waiting, notebooks, at)
                ready.update(self._collected(waiting, notebooks))
            yield ready.pop(at)

    def _start(self) -> _Worker:
        mine, theirs = self._context.Pipe()
        # What a copy inherits of the others would keep their ends open when this process is gone.
        inherited = [worker.connection for worker in self._workers] + [mine]
        others = inherited if self._context.get_start_method() == "fork" else []
        process = self._context.Process(  # type: ignore[attr-defined]
            target=_serve, args=(theirs, self._step, others), daemon=True
        )
        process.start()
        theirs.close()
        return _Worker(process, mine)

    def _feed(self, waiting: deque[int], notebooks: Sequence[Found], next_one: int) -> None:
        """Give each that has nothing to do a portion, the first notebooks first."""
        for worker in self._workers:
            if worker.todo or not waiting or waiting[0] > next_one + _AHEAD * self._number:
                continue
            share = max(1, min(_PORTION, len(waiting) // (2 * self._number)))
            worker.todo.extend(waiting.popleft() for _ in range(share))
            try:
                worker.connection.send([notebooks[at] for at in worker.todo])
            except OSError:
                # It is gone, which reading from it tells next.
                continue

    def _collected(
        self, waiting: deque[int], notebooks: Sequence[Found]
    ) -> Iterator[tuple[int, Done[Result]]]:
        """Wait for results."""
        busy = {worker.connection: worker for worker in self._workers if worker.todo}
        for connection in multiprocessing.connection.wait(list(busy)):
            worker = busy[connection]  # type: ignore[index]
            try:
                done: Done[Result] = worker.connection.recv()
            except (EOFError, OSError):
                at = worker.todo.popleft()
                waiting.extendleft(reversed(worker.todo))
                yield at, Done(notebooks[at], problem=self._replace(worker, notebooks[at]))
            else:
                yield worker.todo.popleft(), done

    def _replace(self, worker: _Worker, found: Found) -> Problem:
        """Start another process for one that died, and say what it died of."""
        worker.connection.close()
        worker.process.join()
        self._workers.remove(worker)
        self._workers.append(self._start())
        return Problem(
            f"{found.name}: the process that worked on it ended (exit code "
            f"{worker.process.exitcode}), as where memory runs out; nothing was written"
        )


def _serve(connection: Connection, step: Step[Any], others: Sequence[Connection]) -> None:
    """Work on what is sent until there is no more; the life of a worker."""
    # Whoever stops the program stops it in the terminal, which tells all of its processes.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for other in others:
        other.close()
    try:
        while True:
            for found in connection.recv():
                done = step(found)
                _, problem = attempt(found.name, lambda done=done: connection.send(done))  # type: ignore[misc]
                if problem is not None:
                    connection.send(Done(found, problem=problem))
    except (EOFError, OSError):
        # Whoever asked is gone.
        return
