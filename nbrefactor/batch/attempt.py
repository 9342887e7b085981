"""One notebook's work, from which nothing escapes: others get their turn whatever it raises."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TypeVar

from nbrefactor import __version__
from nbrefactor.batch.values import Problem
from nbrefactor.config import SettingsError
from nbrefactor.model.errors import NbrefactorError
from nbrefactor.visible import visible, visible_line

Value = TypeVar("Value")


def attempt(
    name: str, work: Callable[[], Value], *, doing: str = "read"
) -> tuple[Value | None, Problem | None]:
    """Do one notebook's work.

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
    object or None
        What `work` gives.
    Problem or None
        What kept it from giving anything.
    """
    try:
        return work(), None
    except SettingsError as error:
        return None, Problem(str(error), shared=True)
    except NbrefactorError as error:
        return None, Problem(f"{name}: {error}")
    except OSError as error:
        return None, Problem(f"{name}: cannot be {doing} ({error.strerror or error})")
    except Exception as error:
        return None, Problem(f"{name}: {report_bug(error, name)}")


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
    import platform
    import tempfile
    import traceback

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
