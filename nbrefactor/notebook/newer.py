"""Cells in the syntax of a newer Python than the one that runs this."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import libcst

_HERE = sys.version_info[:2]
# What none of this stands in is not worth a second parser, which is slow to load.
_MAY_BE_NEWER = re.compile(
    r"^[ \t]*type[ \t]+\w|\b(?:def|class)[ \t]+\w+[ \t]*\[|\bexcept[ \t]*\*|\[[ \t]*\*"
    r"|\*\w+:[ \t]*\*|\b[tT][rR]?[\"']|\b[rR][tT][\"']",
    re.MULTILINE,
)
_OF_FSTRINGS = (3, 12)


def newer_python(python: str, message: str) -> tuple[int, int] | None:
    """Find the Python that reads what this one does not.

    Parameters
    ----------
    python : str
        Python without magics, which this interpreter does not parse.
    message : str
        What it said.

    Returns
    -------
    (int, int) or None
        The version; None where no newer Python is known to read it.
    """
    about_fstring = message.startswith("f-string")
    if not (about_fstring and _HERE < _OF_FSTRINGS) and not _MAY_BE_NEWER.search(python):
        return None
    import libcst

    try:
        tree = libcst.parse_module(python)
    except (libcst.ParserSyntaxError, RecursionError, ValueError):
        return None
    versions = {version for node in _nodes(tree) if (version := _version(node)) is not None}
    if about_fstring:
        versions.add(_OF_FSTRINGS)
    newest = max(versions, default=_HERE)
    return newest if newest > _HERE else None


def running_here() -> str:
    """Say which Python reads notebooks here, as a clause."""
    return f"and nbrefactor runs on {_HERE[0]}.{_HERE[1]}"


def _nodes(tree: libcst.CSTNode) -> list[libcst.CSTNode]:
    found = [tree]
    for node in found:
        found.extend(node.children)
    return found


def _version(node: libcst.CSTNode) -> tuple[int, int] | None:
    """Give the Python whose syntax first had a node; None for what every supported one has."""
    import libcst

    if isinstance(node, libcst.TryStar):
        return (3, 11)
    if isinstance(node, libcst.Index) and node.star:
        return (3, 11)
    if isinstance(node, libcst.Annotation) and isinstance(node.annotation, libcst.StarredElement):
        return (3, 11)
    if isinstance(node, libcst.TypeParam) and node.default is not None:
        return (3, 13)
    if isinstance(node, (libcst.TypeAlias, libcst.TypeParameters)):
        return (3, 12)
    # Since libcst 1.9.
    template = getattr(libcst, "TemplatedString", None)
    return (3, 14) if template is not None and isinstance(node, template) else None
