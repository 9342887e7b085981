"""Mutants that change nothing anyone could notice, each with the reason."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from .mutants import Mutant

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_FILE = Path(__file__).with_name("equivalent.toml")


@dataclass(frozen=True)
class Argued:
    """Lines that go and come, as ``python -m tests.mutation`` shows them, and why nothing changes."""

    file: str
    gone: tuple[str, ...]
    come: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class Equivalents:
    """What is known to make no difference."""

    every: tuple[Argued, ...]

    def __contains__(self, mutant: Mutant) -> bool:
        gone, come = mutant.changed()
        return any(
            (one.file, one.gone, one.come) == (mutant.path, gone, come) for one in self.every
        )


def read(path: Path = _FILE) -> Equivalents:
    """Read the table: lines without their indentation, so that it outlives moves of the code."""
    table = tomllib.loads(path.read_text())
    return Equivalents(
        tuple(
            Argued(
                one["file"],
                tuple(line.strip() for line in one["gone"].splitlines()),
                tuple(line.strip() for line in one["come"].splitlines()),
                one["why"],
            )
            for one in table["mutant"]
        )
    )
