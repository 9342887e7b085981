"""Write the import that takes a definition's place, merged with its neighbours where it can be."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from nbrefactor.model.outcome import Edit
from nbrefactor.program.timeline import CodeCell, InlineDefinition
from nbrefactor.python.scopes import references
from nbrefactor.rewrite.shown import uncovered
from nbrefactor.rewrite.top import last_import

_WIDTH = 88
# Where Python ends a line; a cell may hold any of them.
_LINE_END = re.compile(r"\r\n?|\n")
_COMMA_AND_COMMENT = re.compile(r"(?P<comma>[ \t\f]*,)?(?P<comment>[ \t\f]*#[^\r\n]*)?")
_COMMENT = re.compile(r"#[^\r\n]*")


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
    """An import under construction: where it stands and what it brings in.

    It is a `statement` of the cell, takes the place of the `first` definition, or comes in
    `behind` another statement.
    """

    position: int
    module: str
    names: list[tuple[str, str]]
    statement: ast.ImportFrom | None = None
    first: Replacement | None = None
    behind: ast.stmt | None = None
    added: list[tuple[str, str]] = field(default_factory=list)


def replace_definitions(
    home: CodeCell,
    replacements: Sequence[Replacement],
    arriving: Sequence[Replacement] = (),
    *,
    everything: bool = False,
) -> tuple[tuple[Replacement, tuple[Edit, ...]], ...]:
    """Plan the edits that replace definitions of one cell by imports.

    Parameters
    ----------
    home : CodeCell
        The cell.
    replacements : sequence of Replacement
        Its definitions that go, in the order in which they stand.
    arriving : sequence of Replacement
        Definitions of later cells whose imports come to this one, the import cell.
    everything : bool
        Whether the notebook sets what is shown, so that any value may be.

    Returns
    -------
    tuple of (Replacement, tuple of Edit)
        The edits for each. A definition that merges into an earlier import has its removal as
        its edit; the edit of the import is with the one that it was merged into, or first with
        the one that extends an import that stood there before.
    """
    planned: list[tuple[Replacement, list[Edit]]] = []
    leaving = {replacement.definition.node for replacement in replacements}
    # Below this statement something has to stay, or its value would be shown.
    bare = uncovered(home, leaving, everything=everything)
    imports: dict[tuple[int, str], list[_Import]] = {}
    removed: list[InlineDefinition] = []
    for replacement in replacements:
        definition = replacement.definition
        edits: list[Edit] = []
        planned.append((replacement, edits))
        block = definition.block
        position = block.index(definition.node)
        here = imports.setdefault(
            (id(block), replacement.module), list(_existing(home, block, replacement.module))
        )
        holder = _holder(home, here, block, position, replacement, leaving)
        covers = bare is not None and block is home.tree.body and position > bare
        if holder is None or (covers and bare is not None and holder.position <= bare):
            here.append(
                _Import(position, replacement.module, [replacement.imported], first=replacement)
            )
            continue
        if replacement.imported not in holder.names:
            holder.names.append(replacement.imported)
            holder.added.append(replacement.imported)
        removed.append(definition)

    for replacement in arriving:
        removed.append(replacement.definition)
        planned.append((replacement, []))
        body, module = home.tree.body, replacement.module
        here = imports.setdefault((id(body), module), list(_existing(home, body, module)))
        holder = _receiver(home, here, replacement)
        if replacement.imported not in holder.names:
            holder.names.append(replacement.imported)
            holder.added.append(replacement.imported)

    index = {replacement.definition: edits for replacement, edits in planned}
    for definition, edit in _removals(removed):
        index[definition].append(edit)
    for here in imports.values():
        for made in here:
            if made.first is not None:
                index[made.first.definition].append(_in_place(made.first.definition, made))
            elif made.added and made.statement is not None:
                receiver = next(r for r, _ in planned if r.imported == made.added[0])
                index[receiver.definition].append(_extended(home, made))
            elif made.behind is not None:
                receiver = next(r for r, _ in planned if r.imported == made.added[0])
                index[receiver.definition].append(_inserted(home, made, made.behind))
    return tuple((replacement, tuple(edits)) for replacement, edits in planned)


def _existing(home: CodeCell, block: Sequence[ast.stmt], module: str) -> Iterator[_Import]:
    for position, statement in enumerate(block):
        if (
            isinstance(statement, ast.ImportFrom)
            and statement.level == 0
            and statement.module == module
            and statement.names[0].name != "*"
            and _is_plain_text(home, statement)
        ):
            names = [(alias.name, alias.asname or alias.name) for alias in statement.names]
            yield _Import(position, module, names, statement)


def _is_plain_text(home: CodeCell, statement: ast.stmt) -> bool:
    """Tell whether the cell's text of a statement is that statement: no prompts between lines."""
    text = home.cell.source[home.start(statement) : home.end(statement)]
    try:
        return ast.dump(ast.parse(text)) == ast.dump(ast.Module([statement], []))
    except SyntaxError:
        return False


def _holder(
    home: CodeCell,
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
        # Where the name is there already, nobody can read anything else.
        brought = replacement.imported in made.names
        if not brought and not all(_runs_nothing(statement) for statement in between):
            # What runs in between could call what reads the name, or fail before it is bound.
            return None
        if any(
            found.name in (name, "*") and not (brought and found.context == "read")
            for found in references(between)
        ):
            return None
        start, end = home.end(block[made.position]), replacement.definition.start
        if not brought and any(start <= magic.start < end for magic in home.code.magics):
            return None
        if made.statement is None and _has_comment_above(replacement.definition):
            # A comment speaks of the line below it, so that line is the definition's own import.
            return None
        return made
    return None


def _runs_nothing(statement: ast.stmt) -> bool:
    """Tell whether a statement does no more than bind a name, and cannot fail."""
    match statement:
        case ast.Import() | ast.ImportFrom() | ast.Pass() | ast.Expr(value=ast.Constant()):
            return True
        case ast.FunctionDef(decorator_list=[]) | ast.AsyncFunctionDef(decorator_list=[]):
            defaults = (*statement.args.defaults, *statement.args.kw_defaults)
            return all(value is None or isinstance(value, ast.Constant) for value in defaults)
        case ast.Assign(targets=[ast.Name()], value=ast.Constant()):
            return True
    return False


def _receiver(home: CodeCell, imports: list[_Import], replacement: Replacement) -> _Import:
    """Find the import of an import cell that takes a name in, or start one below the others."""
    body, last = home.tree.body, last_import(home)
    assert last is not None  # else this were not the import cell
    for made in imports:
        if made.position > last or made.first is not None:
            continue
        between = references(body[made.position + 1 : last + 1])
        if made.behind or not any(found.name == replacement.definition.name for found in between):
            return made
    made = _Import(last, replacement.module, [], behind=body[last])
    imports.append(made)
    return made


def _inserted(home: CodeCell, made: _Import, behind: ast.stmt) -> Edit:
    source = home.cell.source
    indent, newline = _indent(source, home.start(behind)), _newline(source)
    end = _line_end(source, home.end(behind))
    text = f"{newline}{indent}{_statement(made.module, made.names, indent, newline)}"
    return Edit(home.cell.index, end, end, text)


def _statement(module: str, names: Sequence[tuple[str, str]], indent: str, newline: str) -> str:
    listed = [_written(pair) for pair in names]
    line = f"from {module} import {', '.join(listed)}"
    if len(indent) + len(line) <= _WIDTH or len(listed) == 1:
        return line
    lines = "".join(f"{indent}    {name},{newline}" for name in listed)
    return f"from {module} import ({newline}{lines}{indent})"


def _written(imported: tuple[str, str]) -> str:
    name, bound = imported
    return name if name == bound else f"{name} as {bound}"


def _in_place(definition: InlineDefinition, made: _Import) -> Edit:
    source = definition.home.cell.source
    start = definition.start
    text = _statement(made.module, made.names, _indent(source, start), _newline(source))
    return Edit(definition.home.cell.index, start, _end(definition), text)


def _removals(
    definitions: Sequence[InlineDefinition],
) -> Iterator[tuple[InlineDefinition, Edit]]:
    """Take definitions out together with the blank lines above them."""
    for run in _runs(definitions):
        start, end = _whole_lines(run[0], run[-1])
        cuts = [start, *(_end(definition) for definition in run[:-1]), end]
        for definition, (begin, stop) in zip(run, pairwise(cuts), strict=True):
            yield definition, Edit(definition.home.cell.index, begin, stop, "")


def _runs(definitions: Sequence[InlineDefinition]) -> Iterator[list[InlineDefinition]]:
    """Group definitions of a cell that only blank lines part."""
    run: list[InlineDefinition] = []
    for definition in definitions:
        source = definition.home.cell.source
        if run and (
            definition.home is not run[-1].home
            or source[_end(run[-1]) : _line_start(source, definition.start)].strip()
        ):
            yield run
            run = []
        run.append(definition)
    if run:
        yield run


def _whole_lines(first: InlineDefinition, last: InlineDefinition) -> tuple[int, int]:
    """Find what goes with definitions that stand together."""
    source, end = first.home.cell.source, _end(last)
    above = source[: _line_start(source, first.start)].rstrip()
    if not above:
        # Nothing is left above, so the blank lines below go.
        below = len(source) - len(source[end:].lstrip())
        return 0, _line_start(source, below) if below < len(source) else below
    start = _line_end(source, len(above))
    own_end, line_end = _LINE_END.match(source, start), _LINE_END.match(source, end)
    if own_end and line_end:
        # The line above stays as it is, its own end included.
        return own_end.end(), line_end.end()
    return start, end


def _has_comment_above(definition: InlineDefinition) -> bool:
    above = _LINE_END.split(definition.home.cell.source[: definition.start])[:-1]
    return bool(above) and above[-1].lstrip().startswith("#")


def _end(definition: InlineDefinition) -> int:
    """Find the end of a definition, with the comments that belong to its body."""
    source = definition.home.cell.source
    column = definition.start - _line_start(source, definition.start)
    end = position = _line_end(source, definition.end)
    while line_end := _LINE_END.match(source, position):
        position = _line_end(source, line_end.end())
        line = source[line_end.end() : position]
        if not line.strip():
            continue
        if not line.lstrip().startswith("#") or len(line) - len(line.lstrip()) <= column:
            break
        end = position
    return end


def _extended(home: CodeCell, made: _Import) -> Edit:
    """Add names to an import that stands in the cell, in its own style."""
    assert made.statement is not None
    cell, source = home.cell.index, home.cell.source
    start, end = home.start(made.statement), home.end(made.statement)
    first, last = home.start(made.statement.names[0]), home.start(made.statement.names[-1])
    last_end = home.end(made.statement.names[-1])
    newline, names = _newline(source), [_written(pair) for pair in made.added]
    joined = "".join(f", {name}" for name in names)
    row = _line_start(source, last)
    too_long = last_end - row + len(joined) > _WIDTH
    if not source[:end].endswith(")"):
        if too_long and not _LINE_END.search(source, start, end):
            text = _statement(made.module, made.names, _indent(source, start), newline)
            return Edit(cell, start, end, text)
        return Edit(cell, last_end, last_end, joined)
    behind = _COMMA_AND_COMMENT.match(source, last_end, end)
    assert behind is not None  # both of its parts are optional
    comma, comment = behind["comma"] or "", behind["comment"] or ""
    if source[row:last].strip():
        if too_long:
            # Below the first name, as the names of such an import stand.
            indent = re.sub(r"[^\t]", " ", source[_line_start(source, first) : first])
            joined = "".join(f",{newline}{indent}{name}" for name in names)
        return Edit(cell, last_end, last_end, joined)
    if not comma and "," in _COMMENT.sub("", source[last_end:end]):
        return Edit(cell, last_end, last_end, joined)
    # One name a line: below the last one's comment.
    lines = ",".join(f"{newline}{source[row:last]}{name}" for name in names)
    text = f"{comma or ','}{comment}{lines}{',' if comma else ''}"
    return Edit(cell, last_end, behind.end(), text)


def _indent(source: str, start: int) -> str:
    """Return the blanks before a statement; what else stands there indents no other line."""
    before = source[_line_start(source, start) : start]
    return "" if before.strip() else before


def _line_start(source: str, offset: int) -> int:
    return max(source.rfind("\n", 0, offset), source.rfind("\r", 0, offset)) + 1


def _line_end(source: str, offset: int) -> int:
    found = _LINE_END.search(source, offset)
    return len(source) if found is None else found.start()


def _newline(source: str) -> str:
    found = _LINE_END.search(source)
    return "\n" if found is None else found.group()
