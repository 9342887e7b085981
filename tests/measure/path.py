"""Which nbrefactor is measured: one that ``PYTHONPATH`` names, else that of this checkout."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def prefer_named() -> None:
    """Put the folders of ``PYTHONPATH`` before that of this checkout, where ``-m`` put it."""
    named = [
        str(Path(folder).absolute())
        for folder in os.environ.get("PYTHONPATH", "").split(os.pathsep)
        if folder
    ]
    first = dict.fromkeys([*named, str(ROOT)])
    sys.path[:] = [*first, *(folder for folder in sys.path if folder and folder not in first)]
