"""Imports of names that a target module does not have, or no longer has."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from nbrefactor.rules.rule import Example, Rule

if TYPE_CHECKING:
    from nbrefactor.library.target import TargetModule
    from nbrefactor.model.facts import Facts
    from nbrefactor.model.outcome import Finding
    from nbrefactor.notebook.document import Cell
    from nbrefactor.rules.look import Look, Sought


def _may_find(facts: Facts, sought: Sought) -> bool:
    # The folder of a package is named by its path, and imported by the folder's name.
    names = (module.name.removesuffix(".py") for module in sought.settings.modules)
    last = {re.split(r"[./\\]", name)[-1] for name in names}
    found = [one for one in facts.imports if one.module.rpartition(".")[2] in last]
    if not found:
        return False
    known = sought.targets().known
    return any(one.module in known and not known[one.module].issuperset(one.names) for one in found)


def _find(look: Look) -> Iterator[Finding]:
    """Report imports that will fail.

    Imports within ``try`` or in a function are left out: the notebook may be prepared for their
    failure.
    """
    by_name = {module.name: module for module in look.modules()}
    last = {name.rpartition(".")[2] for name in by_name}
    for cell in look.document.cells:
        if cell.cell_type != "code" or "import" not in cell.source:
            continue
        if any(name in cell.source for name in last):
            yield from _in_cell(cell, by_name)


def _in_cell(cell: Cell, by_name: Mapping[str, TargetModule]) -> Iterator[Finding]:
    from nbrefactor.notebook.magics import parse, read_cell

    code = read_cell(cell.source)
    for statement in parse(code.python).body if code.kind == "python" else ():
        if (
            isinstance(statement, ast.ImportFrom)
            and not statement.level
            and statement.module in by_name
        ):
            module = by_name[statement.module or ""]
            for alias in statement.names:
                if not _may_have(module, alias.name):
                    yield _finding(cell, statement, alias.name, module)


MISSING_IMPORT = Rule(
    code="NB401",
    name="missing-import",
    summary="A cell imports a name from a target module that the module does not have",
    why=(
        "The module moved on and the notebook did not: the cell fails when it runs. Import the "
        "name that took its place."
    ),
    examples=(
        Example(
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
    ),
    may_find=_may_find,
    find=_find,
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
    import difflib

    from nbrefactor.model.outcome import Finding

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
