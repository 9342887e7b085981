"""Signals to a kernel and to all that it has started."""

from __future__ import annotations

import contextlib
import os


def signal_group(group: int | None, number: int) -> None:
    """Send a signal to a group of processes, where there is such a thing."""
    # Never our own group: a kernel that was started without one shares it.
    if group and hasattr(os, "killpg") and group != os.getpgrp():
        with contextlib.suppress(OSError):
            os.killpg(group, number)
