"""The frozen values of an extraction, from the copies to the files that are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from nbrefactor.model.outcome import Outcome
from nbrefactor.scan.values import Copy, Text

MOST_PARAMETERS = 3


@dataclass(frozen=True, slots=True)
class Asked:
    """What the user wants to be extracted.

    Parameters
    ----------
    to : Path
        The module, which may exist.
    names : tuple of str
        Definitions; empty for every copied one.
    min_copies, min_lines : int
        Bounds for definitions that are not named: least copies, least lines of code.
    most_parameters : int
        How many parameters a definition may get at most for what its copies differ in.
    variants : bool
        Whether other definitions of a name, copied as often, go into modules of their own.
    bootstrap : bool
        Whether notebooks get lines that put the module's folder on their path, where it is not.
    renames : mapping of str to str
        Other names for definitions in the module.
    """

    to: Path
    names: tuple[str, ...] = ()
    min_copies: int = 2
    min_lines: int = 3
    most_parameters: int = MOST_PARAMETERS
    variants: bool = False
    bootstrap: bool = False
    renames: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Added:
    """A keyword-only parameter that a definition gets in the module.

    Parameters
    ----------
    name : str
        Its name.
    default : str
        Python source of its default; empty where each call has to pass it.
    instead : tuple of str
        What it stands for in the copies, as source: names of the notebooks, or literals.
    """

    name: str
    default: str
    instead: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Import:
    """One import that a definition needs.

    Parameters
    ----------
    module : str
        The module; of ``import a.b`` it is ``a.b``.
    name : str
        What is imported from it; empty for the module itself.
    alias : str
        The name after ``as``; empty without one.
    """

    module: str
    name: str = ""
    alias: str = ""

    @property
    def bound(self) -> str:
        """The name that it binds."""
        return self.alias or self.name or self.module.partition(".")[0]

    @property
    def package(self) -> str:
        """The top-level package that it loads."""
        return self.module.partition(".")[0]

    def __str__(self) -> str:
        """Write it as a statement."""
        renamed = f" as {self.alias}" if self.alias else ""
        if self.name:
            return f"from {self.module} import {self.name}{renamed}"
        return f"import {self.module}{renamed}"


@dataclass(frozen=True, slots=True)
class Piece:
    """One definition as it is going to stand in a module.

    Parameters
    ----------
    key : str
        What tells it from other pieces, also from those of the same name in other modules.
    name : str
        Its name there.
    source : str
        Its text.
    imports : tuple of Import
        What it needs.
    uses : tuple of str
        The keys of other pieces that it calls.
    added : tuple of Added
        Parameters that no copy has.
    members : tuple of Copy
        The copies that it is to replace.
    origin : Text
        The copy that it was made of.
    held : bool
        Whether the module has it already.
    asked : bool
        Whether it goes into the module for its own sake, not only because another piece calls it.
    """

    key: str
    name: str
    source: str
    imports: tuple[Import, ...]
    uses: tuple[str, ...]
    added: tuple[Added, ...]
    members: tuple[Copy, ...]
    origin: Text
    held: bool = False
    asked: bool = True

    @property
    def packages(self) -> frozenset[str]:
        """The top-level packages that it imports."""
        return frozenset(one.package for one in self.imports)


@dataclass(frozen=True, slots=True)
class Left:
    """Copies that stay in their notebooks.

    Parameters
    ----------
    name : str
        Their name.
    copies : tuple of Copy
        Where they stand.
    why : str
        What keeps them, as the end of a sentence.
    planned : bool
        Whether the module holds their definition, and only the verdict on them keeps them.
    """

    name: str
    copies: tuple[Copy, ...]
    why: str
    planned: bool = False


@dataclass(frozen=True, slots=True)
class Module:
    """A module that is written or extended.

    Parameters
    ----------
    path : Path
        Its file, absolute.
    pieces : tuple of Piece
        What goes into it, in the order in which it stands there.
    before, after : bytes or None, bytes
        What the file holds, None where there is none yet, and what it is to hold.
    """

    path: Path
    pieces: tuple[Piece, ...]
    before: bytes | None
    after: bytes

    @property
    def changes(self) -> bool:
        """Whether anything is to be written."""
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class Replaced:
    """A copy that becomes an import."""

    piece: Piece
    copy: Copy


@dataclass(frozen=True, slots=True)
class Extraction:
    """All that is going to happen.

    Parameters
    ----------
    modules : tuple of Module
        The modules.
    outcomes : tuple of Outcome
        The notebooks that hold copies, each with its planned migration.
    replaced : tuple of Replaced
        The copies that go.
    left : tuple of Left
        The copies that stay.
    problems : tuple of str
        Files that could not be read, a sentence each.
    """

    modules: tuple[Module, ...]
    outcomes: tuple[Outcome, ...]
    replaced: tuple[Replaced, ...]
    left: tuple[Left, ...]
    problems: tuple[str, ...] = ()

    @property
    def changed(self) -> tuple[Outcome, ...]:
        """The notebooks that change."""
        return tuple(one for one in self.outcomes if one.status == "changed")
