"""Where editable installs keep packages that are on no folder of the path.

Build backends write a small finder module into the environment. Its table is read as source: asking
the finder itself would mean to import it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path


def editable_packages(folders: Iterable[Path]) -> Mapping[str, Path]:
    """Read the tables of all editable installs.

    Parameters
    ----------
    folders : iterable of Path
        The folders of the environment.

    Returns
    -------
    Mapping of str to Path
        The folder or file of each top-level name, as the finder has it: the folder of a package
        or its ``__init__.py``, the ``.py`` of a module, with or without its suffix.
    """
    found: dict[str, Path] = {}
    for folder in folders:
        for finder in sorted(_finders(folder)):
            for name, path in _table(finder):
                found.setdefault(name, Path(path))
    return found


def _finders(folder: Path) -> Iterator[Path]:
    try:
        yield from folder.glob("__editable__*_finder.py")  # setuptools
        yield from folder.glob("_editable_impl_*.py")  # hatchling, pdm, through "editables"
    except OSError:
        return


def _table(finder: Path) -> Iterator[tuple[str, str]]:
    try:
        tree = ast.parse(finder.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        match node:
            case (
                ast.AnnAssign(target=ast.Name(id="MAPPING"), value=ast.Dict() as table)
                | ast.Assign(targets=[ast.Name(id="MAPPING")], value=ast.Dict() as table)
            ):
                for key, value in zip(table.keys, table.values, strict=True):
                    match key, value:
                        case ast.Constant(value=str(name)), ast.Constant(value=str(path)):
                            yield name, path
            case ast.Call(
                func=ast.Attribute(attr="map_module"),
                args=[ast.Constant(value=str(name)), ast.Constant(value=str(path))],
            ):
                yield name, path
