"""Signals to a kernel and to all that it has started."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import psutil

# Names a run in the environment of its kernel, which every process that it starts inherits.
RUN = "NBREFACTOR_RUN"
# Seconds until a process that was killed is gone.
_PATIENCE = 5


def signal_group(group: int | None, number: int) -> None:
    """Send a signal to a group of processes, where there is such a thing."""
    # Never our own group: a kernel that was started without one shares it.
    if group and hasattr(os, "killpg") and group != os.getpgrp():
        with contextlib.suppress(OSError):
            os.killpg(group, number)


def end_strays(scratch: Path) -> None:
    """End the processes of a run that have left its group, as one in a session of its own has."""
    import psutil

    # One that was about to start another may have done so meanwhile.
    while strays := list(_strays(scratch)):
        for process in strays:
            with contextlib.suppress(psutil.Error):
                process.kill()
        _, alive = psutil.wait_procs(strays, timeout=_PATIENCE)
        if alive:
            return  # not ours to end, or in the hands of the system


def _strays(scratch: Path) -> Iterator[psutil.Process]:
    import psutil

    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if (
                process.pid != os.getpid()
                and process.environ().get(RUN) == str(scratch)
                and process.status() != psutil.STATUS_ZOMBIE
            ):
                yield process
