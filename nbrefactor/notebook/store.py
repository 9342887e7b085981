"""Writing files so that a reader sees the old bytes or the new ones, never a part of either."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from nbrefactor.model.errors import NbrefactorError


class StoreError(NbrefactorError):
    """A file was not written and is as it was; the text says why, without the file's name."""


def replace(path: Path | str, before: bytes, after: bytes, *, backup: bool = False) -> None:
    """Replace a file's content in one step.

    The new file takes the place of the old one in the same folder, with its mode, extended
    attributes and, where permitted, owner. A symbolic link stays and its file is replaced. Another
    hard link keeps the old content: a file cannot both be shared and change in one step.

    Parameters
    ----------
    path : Path or str
        The file.
    before : bytes
        What it held when it was read.
    after : bytes
        What it is to hold.
    backup : bool
        Keep the old content in the file's folder under its name with ``.bak`` added; an older
        backup is replaced.

    Raises
    ------
    StoreError
        If the file holds something else than `before` by now, is write-protected or no regular
        file, or if anything fails on the way, such as a full disk. The file then holds what it
        held.
    """
    target = Path(os.path.realpath(path))

    def require_old_content() -> None:
        if target.read_bytes() != before:
            raise StoreError("it has changed since it was read; run the command again")

    with _explained("it cannot be read again"):
        _require_replaceable(target)
        require_old_content()
    if after == before:
        return
    if backup:
        try:
            _write(target.with_name(target.name + ".bak"), before, like=target)
        except StoreError as error:
            raise StoreError(f"no backup could be made: {error}") from error
    _write(target, after, like=target, last_check=require_old_content)


def create(path: Path | str, data: bytes) -> None:
    """Write a file in one step, whether or not there is one already.

    Parameters
    ----------
    path : Path or str
        The file. An existing one keeps its mode, a symbolic link its place.
    data : bytes
        What it is to hold.

    Raises
    ------
    StoreError
        If it cannot be written, for instance because its folder is missing. Whatever stood there is
        as it was.
    """
    target = Path(os.path.realpath(path))
    with _explained("it cannot be looked up"):
        if not target.parent.is_dir():
            raise StoreError(f"its folder {target.parent} does not exist; make it first")
        exists = target.exists()
        if exists:
            _require_replaceable(target)
    _write(target, data, like=target if exists else None)


def _require_replaceable(target: Path) -> None:
    mode = target.stat().st_mode
    if not stat.S_ISREG(mode):
        raise StoreError("it is not a regular file, so it cannot be replaced")
    # A rename needs no permission of the file itself, but whoever protected it wants it to stay.
    if not mode & 0o222 or not os.access(target, os.W_OK):
        raise StoreError("it is write-protected; give write permission or write to another file")


@contextlib.contextmanager
def _explained(what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreError(f"{what} ({error.strerror or error}); nothing was changed") from error


def _write(
    target: Path,
    data: bytes,
    *,
    like: Path | None,
    last_check: Callable[[], None] = lambda: None,
) -> None:
    """Write beside the target and rename, so that a crash leaves the old file or the new one."""
    # Not the target's name with an addition: that could be longer than the file system allows.
    temporary = target.with_name(f".nbrefactor-{secrets.token_hex(8)}.tmp")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with _explained("its folder cannot be written to"):
        descriptor = os.open(temporary, flags, 0o666 if like is None else 0o600)
    try:
        with _explained("it cannot be written"):
            try:
                written = 0
                while written < len(data):
                    written += os.write(descriptor, data[written : written + (1 << 24)])
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            if like is not None:
                _copy_attributes(like, temporary)
            last_check()
            temporary.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    _sync_folder(target.parent)


def _copy_attributes(source: Path, destination: Path) -> None:
    info = source.stat()
    if hasattr(os, "chown"):
        # Only the superuser may give files away; a group may be set by its members.
        for owner, group in ((-1, info.st_gid), (info.st_uid, -1)):
            with contextlib.suppress(PermissionError):
                os.chown(destination, owner, group)
    # After the owner, because a change of owner clears bits of the mode.
    shutil.copystat(source, destination)
    os.utime(destination)


def _sync_folder(folder: Path) -> None:
    """Make the rename last through a power failure, where the system lets folders be synced.

    The content is already whole at this point, so a failure here is no failure of the write.
    """
    if not hasattr(os, "O_DIRECTORY"):
        return
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
