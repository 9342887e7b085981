"""Words that target modules write out: a title or label of theirs differs on purpose."""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Iterable
from pathlib import Path


def words_of(files: Iterable[Path]) -> frozenset[str]:
    """Collect the texts that modules state literally.

    Parameters
    ----------
    files : iterable of Path
        The modules' files; of a package's ``__init__.py`` its other files count too, since it
        re-exports what they hold.

    Returns
    -------
    frozenset of str
        Docstrings and the pieces of formatted texts are not among them.
    """
    found: set[str] = set()
    for file in files:
        beside = file.parent.glob("*.py") if file.name == "__init__.py" else (file,)
        for path in beside:
            with contextlib.suppress(OSError, SyntaxError, ValueError):
                found |= _texts(ast.parse(path.read_bytes()))
    return frozenset(found)


def _texts(tree: ast.Module) -> set[str]:
    pieces = {
        id(piece)
        for node in ast.walk(tree)
        if isinstance(node, (ast.JoinedStr, ast.Expr))
        for piece in ast.iter_child_nodes(node)
    }
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in pieces
        and node.value.strip()
    }
