"""How alike two definitions are, and the smallest readable diff that explains what is not."""

from __future__ import annotations

import ast
import difflib
import io
import tokenize

from nbrefactor.analysis.canonical import bare_definition
from nbrefactor.analysis.scopes import DefinitionNode, function_locals


def similarity(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    """Measure how much of the code two definitions share.

    Parameters
    ----------
    one, other : tuple of str
        The definitions' `tokens`.

    Returns
    -------
    float
        0 to 1: the share of tokens in common order, with comments, docstrings, annotations and
        layout left out and local names taken as equal.
    """
    return difflib.SequenceMatcher(None, one, other, autojunk=False).ratio()


def may_be_similar(one: tuple[str, ...], other: tuple[str, ...], at_least: float) -> bool:
    """Tell from the tokens' counts alone whether a similarity can be reached at all."""
    matcher = difflib.SequenceMatcher(None, one, other, autojunk=False)
    return matcher.real_quick_ratio() >= at_least and matcher.quick_ratio() >= at_least


def tokens(node: DefinitionNode) -> tuple[str, ...]:
    """Split a definition into the tokens that `similarity` compares."""
    bare = bare_definition(node)
    local = frozenset() if isinstance(bare, ast.ClassDef) else function_locals(bare)
    bare.name = "_"
    readline = io.StringIO(ast.unparse(bare)).readline
    return tuple(
        "_" if token.type == tokenize.NAME and token.string in local else token.string
        for token in tokenize.generate_tokens(readline)
        if token.string.strip()
    )


def difference(inline: DefinitionNode, target: DefinitionNode, *, context: int = 1) -> str:
    """Show what differs between an inline definition and its target.

    Parameters
    ----------
    inline, target : ast.FunctionDef, ast.AsyncFunctionDef or ast.ClassDef
        The definitions.
    context : int
        Equal lines to show around each difference.

    Returns
    -------
    str
        A unified diff of the normalised code from the inline definition (``-``) to the target
        (``+``) without file headers; empty where the normalised code is the same.
    """
    mine = ast.unparse(bare_definition(inline)).splitlines()
    theirs = ast.unparse(bare_definition(target)).splitlines()
    lines = list(difflib.unified_diff(mine, theirs, lineterm="", n=context))[2:]
    return "\n".join(lines)
