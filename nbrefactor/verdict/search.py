"""Which module answers to a name at one place of a notebook, as far as reading tells."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from nbrefactor.library.locate import Finder, Found, Location
from nbrefactor.model.reason import Reason
from nbrefactor.verdict.origins import Origins
from nbrefactor.verdict.steps import Step


@dataclass(frozen=True, slots=True)
class Taken:
    """A step, and where the notebook takes it.

    Parameters
    ----------
    step : Step
        The step.
    cell : int
        Number of the cell, counted from 1.
    origins : Origins
        What the names around it may mean.
    file : str
        The file of a module that takes it; empty for the notebook.
    """

    step: Step
    cell: int
    origins: Origins
    file: str = ""


@dataclass(frozen=True, slots=True)
class _Folder:
    """One folder of the path: where it is, whether it is surely there, and who put it there."""

    path: str | None
    sure: bool
    taken: Taken


class Search:
    """Looks for a target module as the kernel would.

    Parameters
    ----------
    location : Location
        The target module.
    """

    def __init__(self, location: Location) -> None:
        self._location = location
        self._top = location.name.partition(".")[0]
        self._found: dict[Path, Found | None] = {}
        own = location.importable_from
        self._target = self._installed if own is None else self._in(own)

    @cached_property
    def _installed(self) -> Found | None:
        """What the environment has under the name; to find it lists all of its folders."""
        environment = self._location.places.environment
        return Finder(environment, environment).find(self._top)

    def reasons(self, steps: Sequence[Taken]) -> tuple[Reason, ...]:
        """Say why another module, or none, may answer after these steps; nothing if none may.

        Parameters
        ----------
        steps : sequence of Taken
            What the notebook does before the import, in order.

        Returns
        -------
        tuple of Reason
            At most one of each kind.
        """
        name = self._location.name
        reasons = [
            Reason("import-other", name, (one.cell,), here=one.step.text)
            for one in steps
            if one.step.kind == "other"
        ]
        own = self._location.importable_from
        if own is not None and (why := self._shadowed()):
            reasons.append(why)
        return tuple(dict.fromkeys([*reasons, *self._walked(steps)]))

    def is_found(self, steps: Sequence[Taken]) -> bool:
        """Tell whether the kernel finds the module by itself, without the user's word."""
        front, behind, here, _ = self._path(steps)
        own = self._location.importable_from
        folders = [folder.path for folder in (*front, *behind) if folder.path and folder.sure]
        if own is None or (here is not None and self._is_target_in(here)):
            return True
        return any(self._is_target_in((here or Path()) / folder) for folder in folders)

    def _shadowed(self) -> Reason | None:
        """Say what the kernel has, or has loaded already, under the same name."""
        if self._top in sys.stdlib_module_names:
            there = "a module of the standard library"
            return Reason("import-shadowed", self._top, there=there)
        other = self._installed
        if other is None or other.path is None or _same(other, self._target):
            return None
        return Reason("import-shadowed", self._top, there=f"found at {other.path}")

    def _walked(self, steps: Sequence[Taken]) -> Iterable[Reason]:
        front, behind, here, moved = self._path(steps)
        name, own = self._location.name, self._location.importable_from
        for folder in front:
            why, found = self._look(folder, here)
            if why is not None:
                yield why
            if found and folder.sure:
                return
        if own is None:
            # A folder that nobody knows holds no copy of what is installed.
            if here is not None and self._other_in(here):
                yield self._moved(moved, here)
            return
        given = own in self._location.places.given
        if here is not None and self._other_in(here):
            yield self._moved(moved, here)
            return
        if given or (here is not None and self._is_target_in(here)):
            return
        later = (folder.path for folder in behind if folder.path is not None and folder.sure)
        # Joining a folder to one that is named in full leaves that one.
        if any(self._is_target_in((here or Path()) / path) for path in later):
            return
        if moved is not None:
            yield Reason("import-moved", name, (moved.cell,), here=moved.step.text)
        else:
            yield self._unreachable(own)

    def _moved(self, moved: Taken | None, here: Path) -> Reason:
        name = self._location.name
        if moved is None:
            return Reason("import-shadowed", self._top, there=f"found in {here}")
        return Reason("import-moved", name, (moved.cell,), here=moved.step.text)

    def _unreachable(self, own: Path) -> Reason:
        places = self._location.places
        label = next((place.label for place in places.local if place.folder == own), "")
        return Reason(
            "import-unreachable", self._location.name, here=label or "elsewhere", there=str(own)
        )

    def _look(self, folder: _Folder, here: Path | None) -> tuple[Reason | None, bool]:
        """Look into a folder in front of the path: what speaks against it, and what is there."""
        text, cell = folder.taken.step.text, folder.taken.cell
        unknown = Reason("import-path", self._location.name, (cell,), here=text)
        if folder.path is None:
            return (None if self._location.importable_from is None else unknown), False
        path = Path(folder.path)
        if not path.is_absolute():
            if here is None:
                return (None if self._location.importable_from is None else unknown), False
            path = here / path
        if self._is_target_in(path):
            return None, True
        return (unknown if self._other_in(path) else None), False

    def _path(
        self, steps: Sequence[Taken]
    ) -> tuple[list[_Folder], list[_Folder], Path | None, Taken | None]:
        """Follow the steps: folders in front, folders behind, the working directory, who moved."""
        start = self._location.places.start
        here: Path | None = start
        moved: Taken | None = None
        front: list[_Folder] = []
        behind: list[_Folder] = []
        for one in steps:
            step = one.step
            text = str(here) if here is not None else None
            path = None
            if step.folder is not None:
                path = one.origins.folder(step.folder, text, one.file)
            if step.kind == "directory":
                moved = one
                here = self._directory(here, path) if step.sure else None
                if here == start:
                    moved = None
            elif step.kind == "front":
                front.insert(0, _Folder(path, step.sure, one))
            elif step.kind == "behind":
                behind.append(_Folder(path, step.sure, one))
            elif step.kind == "unknown":
                front.insert(0, _Folder(None, False, one))
        return front, behind, here, moved

    def _directory(self, here: Path | None, path: str | None) -> Path | None:
        if path is None:
            return None
        folder = Path(path)
        if not folder.is_absolute():
            if here is None:
                return None
            folder = here / folder
        return Path(*_plain(folder.parts))

    # -- folders -----------------------------------------------------------------------------

    def _in(self, folder: Path) -> Found | None:
        if folder not in self._found:
            self._found[folder] = Finder((folder,), (), self._location.places.planned).find(
                self._top
            )
        return self._found[folder]

    def _is_target_in(self, folder: Path) -> bool:
        found = self._in(folder)
        return found is not None and _same(found, self._target)

    def _other_in(self, folder: Path) -> bool:
        """Tell whether another module than the target would be found in a folder."""
        found = self._in(folder)
        # A folder without an __init__.py comes after every module, wherever that is.
        return found is not None and found.path is not None and not _same(found, self._target)


def _same(one: Found, other: Found | None) -> bool:
    if other is None:
        return False
    if one.path is not None and other.path is not None:
        return one.path.resolve() == other.path.resolve()
    mine, theirs = ({folder.resolve() for folder in found.folders} for found in (one, other))
    return one.path is other.path and bool(mine & theirs)


def _plain(parts: Iterable[str]) -> list[str]:
    """Take the dots out of a path's parts."""
    kept: list[str] = []
    for part in parts:
        if part == ".." and len(kept) > 1:
            kept.pop()
        elif part not in (".", ".."):
            kept.append(part)
    return kept
