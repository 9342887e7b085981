"""The scan: files to families of copies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from nbrefactor.scan.definitions import Found, Texts
from nbrefactor.scan.grouping import Grouping, Placed, compared
from nbrefactor.scan.reading import Files, Reader, files_of
from nbrefactor.scan.sources import Source
from nbrefactor.scan.values import Copy, Group, Scan
from nbrefactor.scan.wanted import Wanted


def scan(
    paths: Sequence[Path | str],
    wanted: Wanted | None = None,
    reader: Reader | None = None,
    files: Files | None = None,
) -> Scan:
    """Find copies; nothing is run, imported or written.

    Parameters
    ----------
    paths : sequence of Path or str
        Notebooks, ``.py`` files, and folders that are searched for notebooks. Modules are looked
        at where they are named, or where they stand in a folder that is.
    wanted : Wanted, optional
        What is to be shown.
    reader : Reader, optional
        Reads the files; by default in this process, and whatever settings say.
    files : Files, optional
        What was found at the paths, where that is known.

    Returns
    -------
    Scan
        Families of copies, those with the most lines to lose first.
    """
    wanted = wanted or Wanted()
    reader = reader or Reader(whole=wanted.cells)
    files = files or files_of(paths)
    texts = Texts()
    placed: list[Placed] = []
    for source in reader.notebooks(files):
        placed.extend(_placed(source, texts, cells=wanted.cells))
    names = {one.copy.text.name for one in placed}
    inline = len(placed)
    for source in reader.modules(files, names):
        placed.extend(_placed(source, texts, cells=wanted.cells))
    grouping = Grouping([one for one in placed if _is_candidate(one, wanted)], texts)
    found = [
        family
        for family in grouping.families(wanted.min_copies)
        if any(_is_wanted(group, wanted) for group in family.groups)
    ]
    found.sort(key=lambda one: (-one.gone, one.name))
    shown = len(found) if wanted.compare is None else wanted.compare
    found[:shown] = [compared(family) for family in found[:shown]]
    return Scan(
        tuple(found),
        len(files.notebooks),
        len(files.modules),
        inline,
        (*files.problems, *reader.problems),
        tuple(reader.left_out),
    )


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
