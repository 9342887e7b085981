"""Definitions to modules: none imports a package that one of its users does not import.

A notebook that plots must not need the package of another one that trains because both import from
the same module. What belongs together by calls stays together; then modules are as few as this
allows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from nbrefactor.extract.needed import third_party
from nbrefactor.extract.values import Import, Left, Piece
from nbrefactor.scan.values import Copy

ImportedAbove = Callable[[Copy], frozenset[str]]
"""The packages that a notebook imports in the cell of a copy or above it."""


@dataclass(frozen=True, slots=True)
class Theme:
    """What goes into one module.

    Parameters
    ----------
    path : Path
        The module's file.
    pieces : tuple of Piece
        Its definitions.
    """

    path: Path
    pieces: tuple[Piece, ...]


@dataclass(slots=True)
class _Room:
    """A module while it is filled: what it imports, and what its users import anyway."""

    packages: frozenset[str]
    means: dict[str, str] = field(default_factory=dict)
    pieces: list[Piece] = field(default_factory=list)

    def takes(self, pieces: Sequence[Piece], above: ImportedAbove) -> bool:
        packages = self.packages | _packages(pieces)
        if not self._agrees(pieces):
            return False
        return all(
            packages <= above(copy) | third_party(piece.packages)
            for piece in (*self.pieces, *pieces)
            for copy in piece.members
        )

    def _agrees(self, pieces: Sequence[Piece]) -> bool:
        """Tell whether every name would mean one thing in the module."""
        return all(self.means.get(name, what) == what for name, what in _meanings(pieces).items())

    def add(self, pieces: Sequence[Piece]) -> None:
        self.packages |= _packages(pieces)
        self.means.update(_meanings(pieces))
        self.pieces.extend(pieces)


def _meanings(pieces: Sequence[Piece]) -> dict[str, str]:
    """Say what each name means that definitions and their imports bind."""
    found = {one.name: f"definition {one.key}" for one in pieces}
    for piece in pieces:
        found.update({one.bound: _meaning(one) for one in piece.imports})
    return found


def _meaning(one: Import) -> str:
    # Submodules of one package are parts of the same thing.
    return str(one) if one.name or one.alias else f"import {one.package}"


def themes(
    pieces: Sequence[Piece], to: Path, imports: Sequence[Import], above: ImportedAbove
) -> tuple[Theme, ...]:
    """Share definitions out among modules.

    Parameters
    ----------
    pieces : sequence of Piece
        The definitions, the ones that matter most first.
    to : Path
        The module that the user named; further ones stand beside it.
    imports : sequence of Import
        What it imports already.
    above : callable
        Gives what a notebook imports where a copy stands.

    Returns
    -------
    tuple of Theme
        The named module first, then one for each further set of packages, named after what it
        imports that the first one does not.
    """
    packages = frozenset(one.package for one in imports)
    rooms = [_Room(third_party(packages), {one.bound: _meaning(one) for one in imports})]
    for unit in _units(pieces):
        room = next((one for one in rooms if one.takes(unit, above)), None)
        if room is None:
            room = _Room(frozenset())
            rooms.append(room)
        room.add(unit)
    filled = [(at, room) for at, room in enumerate(rooms) if room.pieces]
    names = _paths(to, [room.packages for _, room in filled], first=rooms[0].pieces == [])
    return tuple(
        Theme(path, tuple(room.pieces)) for path, (_, room) in zip(names, filled, strict=True)
    )


def without_strangers(
    pieces: Sequence[Piece], anywhere: ImportedAbove
) -> tuple[tuple[Piece, ...], tuple[Left, ...]]:
    """Leave the copies out whose notebook does not import what the definition itself needs.

    Parameters
    ----------
    pieces : sequence of Piece
        The definitions.
    anywhere : callable
        Gives all packages that the notebook of a copy imports.

    Returns
    -------
    tuple of Piece
        With the members that are left.
    tuple of Left
        The others.
    """
    kept, left = [], []
    for piece in pieces:
        wanted = third_party(piece.packages)
        strangers = tuple(one for one in piece.members if not wanted <= anywhere(one))
        if strangers:
            what = ", ".join(sorted(wanted - anywhere(strangers[0])))
            left.append(Left(piece.origin.name, strangers, f"its notebook does not import {what}"))
        members = tuple(one for one in piece.members if one not in strangers)
        kept.append(replace(piece, members=members))
    return tuple(kept), tuple(left)


def _packages(pieces: Sequence[Piece]) -> frozenset[str]:
    return frozenset().union(*(third_party(piece.packages) for piece in pieces))


def _units(pieces: Sequence[Piece]) -> Iterator[tuple[Piece, ...]]:
    """Join what calls each other, in the order in which it is first named."""
    heads = {piece.key: piece.key for piece in pieces}

    def head(key: str) -> str:
        while heads[key] != key:
            key = heads[key]
        return key

    for piece in pieces:
        for key in piece.uses:
            if key in heads:
                heads[head(key)] = head(piece.key)
    joined: dict[str, list[Piece]] = {}
    for piece in pieces:
        joined.setdefault(head(piece.key), []).append(piece)
    yield from map(tuple, joined.values())


def _paths(to: Path, packages: Sequence[frozenset[str]], *, first: bool) -> Iterator[Path]:
    """Name the modules; `first` says that the named one itself takes nothing."""
    common = frozenset[str]() if first or not packages else packages[0]
    taken: set[Path] = set()
    for at, wanted in enumerate(packages):
        path = to
        if at or first:
            others = sorted(wanted - common) or sorted(wanted) or ["more"]
            path = to.with_name(f"{to.stem}_{others[0]}.py")
            number = 2
            while path in taken:
                path = to.with_name(f"{to.stem}_{others[0]}_{number}.py")
                number += 1
        taken.add(path)
        yield path
