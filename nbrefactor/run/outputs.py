"""How much a notebook may write before nobody reads it any more."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

# Of a whole run, in characters: more than any reader scrolls through, less than memory holds.
MOST_OUTPUT = 128_000_000


def size_of(message: Mapping[str, Any]) -> int:
    """Give the length of what a message of a kernel shows."""
    content = message.get("content", {})
    data = content.get("data", {})
    shown = [content.get("text", ""), *(data.values() if isinstance(data, Mapping) else ())]
    buffers = sum(len(buffer) for buffer in message.get("buffers") or ())
    return buffers + sum(
        len(part) if isinstance(part, str) else len(json.dumps(part, default=str)) for part in shown
    )
