"""Whether bytes are UTF-8, told without a second copy of all of them."""

from __future__ import annotations

import codecs

_CHUNK = 1 << 20


def first_not_utf8(data: bytes) -> int | None:
    """Find the first byte that is not UTF-8.

    Parameters
    ----------
    data : bytes
        Any bytes; those of a notebook may be hundreds of megabytes of outputs.

    Returns
    -------
    int or None
        Its offset; None where all are.
    """
    if data.isascii():
        return None
    decoder = codecs.getincrementaldecoder("utf-8")()
    view = memoryview(data)
    for start in range(0, len(data), _CHUNK):
        chunk = view[start : start + _CHUNK]
        # What the decoder holds back of the chunk before is in front of this one.
        held = len(decoder.getstate()[0])
        try:
            decoder.decode(chunk, final=start + _CHUNK >= len(data))
        except UnicodeDecodeError as error:
            return start - held + error.start
    return None
