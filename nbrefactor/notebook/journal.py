"""Changes of several files that are made together, and can be taken back together.

Before the first file is touched a journal holds what every file is and will be. It stays behind as
what `nbrefactor undo` reads: each file goes back to what it was, unless somebody has changed it
since. A run that was cut short leaves the same journal, so that it is taken back in the same way.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbrefactor.model.errors import NbrefactorError
from nbrefactor.notebook import store

FORMAT = 1
# Older journals than these are removed when a new one is written.
KEPT = 20
FOLDER_VARIABLE = "NBREFACTOR_STATE_DIR"


class JournalError(NbrefactorError):
    """Files were not changed, or not taken back; the text says which and why."""


@dataclass(frozen=True, slots=True)
class Change:
    """One file that changes.

    Parameters
    ----------
    path : Path
        The file, absolute.
    before, after : bytes or None, bytes or None
        What it holds and what it is to hold; None where it is not there.
    """

    path: Path
    before: bytes | None
    after: bytes | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a journal.

    Parameters
    ----------
    path : Path
        The file.
    before : bytes or None
        What it held; None where it was not there.
    after : str
        SHA-256 of what it was given; empty where it was removed.
    """

    path: Path
    before: bytes | None
    after: str


@dataclass(frozen=True, slots=True)
class Journal:
    """Changes that were made together.

    Parameters
    ----------
    file : Path
        The journal's own file.
    made : float
        When, in seconds since the epoch.
    command : str
        What made them.
    entries : tuple of Entry
        The files.
    """

    file: Path
    made: float
    command: str
    entries: tuple[Entry, ...]


def state_folder() -> Path:
    """Give the folder of the journals: the user's own, for state."""
    if given := os.environ.get(FOLDER_VARIABLE):
        return Path(given)
    from platformdirs import user_state_path

    return user_state_path("nbrefactor", appauthor=False)


def write_together(changes: Sequence[Change], command: str) -> Journal:
    """Change files, all or none.

    Parameters
    ----------
    changes : sequence of Change
        The files, in the order in which they are written.
    command : str
        What the user is told of it later.

    Returns
    -------
    Journal
        What takes it back.

    Raises
    ------
    JournalError
        If a file cannot be written or is not as it was planned; those that had been written are
        back to what they were.
    """
    recorder = Recorder(command)
    recorder.add(changes)
    done: list[Change] = []
    try:
        for change in changes:
            _apply(change)
            done.append(change)
    except BaseException as error:
        stuck = list(_back(done))
        if not stuck:
            recorder.forget()
        if not isinstance(error, store.StoreError):
            raise
        told = f"; not taken back: {', '.join(stuck)}" if stuck else ""
        path = changes[len(done)].path
        raise JournalError(f"{path}: {error}; no file was changed{told}") from error
    return recorder.journal


def latest(folder: Path) -> Journal | None:
    """Find the last changes of files in a folder, or around a file; None where there are none."""
    place = Path(os.path.realpath(folder))
    for journal in reversed(list(_journals())):
        for entry in journal.entries:
            own = Path(os.path.realpath(entry.path))
            if own == place or place in own.parents:
                return journal
    return None


def take_back(journal: Journal) -> tuple[Path, ...]:
    """Give every file of a journal what it held before.

    Parameters
    ----------
    journal : Journal
        The changes.

    Returns
    -------
    tuple of Path
        The files that were taken back; those that a run cut short had not reached are as they are.

    Raises
    ------
    JournalError
        If a file was changed since, before any is touched.
    """
    changes = []
    changed = []
    for entry in journal.entries:
        now = _read(entry.path)
        if now == entry.before:
            continue
        if _digest(now) != entry.after:
            changed.append(str(entry.path))
            continue
        changes.append(Change(entry.path, now, entry.before))
    if changed:
        raise JournalError(
            f"{changed[0]} was changed since{_and_more(changed)}; nothing was taken back"
        )
    done: list[Change] = []
    try:
        for change in changes:
            _apply(change)
            done.append(change)
    except BaseException as error:
        stuck = list(_back(done))
        if not isinstance(error, store.StoreError):
            raise
        told = f"; taken back all the same: {', '.join(stuck)}" if stuck else ""
        path = changes[len(done)].path
        raise JournalError(f"{path}: {error}; nothing was taken back{told}") from error
    journal.file.unlink(missing_ok=True)
    return tuple(change.path for change in changes)


def _and_more(paths: Sequence[str]) -> str:
    return f", and {len(paths) - 1} more" if len(paths) > 1 else ""


def _apply(change: Change) -> None:
    if change.after is None:
        _remove(change)
    elif change.before is None:
        if _read(change.path) is not None:
            raise store.StoreError("it has come into being since; run the command again")
        store.create(change.path, change.after)
    else:
        store.replace(change.path, change.before, change.after)


def _remove(change: Change) -> None:
    if _read(change.path) != change.before:
        raise store.StoreError("it has changed since it was read; run the command again")
    try:
        change.path.unlink()
    except OSError as error:
        raise store.StoreError(f"it cannot be removed ({error.strerror or error})") from error


def _back(done: Sequence[Change]) -> Iterator[str]:
    """Undo what was done, the last first; yield what could not be."""
    for change in reversed(done):
        try:
            _apply(Change(change.path, change.after, change.before))
        except store.StoreError as error:
            yield f"{change.path} ({error})"


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise JournalError(f"{path}: it cannot be read ({error.strerror or error})") from error


def _digest(data: bytes | None) -> str:
    return "" if data is None else hashlib.sha256(data).hexdigest()


# -- the files of journals ---------------------------------------------------------------------


class Recorder:
    """Writes the journal of one command: what is going to happen to a file, before it happens.

    Parameters
    ----------
    command : str
        What the user is told of it later.
    """

    def __init__(self, command: str) -> None:
        self._command = command
        self._made = time.time()
        self._file: Path | None = None
        self._entries: list[Entry] = []

    @property
    def journal(self) -> Journal:
        """What has been recorded."""
        assert self._file is not None
        return Journal(self._file, self._made, self._command, tuple(self._entries))

    def add(self, changes: Sequence[Change]) -> None:
        """Record changes that come next.

        Raises
        ------
        JournalError
            If they cannot be recorded; nothing may be changed then.
        """
        entries = [Entry(c.path, c.before, _digest(c.after)) for c in changes]
        folder = state_folder() / "journal"
        lines = [_line(entry) for entry in entries]
        try:
            if self._file is None:
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                self._file = folder / f"{time.time_ns():020d}-{secrets.token_hex(4)}.jsonl"
                head = {"format": FORMAT, "made": self._made, "command": self._command}
                lines.insert(0, json.dumps(head))
                for old in sorted(folder.glob("*.jsonl"))[: 1 - KEPT]:
                    old.unlink(missing_ok=True)
            _append(self._file, "".join(f"{line}\n" for line in lines).encode())
        except OSError as error:
            raise JournalError(
                f"no journal could be written to {folder} ({error.strerror or error}); "
                f"{FOLDER_VARIABLE} names another folder"
            ) from error
        self._entries.extend(entries)

    def forget(self) -> None:
        """Remove the journal: nothing of it has happened."""
        if self._file is not None:
            self._file.unlink(missing_ok=True)


def _append(file: Path, data: bytes) -> None:
    """Append to a file that only its user may read, and let it reach the disk."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        written = 0
        while written < len(data):
            written += os.write(descriptor, data[written:])
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _line(entry: Entry) -> str:
    before = None if entry.before is None else base64.b64encode(entry.before).decode()
    return json.dumps({"path": str(entry.path), "before": before, "after": entry.after})


def _journals() -> Iterator[Journal]:
    """Read all journals, the oldest first; what is none of ours is passed over."""
    for file in sorted((state_folder() / "journal").glob("*.jsonl")):
        try:
            yield _journal(file, file.read_bytes().splitlines())
        except (OSError, ValueError, KeyError, TypeError, IndexError, RecursionError):
            continue


def _journal(file: Path, lines: Sequence[bytes]) -> Journal:
    head = json.loads(lines[0])
    if head["format"] != FORMAT:
        raise ValueError(head["format"])
    entries: list[Entry] = []
    for at, line in enumerate(lines[1:], 2):
        try:
            entries.append(_entry(json.loads(line)))
        except (ValueError, KeyError, TypeError):
            if at < len(lines):
                raise
            # Cut short while it was recorded: that file was not touched.
    return Journal(file, float(head["made"]), str(head["command"]), tuple(entries))


def _entry(one: Mapping[str, Any]) -> Entry:
    before = one["before"]
    held = None if before is None else base64.b64decode(before, validate=True)
    return Entry(Path(str(one["path"])), held, str(one["after"]))
