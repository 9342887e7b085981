"""One loop: in the order of the notebooks, whoever works on them and whatever one of them does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from nbrefactor.batch.loop import Step, discover, run, usable_cores
from nbrefactor.batch.values import Done, Found, Opened
from nbrefactor.config import Settings, SettingsError
from nbrefactor.model.errors import NbrefactorError


def settings_for(path: Path | None) -> Settings:
    if path is not None and path.name.startswith("settings"):
        raise SettingsError("the settings are wrong")
    return Settings(exclude=("left-out*",), folder=None if path is None else path.parent)


def work(opened: Opened) -> str:
    name = Path(opened.found.name).name
    if name.startswith("slow"):
        time.sleep(0.05)
    if name.startswith("wrong"):
        raise NbrefactorError("no notebook")
    if name.startswith("odd"):
        raise KeyError("an odd thing")
    if name.startswith("dies"):
        os._exit(7)
    if name.startswith("heavy"):
        return lambda: name  # type: ignore[return-value]
    return opened.read().decode()


STEP = Step(settings_for, work)


def found(folder: Path, *names: str) -> list[Found]:
    for name in names:
        if not name.startswith("missing"):
            (folder / name).write_text(name)
    return [Found(folder / name, name) for name in names]


def told(done: Done[str]) -> str:
    if done.problem is not None:
        return f"{done.found.name}!"
    return f"{done.found.name}-" if done.left_out else str(done.value)


NAMES = ["slow1", "a", "wrong1", "b", "odd1", "c", "settings1", "d", "left-out1", "missing1", "e"]
EXPECTED = [
    *("slow1", "a", "wrong1!", "b", "odd1!", "c", "settings1!", "d", "left-out1-", "missing1!"),
    "e",
]


@pytest.fixture(autouse=True)
def bugs_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


@pytest.mark.parametrize("jobs", [1, 2, 5])
def test_results_come_in_order_and_a_bad_notebook_costs_only_itself(
    tmp_path: Path, jobs: int
) -> None:
    done = list(run(found(tmp_path, *NAMES), STEP, jobs=jobs, alone=0))
    assert [told(one) for one in done] == EXPECTED


@pytest.mark.parametrize("jobs", [1, 3])
def test_every_problem_is_a_sentence_with_the_notebook(tmp_path: Path, jobs: int) -> None:
    done = {one.found.name: one for one in run(found(tmp_path, *NAMES), STEP, jobs=jobs, alone=0)}
    problems = {name: one.problem for name, one in done.items() if one.problem}
    assert problems["wrong1"].sentence == "wrong1: no notebook"
    assert problems["missing1"].sentence == "missing1: cannot be read (No such file or directory)"
    assert problems["odd1"].sentence.startswith("odd1: this is a bug of nbrefactor")
    assert (problems["settings1"].shared, problems["wrong1"].shared) == (True, False)


def test_a_process_that_dies_costs_the_notebook_that_killed_it(tmp_path: Path) -> None:
    names = ["a", *(f"n{at}" for at in range(20)), "dies1", "dies2", *(f"m{at}" for at in range(9))]
    done = list(run(found(tmp_path, *names), STEP, jobs=2, alone=0))
    assert [one.found.name for one in done] == names
    dead = {one.found.name: one.problem.sentence for one in done if one.problem}
    assert set(dead) == {"dies1", "dies2"}
    assert "exit code 7" in dead["dies1"]


def test_what_cannot_be_handed_over_is_a_problem(tmp_path: Path) -> None:
    done = list(run(found(tmp_path, "a", "heavy1", "b"), STEP, jobs=2, alone=0))
    assert [told(one) for one in done] == ["a", "heavy1!", "b"]


def test_little_work_stays_in_one_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nbrefactor.batch.workers.Workers", None)
    done = list(run(found(tmp_path, "a", "b", "c"), STEP, jobs=8, alone=60))
    assert [told(one) for one in done] == ["a", "b", "c"]


def test_who_stops_early_leaves_no_process(tmp_path: Path) -> None:
    import multiprocessing

    names = [f"slow{at}" for at in range(40)]
    with closing(run(found(tmp_path, *names), STEP, jobs=3, alone=0)) as done:
        assert [told(next(done)) for _ in range(2)] == names[:2]
        assert len(multiprocessing.active_children()) == 3
    assert not multiprocessing.active_children()


def test_standard_input_comes_first_and_a_file_once(tmp_path: Path) -> None:
    (tmp_path / "a.ipynb").write_text("{}")
    path = str(tmp_path / "a.ipynb")
    notebooks = discover([path, "-", str(tmp_path), path]).notebooks
    assert [(one.name, one.named) for one in notebooks] == [("<stdin>", True), (path, True)]


def test_there_is_a_core() -> None:
    assert usable_cores() >= 1


STOPPED = """
import sys, time
from pathlib import Path
from nbrefactor.batch import checking
from nbrefactor.cli import main

def slow(self, opened):
    time.sleep(0.05)
    return checking.Checked()

checking.Checker.__call__ = slow
main(["check", sys.argv[1], "--jobs", "2", "--no-cache"])
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="looks at the processes of a session")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_by_the_user_it_says_what_is_known_and_leaves_no_process(
    tmp_path: Path, number: int
) -> None:
    for at in range(400):
        (tmp_path / f"{at:03}.ipynb").write_text("{}")
    command = [sys.executable, "-c", STOPPED, str(tmp_path)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        time.sleep(2)
        # A terminal sends Ctrl-C to all of them, others ask the first one only.
        if number == signal.SIGINT:
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)
        out, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "stopped after" in err
    assert "of 400 notebooks" in err
    assert "0 findings in" in out
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)
