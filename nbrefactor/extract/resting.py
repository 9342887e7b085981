"""Definitions of which a module would do something when it is imported: they stay alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from pathlib import Path

from nbrefactor.effects.inert import ImportReader
from nbrefactor.extract.values import Left, Piece
from nbrefactor.library.locate import TargetError, locate_file

_NAME = "nbrefactor_planned_definition"


def without_acts(pieces: Sequence[Piece], to: Path) -> tuple[tuple[Piece, ...], tuple[Left, ...]]:
    """Leave definitions out that run something where they are defined, and those that use them.

    Parameters
    ----------
    pieces : sequence of Piece
        The definitions.
    to : Path
        Where their module will stand.

    Returns
    -------
    tuple of Piece
        Those of which a module can be made that only binds names.
    tuple of Left
        The others.
    """
    why: dict[str, str] = {}
    for piece in pieces:
        if _may_act(piece) and (act := next(_acts(piece, to), "")):
            why[piece.key] = f"a module would run {act} when it is imported"
    while more := {
        piece.key: f"it uses {used}, which stays"
        for piece in pieces
        for used in piece.uses
        if used in why and piece.key not in why
    }:
        why.update(more)
    left = tuple(
        Left(piece.origin.name, piece.members, why[piece.key])
        for piece in pieces
        if piece.key in why
    )
    return tuple(piece for piece in pieces if piece.key not in why), left


def _may_act(piece: Piece) -> bool:
    """Tell at a glance whether anything but the definition itself is evaluated."""
    node = ast.parse(piece.source).body[0]
    if isinstance(node, ast.ClassDef):
        return True
    assert isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    defaults = [*node.args.defaults, *(one for one in node.args.kw_defaults if one is not None)]
    return bool(node.decorator_list) or not all(isinstance(one, ast.Constant) for one in defaults)


def _acts(piece: Piece, to: Path) -> Iterator[str]:
    """Read what importing a module of this definition alone would do."""
    path = to.with_name(f"{_NAME}.py")
    text = "\n".join([*map(str, piece.imports), piece.source, ""])
    try:
        location = locate_file(str(path), notebook=None, planned={path: text.encode()})
    except TargetError:
        return
    for act in ImportReader(location, piece.packages).acts(_NAME):
        if act.module == _NAME and act.kind in ("runs", "unknown", "fails"):
            yield act.text
