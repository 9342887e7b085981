"""The terminal: what is printed there, and how."""

from __future__ import annotations

import io
import os
import shutil
import sys
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text


def console(*, stderr: bool) -> Console:
    """Open the terminal: coloured where it has colours, plain in a pipe or with NO_COLOR."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    if isinstance(stream, io.TextIOWrapper):
        # Notebooks hold letters that not every terminal can write.
        stream.reconfigure(errors="backslashreplace")
    return Console(stderr=stderr, highlight=False, markup=False, emoji=False)


def columns(*, stderr: bool = False) -> int | None:
    """Give the number of columns of the terminal; None where what is printed goes elsewhere.

    Ask before a bar is shown, which takes the streams' place.
    """
    stream = sys.stderr if stderr else sys.stdout
    return shutil.get_terminal_size().columns if stream.isatty() else None


def show(terminal: Console, text: Text | str) -> None:
    """Print text as it is: its lines are not wrapped, and in a pipe its tabs stay tabs.

    Parameters
    ----------
    terminal : Console
        Where it goes.
    text : rich.text.Text or str
        Lines, each with a line end.
    """
    if terminal.is_terminal and not terminal.no_color:
        terminal.print(text, end="", soft_wrap=True)
    else:
        try:
            terminal.file.write(text if isinstance(text, str) else text.plain)
            terminal.file.flush()
        except BrokenPipeError:
            # Whoever read has seen enough (`| head`): what was done is done all the same.
            silence(terminal.file)


def silence(stream: IO[str]) -> None:
    """Let what is still to be written to a stream that failed go nowhere."""
    try:
        number = stream.fileno()
    except OSError:
        # The caller closed it.
        return
    os.dup2(os.open(os.devnull, os.O_WRONLY), number)
