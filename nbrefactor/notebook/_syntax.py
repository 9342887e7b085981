"""The one way in which cells are parsed."""

from __future__ import annotations

import ast
import warnings


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
    if not python.endswith("\n"):
        python += "\n"
    flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = compile(python, "<cell>", "exec", flags, dont_inherit=True)
        except (ValueError, OverflowError, RecursionError, MemoryError) as error:
            raise SyntaxError(str(error) or type(error).__name__) from error
    assert isinstance(tree, ast.Module)
    return tree
