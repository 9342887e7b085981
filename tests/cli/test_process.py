"""What the commands share: every notebook is processed and the worst code wins."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from nbrefactor.batch.loop import Step
from nbrefactor.batch.values import Opened
from nbrefactor.cli.process import Writing, exit_code, process
from nbrefactor.config import Settings, SettingsError
from nbrefactor.model.outcome import Outcome

CODES = [
    pytest.param([], [], 0, id="nothing at all"),
    pytest.param(["unchanged", "changed", "skipped"], [], 0, id="done, idle and skipped"),
    pytest.param(["changed", "failed", "changed"], [], 2, id="one failed"),
    pytest.param(["changed"], ["a.ipynb: no such file"], 2, id="a problem"),
]


@pytest.mark.parametrize(("statuses", "problems", "code"), CODES)
def test_the_worst_code_wins(statuses: Sequence[str], problems: list[str], code: int) -> None:
    outcomes = [Outcome("x", status, b"", b"") for status in statuses]
    assert exit_code(outcomes, problems) == code


def planned(opened: Opened) -> Outcome:
    data, name = opened.read(), opened.found.name
    if data.startswith(b"wrong"):
        raise SettingsError("target module nope: was not found")
    if data.startswith(b"odd"):
        raise ValueError("an odd thing")
    if data.startswith(b"failed"):
        return Outcome(name, "failed", data, data, reason="not JSON")
    return Outcome(name, "changed", data, data.upper())


def run(folder: Path, *names: str, **options: object) -> int:
    paths = [str(folder / name) for name in names]
    return process(paths, Step(lambda path: Settings(), planned), Writing(**options))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("wrong", "wrong2", "odd", "failed", "a", "b"):
        (tmp_path / f"{name}.ipynb").write_bytes(f"{name}\n".encode())
    return tmp_path


@pytest.mark.parametrize("bad", ["wrong.ipynb", "odd.ipynb", "failed.ipynb", "missing.ipynb"])
def test_a_bad_notebook_keeps_no_other_from_its_turn(
    bad: str,
    folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert run(folder, "a.ipynb", bad, "b.ipynb") == 2
    assert (folder / "a.ipynb").read_bytes() == b"A\n"
    assert (folder / "b.ipynb").read_bytes() == b"B\n"
    told = "".join(capsys.readouterr())
    assert "2 notebooks changed" in told


def test_one_wrong_setting_is_said_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder, "wrong.ipynb", "wrong2.ipynb") == 2
    assert capsys.readouterr().err == "nbrefactor: target module nope: was not found\n"


def test_a_notebook_named_twice_is_processed_once(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "link.ipynb").symlink_to("a.ipynb")
    assert run(folder, "a.ipynb", "a.ipynb", "link.ipynb") == 0
    assert "1 notebook changed" in capsys.readouterr().out


def test_a_preview_and_a_run_show_the_same_but_the_last_line(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(folder, "a.ipynb", dry_run=True) == 0
    assert (folder / "a.ipynb").read_bytes() == b"a\n"
    preview = capsys.readouterr().out.splitlines()
    assert run(folder, "a.ipynb") == 0
    assert capsys.readouterr().out.splitlines()[:-1] == preview[:-1]
    assert preview[-1] == "1 notebook would change (dry run: nothing was written)"


def test_in_a_large_batch_what_has_nothing_to_say_is_silent(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(5):
        (tmp_path / f"{number}.ipynb").write_bytes(b"x")

    def idle(opened: Opened) -> Outcome:
        data = opened.read()
        return Outcome(opened.found.name, "unchanged", data, data)

    code = process([str(tmp_path)], Step(lambda path: Settings(), idle), Writing())
    assert (code, capsys.readouterr().out) == (0, "nothing to do in 5 notebooks\n")
