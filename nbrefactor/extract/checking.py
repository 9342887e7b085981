"""Whether planned modules can be imported, asked of a fresh process."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from nbrefactor.extract.values import Module
from nbrefactor.model.errors import NbrefactorError

SECONDS = 120
_CODE = """
import importlib, sys
sys.path[:0] = sys.argv[2:]
try:
    importlib.import_module(sys.argv[1])
except BaseException as error:
    print(f"{type(error).__name__}: {error}", file=sys.stderr)
    sys.exit(1)
"""


class ImportCheckError(NbrefactorError):
    """A planned module cannot be imported; the text says why."""


def check_imports(modules: Sequence[Module]) -> None:
    """Import each planned module in a process of its own; nothing is written beside it.

    Parameters
    ----------
    modules : sequence of Module
        The modules.

    Raises
    ------
    ImportCheckError
        If one of them raises, or does not end.
    """
    with tempfile.TemporaryDirectory(prefix="nbrefactor-") as folder:
        for module in modules:
            (Path(folder) / module.path.name).write_bytes(module.after)
        for module in modules:
            _check(module, Path(folder))


def _check(module: Module, folder: Path) -> None:
    command = [sys.executable, "-c", _CODE, module.path.stem, str(folder), str(module.path.parent)]
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=SECONDS, check=False, cwd=folder, text=True,
            errors="replace",
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise ImportCheckError(
            f"{module.path}: importing it did not end within {SECONDS} seconds; nothing was written"
        ) from error
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["it ended without a word"])[-1]
        raise ImportCheckError(
            f"{module.path}: importing it with {sys.executable} fails ({said}); nothing was "
            "written. Install what it needs beside nbrefactor, or leave this check out with "
            "--no-import-check"
        )
