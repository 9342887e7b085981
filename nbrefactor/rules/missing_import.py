"""Imports of names that a target module does not have, or no longer has."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from nbrefactor.model.outcome import Finding
from nbrefactor.notebook.document import Cell
from nbrefactor.notebook.magics import parse, read_cell
from nbrefactor.rules.rule import Example, Rule

if TYPE_CHECKING:
    from nbrefactor.library.target import TargetModule

MISSING_IMPORT = Rule(
    code="NB401",
    name="missing-import",
    summary="A cell imports a name from a target module that the module does not have",
    why=(
        "The module moved on and the notebook did not: the cell fails when it runs. Import the "
        "name that took its place."
    ),
    example=Example(
        before="""\
# %%
from plots import average

# %%
average([1, 2, 3])
""",
        after="""\
# %%
from plots import mean

# %%
mean([1, 2, 3])
""",
        module="""\
def mean(values):
    return sum(values) / len(values)
""",
    ),
)


def report_missing_imports(
    cells: Sequence[Cell], modules: Sequence[TargetModule]
) -> tuple[Finding, ...]:
    """Report imports that will fail.

    Parameters
    ----------
    cells : sequence of Cell
        The code cells that may import from them.
    modules : sequence of TargetModule
        The target modules.

    Returns
    -------
    tuple of Finding
        One for each name. Imports within ``try`` or in a function are left out: the notebook may
        be prepared for their failure.
    """
    by_name = {module.name: module for module in modules}
    return tuple(
        _finding(cell, statement, alias.name, by_name[statement.module])
        for cell in cells
        if (code := read_cell(cell.source)).kind == "python"
        for statement in parse(code.python).body
        if isinstance(statement, ast.ImportFrom)
        and not statement.level
        and statement.module in by_name
        for alias in statement.names
        if not _may_have(by_name[statement.module], alias.name)
    )


def _may_have(module: TargetModule, name: str) -> bool:
    if name == "*" or name.startswith("_"):
        # Private names are none of a target module's public face, which alone was read.
        return True
    if name in module.targets or name in module.ambiguous or name in module.exports:
        return True
    if module.path.name == "__init__.py":
        folder = module.path.parent
        if (folder / name).is_dir() or any(folder.glob(f"{name}.*")):
            return True
    return _binds_at_runtime(module) or any(_imports_unread(module))


def _binds_at_runtime(module: TargetModule) -> bool:
    """Tell whether names may come into being that the source does not show."""
    from nbrefactor.python.bindings import bindings
    from nbrefactor.python.meanings import Starred

    return any(
        binding.name == "__getattr__"
        or (isinstance(binding.meaning, Starred) and binding.meaning.dynamic)
        for binding in bindings(module.source.tree, module.source.package)
    )


def _imports_unread(module: TargetModule) -> Iterator[ast.stmt]:
    """Yield the star imports from elsewhere, whose names are not followed."""
    for statement in ast.walk(module.source.tree):
        if isinstance(statement, ast.ImportFrom) and statement.names[0].name == "*":
            yield statement


def _finding(cell: Cell, statement: ast.ImportFrom, name: str, module: TargetModule) -> Finding:
    close = difflib.get_close_matches(name, [*module.targets, *module.exports], n=1)
    hint = f'; did you mean "{close[0]}"?' if close else ""
    return Finding(
        MISSING_IMPORT.code,
        f'"{name}" is imported from {module.name}, which has no such name{hint}',
        cell=cell.index,
        cell_id=cell.id,
        row=statement.lineno,
        name=name,
        target=f"{module.name}.{name}",
    )
