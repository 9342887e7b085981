"""Several files change together, or none does, and all can be taken back together."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from nbrefactor.notebook import journal as journals
from nbrefactor.notebook.journal import (
    Change,
    JournalError,
    Recorder,
    latest,
    take_back,
    write_together,
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(journals.FOLDER_VARIABLE, str(tmp_path / "state"))
    place = tmp_path / "project"
    place.mkdir()
    (place / "a").write_bytes(b"one")
    (place / "b").write_bytes(b"two")
    return place


def changes(folder: Path) -> list[Change]:
    return [
        Change(folder / "new", None, b"made"),
        Change(folder / "a", b"one", b"ONE"),
        Change(folder / "b", b"two", b"TWO"),
    ]


def held(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


BEFORE = {"a": b"one", "b": b"two"}
AFTER = {"a": b"ONE", "b": b"TWO", "new": b"made"}


def test_all_files_change_and_go_back(folder: Path) -> None:
    write_together(changes(folder), "test")
    assert held(folder) == AFTER
    found = latest(folder)
    assert found is not None
    assert found.command == "test"
    assert sorted(path.name for path in take_back(found)) == ["a", "b", "new"]
    assert held(folder) == BEFORE
    assert latest(folder) is None


@pytest.mark.parametrize("fails_at", [0, 1, 2], ids=["the first", "the second", "the third"])
@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO, errno.EACCES], ids=errno.errorcode.get)
def test_a_file_that_cannot_be_written_leaves_all_as_they_were(
    folder: Path, monkeypatch: pytest.MonkeyPatch, fails_at: int, error: int
) -> None:
    real, calls = Path.replace, []

    def failing(self: Path, target: Path) -> Path:
        calls.append(target)
        if len(calls) == fails_at + 1:
            raise OSError(error, os.strerror(error))
        return real(self, target)

    monkeypatch.setattr(Path, "replace", failing)
    with pytest.raises(JournalError, match=r"no file was changed$"):
        write_together(changes(folder), "test")
    assert held(folder) == BEFORE
    assert latest(folder) is None, "a journal of nothing is left"


def test_a_file_that_changed_since_it_was_read_stops_all(folder: Path) -> None:
    (folder / "b").write_bytes(b"somebody else's")
    with pytest.raises(JournalError, match="has changed since it was read"):
        write_together(changes(folder), "test")
    assert held(folder) == {**BEFORE, "b": b"somebody else's"}


def test_a_new_file_takes_no_place_of_another(folder: Path) -> None:
    (folder / "new").write_bytes(b"mine")
    with pytest.raises(JournalError, match="has come into being"):
        write_together(changes(folder), "test")
    assert held(folder) == {**BEFORE, "new": b"mine"}


def test_nothing_is_taken_back_where_a_file_changed_since(folder: Path) -> None:
    write_together(changes(folder), "test")
    (folder / "a").write_bytes(b"worked on")
    found = latest(folder)
    assert found is not None
    with pytest.raises(JournalError, match="was changed since; nothing was taken back"):
        take_back(found)
    assert held(folder) == {**AFTER, "a": b"worked on"}


@pytest.mark.parametrize("reached", [0, 1, 2, 3])
def test_a_run_that_was_cut_short_is_taken_back_too(folder: Path, reached: int) -> None:
    Recorder("test").add(changes(folder))
    for change in changes(folder)[:reached]:
        assert change.after is not None
        change.path.write_bytes(change.after)
    found = latest(folder)
    assert found is not None
    assert len(take_back(found)) == reached
    assert held(folder) == BEFORE


def test_a_journal_that_was_cut_short_knows_what_was_reached(folder: Path) -> None:
    recorder = Recorder("test")
    recorder.add(changes(folder)[1:2])
    (folder / "a").write_bytes(b"ONE")
    file = recorder.journal.file
    file.write_bytes(file.read_bytes() + b'{"path": "/so')
    found = latest(folder)
    assert found is not None
    take_back(found)
    assert held(folder) == BEFORE


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]\n",
        b"{}\n",
        b'{"format": 99}\n',
        b"\xff\n",
        b'{"format": 1, "made": 1}\n',
        b"[" * 9999,
    ],
    ids=["empty", "a list", "no format", "newer", "no text", "no command", "deep"],
)
def test_what_is_no_journal_of_ours_is_passed_over(folder: Path, text: bytes) -> None:
    write_together(changes(folder), "test")
    found = latest(folder)
    assert found is not None
    found.file.with_name("9" * 20 + "-x.jsonl").write_bytes(text)
    assert latest(folder) == found


def test_another_folder_has_another_journal(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "c").write_bytes(b"c")
    write_together(changes(folder), "first")
    write_together([Change(other / "c", b"c", b"C")], "second")
    found = latest(folder)
    assert found is not None
    assert found.command == "first"
    assert latest(tmp_path).command == "second"  # type: ignore[union-attr]
    assert latest(folder / "a") == found


def test_old_journals_go(folder: Path) -> None:
    for number in range(journals.KEPT + 5):
        before, after = (b"one", b"ONE") if number % 2 == 0 else (b"ONE", b"one")
        write_together([Change(folder / "a", before, after)], f"{number}")
    assert len(list((journals.state_folder() / "journal").iterdir())) == journals.KEPT


def test_a_journal_is_its_users_alone(folder: Path) -> None:
    found = write_together(changes(folder), "test")
    assert found.file.stat().st_mode & 0o777 == 0o600


def test_without_a_journal_nothing_changes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "file").write_bytes(b"")
    monkeypatch.setenv(journals.FOLDER_VARIABLE, str(folder / "file"))
    with pytest.raises(JournalError, match="no journal could be written"):
        write_together(changes(folder), "test")
    assert held(folder) == {**BEFORE, "file": b""}
