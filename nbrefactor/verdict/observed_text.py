"""What two definitions say of themselves: their docstrings and annotations."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator

from nbrefactor.program.timeline import InlineDefinition, Timeline
from nbrefactor.python.meanings import Constant, Defined, Imported, Meaning
from nbrefactor.python.scopes import DefinitionNode
from nbrefactor.verdict.meaning import Worlds


def docstrings(node: DefinitionNode) -> tuple[str | None, ...]:
    """Give the docstrings of a definition and of those in it, as they are written."""
    return tuple(
        ast.get_docstring(inner, clean=False)
        for inner in ast.walk(node)
        if isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
    )


def annotations_alike(
    definition: InlineDefinition,
    target: DefinitionNode,
    notebook: Timeline,
    module: ast.Module,
    worlds: Worlds,
) -> bool:
    """Tell whether whoever reads the annotations of two definitions reads the same.

    Parameters
    ----------
    definition : InlineDefinition
        The inline definition.
    target : ast.FunctionDef, ast.AsyncFunctionDef or ast.ClassDef
        The target.
    notebook : Timeline
        The notebook, whose cells may have asked for annotations as text.
    module : ast.Module
        The target's file.
    worlds : Worlds
        What names mean at the two places.
    """
    here, there = list(_annotations(definition.node)), list(_annotations(target))
    if [ast.dump(one) for one in here if one] != [ast.dump(one) for one in there if one]:
        return False
    if [one is None for one in here] != [one is None for one in there]:
        return False
    written = [one for one in here if one is not None]
    if not written:
        return True
    number = definition.home.cell.index
    cells = [home.tree for home in notebook.cells if home.cell.index <= number]
    if any(map(_as_text, cells)) != _as_text(module):
        return False
    return all(_means_alike(name, worlds) for one in written for name in _names(one))


def _annotations(node: DefinitionNode) -> Iterator[ast.expr | None]:
    for inner in ast.walk(node):
        match inner:
            case ast.arg(annotation=annotation):
                yield annotation
            case ast.FunctionDef(returns=returns) | ast.AsyncFunctionDef(returns=returns):
                yield returns
            case ast.ClassDef(body=body):
                yield from (s.annotation for s in body if isinstance(s, ast.AnnAssign))


def _as_text(tree: ast.Module) -> bool:
    return any(
        isinstance(statement, ast.ImportFrom)
        and statement.module == "__future__"
        and any(alias.name == "annotations" for alias in statement.names)
        for statement in tree.body
    )


def _names(annotation: ast.expr) -> Iterator[str]:
    for inner in ast.walk(annotation):
        if isinstance(inner, ast.Name):
            yield inner.id
        elif isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            try:
                text = ast.parse(inner.value, mode="eval")
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                continue
            yield from (name.id for name in ast.walk(text) if isinstance(name, ast.Name))


def _means_alike(name: str, worlds: Worlds) -> bool:
    here: Meaning | None = worlds.notebook.names.get(name)
    there: Meaning | None = worlds.module.names.get(name)
    match here, there:
        case None, None:
            return hasattr(builtins, name)
        case (Imported(), Imported()) | (Constant(), Constant()):
            return here == there
        case Defined(node=one), Defined(node=other):
            return type(one) is type(other)
        case Imported(dotted=dotted), Defined():
            return dotted.rpartition(".")[2] == name
    return False
