"""The file in which a kernel leaves what it recorded: one JSON object a line."""

from __future__ import annotations

import json
import threading
from typing import Any

# Characters that all records of a run may take together.
MOST_CHARACTERS = 400_000_000


def to_json(value: Any) -> str:
    """Write plain data as JSON, NumPy's numbers among them."""
    return json.dumps(value, default=_plain)


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else str(value)


class Log:
    """Appends records to a file, whole lines at a time."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._written = 0

    def write(self, record: dict[str, Any]) -> None:
        """Append a record, without its figure where there is no more room for it."""
        line = to_json(record)
        if self._written + len(line) > MOST_CHARACTERS:
            line = to_json({**record, "figure": None, "problem": "too many figures to record"})
        # One write of a file opened for appending is whole, also beside those of a fork.
        with self._lock, open(self._path, "a", encoding="utf-8") as file:
            file.write(f"{line}\n")
            self._written += len(line)
