"""What keeps a command from doing its job: the user's problems told apart from our own bugs."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

import click

from nbrefactor import __version__
from nbrefactor.config import SettingsError
from nbrefactor.model.errors import NbrefactorError
from nbrefactor.visible import visible, visible_line

Result = TypeVar("Result")
PREFIX = "nbrefactor: "


@dataclass(frozen=True, slots=True)
class Problems:
    """Collects problems, a sentence each, while the rest of the work goes on."""

    sentences: list[str] = field(default_factory=list)

    def attempt(
        self, name: str, work: Callable[[], Result], *, doing: str = "read"
    ) -> Result | None:
        """Do one notebook's work; what it raises becomes a problem, and others get their turn.

        Parameters
        ----------
        name : str
            The notebook's name in messages.
        work : callable
            Does the work.
        doing : str
            What an error of the system keeps it from being (``read``, ``run``).

        Returns
        -------
        Result or None
            What `work` gives; None where there is a problem.
        """
        try:
            return work()
        except click.exceptions.Exit:
            raise
        except click.ClickException:
            raise
        except SettingsError as error:
            # One wrong setting is one problem, however many notebooks it is about.
            if str(error) not in self.sentences:
                self.sentences.append(str(error))
        except NbrefactorError as error:
            self.sentences.append(f"{name}: {error}")
        except OSError as error:
            self.sentences.append(f"{name}: cannot be {doing} ({error.strerror or error})")
        except Exception as error:
            self.sentences.append(f"{name}: {report_bug(error, name)}")
        return None

    def show(self) -> None:
        """Print them to standard error."""
        for sentence in self.sentences:
            show_problem(sentence)


def show_problem(sentence: str) -> None:
    """Print one problem to standard error."""
    from nbrefactor.cli.terminal import console, show

    show(console(stderr=True), f"{PREFIX}{visible_line(sentence)}\n")


def report_bug(error: BaseException, name: str = "") -> str:
    """Save the traceback of an error that nobody foresaw.

    Parameters
    ----------
    error : BaseException
        What escaped.
    name : str
        The notebook that it is about; empty for none.

    Returns
    -------
    str
        What happened, where the traceback is and what to do, as the end of a sentence that begins
        with the notebook's name.
    """
    what = " ".join(f"{type(error).__name__}: {error}".split())
    head = f"this is a bug of nbrefactor {__version__} ({what[:200]}); nothing was written"
    details = (
        f"nbrefactor {__version__}, Python {platform.python_version()}, {platform.platform()}\n"
        f"notebook: {visible_line(name)}\n\n"
        f"{visible(''.join(traceback.format_exception(error)))}"
    )
    try:
        descriptor, file = tempfile.mkstemp(prefix="nbrefactor-bug-", suffix=".txt")
        with os.fdopen(descriptor, "w", encoding="utf-8") as saved:
            saved.write(details)
    except OSError as failure:
        return (
            f"{head}. Please report it with the notebook; its traceback could not be saved "
            f"({failure.strerror or failure})."
        )
    return f"{head}. Please report it with the notebook and with its traceback, saved in {file}."


def end_with_bug(error: BaseException) -> int:
    """Say that an error ended the whole command; return the exit code."""
    print(f"{PREFIX}{visible_line(report_bug(error))}", file=sys.stderr)
    return 2
