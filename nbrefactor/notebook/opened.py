"""Whether somebody works on a notebook's file at this moment, as far as can be seen."""

from __future__ import annotations

import time
from pathlib import Path

# Whoever saved longer ago than this may have closed it.
_RECENT = 120.0


def saved_just_now(path: Path, *, now: float | None = None) -> str:
    """Say how long ago Jupyter saved a file, where that is so short that it is probably open there.

    What Jupyter saves has a checkpoint beside it. JupyterLab and Notebook do not lock a file and do
    not watch it: they show what they read until it is loaded again, and ask at the next saving
    which of both is to be kept.

    Parameters
    ----------
    path : Path
        The notebook's file, before anything is written.
    now : float, optional
        The time, in seconds since the epoch.

    Returns
    -------
    str
        ``saved 3 s ago``; empty where that was long ago, or cannot be known.
    """
    if not (path.parent / ".ipynb_checkpoints" / f"{path.stem}-checkpoint{path.suffix}").exists():
        return ""
    try:
        seconds = (time.time() if now is None else now) - path.stat().st_mtime
    except OSError:
        return ""
    if not 0 <= seconds <= _RECENT:
        return ""
    return f"saved {seconds:.0f} s ago"
