"""Whether an import may stand in the notebook's import cell instead of where a definition stood."""

from __future__ import annotations

import ast
import re

from nbrefactor.notebook.magics import read_cell
from nbrefactor.program.timeline import CodeCell, InlineDefinition, Timeline
from nbrefactor.python.scopes import DefinitionNode, references
from nbrefactor.rewrite.shown import shows_everything, uncovered
from nbrefactor.verdict.importing import Arrival
from nbrefactor.verdict.match import Match
from nbrefactor.verdict.offer import Offer

# They list names by what they are called, or look at all of them.
_LISTS_NAMES = re.compile(
    r"\s*%\s*(?:who|who_ls|whos|reset|reset_selective|xdel|store|psearch|save|history|hist)\b"
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


class WayUp:
    """Decides which imports can stand in the notebook's import cell.

    Parameters
    ----------
    notebook : Timeline
        The notebook's code.
    leaving : frozenset of definition nodes
        All definitions that are replaced.
    """

    def __init__(self, notebook: Timeline, leaving: frozenset[DefinitionNode]) -> None:
        self._notebook = notebook
        self._leaving = leaving
        self._everything = shows_everything(notebook)
        self._arrivals: dict[str, Arrival] = {}

    def why_in_place(self, match: Match, top: CodeCell, alike: frozenset[DefinitionNode]) -> str:
        """Say why an import has to stay where the definition stood.

        Parameters
        ----------
        match : Match
            The definition that is replaced, and its target.
        top : CodeCell
            The import cell.
        alike : frozenset of definition nodes
            Definitions that are replaced by the same target: they bind the same thing.

        Returns
        -------
        str
            Empty where the import can be moved: nothing from the import cell to the definition
            binds or reads the name, may touch it unseen, or prepares the import; and without the
            definition, its cell shows the same values.
        """
        definition = match.definition
        if why := _why_here(definition, top):
            return why
        for cell in self._notebook.texts:
            between = top.cell.index < cell.index < definition.home.cell.index
            if between and read_cell(cell.source).kind == "opaque":
                return f"cell {cell.index + 1} in between does not parse"
        uses = self._uses_between(definition, top, alike)
        return uses or self._unseen(definition, top) or self._otherwise(match, top)

    def _uses_between(
        self, definition: InlineDefinition, top: CodeCell, alike: frozenset[DefinitionNode]
    ) -> str:
        for home in self._notebook.cells:
            if not top.cell.index <= home.cell.index <= definition.home.cell.index:
                continue
            body = home.tree.body
            first = (last_import(top) or 0) + 1 if home is top else 0
            last = body.index(definition.node) if home is definition.home else len(body)
            statements = body[first:last]
            if home.code.binds_unknown or any(_is_star(statement) for statement in statements):
                return f"{_number(home)} in between may bind any name"
            for found in references([s for s in statements if s not in alike]):
                if found.name == definition.name:
                    verb = "reads" if found.context == "read" else "binds"
                    return f'{_number(home)} in between {verb} "{found.name}"'
        return ""

    def _unseen(self, definition: InlineDefinition, top: CodeCell) -> str:
        """Say what may look at the name, or at all names, without writing it."""
        name = definition.name
        first, last = top.cell.index, definition.home.cell.index
        mention = self._notebook.mention(name)
        if mention and first <= mention.cell <= last:
            return f'{mention.what} names "{name}"'
        for access in self._notebook.hidden:
            if first < access.cell <= last + 1:
                return f"{access} may look at every name"
        for home in self._notebook.cells:
            if first <= home.cell.index <= last:
                for magic in home.code.magics:
                    if _LISTS_NAMES.match(magic.text):
                        return f"{_number(home)} in between lists names"
                if any(_spells(node, name) for node in ast.walk(home.tree)):
                    # `if "f" not in globals()` asks whether it is there yet.
                    return f'{_number(home)} in between spells "{name}" in a text'
        return ""

    def _otherwise(self, match: Match, top: CodeCell) -> str:
        """Say what else than the name would be different."""
        definition, home = match.definition, match.definition.home
        shown = uncovered(home, self._leaving, everything=self._everything)
        if shown is not None and home.tree.body.index(definition.node) > shown:
            what = "leave a magic without code" if shown < 0 else "show the value above it"
            return f"without it, {_number(home)} would {what}"
        assert match.module is not None
        if match.module.name not in self._arrivals:
            self._arrivals[match.module.name] = Arrival(self._notebook, Offer(match.module))
        last = top.tree.body[last_import(top) or 0]
        above = (top.cell.index, (last.end_lineno or last.lineno) + 1)
        return self._arrivals[match.module.name].why_not_above(definition, above)


def _why_here(definition: InlineDefinition, top: CodeCell) -> str:
    """Say what about a definition's place keeps its import there."""
    if definition.home is top:
        return f"it stands in the import cell ({_number(top)})"
    if definition.home.cell.index < top.cell.index:
        return f"the import cell ({_number(top)}) comes after the definition"
    if definition.home.cell.source[: definition.start].rpartition("\n")[2].strip():
        return "it was pasted with its prompts"
    if definition.inside:
        return f"it is defined inside of a {definition.inside} statement"
    return ""


def _spells(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Constant) and node.value == name


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
