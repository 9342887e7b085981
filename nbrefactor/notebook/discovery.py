"""Finding notebooks and modules: files as they are named, folders searched to the bottom."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

from nbrefactor.notebook.ignored import Ignoring, ignoring_around

NOTEBOOKS = (".ipynb",)
NOTEBOOKS_AND_MODULES = (".ipynb", ".py")
_SKIPPED = frozenset({"node_modules", "__pycache__"})
_ENVIRONMENT_MARKS = frozenset({"pyvenv.cfg", "conda-meta"})


class Problem(Struct, frozen=True):
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


class Discovery(Struct, frozen=True):
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


def find(paths: Iterable[Path | str], endings: tuple[str, ...] = NOTEBOOKS) -> Discovery:
    """Find notebooks, or modules too.

    Parameters
    ----------
    paths : iterable of Path or str
        A file is taken whatever its name. A folder is searched with all folders in it, except
        hidden files and folders (checkpoints among them), ``node_modules``, ``__pycache__``,
        Python environments, what ``.gitignore`` files name, and folders that are links.
    endings : tuple of str
        How the names of the files end that are looked for in folders.

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
            found, inner_problems = _search(path, endings)
            problems += inner_problems
            if not found and not inner_problems:
                problems.append(Problem(path, _nothing(endings)))
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


def _nothing(endings: tuple[str, ...]) -> str:
    what = "notebook" if endings == NOTEBOOKS else "notebook or module"
    files = " or ".join(f"*{ending}" for ending in endings)
    return (
        f"no {what} in this folder; expected {files} files outside of hidden folders, "
        "node_modules, Python environments and what .gitignore names"
    )


def _search(folder: Path, endings: tuple[str, ...]) -> tuple[list[Path], list[Problem]]:
    found: list[Path] = []
    problems: list[Problem] = []

    def report(error: OSError) -> None:
        reason = f"the folder cannot be read ({error.strerror})"
        problems.append(Problem(Path(error.filename), reason))

    base = os.path.abspath(folder)  # noqa: PTH100 (a link keeps its name)
    known: dict[str, Ignoring] = {str(folder): ignoring_around(base)}
    for root, folders, files in os.walk(folder, onerror=report):
        here = Path(root)
        place = base + root[len(str(folder)) :]
        ignoring = known.pop(root, Ignoring())
        if ".gitignore" in files:
            ignoring = ignoring.inside(place)
        if here != folder and _ENVIRONMENT_MARKS.intersection(folders + files):
            folders.clear()
            continue
        folders[:] = [
            name
            for name in folders
            if not name.startswith(".")
            and name not in _SKIPPED
            and not (ignoring.rules and ignoring.ignores(f"{place}/{name}/"))
        ]
        known.update((os.path.join(root, name), ignoring) for name in folders)  # noqa: PTH118
        for name in files:
            if ignoring.rules and ignoring.ignores(f"{place}/{name}"):
                continue
            if name.endswith(endings) and not name.startswith("."):
                notebook = here / name
                if notebook.is_file():
                    found.append(notebook)
                elif notebook.exists():
                    problems.append(Problem(notebook, "no regular file; expected a notebook"))
                else:
                    problems.append(Problem(notebook, "a link that leads nowhere"))
    return sorted(found, key=lambda path: path.parts), sorted(problems, key=lambda p: p.path.parts)
