"""What two definitions say of themselves: their docstrings and annotations."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from dataclasses import dataclass

from nbrefactor.program.timeline import InlineDefinition, Timeline
from nbrefactor.python.meanings import Constant, Defined, Imported
from nbrefactor.python.scopes import DefinitionNode
from nbrefactor.verdict.names import Worlds


def docstrings(node: DefinitionNode) -> tuple[str | None, ...]:
    """Give the docstrings of a definition and of those in it, as they are written."""
    return tuple(
        ast.get_docstring(inner, clean=False)
        for inner in ast.walk(node)
        if isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
    )


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """The two places where annotations are read.

    Parameters
    ----------
    notebook : Timeline
        The notebook, whose cells may have asked for annotations as text.
    module : ast.Module
        The target's file.
    worlds : Worlds
        What names mean at the two places.
    """

    notebook: Timeline
    module: ast.Module
    worlds: Worlds

    def annotations_alike(self, definition: InlineDefinition, target: DefinitionNode) -> bool:
        """Tell whether whoever reads the annotations of two definitions reads the same."""
        here, there = list(_annotations(definition.node)), list(_annotations(target))
        if list(map(_dumped, here)) != list(map(_dumped, there)):
            return False
        written = [one for one in here if one is not None]
        if not written:
            return True
        number = definition.home.cell.index
        cells = [home.tree for home in self.notebook.cells if home.cell.index <= number]
        if any(map(_as_text, cells)) != _as_text(self.module):
            return False
        return all(self._means_alike(name) for one in written for name in _names(one))

    def _means_alike(self, name: str) -> bool:
        here = self.worlds.notebook.names.get(name)
        there = self.worlds.module.names.get(name)
        match here, there:
            case None, None:
                return hasattr(builtins, name)
            case (Imported(), Imported()) | (Constant(), Constant()):
                return here == there
            case Defined(node=one), Defined(node=other):
                return ast.dump(one) == ast.dump(other)
            case Imported(dotted=dotted), Defined():
                return dotted.rpartition(".")[2] == name
        return False


def annotated_names(node: DefinitionNode) -> frozenset[str]:
    """Name what the annotations of a definition name."""
    return frozenset(name for one in _annotations(node) if one for name in _names(one))


def _dumped(node: ast.expr | None) -> str:
    return "" if node is None else ast.dump(node)


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
