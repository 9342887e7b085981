"""The one way in which cells are parsed."""

from __future__ import annotations

import ast
import re
import symtable
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

# A shorter text cannot nest so deeply that a symbol table can be made of it and no tree.
_SHORT = 2000


def parse(python: str) -> ast.Module:
    """Parse a cell's Python as IPython does, with ``await`` allowed at the top level.

    Parameters
    ----------
    python : str
        Python without magics, such as `CellCode.python`.

    Returns
    -------
    ast.Module

    Raises
    ------
    SyntaxError
        If Python cannot make a tree of it for whatever reason, null bytes, lone surrogates and
        too deep nesting included. Warnings on its content are not shown.
    """
    with quiet():
        return parse_in_quiet(python)


@contextmanager
def quiet() -> Iterator[None]:
    """Keep Python from warning of what it parses; entering it costs as much as a short cell."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def parse_in_quiet(python: str) -> ast.Module:
    """Parse as `parse` does, within `quiet`."""
    if not python.endswith("\n"):
        python += "\n"
    flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    try:
        tree = compile(python, "<cell>", "exec", flags, dont_inherit=True)
    except (ValueError, OverflowError, RecursionError, MemoryError) as error:
        raise SyntaxError(str(error) or type(error).__name__) from error
    assert isinstance(tree, ast.Module)
    return tree


def surely_parses(python: str) -> bool:
    """Tell without making a tree that `parse` accepts a text, within `quiet`.

    A tree costs a third of the time, and most cells are read only to see whether they are Python.
    False says nothing: what makes no symbol table may still parse.
    """
    if len(python) > _SHORT:
        return False
    try:
        symtable.symtable(f"{python}\n", "<cell>", "exec")
    except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError):
        return False
    return True


def is_plain(source: str) -> bool:
    """Tell whether IPython changes nothing in a cell that Python accepts."""
    # Most cells are plain at first sight, which costs a tenth of the expression.
    at_sight = (
        not source[:1].isspace()
        and len(source.splitlines()) == source.count("\n") + (not source.endswith("\n"))
        and all(mark not in source for mark in ("\r", ">>>", "...", "In ["))
    )
    return at_sight or not unplain().search(source)


@cache
def unplain() -> re.Pattern[str]:
    """Give the expression for text that IPython may change although Python accepts it.

    Separators on which only one of the two breaks lines, an indented first line, prompts. All else
    that IPython changes is not valid Python.
    """
    return re.compile(
        r"""[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]
        | \A(?:[^\S\n]*\n)*[ \t]
        | ^[^\S\n]*(?:>>>|\.{3,}:)
        | ^\.\.\.(?:[ ]|$)
        | ^(?:(?:\[nav\]|\[ins\])?[ ])?In[ ]\[\d+\]:
        """,
        re.MULTILINE | re.VERBOSE,
    )
