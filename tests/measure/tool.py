"""The tool as its users see it: ``nbrefactor.migrate`` and the command line, nothing inside."""

from __future__ import annotations

import contextlib
import importlib
import io
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock


@dataclass(frozen=True)
class Verdict:
    """What becomes of one definition."""

    name: str
    cell: int
    level: str
    replaced: bool
    target: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Migration:
    """What becomes of one notebook; ``after`` is ``before`` where nothing changes."""

    status: str
    reason: str
    before: bytes
    after: bytes
    verdicts: tuple[Verdict, ...]

    def of(self, name: str, cell: int) -> Verdict | None:
        """The verdict on one definition: the one that replaces it, where there are several."""
        found = [each for each in self.verdicts if (each.name, each.cell) == (name, cell)]
        return max(found, key=lambda each: each.replaced, default=None)


@dataclass(frozen=True)
class Run:
    """How a command ended and what it printed."""

    code: int
    output: str


def location() -> Path:
    """The folder that the measured package lies in."""
    import nbrefactor

    return Path(nbrefactor.__file__).parents[1]


def migrate(
    path: Path,
    *,
    modules: Sequence[str] | None = None,
    aliases: Mapping[str, str] | None = None,
    bump: str = "none",
) -> Migration:
    """Plan a migration; nothing is written. An exception of the tool is the status ``crashed``."""
    import nbrefactor

    options: dict[str, Any] = {"aliases": aliases, "bump": bump}
    if modules is not None:
        options["modules"] = tuple(modules)
    try:
        outcome = nbrefactor.migrate(path, **options)
    except Exception as error:
        data = path.read_bytes()
        return Migration("crashed", f"{type(error).__name__}: {error}", data, data, ())
    replaced = {id(found) for found in outcome.replaced}
    verdicts = tuple(
        Verdict(
            name=found.name or "",
            cell=-1 if found.cell is None else found.cell,
            level=str(found.level),
            replaced=id(found) in replaced,
            target=found.target or "",
            reasons=tuple(map(str, found.reasons)),
        )
        for found in outcome.findings
        if found.level is not None
    )
    return Migration(outcome.status, outcome.reason, outcome.before, outcome.after, verdicts)


def command(folder: Path, *args: str) -> Run:
    """Run a command of ``nbrefactor`` in a folder, in this process: it starts once, not for each."""
    program = importlib.import_module("nbrefactor.cli").program
    output = io.StringIO()
    previous = Path.cwd()
    os.chdir(folder)
    try:
        with (
            mock.patch.object(sys, "argv", ["nbrefactor", *args]),
            contextlib.redirect_stdout(output),
            contextlib.redirect_stderr(output),
        ):
            try:
                code = program()
            except SystemExit as ended:
                code = ended.code
    finally:
        os.chdir(previous)
    return Run(code if isinstance(code, int) else int(code is not None), output.getvalue())
