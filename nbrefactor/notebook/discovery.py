"""Finding notebooks: files as they are named, folders searched to the bottom."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_SKIPPED = frozenset({"node_modules", "__pycache__"})
_ENVIRONMENT_MARKS = frozenset({"pyvenv.cfg", "conda-meta"})


@dataclass(frozen=True, slots=True)
class Problem:
    """A path that leads to no notebook.

    Parameters
    ----------
    path : Path
        As it was given or found.
    reason : str
        What is wrong with it, without its name.
    """

    path: Path
    reason: str


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was found.

    Parameters
    ----------
    notebooks : tuple of Path
        Each file once, in the order of the paths given, sorted within a folder.
    problems : tuple of Problem
        What could not be searched; the rest was searched all the same.
    """

    notebooks: tuple[Path, ...]
    problems: tuple[Problem, ...]


def find(paths: Iterable[Path | str]) -> Discovery:
    """Find notebooks.

    Parameters
    ----------
    paths : iterable of Path or str
        A file is taken whatever its name. A folder is searched with all folders in it for
        ``*.ipynb``, except hidden files and folders (checkpoints among them), ``node_modules``,
        ``__pycache__``, Python environments and folders that are links.

    Returns
    -------
    Discovery
        The notebooks, and the paths that are missing, cannot be searched or hold none.
    """
    notebooks: dict[str, Path] = {}
    problems: list[Problem] = []
    for path in map(Path, paths):
        try:
            is_folder, exists = path.is_dir(), path.exists()
        except OSError as error:
            problems.append(Problem(path, f"it cannot be looked up ({error.strerror})"))
            continue
        found = [path] if exists and not is_folder else []
        if is_folder:
            found, inner_problems = _search(path)
            problems += inner_problems
            if not found and not inner_problems:
                problems.append(
                    Problem(
                        path,
                        "no notebook in this folder; expected *.ipynb files outside of hidden "
                        "folders, node_modules and Python environments",
                    )
                )
        elif not exists:
            reason = "a link that leads nowhere" if path.is_symlink() else "no such file or folder"
            problems.append(Problem(path, reason))
        elif not is_folder and not path.is_file():
            problems.append(Problem(path, "no regular file; expected a notebook or a folder"))
            found = []
        for notebook in found:
            # A link and its file are one notebook, which must not be written twice.
            notebooks.setdefault(os.path.realpath(notebook), notebook)
    return Discovery(tuple(notebooks.values()), tuple(problems))


def _search(folder: Path) -> tuple[list[Path], list[Problem]]:
    found: list[Path] = []
    problems: list[Problem] = []

    def report(error: OSError) -> None:
        reason = f"the folder cannot be read ({error.strerror})"
        problems.append(Problem(Path(error.filename), reason))

    for root, folders, files in os.walk(folder, onerror=report):
        here = Path(root)
        if here != folder and _ENVIRONMENT_MARKS.intersection(folders + files):
            folders.clear()
            continue
        folders[:] = [name for name in folders if not name.startswith(".") and name not in _SKIPPED]
        for name in files:
            if name.endswith(".ipynb") and not name.startswith("."):
                notebook = here / name
                if notebook.is_file():
                    found.append(notebook)
                elif notebook.exists():
                    problems.append(Problem(notebook, "no regular file; expected a notebook"))
                else:
                    problems.append(Problem(notebook, "a link that leads nowhere"))
    return sorted(found, key=lambda path: path.parts), sorted(problems, key=lambda p: p.path.parts)
