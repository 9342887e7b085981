"""What can be told of definitions at a glance, before anything is compared."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbrefactor.python.scopes import DefinitionNode


def outline(node: DefinitionNode) -> tuple[object, ...]:
    """Sum up what two definitions of the same shape have in common, without much work."""
    if isinstance(node, ast.ClassDef):
        return (type(node), len(node.bases), len(node.decorator_list))
    arguments = node.args
    counts = (len(arguments.posonlyargs), len(arguments.args), len(arguments.kwonlyargs))
    return (type(node), *counts, len(arguments.defaults), len(node.decorator_list))


def size(node: DefinitionNode) -> int:
    """Count the nodes of a definition, which grow with its tokens."""
    return sum(1 for _ in ast.walk(node))
