"""Why a run ended, in sentences."""

from __future__ import annotations

import os
import re
from pathlib import Path

from nbrefactor.run.values import Run
from nbrefactor.visible import without_colours


def last_words(folder: Path) -> str:
    """Give the end of what the kernel's process wrote besides the notebook's outputs."""
    try:
        with (folder / "said.txt").open("rb") as said:
            said.seek(0, os.SEEK_END)
            said.seek(max(0, said.tell() - 4000))
            text = said.read().decode(errors="replace")
    except OSError:
        return ""
    # Kernels warn of their own settings, which are none of the notebook's.
    lines = [line for line in text.strip().splitlines() if not line.startswith("[IPKernelApp]")]
    return without_colours("\n".join(lines[-12:]))


def same_failure(run: Run, other: Run) -> bool:
    """Tell whether two runs ended in the same place with the same error, or at the same limit."""
    new, old = run.failure, other.failure
    if new is None or old is None or new.cell != old.cell:
        return False
    addresses = re.compile(r"0x[0-9a-f]{5,16}")
    return (new.kind, new.name, addresses.sub("", new.message)) == (
        old.kind,
        old.name,
        addresses.sub("", old.message),
    )


def one_line(error: BaseException) -> str:
    """Name an exception in one line."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text[:300]}" if text else type(error).__name__
