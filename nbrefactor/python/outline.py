"""What can be told of definitions at a glance, before anything is compared."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from nbrefactor.notebook.document import Cell
from nbrefactor.notebook.magics import parse, read_cell

if TYPE_CHECKING:
    from nbrefactor.library.target import TargetModule
    from nbrefactor.python.scopes import DefinitionNode


def outline(node: DefinitionNode) -> tuple[object, ...]:
    """Sum up what two definitions of the same shape have in common, without much work."""
    if isinstance(node, ast.ClassDef):
        return (type(node), len(node.bases), len(node.decorator_list))
    arguments = node.args
    counts = (len(arguments.posonlyargs), len(arguments.args), len(arguments.kwonlyargs))
    return (type(node), *counts, len(arguments.defaults), len(node.decorator_list))


def may_match(
    cells: Sequence[Cell], modules: Sequence[TargetModule], aliases: Mapping[str, str]
) -> bool:
    """Tell whether a definition can be one that a module holds.

    Parameters
    ----------
    cells : sequence of Cell
        Code cells.
    modules : sequence of TargetModule
        The target modules.
    aliases : mapping of str to str
        Notebook names and the targets that they stand for.

    Returns
    -------
    bool
        False only where no definition has a target's name, stands for one, or could be a renamed
        copy of one.
    """
    targets = [target for module in modules for target in module.targets.values()]
    names = {target.name for target in targets} | set(aliases)
    outlines = {outline(target.node) for target in targets}
    for cell in cells:
        code = read_cell(cell.source)
        if code.kind == "python":
            for node in _definitions(parse(code.python).body):
                if node.name in names or outline(node) in outlines:
                    return True
    return False


def _definitions(block: Sequence[ast.AST]) -> Iterator[DefinitionNode]:
    for node in block:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node
            continue
        for field in ("body", "orelse", "finalbody", "handlers", "cases"):
            inner = getattr(node, field, ())
            if isinstance(inner, list):
                yield from _definitions(inner)
