"""Whether an import may stand in the notebook's import cell instead of where a definition stood."""

from __future__ import annotations

import ast
import re

from nbrefactor.analysis.scopes import DefinitionNode, references
from nbrefactor.analysis.timeline import CodeCell, InlineDefinition, Timeline

_PREPARES_IMPORTS = re.compile(
    r"sys\s*\.\s*path|sys\s*\.\s*modules|os\s*\.\s*chdir|addsitedir|invalidate_caches|"
    r"^[ \t]*[%!][ \t]*(?:cd|pip|conda|mamba|uv|git|wget|curl|unzip|tar|load_ext|run|mkdir|cp|mv)"
    r"\b",
    re.MULTILINE,
)


def import_cell(notebook: Timeline) -> CodeCell | None:
    """Find the notebook's import cell: the first with an import at its top.

    Parameters
    ----------
    notebook : Timeline
        The notebook's code.

    Returns
    -------
    CodeCell or None
        None where no cell imports anything.
    """
    for home in notebook.cells:
        if home.code.leaks and last_import(home) is not None:
            return home
    return None


def last_import(home: CodeCell) -> int | None:
    """Return the position in the cell of the last of its first run of imports.

    None where there is none, or where another statement follows on its line.
    """
    found = None
    body = home.tree.body
    for position, statement in enumerate(body):
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            found = position
        elif found is not None and not _is_magic(home, statement):
            break
    if found is not None and any(s.lineno == body[found].end_lineno for s in body[found + 1 :]):
        return None
    return found


def why_in_place(
    notebook: Timeline,
    definition: InlineDefinition,
    top: CodeCell,
    leaving: frozenset[DefinitionNode],
) -> str:
    """Say why an import has to stay where the definition stood.

    Parameters
    ----------
    notebook : Timeline
        The notebook's code.
    definition : InlineDefinition
        The definition that is replaced.
    top : CodeCell
        The import cell.
    leaving : frozenset of definition nodes
        Definitions that are replaced by the same target: they bind the same thing.

    Returns
    -------
    str
        Empty where the import can be moved: nothing from the import cell to the definition binds
        or reads the name, may touch it unseen, or makes the module importable.
    """
    name = definition.name
    if definition.home is top:
        return f"stays in place: it stands in the import cell ({_number(top)})"
    if definition.home.cell.index < top.cell.index:
        return f"stays in place: the import cell ({_number(top)}) comes after the definition"
    if definition.home.cell.source[: definition.start].rpartition("\n")[2].strip():
        return "stays in place: it was pasted with its prompts"
    if definition.inside:
        return f"stays in place: it is defined inside of a {definition.inside} statement"
    for cell, _ in notebook.opaque:
        if top.cell.index < cell.index < definition.home.cell.index:
            return f"stays in place: cell {cell.index + 1} in between does not parse"
    for home in notebook.cells:
        if not top.cell.index <= home.cell.index <= definition.home.cell.index:
            continue
        body = home.tree.body
        first = (last_import(top) or 0) + 1 if home is top else 0
        last = body.index(definition.node) if home is definition.home else len(body)
        statements = body[first:last]
        start = home.end(body[first - 1]) if first else 0
        end = definition.start if home is definition.home else len(home.cell.source)
        text = home.cell.source[start:end]
        if home.code.binds_unknown or any(_is_star(statement) for statement in statements):
            return f"stays in place: {_number(home)} in between may bind any name"
        if _PREPARES_IMPORTS.search(text):
            return f"stays in place: {_number(home)} in between may make the module importable"
        for found in references([s for s in statements if s not in leaving]):
            if found.name == name:
                verb = "reads" if found.context == "read" else "binds"
                return f'stays in place: {_number(home)} in between {verb} "{name}"'
    mention = notebook.mention(name)
    if mention and top.cell.index <= mention.cell <= definition.home.cell.index:
        return f'stays in place: {mention.what} names "{name}"'
    return ""


def _is_star(statement: ast.stmt) -> bool:
    return any(
        isinstance(node, ast.ImportFrom) and node.names[0].name == "*"
        for node in ast.walk(statement)
    )


def _is_magic(home: CodeCell, statement: ast.stmt) -> bool:
    start = home.start(statement)
    return any(magic.start <= start < magic.end for magic in home.code.magics)


def _number(home: CodeCell) -> str:
    return f"cell {home.cell.index + 1}"
