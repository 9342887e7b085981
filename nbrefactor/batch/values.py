"""The steps of one notebook through a batch, a frozen value each: found, opened, done."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from msgspec import Struct

from nbrefactor.config import Settings

Result = TypeVar("Result")


class Found(Struct, frozen=True):
    """A notebook that is to be worked on.

    Parameters
    ----------
    path : Path or None
        Its file; None for standard input.
    name : str
        Its name in messages.
    named : bool
        Whether the user named it, rather than a folder around it.
    """

    path: Path | None
    name: str
    named: bool = False


class Opened(Struct, frozen=True):
    """A notebook with what holds for it; its text is read by who needs it.

    Parameters
    ----------
    found : Found
        The notebook.
    settings : Settings
        What the user asked for.
    """

    found: Found
    settings: Settings

    def read(self) -> bytes:
        """Read the notebook's bytes; standard input only once."""
        path = self.found.path
        return sys.stdin.buffer.read() if path is None else path.read_bytes()


class Problem(Struct, frozen=True):
    """What kept a notebook's work from being done.

    Parameters
    ----------
    sentence : str
        What happened, with the notebook's name.
    shared : bool
        Whether it is about the settings, and so the same for other notebooks.
    """

    sentence: str
    shared: bool = False


class Done(Struct, Generic[Result], frozen=True):
    """What became of one notebook.

    Parameters
    ----------
    found : Found
        The notebook.
    value : object or None
        What the work gave; None where there was none to do, or a problem.
    problem : Problem or None
        What kept it from being done.
    left_out : str
        Why the settings leave the notebook out; empty where they do not.
    settings : Settings or None
        What held for it; None where even that was a problem.
    """

    found: Found
    value: Result | None = None
    problem: Problem | None = None
    left_out: str = ""
    settings: Settings | None = None


Work = Callable[[Opened], Result]
