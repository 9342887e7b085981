"""Which tests are run against a mutant, and what their end means."""

from __future__ import annotations

import ast
import signal
from pathlib import Path

import pytest

from . import pool, trial
from .mutants import Mutant
from .reach import Reach, Seen
from .score import rows, wilson

HERE = "nbrefactor/room/file.py"
MUTANT = Mutant(HERE, 2, 0, "def f():\n    return 1\n", "def f():\n    return 2\n")
BESIDE, FAR = "tests/room/test_file.py", "tests/test_far.py"
SECONDS = {"beside": {f"{BESIDE}::slow": 9.0, f"{BESIDE}::fast": 1.0}, "far": {f"{FAR}::a": 0.1}}


def reach(beside: dict[int, list[int]], far: dict[int, list[int]], failed: str = "") -> Reach:
    of = [failed] if failed else []
    return Reach(
        "",
        {
            FAR: Seen("", SECONDS["far"], [], {HERE: far}),
            BESIDE: Seen("", SECONDS["beside"], of, {HERE: beside}),
        },
    )


@pytest.mark.parametrize(
    ("seen", "seconds", "order"),
    [
        pytest.param(reach({2: [0, 1]}, {2: [0]}), 60, [f"{BESIDE}::fast", f"{BESIDE}::slow", f"{FAR}::a"], id="the file beside it first, fast ones first"),
        pytest.param(reach({2: [0, 1]}, {2: [0]}), 5, [f"{BESIDE}::fast", f"{FAR}::a"], id="what the time is enough for"),
        pytest.param(reach({2: [0]}, {}), 5, [f"{BESIDE}::slow"], id="one at least"),
        pytest.param(reach({1: [0]}, {2: [0]}), 60, [f"{FAR}::a"], id="those that run the line"),
        pytest.param(reach({2: [-1], 9: [1]}, {}), 60, [f"{BESIDE}::fast"], id="what is run at import: those that run more of the file"),
        pytest.param(reach({2: [0, 1]}, {}, f"{BESIDE}::fast"), 60, [f"{BESIDE}::slow"], id="none that fails anyway"),
        pytest.param(reach({1: [0]}, {}), 60, [], id="none that reaches it"),
    ],
)  # fmt: skip
def test_tests_are_chosen(seen: Reach, seconds: float, order: list[str]) -> None:
    chosen = trial.plan(Path(), MUTANT, seen, seconds)
    assert [test for batch in chosen.batches for test in batch.seconds] == order


@pytest.mark.parametrize(
    ("line", "first", "last"),
    [
        pytest.param(1, 1, 2, id="the head of a function, over two lines"),
        pytest.param(4, 3, 5, id="a call over three lines"),
        pytest.param(6, 6, 6, id="a condition"),
        pytest.param(7, 7, 7, id="what is under it"),
    ],
)
def test_a_change_stands_in_a_statement(line: int, first: int, last: int) -> None:
    text = "def f(a,\n      b=1):\n    x = g(\n        a,\n    )\n    if x:\n        y = 1\n"
    assert trial.statement(ast.parse(text), line) == range(first, last + 1)


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        pytest.param(pool.Ended(-signal.SIGXCPU), "timed out", id="too much time of a processor"),
        pytest.param(pool.Ended(-signal.SIGKILL), "timed out", id="too much time on the clock"),
        pytest.param(pool.Ended(-signal.SIGSEGV), "killed", id="a crash"),
        pytest.param(pool.Ended(1, "MemoryError"), "killed", id="an error outside the tests"),
    ],
)
def test_the_end_of_a_process_means_something(answer: pool.Ended, result: str) -> None:
    planned = trial.plan(Path(), MUTANT, reach({2: [0]}, {}), 60)
    assert trial.conclude(planned, answer).result == result


@pytest.mark.slow
def test_processes_answer_fail_or_are_ended() -> None:
    def work(item: str) -> str:
        if item == "fails":
            raise ValueError(item)
        while item == "hangs":
            signal.pause()
        return item.upper()

    found = dict(pool.each(work, ["gives", "fails", "hangs"], jobs=2, seconds=3))
    assert found["gives"] == "GIVES"
    assert isinstance(found["fails"], pool.Ended)
    assert "ValueError: fails" in found["fails"].why
    assert found["hangs"] == pool.Ended(-signal.SIGKILL)


@pytest.mark.parametrize(
    ("hits", "tries", "low", "high"),
    [
        pytest.param(8, 10, 0.490, 0.943, id="a few"),
        pytest.param(270, 300, 0.861, 0.929, id="many"),
        pytest.param(0, 0, 0.0, 1.0, id="none"),
        pytest.param(5, 5, 0.566, 1.0, id="all"),
    ],
)
def test_a_share_is_bounded(hits: int, tries: int, low: float, high: float) -> None:
    found = wilson(hits, tries)
    assert (round(found.low, 3), round(found.high, 3)) == (low, high)


def test_rooms_are_counted() -> None:
    planned = trial.plan(Path(), MUTANT, reach({2: [0]}, {}), 60)
    killed = trial.Outcome(MUTANT, "killed", "", 1, 1)
    late = trial.conclude(planned, pool.Ended(-signal.SIGXCPU))
    survived = trial.Outcome(MUTANT, "survived", "", 1, 1)
    room, every = rows([killed, late, survived, trial.not_reached(planned)], [survived])
    assert (room.name, room.tried, room.killed, room.timed_out) == ("room", 4, 1, 1)
    assert (every.survived, every.argued) == (2, 1)
    assert room.text().startswith(
        "room           4       1          1         2           1    50.0%"
    )
