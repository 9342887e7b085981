"""Which names a text may bind that is no Python: read word by word, without parsing."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping

from nbrefactor.python.bindings import imported_names

_TOKEN = re.compile(r"[^\W\d]\w*|[\r\n]|==|!=|<=|>=|:=|\S")
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")
_BINDS_NEXT = frozenset({"def", "class", "as", "global", "nonlocal", "del", "import"})
_GOES_INTO = frozenset({".", "(", "["})


def words(text: str) -> frozenset[str]:
    """List the words of a text."""
    return frozenset(token for token in _TOKEN.findall(text) if token.isidentifier())


def words_bound(text: str) -> frozenset[str]:
    """List the names that a text may bind if it were, or nearly were, Python.

    Parameters
    ----------
    text : str
        Source that does not parse, or that a magic hands on.

    Returns
    -------
    frozenset of str
        Names that are imported, defined, deleted, looped over or stand left of an ``=``. Names
        that are only called, indexed, looked into or computed with are not among them.
    """
    bound: set[str] = set()
    line: list[str] = []
    depth = 0
    for token in [*_TOKEN.findall(text), "\n"]:
        if token in _OPENING:
            depth += 1
        elif token in _CLOSING:
            depth = max(0, depth - 1)
        if token in "\r\n;" and (token != ";" or depth == 0):
            bound |= _bound_in(line)
            line = []
            # What does not parse may have lost a bracket: each line is looked at for itself too.
            depth = 0
        else:
            line.append(token)
    return frozenset(bound)


def imports_in(text: str) -> Mapping[str, frozenset[str]]:
    """Find the imports among the lines of a text that does not parse as a whole.

    Parameters
    ----------
    text : str
        The text.

    Returns
    -------
    mapping of str to frozenset of str
        Each name that such a line binds, and the dotted places that it may come from.
    """
    found: dict[str, set[str]] = {}
    for line in text.splitlines():
        stripped = line.strip()
        if not stripped.startswith(("import ", "from ")):
            continue
        try:
            body = ast.parse(stripped).body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        for statement in body:
            if isinstance(statement, (ast.Import, ast.ImportFrom)):
                for name, dotted in imported_names(statement):
                    found.setdefault(name, set()).add(dotted)
    return {name: frozenset(places) for name, places in found.items()}


def _bound_in(line: list[str]) -> set[str]:
    bound: set[str] = set()
    imports = bool(line) and line[0] in ("import", "from")
    after_import = loops = False
    last_equals = max((at for at, token in enumerate(line) if token == "="), default=-1)
    for at, token in enumerate(line):
        before = line[at - 1] if at else ""
        behind = line[at + 1] if at + 1 < len(line) else ""
        if token == "import":
            after_import = True
        elif token == "for":
            loops = True
        elif token == "in":
            loops = False
        if not token.isidentifier():
            continue
        is_target = at < last_equals and behind not in _GOES_INTO and before != "."
        if (
            before in _BINDS_NEXT
            or (imports and after_import)
            or loops
            or behind == ":="
            or is_target
        ):
            bound.add(token)
    return bound
