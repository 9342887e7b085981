"""Whether a notebook can hold a definition that a module holds, told without comparing any."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

from nbrefactor.library.target import TargetModule
from nbrefactor.notebook.document import Cell
from nbrefactor.notebook.magics import parse, read_cell
from nbrefactor.python.outline import outline
from nbrefactor.python.scopes import DefinitionNode


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
