"""Signals to a kernel and to all that it has started."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

# Names a run in the environment of its kernel, which every process that it starts inherits.
RUN = "NBREFACTOR_RUN"


def signal_group(group: int | None, number: int) -> None:
    """Send a signal to a group of processes, where there is such a thing."""
    # Never our own group: a kernel that was started without one shares it.
    if group and hasattr(os, "killpg") and group != os.getpgrp():
        with contextlib.suppress(OSError):
            os.killpg(group, number)


def end_strays(scratch: Path) -> None:
    """End the processes of a run that have left its group, as one in a session of its own has."""
    import psutil

    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.pid != os.getpid() and process.environ().get(RUN) == str(scratch):
                process.kill()
