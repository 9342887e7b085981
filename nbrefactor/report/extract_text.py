"""An extraction for the terminal: the modules, what each definition replaces, and what stays."""

from __future__ import annotations

import difflib
import os
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from nbrefactor.extract.values import Extraction, Left, Module, Piece
from nbrefactor.report.counted import count
from nbrefactor.report.text import render_diff
from nbrefactor.scan.values import Copy
from nbrefactor.verify.values import Verification
from nbrefactor.visible import visible, visible_line

if TYPE_CHECKING:
    from rich.text import Text

_WIDTH = 80
_PLACES = 3


def render(extraction: Extraction, *, diff: bool) -> Text:
    """Show what an extraction does.

    Parameters
    ----------
    extraction : Extraction
        The plan.
    diff : bool
        Whether modules and cells are shown as diffs.

    Returns
    -------
    rich.text.Text
        Lines, each with a line end.
    """
    from rich.text import Text

    text = Text()
    for module in extraction.modules:
        _module(text, module, extraction)
    _left(text, extraction)
    if diff:
        for module in extraction.modules:
            if module.changes:
                text.append("\n")
                text.append_text(render_diff(_module_diff(module)))
        for outcome in extraction.changed:
            text.append(f"\n{visible_line(outcome.path)}\n", "bold")
            for change in outcome.cells:
                text.append("\n")
                text.append_text(render_diff(outcome.cell_diff(change)))
    return text


def summarise(extraction: Extraction, *, written: bool) -> str:
    """Sum up in two lines."""
    pieces = [piece for module in extraction.modules for piece in module.pieces]
    if not extraction.replaced:
        return "nothing is extracted: no copy can be replaced"
    verb = "" if written else "would be "
    lines = lines_gone(extraction)
    stays = sum(len(one.copies) for one in extraction.left)
    parts = [
        f"{count(len(extraction.replaced), 'copy', 'copies')} of "
        f"{count(len(pieces), 'definition')} {verb}replaced in "
        f"{count(len(extraction.changed), 'notebook')}",
        f"{count(lines, 'line')} less",
    ]
    if stays:
        parts.append(f"{count(stays, 'copy', 'copies')} stay{'s' if stays == 1 else ''}")
    return ", ".join(parts)


def proven_in_short(found: Verification) -> str:
    """Say in a few words what the runs of a notebook showed."""
    told = [f"{number} {status}" for status, number in found.counts.items()]
    files = [f"{number} {status}" for status, number in found.file_counts.items()]
    shown = f"outputs {', '.join(told)}" if told else ""
    saved = f"saved figures {', '.join(files)}" if files else ""
    return f"proven: {'; '.join(filter(None, (shown, saved))) or 'all cells run as before'}"


def lines_gone(extraction: Extraction) -> int:
    """Count the lines that go from notebooks, less those that the modules gain."""
    gone = sum(one.copy.text.lines for one in extraction.replaced)
    held = {
        piece.key: piece.origin.lines
        for module in extraction.modules
        for piece in module.pieces
        if not piece.held
    }
    return max(gone - sum(held.values()), 0)


def _module(text: Text, module: Module, extraction: Extraction) -> None:
    state = "new" if module.before is None else "extended" if module.changes else "as it is"
    text.append(f"{visible_line(_near(module.path))}", "bold")
    text.append(f"  {state}\n", "dim")
    width = max((len(visible(piece.name)) for piece in module.pieces), default=0)
    for piece in module.pieces:
        _piece(text, piece, width, extraction)


def _piece(text: Text, piece: Piece, width: int, extraction: Extraction) -> None:
    own = [one.copy for one in extraction.replaced if one.piece.key == piece.key]
    notebooks = len({copy.path for copy in own})
    text.append(f"  {visible(piece.name):{width}}  ", "green")
    if own:
        where = f"{count(len(own), 'copy', 'copies')} in {count(notebooks, 'notebook')}"
    else:
        where = "called by others"
    text.append(f"{where}{', was there' if piece.held else ''}\n")
    for added in piece.added:
        instead = ", ".join(map(_short, added.instead[:4]))
        more = ", …" if len(added.instead) > 4 else ""
        default = f"={added.default}" if added.default else ""
        line = f"with {added.name}{_short(default)} for {instead}{more}"
        text.append("".join(f"{one}\n" for one in _wrapped(visible_line(line), 6)), "dim")


def _left(text: Text, extraction: Extraction) -> None:
    shown = [one for one in extraction.left if one.copies]
    if not shown:
        return
    text.append("stays\n", "bold")
    for one in shown:
        text.append(f"  {visible(one.name)}", "yellow")
        text.append(f"  {_places(one)}\n", "dim")
        text.append("".join(f"{line}\n" for line in _wrapped(visible_line(one.why), 6)))


def _places(left: Left) -> str:
    told = [_place(copy) for copy in left.copies[:_PLACES]]
    more = len(left.copies) - len(told)
    return ", ".join(told) + (f" and {more} more" if more else "")


def _place(copy: Copy) -> str:
    return f"{visible_line(Path(copy.path).name)}:cell {copy.cell}"


def _module_diff(module: Module) -> str:
    before = (module.before or b"").decode("utf-8-sig").splitlines(keepends=True)
    after = module.after.decode().splitlines(keepends=True)
    name = _near(module.path)
    lines = difflib.unified_diff(
        before, after, "/dev/null" if module.before is None else name, name
    )
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)


def _near(path: Path) -> str:
    """Name a file from the current folder, where that is shorter."""
    try:
        relative = os.path.relpath(path)
    except ValueError:
        return str(path)
    return relative if len(relative) < len(str(path)) else str(path)


def _short(text: str) -> str:
    return text if len(text) <= 30 else f"{text[:29]}…"


def _wrapped(text: str, indent: int) -> Iterator[str]:
    space = " " * indent
    yield from textwrap.wrap(
        text, _WIDTH, initial_indent=space, subsequent_indent=space, break_long_words=False
    )
