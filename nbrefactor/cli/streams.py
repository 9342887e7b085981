"""The standard streams, made whole before anything uses them."""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import TextIO


class _ClosedBytes(io.RawIOBase):
    """The bytes of a stream that the caller closed: whoever uses them learns so."""

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        raise OSError(errno.EBADF, "it is closed")

    def write(self, data: object) -> int:
        raise OSError(errno.EBADF, "it is closed")


class _ClosedText(io.TextIOBase):
    """The text of such a stream; nothing waits in it to be written when Python ends."""

    encoding = "utf-8"
    errors = "strict"

    @property
    def buffer(self) -> _ClosedBytes:
        return _ClosedBytes()

    def write(self, text: str) -> int:
        raise OSError(errno.EBADF, "it is closed")


def complete_streams() -> None:
    """See to it that all three streams are there, and that they write all or say so.

    A program may be started with one of them closed. Its number would then go to the next file that
    is opened, a notebook for instance, and what is printed would land there. And without buffers
    (``PYTHONUNBUFFERED``) Python takes it for success where a full disk takes only a part.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    if sys.stdin is None:
        sys.stdin = io.TextIOWrapper(io.BufferedReader(_ClosedBytes()))
    if sys.stdout is None:
        sys.stdout = _ClosedText()
    if sys.stderr is None:
        # Nobody would hear that it is closed.
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    sys.stdout = _buffered(sys.stdout)
    sys.stderr = _buffered(sys.stderr)


def _buffered(stream: TextIO | _ClosedText) -> TextIO | _ClosedText:
    """Put a buffer below a stream that has none; it is emptied at the end of each line."""
    raw = getattr(stream, "buffer", None)
    if not isinstance(raw, io.RawIOBase) or isinstance(stream, _ClosedText):
        return stream
    return io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding=stream.encoding,
        errors=stream.errors,
        line_buffering=True,
    )
