"""Reading files that have an end: no pipes, no devices."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path


def read_regular(path: Path) -> bytes:
    """Read a regular file.

    Parameters
    ----------
    path : Path
        The file, or a link to it.

    Returns
    -------
    bytes
        What it holds.

    Raises
    ------
    OSError
        If it cannot be read, or is a pipe or a device, which may have no end; opening one never
        waits.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags)
    with os.fdopen(descriptor, "rb") as file:
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not stat.S_ISREG(mode):
            raise OSError(errno.EINVAL, "it is no regular file", str(path))
        return file.read()
