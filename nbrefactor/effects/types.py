"""Types as the tables of knowledge write them: names, alternatives and what containers hold.

``matplotlib.axes.Axes``, ``tuple[int, str]``, ``numpy.ndarray[matplotlib.axes.Axes]``, ``A | B``.
"""

from __future__ import annotations

import ast
from functools import lru_cache

# Walking these, or taking a part of them by an index, gives what stands in their brackets.
_SEQUENCES = frozenset({"list", "set", "frozenset", "collections.deque", "numpy.ndarray"})


def alternatives(type_name: str) -> tuple[str, ...]:
    """Split ``A | B`` into its alternatives; nothing for the empty type."""
    if not type_name:
        return ()
    return tuple(ast.unparse(part) for part in _alternatives(_parsed(type_name)))


def plain(type_name: str) -> str:
    """Leave out what a container holds: ``list`` for ``list[int]``."""
    return type_name.partition("[")[0]


def element(type_name: str) -> str:
    """Give the type of what a loop over a value, or an index, takes out of it.

    Parameters
    ----------
    type_name : str
        Type of the container.

    Returns
    -------
    str
        Empty where it is not known, and where the parts of a tuple differ.
    """
    found: list[str] = []
    for part in _alternatives(_parsed(type_name)) if type_name else ():
        if not isinstance(part, ast.Subscript):
            continue
        container = ast.unparse(part.value)
        inside = [ast.unparse(one) for one in _inside(part)]
        if container == "numpy.ndarray":
            # A row of a two-dimensional array is an array again.
            found += [*inside, ast.unparse(part)]
        elif container in _SEQUENCES or container == "tuple":
            found += inside if len(set(inside)) == 1 else [""]
    return "" if "" in found else " | ".join(dict.fromkeys(found))


def part(type_name: str, position: int) -> str:
    """Give the type of a tuple's part, or of a sequence's element; empty where it is not known."""
    found: list[str] = []
    for one in _alternatives(_parsed(type_name)) if type_name else ():
        if isinstance(one, ast.Subscript) and ast.unparse(one.value) == "tuple":
            inside = [ast.unparse(value) for value in _inside(one)]
            found.append(inside[position] if -len(inside) <= position < len(inside) else "")
        else:
            found.append(element(ast.unparse(one)))
    return "" if "" in found else " | ".join(dict.fromkeys(found))


@lru_cache(maxsize=1024)
def _parsed(type_name: str) -> ast.expr:
    try:
        return ast.parse(type_name, mode="eval").body
    except SyntaxError:
        # No type: a place that a relative import leads to.
        return ast.Name("", ast.Load())


def _alternatives(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return [*_alternatives(node.left), *_alternatives(node.right)]
    return [node]


def _inside(node: ast.Subscript) -> list[ast.expr]:
    return node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
