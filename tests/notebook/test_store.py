"""A write is whole or absent."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from nbrefactor.notebook import store

OLD, NEW = b"old content", b"new content " * 1000


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    path = tmp_path / "A.ipynb"
    path.write_bytes(OLD)
    return path


def listing(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def replace_old(path: Path) -> None:
    store.replace(path, OLD, NEW)


def create_new(path: Path) -> None:
    store.create(path, NEW)


def test_the_content_is_replaced_and_nothing_is_left_over(notebook: Path) -> None:
    store.replace(notebook, OLD, NEW)
    assert listing(notebook.parent) == {"A.ipynb": NEW}


def test_the_same_content_is_not_written(notebook: Path) -> None:
    before = notebook.stat()
    store.replace(notebook, OLD, OLD, backup=True)
    assert notebook.stat() == before
    assert listing(notebook.parent) == {"A.ipynb": OLD}


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o664, 0o755, 0o2664])
def test_the_mode_is_kept(notebook: Path, mode: int) -> None:
    notebook.chmod(mode)
    mode = stat.S_IMODE(notebook.stat().st_mode)
    store.replace(notebook, OLD, NEW, backup=True)
    assert stat.S_IMODE(notebook.stat().st_mode) == mode
    assert stat.S_IMODE(notebook.with_name("A.ipynb.bak").stat().st_mode) == mode


def test_the_owner_is_kept_where_permitted(notebook: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "chown", lambda _path, owner, group: given.append((owner, group)))
    store.replace(notebook, OLD, NEW)
    info = notebook.stat()
    assert given == [(-1, info.st_gid), (info.st_uid, -1)]


def test_an_owner_that_may_not_be_set_is_no_obstacle(
    notebook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "chown", refuse)
    store.replace(notebook, OLD, NEW)
    assert notebook.read_bytes() == NEW


def test_the_time_of_change_is_the_time_of_writing(notebook: Path) -> None:
    os.utime(notebook, (1_000_000_000, 1_000_000_000))
    store.replace(notebook, OLD, NEW)
    assert notebook.stat().st_mtime > 1_500_000_000


def test_a_link_stays_and_its_file_is_replaced(notebook: Path, tmp_path: Path) -> None:
    folder = tmp_path / "links"
    folder.mkdir()
    link = folder / "B.ipynb"
    link.symlink_to(Path("..") / "A.ipynb")
    store.replace(link, OLD, NEW, backup=True)
    assert link.is_symlink()
    assert listing(folder) == {"B.ipynb": NEW}
    assert listing(tmp_path) == {"A.ipynb": NEW, "A.ipynb.bak": OLD}


def test_another_hard_link_keeps_the_old_content(notebook: Path, tmp_path: Path) -> None:
    os.link(notebook, tmp_path / "B.ipynb")
    store.replace(notebook, OLD, NEW)
    assert listing(tmp_path) == {"A.ipynb": NEW, "B.ipynb": OLD}


def test_a_backup_holds_the_old_content_and_replaces_an_older_one(notebook: Path) -> None:
    notebook.with_name("A.ipynb.bak").write_bytes(b"older")
    store.replace(notebook, OLD, NEW, backup=True)
    assert listing(notebook.parent) == {"A.ipynb": NEW, "A.ipynb.bak": OLD}


def test_without_a_backup_there_is_no_change(notebook: Path) -> None:
    notebook.with_name("A.ipynb.bak").mkdir()
    with pytest.raises(store.StoreError, match="no backup could be made: it cannot be written"):
        store.replace(notebook, OLD, NEW, backup=True)
    assert listing(notebook.parent) == {"A.ipynb": OLD}


def test_a_file_that_changed_is_refused(notebook: Path) -> None:
    notebook.write_bytes(b"by someone else")
    with pytest.raises(store.StoreError, match="changed since it was read"):
        store.replace(notebook, OLD, NEW, backup=True)
    assert listing(notebook.parent) == {"A.ipynb": b"by someone else"}


def test_a_file_that_changes_while_we_write_is_refused(
    notebook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync = os.fsync

    def second_writer(descriptor: int) -> None:
        sync(descriptor)
        notebook.write_bytes(b"by someone else")

    monkeypatch.setattr(os, "fsync", second_writer)
    with pytest.raises(store.StoreError, match="changed since it was read"):
        store.replace(notebook, OLD, NEW)
    assert listing(notebook.parent) == {"A.ipynb": b"by someone else"}


def test_a_file_that_is_gone_is_refused(notebook: Path) -> None:
    notebook.unlink()
    with pytest.raises(store.StoreError, match="cannot be read again"):
        store.replace(notebook, OLD, NEW)
    assert listing(notebook.parent) == {}


@pytest.mark.parametrize("write", [replace_old, create_new])
def test_a_write_protected_file_is_refused(notebook: Path, write: Callable[[Path], None]) -> None:
    notebook.chmod(0o444)
    with pytest.raises(store.StoreError, match="write-protected"):
        write(notebook)
    assert listing(notebook.parent) == {"A.ipynb": OLD}


@pytest.mark.parametrize("write", [replace_old, create_new])
@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir], ids=["a pipe", "a folder"])
def test_what_is_no_file_is_refused(
    tmp_path: Path, write: Callable[[Path], None], make: Callable[[Path], None]
) -> None:
    make(tmp_path / "odd")
    with pytest.raises(store.StoreError, match="not a regular file"):
        write(tmp_path / "odd")


def failing(step: str, call: int) -> Callable[[pytest.MonkeyPatch], None]:
    """Let the given call of an operating system's function find the disk full."""

    def install(monkeypatch: pytest.MonkeyPatch) -> None:
        module = {"copystat": shutil, "replace": Path}.get(step, os)
        original = getattr(module, step)
        calls = iter(range(1000))

        def full(*args: object, **options: object) -> object:
            if next(calls) == call:
                raise OSError(errno.ENOSPC, "No space left on device")
            return original(*args, **options)

        monkeypatch.setattr(module, step, full)

    return install


STEPS = ["open", "write", "fsync", "close", "replace"]


@pytest.mark.parametrize(
    ("writing", "step"),
    [
        *(("replace", step) for step in [*STEPS, "copystat", "utime"]),
        *(("create over an old file", step) for step in [*STEPS, "copystat", "utime"]),
        *(("create", step) for step in STEPS),
    ],
)
def test_a_full_disk_leaves_the_old_file_and_nothing_else(
    notebook: Path, monkeypatch: pytest.MonkeyPatch, step: str, writing: str
) -> None:
    if writing == "create":
        notebook.unlink()
    before = listing(notebook.parent)
    with monkeypatch.context() as patched:
        failing(step, 0)(patched)
        write = replace_old if writing == "replace" else create_new
        with pytest.raises(store.StoreError, match="No space left on device"):
            write(notebook)
    assert listing(notebook.parent) == before


@pytest.mark.parametrize("step", ["write", "fsync", "replace"])
def test_a_disk_that_fills_up_after_the_backup_leaves_both_whole(
    notebook: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    # The backup syncs twice: itself and its folder.
    with monkeypatch.context() as patched:
        failing(step, 2 if step == "fsync" else 1)(patched)
        with pytest.raises(store.StoreError, match="No space left on device"):
            store.replace(notebook, OLD, NEW, backup=True)
    assert listing(notebook.parent) == {"A.ipynb": OLD, "A.ipynb.bak": OLD}


def test_a_folder_that_cannot_be_synced_does_not_undo_the_write(
    notebook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing("fsync", 1)(monkeypatch)
    store.replace(notebook, OLD, NEW)
    assert listing(notebook.parent) == {"A.ipynb": NEW}


def test_an_interruption_leaves_the_old_file_and_nothing_else(
    notebook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        store.replace(notebook, OLD, NEW)
    assert listing(notebook.parent) == {"A.ipynb": OLD}


def test_writes_that_the_system_cuts_short_are_continued(
    notebook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, data[:7]))
    store.replace(notebook, OLD, NEW)
    assert notebook.read_bytes() == NEW


def test_the_file_and_its_folder_are_synced(
    notebook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[bool] = []
    sync = os.fsync

    def record(descriptor: int) -> None:
        synced.append(stat.S_ISDIR(os.fstat(descriptor).st_mode))
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", record)
    store.replace(notebook, OLD, NEW)
    assert synced == [False, True]


def test_create_writes_a_new_file_with_the_usual_mode(tmp_path: Path) -> None:
    path = tmp_path / "new.ipynb"
    store.create(path, NEW)
    (tmp_path / "usual").touch()
    assert path.read_bytes() == NEW
    assert path.stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_create_replaces_an_old_file_and_keeps_its_mode_and_links(notebook: Path) -> None:
    notebook.chmod(0o640)
    link = notebook.with_name("link.ipynb")
    link.symlink_to(notebook)
    store.create(link, NEW)
    assert link.is_symlink()
    assert notebook.read_bytes() == NEW
    assert stat.S_IMODE(notebook.stat().st_mode) == 0o640


def test_create_names_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(store.StoreError, match=r"folder .* does not exist; make it first"):
        store.create(tmp_path / "missing" / "a.ipynb", NEW)


def test_a_name_of_the_greatest_length_can_be_replaced(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 249 + ".ipynb")
    path.write_bytes(OLD)
    store.replace(path, OLD, NEW)
    assert listing(tmp_path) == {path.name: NEW}
