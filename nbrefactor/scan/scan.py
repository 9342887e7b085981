"""The scan: files to families of copies."""

from __future__ import annotations

import os
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from nbrefactor.notebook.discovery import find
from nbrefactor.scan.definitions import Found, Texts
from nbrefactor.scan.grouping import Grouping, Placed, compared
from nbrefactor.scan.sources import Source, SourceError, read_module, read_source
from nbrefactor.scan.values import Copy, Group, Scan


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a scan is to show.

    Parameters
    ----------
    min_copies : int
        Least copies of a program.
    min_lines : int
        Least lines of code of a copy.
    names : tuple of str
        Only definitions of these names; empty for all.
    plots_only : bool
        Only what draws.
    across : bool
        Only copies in different notebooks.
    cells : bool
        Whole cells instead of definitions.
    compare : int or None
        Of how many families it is said what differs among the variants; None for all.
    """

    min_copies: int = 2
    min_lines: int = 3
    names: tuple[str, ...] = ()
    plots_only: bool = False
    across: bool = False
    cells: bool = False
    compare: int | None = None


def scan(paths: Sequence[Path | str], wanted: Wanted | None = None) -> Scan:
    """Find copies; nothing is run, imported or written.

    Parameters
    ----------
    paths : sequence of Path or str
        Notebooks, ``.py`` files, and folders that are searched for notebooks. Modules are looked
        at where they are named, or where they stand in a folder that is.
    wanted : Wanted, optional
        What is to be shown.

    Returns
    -------
    Scan
        Families of copies, those with the most lines to lose first.
    """
    wanted = wanted or Wanted()
    files, problems = find_files(paths)
    texts = Texts()
    placed: list[Placed] = []
    names: set[str] = set()
    for source in _sources(files, problems, names, whole=wanted.cells):
        here = list(_placed(source, texts, cells=wanted.cells))
        names.update(one.copy.text.name for one in here)
        placed.extend(here)
    grouping = Grouping([one for one in placed if _is_candidate(one, wanted)], texts)
    found = [
        family
        for family in grouping.families(wanted.min_copies)
        if any(_is_wanted(group, wanted) for group in family.groups)
    ]
    found.sort(key=lambda one: (-one.gone, one.name))
    shown = len(found) if wanted.compare is None else wanted.compare
    found[:shown] = [compared(family) for family in found[:shown]]
    modules = sum(path.suffix == ".py" for path in files)
    inline = sum(not one.copy.in_module for one in placed)
    return Scan(tuple(found), len(files) - modules, modules, inline, tuple(problems))


def find_files(paths: Sequence[Path | str]) -> tuple[list[Path], list[str]]:
    """Find notebooks and modules; a sentence for each path that leads to none."""
    given = [Path(path) for path in paths]
    single = [path for path in given if path.suffix == ".py" and path.is_file()]
    folders = [path for path in given if path.is_dir()]
    found = find([path for path in given if path not in single])
    modules: dict[str, Path] = {os.path.realpath(path): path for path in single}
    for folder in folders:
        for path in _modules_in(folder):
            modules.setdefault(os.path.realpath(path), path)
    held = {str(one.path) for one in found.problems if one.reason.startswith("no notebook")}
    problems = [
        f"{one.path}: {one.reason}"
        for one in found.problems
        # A folder of modules alone may be named beside the notebooks.
        if str(one.path) not in held or not any(True for _ in _modules_in(one.path))
    ]
    return [*found.notebooks, *modules.values()], problems


def _modules_in(folder: Path) -> Iterator[Path]:
    for root, folders, files in os.walk(folder):
        here = Path(root)
        if here != folder and {"pyvenv.cfg", "conda-meta"}.intersection(folders + files):
            folders.clear()
            continue
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".") and name not in ("node_modules", "__pycache__")
        )
        yield from (
            here / name
            for name in sorted(files)
            if name.endswith(".py") and not name.startswith(".") and (here / name).is_file()
        )


def _sources(
    files: Sequence[Path], problems: list[str], names: Container[str], *, whole: bool
) -> Iterator[Source]:
    """Read files; of modules only those that define one of the names seen in notebooks by then."""
    for path in files:
        is_module = path.suffix == ".py"
        try:
            source = read_module(path, names) if is_module else read_source(path, whole=whole)
        except SourceError as error:
            if not is_module:
                problems.append(f"{path}: {error}")
        except OSError as error:
            problems.append(f"{path}: cannot be read ({error.strerror or error})")
        else:
            if source is not None:
                yield source


def _placed(source: Source, texts: Texts, *, cells: bool) -> Iterator[Placed]:
    for cell, text in source.cells:
        if cells and cell is not None:
            whole = texts.cell(text)
            if whole is not None:
                yield Placed(source, Found(1, whole), Copy(source.path, cell, 1, whole))
        elif not cells:
            for found in texts.definitions(text):
                yield Placed(source, found, Copy(source.path, cell, found.row, found.text))


def _is_candidate(one: Placed, wanted: Wanted) -> bool:
    text = one.copy.text
    if wanted.names and text.name not in wanted.names:
        return False
    return text.lines >= wanted.min_lines


def _is_wanted(group: Group, wanted: Wanted) -> bool:
    places = len(group.notebooks) if wanted.across else len(group.inline)
    if not group.inline:
        return False
    if places + len(group.modules) < wanted.min_copies:
        return False
    return group.draws or not wanted.plots_only
