"""How alike two definitions are, and the smallest readable diff that explains what is not."""

from __future__ import annotations

import ast
import difflib
import io
import re
import tokenize
from collections.abc import Mapping

from nbrefactor.python.canonical import bare_definition
from nbrefactor.python.scopes import DefinitionNode, function_locals, parameter_names

FunctionDefinition = ast.FunctionDef | ast.AsyncFunctionDef

_WORDS = re.compile(r"(\W)")
# From here on, two definitions of different names are worth a hint.
NEAR_FROM = 0.8
# Below this, two functions look alike because they are small.
_NEAR_TOKENS = 20
# What has less than this of another's size shares too little with it, with some room.
_AS_LARGE = 0.5


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


def as_large(one: int, other: int) -> bool:
    """Tell from their `size` whether two definitions may share most of their code."""
    return min(one, other) >= _AS_LARGE * max(one, other)


def may_be_near(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Tell from their `tokens` whether two definitions may be near misses of each other."""
    return min(len(one), len(other)) >= _NEAR_TOKENS and may_be_similar(one, other, NEAR_FROM)


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
        (``+``) without file headers; empty where the normalised code is the same. The inline
        definition and its locals bear the target's names as far as they correspond.
    """
    here, there = paired(inline, target)
    lines = difflib.unified_diff(_lines(here), _lines(there), lineterm="", n=context)
    return "\n".join(list(lines)[2:])


def paired(inline: DefinitionNode, target: DefinitionNode) -> tuple[DefinitionNode, DefinitionNode]:
    """Copy two definitions, stripped, with the target's names where they correspond."""
    here, there = bare_definition(inline), bare_definition(target)
    if not isinstance(here, ast.ClassDef) and not isinstance(there, ast.ClassDef):
        _rename(here, _corresponding(here, there))
    here.name = there.name
    return here, there


def _lines(node: DefinitionNode) -> list[str]:
    return ast.unparse(node).splitlines()


def _corresponding(here: FunctionDefinition, there: FunctionDefinition) -> dict[str, str]:
    """Pair the locals of two functions: parameters first, then what alike statements hold."""
    mine, theirs = function_locals(here), function_locals(there)
    pairs = list(zip(parameter_names(here.args), parameter_names(there.args), strict=False))
    one = [_split(line, mine) for line in _lines(here)]
    other = [_split(line, theirs) for line in _lines(there)]
    shapes = [[shape for shape, _ in lines] for lines in (one, other)]
    matcher = difflib.SequenceMatcher(None, shapes[0], shapes[1], autojunk=False)
    for block in matcher.get_matching_blocks():
        for offset in range(block.size):
            pairs.extend(zip(one[block.a + offset][1], other[block.b + offset][1], strict=True))
    taken = {name: name for name in mine & theirs}
    for name, wanted in pairs:
        free = wanted in theirs and wanted not in taken.values()
        # A name that the inline body uses for something else would make two things one.
        if free and name in mine and name not in taken and wanted not in _names(here):
            taken[name] = wanted
    return {name: wanted for name, wanted in taken.items() if name != wanted}


def _split(line: str, local: frozenset[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Split a line into its shape and the local names in it, in their order."""
    words = [word for word in _WORDS.split(line) if word]
    # No word of Python, so that a local name is never taken for another one (`_` is a name too).
    shape = tuple("" if word in local else word for word in words)
    return shape, tuple(word for word in words if word in local)


def _names(node: ast.AST) -> frozenset[str]:
    return frozenset(inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name))


def _rename(node: ast.AST, names: Mapping[str, str]) -> None:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name):
            inner.id = names.get(inner.id, inner.id)
        elif isinstance(inner, ast.arg):
            inner.arg = names.get(inner.arg, inner.arg)
        elif isinstance(inner, ast.ExceptHandler) and inner.name:
            inner.name = names.get(inner.name, inner.name)
