"""The edits that put a call, and the import that it needs, in the place of a block."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from nbrefactor.fold.conditions import Fold, line_start
from nbrefactor.fold.values import Argument, Pattern
from nbrefactor.model.outcome import Edit
from nbrefactor.program.timeline import CodeCell, Timeline
from nbrefactor.python.meanings import Imported
from nbrefactor.rewrite.top import last_import

_WIDTH = 88


@dataclass(frozen=True, slots=True)
class Called:
    """How a notebook calls a target.

    Parameters
    ----------
    call : str
        What is written before the brackets.
    module, name : str
        What is imported: a name from a module; no module for one that is imported itself.
    """

    call: str
    module: str
    name: str

    @property
    def dotted(self) -> str:
        """What the imported name stands for."""
        return f"{self.module}.{self.name}" if self.module else self.name


def ways_to_call(pattern: Pattern) -> tuple[Called, ...]:
    """Give the ways to call a target, the plainest first: by its name, or through its module."""
    package, _, leaf = pattern.module.rpartition(".")
    through = Called(f"{leaf}.{pattern.name}", package, leaf)
    return Called(pattern.name, pattern.module, pattern.name), through


def write_fold(fold: Fold, name: str, *, hides: bool) -> tuple[Edit, ...]:
    """Plan the edits that put a call in a block's place.

    Parameters
    ----------
    fold : Fold
        What goes, and what the call says.
    name : str
        What the notebook calls the function.
    hides : bool
        Whether a semicolon has to keep the cell from showing the call's result.

    Returns
    -------
    tuple of Edit
        In order; the call stands where the last statement that goes stood.
    """
    home = fold.unified.block.home
    source, cell = home.cell.source, home.cell.index
    edits: list[Edit] = []
    for at, statement in enumerate(fold.gone):
        start, end = line_start(home, statement), _line_end(home, statement)
        if at == len(fold.gone) - 1:
            indent = source[start : home.start(statement)]
            text = call_text(fold, name, indent)
            edits.append(Edit(cell, start, end, f"{indent}{text}{';' if hides else ''}"))
            continue
        start = _with_comments(source, start) if at else start
        behind = source.find("\n", end) + 1 or len(source)
        edits.append(Edit(cell, start, behind, ""))
    return tuple(_merged(edits, source))


def _merged(edits: Sequence[Edit], source: str) -> Iterator[Edit]:
    """Join edits that touch, and take out the blank lines between two that only remove."""
    waiting: Edit | None = None
    for edit in edits:
        if waiting is not None and not source[waiting.end : edit.start].strip():
            waiting = Edit(edit.cell, waiting.start, edit.end, waiting.text + edit.text)
            continue
        if waiting is not None:
            yield waiting
        waiting = edit
    if waiting is not None:
        yield waiting


def call_text(fold: Fold, name: str, indent: str) -> str:
    """Write the call: required data by position, the rest by name; a line each where it is long."""
    home = fold.unified.block.home
    parts = [
        _argument(home, parameter, argument, fold) for parameter, argument in _ordered(fold).items()
    ]
    line = f"{name}({', '.join(parts)})"
    if len(indent) + len(line) <= _WIDTH and "\n" not in line:
        return line
    newline = _newline(home.cell.source)
    lines = "".join(f"{indent}    {part},{newline}" for part in parts)
    return f"{name}({newline}{lines}{indent})"


def _ordered(fold: Fold) -> Mapping[str, Argument]:
    pattern = fold.unified.pattern
    found = dict(fold.unified.arguments)
    if pattern.axes and (axes := _axes(fold)):
        found[pattern.axes] = Argument(axes)
    return {name: found[name] for name in pattern.parameters if name in found}


def _axes(fold: Fold) -> ast.expr | None:
    """Give the axes to draw into, as the notebook says them."""
    block = fold.unified.block
    if block.axes:
        return ast.parse(block.axes, mode="eval").body
    for element in block.elements:
        if element.kind == "panel" and isinstance(element.statement, ast.Expr):
            return element.statement.value
    for statement in block.drawing:
        for node in ast.walk(statement):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                return ast.Call(ast.Attribute(node.func.value, "gca", ast.Load()), [], [])
    return None


def _argument(home: CodeCell, parameter: str, argument: Argument, fold: Fold) -> str:
    text = expression_text(home, argument.node)
    pattern = fold.unified.pattern
    required = [name for name in pattern.parameters if name not in pattern.defaults]
    if parameter in required and parameter in pattern.positional:
        return text
    return f"{parameter}={text}"


def expression_text(home: CodeCell, node: ast.expr) -> str:
    """Write an expression as the cell does, where it stands there as a whole."""
    if hasattr(node, "lineno"):
        text = home.cell.source[home.start(node) : home.end(node)]
        try:
            parsed = ast.parse(f"({text})", mode="eval").body
        except SyntaxError:
            return ast.unparse(node)
        if ast.dump(parsed) == ast.dump(node):
            return text
    if isinstance(node, ast.ListComp):
        return _comprehension_text(home, node)
    return ast.unparse(node)


def _comprehension_text(home: CodeCell, node: ast.ListComp) -> str:
    item = expression_text(home, node.elt)
    if isinstance(node.elt, ast.Tuple) and not hasattr(node.elt, "lineno"):
        item = f"({', '.join(expression_text(home, part) for part in node.elt.elts)})"
    parts = [item]
    for loop in node.generators:
        target, iterable = expression_text(home, loop.target), expression_text(home, loop.iter)
        parts.append(f"for {target} in {iterable}")
        parts.extend(f"if {expression_text(home, test)}" for test in loop.ifs)
    return f"[{' '.join(parts)}]"


def import_edit(fold: Fold, called: Sequence[Called]) -> Edit:
    """Plan the imports that calls of a cell need, at the top of the cell where that is safe.

    Parameters
    ----------
    fold : Fold
        The first fold of the cell.
    called : sequence of Called
        What to import, each once.
    """
    home = fold.unified.block.home
    source, newline = home.cell.source, _newline(home.cell.source)
    names: dict[str, list[str]] = {}
    for one in called:
        names.setdefault(one.module, []).append(one.name)
    lines = [
        f"from {module} import {', '.join(found)}" if module else f"import {', '.join(found)}"
        for module, found in names.items()
    ]
    top = import_place(fold)
    if isinstance(top, (ast.Import, ast.ImportFrom)) and last_import(home) is not None:
        behind = home.tree.body[last_import(home) or 0]
        end = _line_end(home, behind)
        return Edit(home.cell.index, end, end, "".join(f"{newline}{line}" for line in lines))
    start = _with_comments(source, line_start(home, top))
    # Above anything but imports a blank line parts them from it.
    lines.append("")
    return Edit(home.cell.index, start, start, "".join(f"{line}{newline}" for line in lines))


def is_imported(notebook: Timeline, fold: Fold, called: Called) -> bool:
    """Tell whether an import that surely runs before a fold has brought a name in."""
    home = fold.unified.block.home
    place = (home.cell.index, import_place(fold).lineno)
    return is_meant(notebook, called) and any(
        found.is_sure and found.place < place for found in notebook.rebindings.get(called.name, ())
    )


def is_meant(notebook: Timeline, called: Called) -> bool:
    """Tell whether a name of the notebook is always what a call needs."""
    meaning = notebook.environment.get(called.name)
    return isinstance(meaning, Imported) and meaning.dotted == called.dotted


def import_place(fold: Fold) -> ast.stmt:
    """Give the statement of a cell next to which the imports for a fold stand.

    That is the first one; where a magic or shell line may prepare the import, the one at the top
    of the cell in which the fold stands.
    """
    home = fold.unified.block.home
    return top_statement(home, fold.gone[0]) if home.code.magics else home.tree.body[0]


def top_statement(home: CodeCell, statement: ast.stmt) -> ast.stmt:
    """Give the statement at the top of the cell in which a statement stands."""
    around = [node for node in home.ancestors(statement) if isinstance(node, ast.stmt)]
    return around[-1] if around else statement


def _line_end(home: CodeCell, statement: ast.stmt) -> int:
    source = home.cell.source
    end = source.find("\n", home.end(statement))
    return len(source) if end < 0 else end - (source[end - 1] == "\r")


def _newline(source: str) -> str:
    return "\r\n" if "\r\n" in source else "\n"


_COMMENT_LINE = re.compile(r"[ \t]*#[^\n]*")


def _with_comments(source: str, start: int) -> int:
    """Go up over the comment lines that stand right above a line."""
    while start:
        above = source.rfind("\n", 0, start - 1) + 1
        if not _COMMENT_LINE.fullmatch(source[above : start - 1]):
            break
        start = above
    return start
