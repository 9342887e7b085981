"""Run commands, and print a row of a Markdown table as soon as one is measured."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

# Whoever waits for a table rather looks at a row that was measured once than at none.
_PATIENCE = 15.0


@dataclass(frozen=True, slots=True)
class Command:
    """What is measured.

    Parameters
    ----------
    name : str
        What the table calls it.
    words : sequence of str
        The command line.
    """

    name: str
    words: Sequence[str]


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run cost: seconds on the clock and of the processors, and memory in MB."""

    clock: float
    work: float
    memory: float


class FailedError(Exception):
    """A command ended in another way than by saying yes or no, or took too long."""


def run(command: Command, folder: Path, limit: float) -> Cost:
    """Run a command once, its output thrown away.

    Raises
    ------
    FailedError
        If it fails, or takes longer than `limit` seconds.
    """
    started = time.perf_counter()
    with subprocess.Popen(
        command.words, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        while True:
            found, status, used = os.wait4(process.pid, os.WNOHANG)
            if found:
                break
            if time.perf_counter() - started > limit:
                process.kill()
                raise FailedError(f"over {limit:.0f} s")
            time.sleep(0.001)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise FailedError(f"ended with {process.returncode}")
    clock = time.perf_counter() - started
    return Cost(clock, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


@dataclass(frozen=True, slots=True)
class Table:
    """Measures commands one after the other, and prints a row for each.

    Parameters
    ----------
    folder : Path
        Where they run.
    rounds : int
        How often each is run; seldom if it is slow.
    limit : float
        Seconds after which one is given up.
    """

    folder: Path
    rounds: int
    limit: float

    def show(self, title: str, commands: Sequence[Command], beside: Sequence[Command] = ()) -> None:
        """Print the table.

        Parameters
        ----------
        title : str
            Its heading.
        commands : sequence of Command
            Its rows.
        beside : sequence of Command
            Each row is compared with these, which are run again just before it: what slows the
            machine down for a while slows down both.
        """
        heads = ["", "clock, s", "processor, s", "memory, MB"]
        heads += [f"processor, of {one.name}" for one in beside]
        print(f"\n### {title}\n\n| {' | '.join(heads)} |\n{'|---' * len(heads)}|", flush=True)
        for command in commands:
            try:
                cells = self._row(command, beside)
            except FailedError as error:
                cells = [str(error)]
            print("| " + " | ".join([command.name, *cells]) + " |", flush=True)

    def _row(self, command: Command, beside: Sequence[Command]) -> list[str]:
        run(command, self.folder, self.limit)  # Fills caches: its own, and those of the system.
        others: dict[str, list[float]] = {one.name: [] for one in beside}
        costs: list[Cost] = []
        started = time.perf_counter()
        while len(costs) < self.rounds:
            for one in beside:
                others[one.name].append(run(one, self.folder, self.limit).work)
            costs.append(run(command, self.folder, self.limit))
            if time.perf_counter() - started > _PATIENCE:
                break
        clock = statistics.median(one.clock for one in costs)
        work = statistics.median(one.work for one in costs)
        memory = max(one.memory for one in costs)
        ratios = [f"{work / statistics.median(found):.2f}" for found in others.values()]
        return [f"{clock:.2f}", f"{work:.2f}", f"{memory:.0f}", *ratios]
