"""A copy of the notebook's folder, so that a run writes into no file of the user."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from nbrefactor.run.values import ExecutionError

# A folder that is larger is run in place, on the user's word.
MOST_BYTES = 1_000_000_000
MOST_FILES = 30_000
# What a notebook does not read, or what is made anew.
_LEFT_OUT = frozenset(
    {
        *(".git", ".hg", ".svn", "__pycache__", ".ipynb_checkpoints", "node_modules", ".venv"),
        *("venv", ".tox", ".mypy_cache", ".ruff_cache", ".pytest_cache"),
    }
)
# The folder that holds the copy.
COPY = "copy"
_MARKS = (".git", "pyproject.toml", "setup.py")


@dataclass(frozen=True, slots=True)
class _Size:
    files: int
    bytes: int


def copy_folder(folder: Path, scratch: Path) -> Path:
    """Copy a notebook's folder, with the project around it where that is small enough.

    Parameters
    ----------
    folder : Path
        The notebook's folder.
    scratch : Path
        Where the copy goes.

    Returns
    -------
    Path
        The copy of `folder`. Links stay links; caches, environments and repositories' own data
        are left out.

    Raises
    ------
    ExecutionError
        If the folder is too large, or cannot be copied.
    """
    folder = folder.resolve()
    root = _project(folder)
    if root != folder and not _fits(root):
        root = folder
    if not _fits(folder):
        raise ExecutionError(
            f"the folder {folder} is too large to be copied for a run (more than "
            f"{MOST_BYTES // 1_000_000} MB or {MOST_FILES} files): run the notebook in place "
            "with --no-sandbox, where it may write its files"
        )
    target = scratch / COPY / root.name
    try:
        shutil.copytree(
            root, target, symlinks=True, ignore=_left_out, ignore_dangling_symlinks=True
        )
    except (OSError, shutil.Error) as error:
        raise ExecutionError(
            f"the folder {root} cannot be copied for a run ({_told(error)}): run the notebook in "
            "place with --no-sandbox"
        ) from error
    return target / folder.relative_to(root)


def put_planned(folder: Path, copy: Path, planned: Mapping[Path, bytes]) -> tuple[str, ...]:
    """Put files that are going to be written into a copy of a notebook's folder.

    Parameters
    ----------
    folder, copy : Path
        The notebook's folder, and its copy.
    planned : mapping of Path to bytes
        The files, by their absolute paths; folders of modules that are outside of the notebook's
        own are taken to be on the kernel's path, as the plan took them.

    Returns
    -------
    tuple of str
        Those folders, in the copy.
    """
    paths: dict[str, None] = {}
    for path, data in planned.items():
        target = Path(os.path.normpath(copy / os.path.relpath(path, folder.resolve())))
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        if target.parent != copy:
            paths[str(target.parent)] = None
    return tuple(paths)


def stand_of(copy: Path) -> Mapping[str, str]:
    """Give time and length of each file in a copy of a folder."""
    found = {}
    for inside, folders, files in os.walk(copy):
        folders[:] = [name for name in folders if name not in _LEFT_OUT]
        for name in files:
            path = Path(inside) / name
            with contextlib.suppress(OSError):
                status = path.lstat()
                found[str(path.relative_to(copy))] = f"{status.st_mtime_ns} {status.st_size}"
    return found


def changed_files(copy: Path, before: Mapping[str, str]) -> Mapping[str, str]:
    """Give the digests of files that were made or changed in a copy; removed ones have none."""
    after = stand_of(copy)
    changed = (name for name in sorted({*before, *after}) if before.get(name) != after.get(name))
    return {name: _digest(copy / name) if name in after else "" for name in changed}


def _digest(path: Path) -> str:
    if not path.is_file() or path.is_symlink():
        # A link is where it points to; a pipe would block who opens it.
        return str(path.readlink()) if path.is_symlink() else "no plain file"
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    except OSError as error:
        return str(error.strerror)
    return digest.hexdigest()


def _project(folder: Path) -> Path:
    """Find the root of the project, whose files a notebook may reach by ``..``."""
    home = Path.home()
    for above in (folder, *folder.parents):
        if above in (home, above.parent):
            break
        if any((above / mark).exists() for mark in _MARKS):
            return above
    return folder


def _fits(folder: Path) -> bool:
    size = _Size(0, 0)
    for length in _lengths(folder):
        size = _Size(size.files + 1, size.bytes + length)
        if size.files > MOST_FILES or size.bytes > MOST_BYTES:
            return False
    return True


def _lengths(folder: Path) -> Iterator[int]:
    for inside, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in _LEFT_OUT]
        for name in files:
            yield _length(Path(inside) / name)


def _length(path: Path) -> int:
    try:
        return path.lstat().st_size
    except OSError:
        return 0


def _left_out(folder: str, names: list[str]) -> set[str]:
    # Pipes and sockets would block or fail; runs' own folders would be copied into themselves.
    special = {name for name in names if not _is_plain(Path(folder) / name)}
    temporary = Path(tempfile.gettempdir()).resolve()
    own = {name for name in names if (Path(folder) / name).resolve() == temporary}
    return special | own | (_LEFT_OUT & set(names))


def _is_plain(path: Path) -> bool:
    return path.is_symlink() or path.is_file() or path.is_dir()


def _told(error: Exception) -> str:
    if isinstance(error, shutil.Error) and error.args and isinstance(error.args[0], list):
        return str(error.args[0][0][2])
    return str(getattr(error, "strerror", None) or error)
