"""Facts of notebooks, kept from run to run.

Never a verdict: what a rule makes of the facts depends on settings and on the target modules, and
is asked anew each time. So whatever is found here, a run with the cache says what one without says.
"""

from __future__ import annotations

import hashlib
import os
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from nbrefactor import __version__
from nbrefactor.model.facts import Facts

# Raised whenever the same notebook gets other facts than before.
_FORMAT = 2
_ENDING = ".facts"
MEMO_ENDING = ".answers"
_SIGN = "nbrefactor cache"
# A file that changed so shortly before it was read may change again without another time stamp.
_UNSETTLED_NS = 2_000_000_000
_MOST = 50_000


class Stamp(msgspec.Struct, frozen=True, array_like=True):
    """What changes with a file, told without reading it.

    Parameters
    ----------
    size : int
        In bytes.
    modified, changed : int
        When its content and its record in the folder changed, in nanoseconds.
    """

    size: int
    modified: int
    changed: int


class Entry(msgspec.Struct, frozen=True, array_like=True):
    """What is known of one file.

    Parameters
    ----------
    stamp : Stamp or None
        The file's, when it was read; None where the file was still changing.
    digest : bytes
        Of its content.
    facts : Facts
        Its facts.
    """

    stamp: Stamp | None
    digest: bytes
    facts: Facts


class _Contents(msgspec.Struct):
    sign: str
    key: str
    files: dict[str, Entry]


@dataclass(frozen=True, slots=True)
class Cache:
    """The facts of the notebooks that are checked from one folder.

    Parameters
    ----------
    file : Path
        Where they are kept.
    """

    file: Path
    _files: dict[str, Entry] = field(default_factory=dict, init=False, repr=False)
    _loaded: list[bool] = field(default_factory=list, init=False, repr=False)

    def lookup(self, path: Path, stamp: Stamp) -> Facts | None:
        """Give the facts of a file that is as it was; None for any other."""
        entry = self._entry(path)
        return entry.facts if entry is not None and entry.stamp == stamp else None

    def lookup_content(self, path: Path, data: bytes) -> Facts | None:
        """Give the facts of a file that holds what it held."""
        entry = self._entry(path)
        same = entry is not None and entry.digest == digest_of(data)
        return entry.facts if entry is not None and same else None

    def _entry(self, path: Path) -> Entry | None:
        if not self._loaded:
            self._loaded.append(True)
            self._files.update(_load(self.file))
        return self._files.get(_name_of(path))

    def store(self, learned: Iterable[tuple[Path, Entry]]) -> None:
        """Keep what was learned; a cache that cannot be written is none."""
        new = {_name_of(path): entry for path, entry in learned}
        if not new:
            return
        # Another run may have written since; of both the newer counts, file by file.
        kept = {path: entry for path, entry in _load(self.file).items() if path not in new}
        spare = max(0, len(kept) + len(new) - _MOST)
        files = {**dict(list(kept.items())[spare:]), **new}
        write_whole(self.file, msgspec.msgpack.encode(_Contents(_SIGN, program_key(), files)))


def write_whole(file: Path, data: bytes) -> None:
    """Write a cache, so that others see the old one or the new one; at worst there is none."""
    temporary = file.with_suffix(f".{os.getpid()}.tmp")
    try:
        _make_folder(file.parent)
        temporary.write_bytes(data)
        temporary.replace(file)
    except OSError:
        with suppress(OSError):
            temporary.unlink()


def cache_for(folder: Path | None, place: Path) -> Cache:
    """Give the cache of the notebooks that are checked from one place.

    Parameters
    ----------
    folder : Path or None
        Where caches are kept; None for the user's own folder for caches.
    place : Path
        The current folder.
    """
    return Cache(file_for(folder, str(place), _ENDING))


def file_for(folder: Path | None, what: str, ending: str) -> Path:
    """Name the file of a cache, in a folder or in the user's own one."""
    text = f"{program_key()} {what}".encode(errors="surrogateescape")
    return (folder or own_folder()) / f"{hashlib.sha256(text).hexdigest()[:32]}{ending}"


def own_folder() -> Path:
    """Give the folder in which the user's caches are kept."""
    from platformdirs import user_cache_path

    return user_cache_path("nbrefactor", appauthor=False)


def clear(folder: Path) -> int:
    """Take out all caches of a folder, of other versions too, and nothing else.

    Returns
    -------
    int
        How many there were.

    Raises
    ------
    OSError
        If one cannot be taken out.
    """
    number = 0
    for ending in (_ENDING, MEMO_ENDING):
        for file in sorted(folder.glob(f"*{ending}")):
            file.unlink(missing_ok=True)
            number += 1
    for file in folder.glob("*.tmp"):
        file.unlink(missing_ok=True)
    return number


def stamp_of(path: Path) -> Stamp:
    """Take a file's stamp."""
    status = path.stat()
    return Stamp(status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def entry_of(stamp: Stamp, data: bytes, facts: Facts) -> Entry:
    """Make the entry of a file whose stamp was taken before it was read."""
    settled = len(data) == stamp.size and is_settled(stamp)
    return Entry(stamp if settled else None, digest_of(data), facts)


def is_settled(stamp: Stamp) -> bool:
    """Tell whether a file that changes after its stamp was taken gets another one."""
    return stamp.modified < time.time_ns() - _UNSETTLED_NS


def digest_of(data: bytes) -> bytes:
    """Give a hash of a file's content."""
    return hashlib.blake2b(data, digest_size=16).digest()


def _name_of(path: Path) -> str:
    """Name a file in a way that can be written down, whatever bytes its name holds."""
    name = os.path.abspath(path)  # noqa: PTH100 (ten times faster)
    try:
        name.encode()
    except UnicodeEncodeError:
        return f"\0{os.fsencode(name).hex()}"
    return name


def program_key() -> str:
    """Name what wrote a cache: nothing else reads it."""
    return f"{_FORMAT} {__version__} {sys.version_info[:2]}"


def _load(file: Path) -> dict[str, Entry]:
    """Read a cache; nothing of one that is damaged, foreign or of another version."""
    try:
        contents = msgspec.msgpack.decode(file.read_bytes(), type=_Contents)
    except (OSError, msgspec.MsgspecError, ValueError, RecursionError):
        return {}
    return contents.files if (contents.sign, contents.key) == (_SIGN, program_key()) else {}


def _make_folder(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    tag = folder / "CACHEDIR.TAG"
    if not tag.exists():
        tag.write_text(
            "Signature: 8a477f597d28d172789f06886806bc55\n# Caches of nbrefactor.\n", "ascii"
        )
