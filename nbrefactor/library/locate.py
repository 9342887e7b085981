"""Which file a module name stands for, found as Python would find it and without importing.

Packages are only followed through folders and the tables of editable installs: what a package does
to its own ``__path__`` when it is imported is not known here.
"""

from __future__ import annotations

import keyword
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import cached_property
from importlib import machinery
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from nbrefactor.library.editable import editable_packages
from nbrefactor.model.errors import NbrefactorError

_LOADERS = (
    (machinery.ExtensionFileLoader, machinery.EXTENSION_SUFFIXES),
    (machinery.SourceFileLoader, machinery.SOURCE_SUFFIXES),
    (machinery.SourcelessFileLoader, machinery.BYTECODE_SUFFIXES),
)


class TargetError(NbrefactorError):
    """A module cannot be used as a target; the message is one sentence that says why."""


@dataclass(frozen=True, slots=True)
class Found:
    """What stands under a dotted name.

    Parameters
    ----------
    kind : {"module", "package", "namespace", "extension", "bytecode"}
        What it is; only the first two have a source.
    path : Path or None
        Its file; None for a namespace package.
    folders : tuple of Path
        Where its submodules are; empty where it can have none.
    roots : tuple of (Path or None)
        The folder that has to be on the path, for the file itself and for each of `folders`; None
        where an editable install provides it.
    """

    kind: Literal["module", "package", "namespace", "extension", "bytecode"]
    path: Path | None
    folders: tuple[Path, ...]
    roots: tuple[Path | None, ...]


@dataclass(frozen=True, slots=True)
class Location:
    """The source file of a target module and what it takes to import it.

    Parameters
    ----------
    name : str
        Dotted name, as it is written in the import.
    path : Path
        The source file.
    is_package : bool
        Whether the file is an ``__init__.py``.
    importable_from : Path or None
        The folder that has to be on the path; None where the environment finds the module.
    note : str
        Empty, or a sentence on what the kernel needs.
    finder : Finder
        Finds what this module imports.
    places : Places
        Where it was looked for.
    """

    name: str
    path: Path
    is_package: bool
    importable_from: Path | None
    note: str
    finder: Finder
    places: Places


class Finder:
    """Finds modules in folders, as Python's path finder does, for the length of one call.

    Parameters
    ----------
    folders : sequence of Path
        Searched in this order.
    environment : sequence of Path
        Those of them whose editable installs count.
    planned : mapping of Path to bytes
        Modules that are going to be written, as if they were there.
    """

    def __init__(
        self,
        folders: Sequence[Path],
        environment: Sequence[Path],
        planned: Mapping[Path, bytes] = MappingProxyType({}),
    ) -> None:
        self.planned = planned
        self._folders = tuple(folders)
        self._environment = tuple(environment)
        self._found: dict[str, Found | None] = {}
        self._listings: dict[Path, machinery.FileFinder] = {}

    @cached_property
    def _editable(self) -> Mapping[str, Path]:
        return editable_packages(self._environment)

    def find(self, name: str) -> Found | None:
        """Find a dotted name; None where nothing stands under it."""
        if name not in self._found:
            parent, _, last = name.rpartition(".")
            if parent:
                package = self.find(parent)
                places = zip(package.folders, package.roots) if package else ()  # noqa: B905
            else:
                places = zip(self._folders, self._folders, strict=True)
            # Finders of editable installs come after the one that reads the path.
            self._found[name] = self._child(last, places) or self._find_editable(name)
        return self._found[name]

    def _child(self, name: str, places: Iterable[tuple[Path, Path | None]]) -> Found | None:
        portions: list[tuple[Path, Path | None]] = []
        for folder, root in places:
            if folder not in self._listings:
                # Own finders: those of the interpreter keep listings between calls.
                self._listings[folder] = machinery.FileFinder(str(folder), *_LOADERS)
            if self.planned:
                path = Path(os.path.normpath(folder / f"{name}.py"))
                if path in self.planned:
                    return Found("module", path, (), (root,))
            spec = self._listings[folder].find_spec(name)
            if spec is None:
                continue
            inside = [Path(place) for place in spec.submodule_search_locations or ()]
            if spec.loader is None or spec.origin is None:
                portions.extend((place, root) for place in inside)
            else:
                return Found(_kind(spec), Path(spec.origin), tuple(inside), (root,))
        if not portions:
            return None
        folders, roots = zip(*portions, strict=True)
        return Found("namespace", None, folders, roots)

    def _find_editable(self, name: str) -> Found | None:
        place = self._editable.get(name)
        if place is None:
            return None
        for candidate in (place / "__init__.py", place, place.with_suffix(".py")):
            if candidate.suffix == ".py" and candidate.is_file():
                is_package = candidate.name == "__init__.py"
                return Found(
                    "package" if is_package else "module",
                    candidate,
                    (candidate.parent,) if is_package else (),
                    (None,),
                )
        return Found("namespace", None, (place,), (None,)) if place.is_dir() else None


def locate(
    name: str,
    *,
    notebook: Path | None,
    roots: Sequence[Path] = (),
    environment: Sequence[str] | None = None,
) -> Location:
    """Find the source file of a module.

    Looked for beside the notebook, in its repository's root and that root's ``src``, in `roots`, in
    the current directory and in the environment, as if all of these were on the path.

    Parameters
    ----------
    name : str
        Dotted name.
    notebook : Path or None
        The notebook that is to import it; None where it has no place.
    roots : sequence of Path
        Further folders.
    environment : sequence of str or None
        The environment's path; None stands for the one that this program runs in.

    Returns
    -------
    Location
        The file, and what importing it needs.

    Raises
    ------
    TargetError
        Where there is no such module, or none that has a source.
    """
    _check_name(name)
    places = _places(notebook, roots, environment)
    finder = Finder(places.folders, places.environment)
    found = finder.find(name)
    if found is None:
        raise TargetError(_not_found(name, finder, places))
    path = _source(name, found)
    _check_file(path, notebook)
    return _location(name, path, found.roots[0], finder, places)


def locate_bundled(name: str, *, notebook: Path | None) -> Location:
    """Find a module of this program itself, which whoever runs its result has installed.

    Parameters
    ----------
    name : str
        Dotted name.
    notebook : Path or None
        The notebook that is to import it; None where it has no place.

    Returns
    -------
    Location
        The file beside this one, whatever else bears the name where the notebook stands.
    """
    home = Path(__file__).parents[2]
    environment = tuple(dict.fromkeys([home, *map(Path, _own_environment())]))
    places = replace(_places(notebook, (), None), local=(), environment=environment)
    finder = Finder(environment, environment)
    found = finder.find(name)
    if found is None:
        raise TargetError(f'this installation has no module "{name}": install it again.')
    return _location(name, _source(name, found), home, finder, places)


def locate_file(
    path: str,
    *,
    notebook: Path | None,
    roots: Sequence[Path] = (),
    environment: Sequence[str] | None = None,
    planned: Mapping[Path, bytes] = MappingProxyType({}),
) -> Location:
    """Give the name under which a source file is imported.

    Parameters
    ----------
    path : str
        A ``.py`` file or the folder of a package, relative to the current directory or to the
        notebook's folder.
    notebook, roots, environment
        As for `locate`.
    planned : mapping of Path to bytes
        Modules that are going to be written, by their absolute paths.

    Returns
    -------
    Location
        Its name goes up through the folders that have an ``__init__.py``.

    Raises
    ------
    TargetError
        Where there is no such file, or none that can be imported.
    """
    given = Path(path).expanduser()
    bases = [Path.cwd(), *([_absolute(notebook).parent] if notebook else [])]
    candidates = list(dict.fromkeys(_absolute(base / given) for base in bases))
    file = next(
        (one for one in candidates if one in planned or os.path.exists(one)),  # noqa: PTH110 (never raises)
        None,
    )
    if file is None:
        looked = " and ".join(str(candidate.parent) for candidate in candidates)
        raise TargetError(f"module file {path} was not found: looked in {looked}.")
    if file.is_dir():
        if not (file / "__init__.py").is_file():
            raise TargetError(
                f"{path} is a folder without __init__.py: name one of the .py files in it."
            )
        file /= "__init__.py"
    if file.suffix != ".py":
        raise TargetError(f"{path} is no Python source file: a target module ends in .py.")
    _check_file(file, notebook)

    top = file.parent if file.name == "__init__.py" else file
    parts = [top.name if file.name == "__init__.py" else top.stem]
    while (top.parent / "__init__.py").is_file() and top.parent != top.parent.parent:
        top = top.parent
        parts.insert(0, top.name)
    for part in parts:
        if not part.isidentifier() or keyword.iskeyword(part):
            raise TargetError(
                f'{file} cannot be imported: "{part}" is no name that Python can import; rename it.'
            )
    places = replace(_places(notebook, roots, environment), planned=planned)
    finder = Finder((top.parent, *places.folders), places.environment, planned)
    name = ".".join(parts)
    found = finder.find(name)
    if found is None or not _same_file(found.path, file):
        other = found.path if found is not None else "nothing"
        raise TargetError(f'{file} cannot be imported: Python finds {other} under "{name}".')
    return _location(name, file, top.parent, finder, places)


@dataclass(frozen=True, slots=True)
class Place:
    """One folder in which modules are looked for, and what it is, in words."""

    label: str
    folder: Path


@dataclass(frozen=True, slots=True)
class Places:
    """Where modules are looked for.

    Parameters
    ----------
    local : tuple of Place
        Folders that are not, or not surely, on the kernel's path.
    environment : tuple of Path
        Folders that are.
    start : Path
        The folder that the kernel starts in and looks into first.
    repository : Path or None
        The root of the repository around the notebook.
    given : tuple of Path
        Folders that the user says are on the kernel's path.
    planned : mapping of Path to bytes
        Modules that are going to be written.
    """

    local: tuple[Place, ...]
    environment: tuple[Path, ...]
    start: Path
    repository: Path | None
    given: tuple[Path, ...]
    planned: Mapping[Path, bytes] = field(default_factory=dict)

    @property
    def folders(self) -> tuple[Path, ...]:
        """All of them, in the order in which they are searched."""
        return tuple(
            dict.fromkeys([*(place.folder for place in self.local), *self.environment]),
        )


_BESIDE = "beside the notebook"


def _places(
    notebook: Path | None, roots: Sequence[Path], environment: Sequence[str] | None
) -> Places:
    here = Path.cwd()
    local = []
    if notebook is not None:
        local.append(Place(_BESIDE, _absolute(notebook).parent))
    repository = _repository(_absolute(notebook).parent if notebook is not None else here)
    if repository is not None:
        local.append(Place("in the repository", repository))
        if (repository / "src").is_dir():
            local.append(Place("in the repository", repository / "src"))
    local.extend(Place("in a given folder", _absolute(root)) for root in roots)
    local.append(Place("in the current directory", here))
    entries = _own_environment() if environment is None else environment
    folders = dict.fromkeys(_absolute(Path(entry)) for entry in entries if entry)
    return Places(
        tuple(local),
        tuple(folders),
        # Nobody knows where a notebook from standard input will run: here is as good as any.
        here if notebook is None else _absolute(notebook).parent,
        repository,
        tuple(map(_absolute, roots)),
    )


def _own_environment() -> Sequence[str]:
    """Give ``sys.path`` without the folder that only the start of this program put there."""
    entries = list(sys.path)
    if entries and not getattr(sys.flags, "safe_path", False) and entries[0] in ("", os.getcwd()):  # noqa: PTH109
        del entries[0]
    return entries


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100 (links are kept, unlike in Path.resolve)


def _repository(start: Path) -> Path | None:
    for folder in (start, *start.parents):
        if (folder / ".git").exists() or (folder / "pyproject.toml").is_file():
            return folder
    return None


def _kind(
    spec: machinery.ModuleSpec,
) -> Literal["module", "package", "extension", "bytecode"]:
    if isinstance(spec.loader, machinery.ExtensionFileLoader):
        return "extension"
    if isinstance(spec.loader, machinery.SourcelessFileLoader):
        return "bytecode"
    return "module" if spec.submodule_search_locations is None else "package"


def _check_name(name: str) -> None:
    if name.startswith("."):
        raise TargetError(
            f'module "{name}" is relative, which a notebook cannot import: name it in full.'
        )
    for part in name.split("."):
        if not part.isidentifier() or keyword.iskeyword(part):
            raise TargetError(
                f'"{name}" is no module name: "{part}" is no name that Python can import.'
            )


def _check_file(path: Path, notebook: Path | None) -> None:
    if path.name == "__main__.py":
        raise TargetError(
            f'{path} cannot be imported: "__main__" is the notebook itself in its kernel.'
        )
    if notebook is None:
        return
    beside = _absolute(notebook)
    if path.stem == beside.stem and path.parent == beside.parent:
        raise TargetError(
            f"{path} carries the notebook's own name, as a script paired with it does: "
            "importing it would run the notebook's code; move the functions to another module."
        )


def _not_found(name: str, finder: Finder, places: Places) -> str:
    parent, _, last = name.rpartition(".")
    while parent and finder.find(parent) is None:
        parent, _, last = parent.rpartition(".")
    package = finder.find(parent) if parent else None
    if package is None:
        top = name.partition(".")[0]
        if top in sys.builtin_module_names:
            return (
                f'module "{top}" is built into the interpreter: it has no source to compare with.'
            )
        looked = dict.fromkeys(f"{place.label} ({place.folder})" for place in places.local)
        return (
            f'module "{top}" was not found: looked {", ".join(looked)} and in the environment '
            f"({len(places.environment)} folders)."
        )
    if not package.folders:
        return (
            f'"{parent}" is a module ({package.path}), not a package: '
            f'name the module, without "{last}".'
        )
    folders = ", ".join(str(folder) for folder in package.folders)
    hint = ""
    if package.kind == "package":
        hidden = [
            place.folder / parent.replace(".", "/")
            for place in places.local
            if (place.folder / parent.replace(".", "/") / f"{last}.py").is_file()
        ]
        if hidden:
            hint = f"; it hides {hidden[0]}, which has no __init__.py"
        elif near := get_close_matches(last, _modules_in(package.folders), 1):
            hint = f'; did you mean "{near[0]}"?'
    return f'package "{parent}" ({folders}) has no module "{last}"{hint}.'


def _source(name: str, found: Found) -> Path:
    if found.path is None:
        folders = ", ".join(str(folder) for folder in found.folders)
        raise TargetError(
            f'"{name}" is a folder without __init__.py ({folders}), which defines nothing: '
            "name a module in it."
        )
    if found.kind == "extension":
        raise TargetError(
            f'module "{name}" is a compiled extension ({found.path}): '
            "it has no source to compare with."
        )
    if found.kind == "bytecode":
        raise TargetError(
            f'module "{name}" is only there as bytecode ({found.path}): '
            "it has no source to compare with."
        )
    return found.path


def _location(name: str, path: Path, root: Path | None, finder: Finder, places: Places) -> Location:
    installed = Finder(places.environment, places.environment).find(name)
    other = installed.path if installed is not None else None
    top = name.partition(".")[0]
    is_package = path.name == "__init__.py"
    if root is None or root in places.environment or _same_file(other, path):
        return Location(name, path, is_package, None, "", finder, places)

    if top in sys.builtin_module_names:
        raise TargetError(
            f'{path} cannot be imported: the interpreter has a built-in module "{top}"; rename it.'
        )
    label = next((place.label for place in places.local if place.folder == root), "")
    if top in sys.stdlib_module_names:
        note = (
            f'"{top}" is also a module of the standard library, which a running kernel has '
            f"probably imported already instead of {path}: rename it."
        )
    elif other is not None:
        note = (
            f'"{name}" is found at {path} and, in the environment, at {other}: '
            "which one the kernel imports depends on its path."
        )
    elif label == _BESIDE:
        note = ""
    else:
        note = (
            f'"{name}" is found only {label or "in its own folder"}: '
            f"the kernel must have {root} on its path."
        )
    return Location(name, path, is_package, root, note, finder, places)


def _same_file(one: Path | None, other: Path) -> bool:
    return one is not None and one.resolve() == other.resolve()


def looks_like_path(name_or_path: str) -> bool:
    """Tell a file or folder (``lib/plots.py``, ``./plots``) from a dotted name."""
    return (
        name_or_path.endswith((".py", ".ipynb"))
        or name_or_path.startswith("~")
        or any(separator in name_or_path for separator in _separators())
    )


def _separators() -> Iterator[str]:
    yield "/"
    if os.sep != "/":
        yield os.sep


def _modules_in(folders: Sequence[Path]) -> list[str]:
    """Name the public modules that lie in the folders of a package."""
    found = (
        path.stem
        for folder in folders
        for path in (folder.iterdir() if folder.is_dir() else ())
        if path.suffix == ".py" or (path / "__init__.py").is_file()
    )
    return sorted(name for name in set(found) if not name.startswith("_"))
