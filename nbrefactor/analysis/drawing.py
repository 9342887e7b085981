"""What a plotting function does to the figures around it, beyond what it draws."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from nbrefactor.analysis.returns import returned
from nbrefactor.analysis.scopes import DefinitionNode

_MAKES_FIGURE = frozenset({"figure", "subplots", "subplot_mosaic", "Figure", "figaspect"})


def drawing_differences(inline: DefinitionNode, target: DefinitionNode) -> Iterator[str]:
    """Say why a target that makes a figure of its own cannot stand in for an inline definition.

    Parameters
    ----------
    inline, target : ast.FunctionDef, ast.AsyncFunctionDef or ast.ClassDef
        The definitions.

    Yields
    ------
    str
        A clause for each effect on the notebook's figures or output that would differ.
    """
    if returned(target) != {"a Figure"}:
        return
    called = _called(inline)
    if not called & _MAKES_FIGURE:
        yield "draws into the figure that is open where it is called, the target makes its own"
    if "close" in called and "close" not in _called(target):
        yield "closes its figure, the target leaves it open to be shown"
    if "print" in called and "print" not in _called(target):
        yield "prints, and the target does not"


def _called(node: DefinitionNode) -> frozenset[str]:
    names = set()
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call):
            if isinstance(inner.func, ast.Attribute):
                names.add(inner.func.attr)
            elif isinstance(inner.func, ast.Name):
                names.add(inner.func.id)
    return frozenset(names)
