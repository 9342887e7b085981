"""Write the import that takes a definition's place, merged with its neighbours where it can be."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from nbrefactor.analysis.scopes import references
from nbrefactor.analysis.timeline import CodeCell, InlineDefinition
from nbrefactor.outcome import Edit

_WIDTH = 88


@dataclass(frozen=True, slots=True)
class Replacement:
    """A definition and the import that stands in for it.

    Parameters
    ----------
    definition : InlineDefinition
        What goes.
    module : str
        Dotted name of the module to import from.
    name : str
        The target's name there.
    """

    definition: InlineDefinition
    module: str
    name: str

    @property
    def imported(self) -> tuple[str, str]:
        """The name in the module and the name in the notebook."""
        return (self.name, self.definition.name)


@dataclass(slots=True)
class _Import:
    """An import under construction: where it stands and what it brings in."""

    position: int
    module: str
    names: list[tuple[str, str]]
    statement: ast.ImportFrom | None = None
    first: Replacement | None = None
    added: list[tuple[str, str]] = field(default_factory=list)


def replace_definitions(
    home: CodeCell, replacements: Sequence[Replacement]
) -> tuple[tuple[Replacement, tuple[Edit, ...]], ...]:
    """Plan the edits that replace definitions of one cell by imports.

    Parameters
    ----------
    home : CodeCell
        The cell.
    replacements : sequence of Replacement
        Its definitions that go, in the order in which they stand.

    Returns
    -------
    tuple of (Replacement, tuple of Edit)
        The edits for each. A definition that merges into an earlier import has its removal as
        its edit; the edit of the import is with the one that it was merged into, or first with
        the one that extends an import that stood there before.
    """
    planned: list[tuple[Replacement, list[Edit]]] = []
    leaving = {replacement.definition.node for replacement in replacements}
    imports: dict[int, list[_Import]] = {}
    for replacement in replacements:
        definition = replacement.definition
        edits: list[Edit] = []
        planned.append((replacement, edits))
        block = definition.block
        position = block.index(definition.node)
        here = imports.setdefault(id(block), list(_existing(block, replacement.module)))
        holder = _holder(here, block, position, replacement, leaving)
        if holder is None:
            here.append(
                _Import(position, replacement.module, [replacement.imported], first=replacement)
            )
            continue
        if replacement.imported not in holder.names:
            holder.names.append(replacement.imported)
            holder.added.append(replacement.imported)
        edits.append(_removal(definition))

    index = {replacement.definition: edits for replacement, edits in planned}
    for here in imports.values():
        for made in here:
            if made.first is not None:
                index[made.first.definition].append(_in_place(made.first.definition, made))
            elif made.added and made.statement is not None:
                receiver = next(r for r, _ in planned if r.imported == made.added[0])
                index[receiver.definition].append(_extended(home, made))
    return tuple((replacement, tuple(edits)) for replacement, edits in planned)


def _existing(block: Sequence[ast.stmt], module: str) -> Iterator[_Import]:
    for position, statement in enumerate(block):
        if (
            isinstance(statement, ast.ImportFrom)
            and statement.level == 0
            and statement.module == module
            and statement.names[0].name != "*"
        ):
            names = [(alias.name, alias.asname or alias.name) for alias in statement.names]
            yield _Import(position, module, names, statement)


def _holder(
    imports: Sequence[_Import],
    block: Sequence[ast.stmt],
    position: int,
    replacement: Replacement,
    leaving: set[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef],
) -> _Import | None:
    """Find the nearest import above that can bring the name in without anybody noticing."""
    name = replacement.definition.name
    for made in sorted(imports, key=lambda found: found.position, reverse=True):
        if made.position >= position or made.module != replacement.module:
            continue
        if any(bound == name and source != replacement.name for source, bound in made.names):
            return None
        between = [
            statement
            for statement in block[made.position + 1 : position]
            if statement not in leaving
        ]
        if any(found.name in (name, "*") for found in references(between)):
            return None
        if made.statement is None and _has_comment_above(replacement.definition):
            # A comment speaks of the line below it, so that line is the definition's own import.
            return None
        return made
    return None


def _statement(module: str, names: Sequence[tuple[str, str]], indent: str) -> str:
    listed = [name if name == bound else f"{name} as {bound}" for name, bound in names]
    line = f"from {module} import {', '.join(listed)}"
    if len(indent) + len(line) <= _WIDTH or len(listed) == 1:
        return line
    lines = "".join(f"{indent}    {name},\n" for name in listed)
    return f"from {module} import (\n{lines}{indent})"


def _in_place(definition: InlineDefinition, made: _Import) -> Edit:
    source = definition.home.cell.source
    start = definition.start
    line_start = source.rfind("\n", 0, start) + 1
    indent = source[line_start:start]
    text = _statement(made.module, made.names, indent if not indent.strip() else "")
    return Edit(definition.home.cell.index, start, _end(definition), text)


def _removal(definition: InlineDefinition) -> Edit:
    """Take a definition out together with the blank lines above it."""
    source = definition.home.cell.source
    line_start = source.rfind("\n", 0, definition.start) + 1
    start = len(source[:line_start].rstrip()) if line_start else 0
    # The white space that goes begins behind the line above, its own trailing blanks stay.
    start = source.find("\n", start)
    return Edit(definition.home.cell.index, start, _end(definition), "")


def _has_comment_above(definition: InlineDefinition) -> bool:
    above = definition.home.cell.source[: definition.start].rpartition("\n")[0]
    return above.rpartition("\n")[2].lstrip().startswith("#")


def _end(definition: InlineDefinition) -> int:
    """Find the end of a definition, with the comments that belong to its body."""
    source = definition.home.cell.source
    column = definition.start - (source.rfind("\n", 0, definition.start) + 1)
    end = _line_end(source, definition.end)
    following = end
    while following < len(source):
        line_end = _line_end(source, following + 1)
        line = source[following + 1 : line_end]
        if line.strip() and not (
            line.lstrip().startswith("#") and len(line) - len(line.lstrip()) > column
        ):
            break
        if line.strip():
            end = line_end
        following = line_end
    return end


def _line_end(source: str, offset: int) -> int:
    found = source.find("\n", offset)
    end = len(source) if found < 0 else found
    return end - 1 if source[:end].endswith("\r") and end > offset else end


def _extended(home: CodeCell, made: _Import) -> Edit:
    """Add names to an import that stands in the cell, in its own style."""
    import libcst as cst

    assert made.statement is not None
    start, end = home.start(made.statement), home.end(made.statement)
    line = cst.parse_statement(home.cell.source[start:end])
    assert isinstance(line, cst.SimpleStatementLine)
    statement = line.body[0]
    assert isinstance(statement, cst.ImportFrom)
    assert not isinstance(statement.names, cst.ImportStar)
    names = list(statement.names)
    for name, bound in made.added:
        last = names[-1]
        separator: cst.Comma
        if len(names) > 1 and isinstance(names[-2].comma, cst.Comma):
            separator = names[-2].comma
        elif statement.lpar is not None and isinstance(
            statement.lpar.whitespace_after, cst.ParenthesizedWhitespace
        ):
            separator = cst.Comma(whitespace_after=statement.lpar.whitespace_after)
        else:
            separator = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
        names[-1] = last.with_changes(comma=separator)
        asname = cst.AsName(cst.Name(bound)) if bound != name else None
        names.append(cst.ImportAlias(cst.Name(name), asname, comma=last.comma))
    text = cst.Module([]).code_for_node(statement.with_changes(names=names))
    return Edit(home.cell.index, start, end, text)
