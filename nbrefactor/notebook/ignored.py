"""What git ignores, as far as ``.gitignore`` files say it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

_FILE = ".gitignore"


class Ignoring(Struct, frozen=True):
    """The ``.gitignore`` files that hold for a folder, the outermost first.

    Parameters
    ----------
    rules : tuple of (str, GitIgnoreSpec)
        The folder of each file, and its patterns.
    """

    rules: tuple[tuple[str, GitIgnoreSpec], ...] = ()

    def inside(self, folder: str) -> Ignoring:
        """Add the file of a folder within."""
        spec = _read(folder)
        return self if spec is None else Ignoring((*self.rules, (folder, spec)))

    def ignores(self, path: str) -> bool:
        """Tell whether git ignores a file, or a folder, whose path then ends with a slash."""
        for folder, spec in reversed(self.rules):
            said = spec.check_file(path[len(folder) :].lstrip(os.sep)).include
            if said is not None:
                return said
        return False


def ignoring_around(folder: str) -> Ignoring:
    """Give what holds for a folder that the user named.

    Parameters
    ----------
    folder : str
        Its absolute path.

    Returns
    -------
    Ignoring
        The files above it, up to the root of its repository. None of them where they ignore the
        folder itself: whoever names it wants it searched.
    """
    above: list[str] = []
    here = folder
    while not os.path.exists(os.path.join(here, ".git")):  # noqa: PTH110, PTH118
        parent = os.path.dirname(here)  # noqa: PTH120
        if parent == here:
            return Ignoring()
        above.append(parent)
        here = parent
    found = Ignoring()
    for one in reversed(above):
        found = found.inside(one)
    return Ignoring() if found.ignores(f"{folder}/") else found


def _read(folder: str) -> GitIgnoreSpec | None:
    """Read the file of a folder; None where it has none, or none that can be read."""
    try:
        with open(os.path.join(folder, _FILE), "rb") as file:  # noqa: PTH118, PTH123
            lines = file.read().decode(errors="surrogateescape").splitlines()
    except OSError:
        return None
    from pathspec import GitIgnoreSpec

    try:
        return GitIgnoreSpec.from_lines(lines)
    except ValueError:
        # Git passes over patterns that cannot be.
        return GitIgnoreSpec.from_lines(line for line in lines if _can_be(line))


def _can_be(line: str) -> bool:
    from pathspec import GitIgnoreSpec

    try:
        GitIgnoreSpec.from_lines([line])
    except ValueError:
        return False
    return True
