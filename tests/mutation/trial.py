"""One mutant and the tests that reach it, in a process of its own."""

from __future__ import annotations

import ast
import resource
import signal
import sys
from collections import defaultdict
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest

from . import checkout, pool
from .mutants import Mutant
from .reach import ALONE, Reach, file_of

Result = Literal["killed", "survived", "timed out", "not reached"]

# What a test may take of a processor: so many times what it took, and so many seconds more.
_TIMES = 10
_MORE = 10


@dataclass(frozen=True)
class Batch:
    """Tests of one file, with the seconds each took; fast ones first."""

    file: str
    seconds: dict[str, float]
    known: frozenset[str]


@dataclass(frozen=True)
class Trial:
    """A mutant and what is run against it."""

    copy: Path
    mutant: Mutant
    batches: tuple[Batch, ...]
    reaching: int

    @property
    def asked(self) -> int:
        """How many tests are run at most."""
        return sum(len(batch.seconds) for batch in self.batches)


@dataclass(frozen=True)
class Outcome:
    """What became of a mutant."""

    mutant: Mutant
    result: Result
    by: str
    asked: int
    reaching: int


def plan(copy: Path, mutant: Mutant, reach: Reach, seconds: float) -> Trial:
    """Choose tests: the file beside the module first, then files by the time they take.

    Parameters
    ----------
    copy : Path
        Where the tests run.
    mutant : Mutant
        The change.
    reach : Reach
        What the tests run with nothing changed.
    seconds : float
        How much the chosen tests may take together; one is always chosen.
    """
    lines = statement(ast.parse(mutant.before), mutant.line)
    reaching = reach.tests(mutant.path, lines)
    by_file: defaultdict[str, list[str]] = defaultdict(list)
    for test in sorted(reaching, key=lambda test: (reach.seconds(test), test)):
        by_file[file_of(test)].append(test)
    beside = f"tests/{mutant.room}/test_{Path(mutant.path).stem}.py"
    cost = {file: sum(map(reach.seconds, tests)) for file, tests in by_file.items()}
    batches: list[Batch] = []
    spent = 0.0
    for file in sorted(by_file, key=lambda file: (file != beside, cost[file], file)):
        chosen: dict[str, float] = {}
        for test in by_file[file]:
            if spent + reach.seconds(test) <= seconds or not (batches or chosen):
                chosen[test] = reach.seconds(test)
                spent += reach.seconds(test)
        if chosen:
            batches.append(Batch(file, chosen, reach.known(file)))
    return Trial(copy, mutant, tuple(batches), len(reaching))


def statement(tree: ast.Module, line: int) -> range:
    """The lines of the innermost statement at a line; of a compound one, those of its head."""
    found = range(line, line + 1)
    for node in ast.walk(tree):
        if not isinstance(node, ast.stmt) or node.end_lineno is None:
            continue
        body = getattr(node, "body", None)
        end = max(node.lineno, body[0].lineno - 1) if body else node.end_lineno
        span = range(node.lineno, end + 1)
        if line in span and (len(found) == 1 or len(span) < len(found)):
            found = span
    return found


def judge(trial: Trial) -> Outcome:
    """Run the tests until one fails, in a forked process."""
    checkout.enter(trial.copy)
    changed = checkout.Changed(trial.copy, trial.mutant.path, trial.mutant.after)
    sys.meta_path.insert(0, changed)
    for batch in trial.batches:
        asked = _Chosen(batch)
        code = pytest.main([batch.file, "-x", *ALONE], plugins=[asked])
        if code not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            by = asked.failed or f"{batch.file} ({pytest.ExitCode(code).name.lower()})"
            return _outcome(trial, "killed", by)
    return _outcome(trial, "survived", "")


def conclude(trial: Trial, answer: Outcome | pool.Ended) -> Outcome:
    """Say what a process that ended without an answer means."""
    if isinstance(answer, Outcome):
        return answer
    if answer.code in (-signal.SIGXCPU, -signal.SIGKILL):
        return _outcome(trial, "timed out", "")
    return _outcome(trial, "killed", f"the process ended with {answer.code} {answer.why}".strip())


def not_reached(trial: Trial) -> Outcome:
    """No test runs the line."""
    return _outcome(trial, "not reached", "")


def _outcome(trial: Trial, result: Result, by: str) -> Outcome:
    return Outcome(trial.mutant, result, by, trial.asked, trial.reaching)


class _Chosen:
    """Keeps the chosen tests of a file, in their order, and bounds each."""

    def __init__(self, batch: Batch) -> None:
        self.failed = ""
        self._batch = batch

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Also keep what was not there before: the mutant may have changed the cases."""
        wanted = self._batch.seconds
        kept = [i for i in items if i.nodeid in wanted or i.nodeid not in self._batch.known]
        kept = [item for item in kept if item.get_closest_marker("slow") is None]
        places = {test: place for place, test in enumerate(wanted)}
        items[:] = sorted(kept, key=lambda item: places.get(item.nodeid, len(places)))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """End the process if the test takes far longer than it did."""
        used = resource.getrusage(resource.RUSAGE_SELF)
        seconds = _TIMES * self._batch.seconds.get(item.nodeid, 1.0) + _MORE
        limit = int(used.ru_utime + used.ru_stime + seconds)
        resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
        return (yield)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note which test noticed."""
        if report.failed and not self.failed:
            self.failed = report.nodeid


def in_order(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """By file and line."""
    return sorted(outcomes, key=lambda outcome: (outcome.mutant.path, outcome.mutant.line))
