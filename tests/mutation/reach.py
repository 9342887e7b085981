"""Which test runs which line, and how long it takes."""

from __future__ import annotations

import functools
import time
from collections import defaultdict
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import coverage
import msgspec
import pytest

from . import checkout, pool

_AT_IMPORT = ""
_FIXTURE = "fixture "
_REMEMBERED = "fixture of all"
# A file of tests is given up after so many seconds on the clock.
_PATIENCE = 1800


class Seen(msgspec.Struct, frozen=True):
    """What was seen of a file of tests."""

    digest: str
    seconds: dict[str, float]
    failed: list[str]
    # By the file of the package and its lines: places in ``seconds``; -1 for the import.
    reached: dict[str, dict[int, list[int]]]


class Reach(msgspec.Struct, frozen=True):
    """What was seen of all tests, with one state of the package."""

    digest: str
    files: dict[str, Seen]

    def seconds(self, test: str) -> float:
        """How long a test took."""
        return self.files[file_of(test)].seconds[test]

    def failed(self) -> tuple[str, ...]:
        """The tests that fail with nothing changed."""
        return tuple(test for tests in self.files.values() for test in tests.failed)

    def known(self, file: str) -> frozenset[str]:
        """The tests of a file."""
        return frozenset(self.files[file].seconds) if file in self.files else frozenset()

    def tests(self, path: str, lines: Iterable[int]) -> frozenset[str]:
        """The tests that run one of some lines, none that fails anyway.

        What runs at import is run for each test that runs something else of the same file.
        """
        wanted = set(lines)
        found: set[str] = set()
        for tests in self.files.values():
            reached = tests.reached.get(path, {})
            numbers = {number for line in wanted for number in reached.get(line, ())}
            if -1 in numbers:
                numbers.update(number for every in reached.values() for number in every)
            names = list(tests.seconds)
            found.update(names[number] for number in numbers - {-1})
            found.difference_update(tests.failed)
        return frozenset(found)


def file_of(test: str) -> str:
    """The file that a test stands in."""
    return test.split("::")[0]


def record(copy: Path, rooms: Iterable[str], kept: Path | None, jobs: int) -> Iterator[str | Reach]:
    """Run each file of tests once; what is kept of the same state is taken from there.

    Yields
    ------
    str or Reach
        A line for each file that was run, and at last what was seen.
    """
    digest = checkout.digest(copy / "nbrefactor", "**/*")
    shared = checkout.digest(copy / "tests", "**/conftest.py")
    before = msgspec.json.decode(kept.read_bytes(), type=Reach) if kept and kept.exists() else None
    files: dict[str, Seen] = {}
    missing: list[_File] = []
    included = tuple(str(copy / "nbrefactor" / room / "*.py") for room in rooms)
    for path in sorted((copy / "tests").rglob("test_*.py")):
        name = path.relative_to(copy).as_posix()
        state = shared + checkout.digest(path.parent, path.name)
        seen = before.files.get(name) if before and before.digest == digest else None
        if seen and seen.digest == state:
            files[name] = seen
            continue
        missing.append(_File(copy, name, state, included))
    for file, answer in pool.each(_look, missing, jobs=jobs, seconds=_PATIENCE):
        if isinstance(answer, pool.Ended):
            yield f"{file.name}: ended with {answer.code}, its tests are not counted\n{answer.why}"
        else:
            files[file.name] = answer
            if kept:
                kept.write_bytes(msgspec.json.encode(Reach(digest, files)))
            yield f"{file.name}: {len(answer.seconds)} tests, {sum(answer.seconds.values()):.0f} s"
    yield Reach(digest, files)


@dataclass(frozen=True)
class _File:
    copy: Path
    name: str
    digest: str
    included: tuple[str, ...]


def _look(file: _File) -> Seen:
    """Run a file of tests, in a forked process."""
    checkout.enter(file.copy)
    traced = coverage.Coverage(data_file=None, include=list(file.included), config_file=False)
    watch = _Watch(traced)
    _attribute_what_is_remembered(traced)
    traced.start()
    pytest.main([file.name, "-m", "not slow", *ALONE], plugins=[watch])
    traced.stop()
    number_of = {test: number for number, test in enumerate(watch.seconds)}
    data = traced.get_data()
    reached: dict[str, dict[int, list[int]]] = {}
    for path in data.measured_files():
        lines = reached.setdefault(Path(path).relative_to(file.copy).as_posix(), {})
        for line, contexts in data.contexts_by_lineno(path).items():
            numbers: set[int] = set()
            for context in contexts:
                if context == _AT_IMPORT:
                    numbers.add(-1)
                elif context.startswith(_FIXTURE):
                    numbers.update(number_of[test] for test in watch.uses[context])
                else:
                    numbers.add(number_of[context])
            lines[line] = sorted(numbers)
    return Seen(file.digest, watch.seconds, watch.failed, reached)


# One process, nothing written beside the tests, and the same examples of hypothesis each time.
ALONE = (
    *("-n0", "-q", "-p", "no:cacheprovider", "--tb=no", "--no-header", "--no-summary"),
    "--hypothesis-seed=0",
)


class _Watch:
    """Tells the trace which test runs, and which tests share what a fixture runs."""

    context = _AT_IMPORT

    @classmethod
    def switch(cls, traced: coverage.Coverage, context: str) -> None:
        """Attribute what runs from now on."""
        cls.context = context
        traced.switch_context(context)

    def __init__(self, traced: coverage.Coverage) -> None:
        self.seconds: dict[str, float] = {}
        self.failed: list[str] = []
        self.uses: defaultdict[str, set[str]] = defaultdict(set)
        self._traced = traced

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Note the time and the lines of one test."""
        self.seconds[item.nodeid] = 0.0
        assert isinstance(item, pytest.Function)
        for name, definitions in item._fixtureinfo.name2fixturedefs.items():
            for definition in definitions:
                self.uses[f"{_FIXTURE}{definition.baseid} {name}"].add(item.nodeid)
        self.switch(self._traced, item.nodeid)
        begun = time.process_time()
        try:
            return (yield)
        finally:
            self.seconds[item.nodeid] = round(time.process_time() - begun, 4)
            self.switch(self._traced, _AT_IMPORT)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(
        self, fixturedef: pytest.FixtureDef[object]
    ) -> Generator[None, object, object]:
        """Note what is run once for several tests."""
        outside = self.context
        if fixturedef.scope != "function":
            self.switch(self._traced, f"{_FIXTURE}{fixturedef.baseid} {fixturedef.argname}")
        try:
            return (yield)
        finally:
            self.switch(self._traced, outside)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note what fails with nothing changed."""
        if report.failed:
            self.failed.append(report.nodeid)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """What is remembered by a function of the tests may serve each of them."""
        self.uses[_REMEMBERED].update(item.nodeid for item in session.items)


def _attribute_what_is_remembered(traced: coverage.Coverage) -> None:
    """Have caches tell: what fills one runs in one test and serves others."""

    def telling(function: Callable[..., object]) -> Callable[..., object]:
        room = function.__module__.split(".")[0]
        if room not in ("nbrefactor", "tests"):
            return function
        during = _AT_IMPORT if room == "nbrefactor" else _REMEMBERED

        @functools.wraps(function)
        def told(*args: object, **named: object) -> object:
            outside = _Watch.context
            _Watch.switch(traced, during)
            try:
                return function(*args, **named)
            finally:
                _Watch.switch(traced, outside)

        return told

    real = functools.lru_cache

    def lru_cache(maxsize: Any = 128, typed: bool = False) -> Any:
        if callable(maxsize):
            return real(telling(maxsize))
        return lambda function: real(maxsize, typed)(telling(function))

    def cache(function: Callable[..., Any]) -> Any:
        return real(None)(telling(function))

    functools.lru_cache = lru_cache
    functools.cache = cache
