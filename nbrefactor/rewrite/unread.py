"""Imports that nobody reads any more once definitions are gone, and how they are taken out."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nbrefactor.model.outcome import Edit
from nbrefactor.program.timeline import CodeCell, Rebinding, Timeline
from nbrefactor.program.words import words

# Whoever imports them finds only their names: they register nothing, and change no settings.
_BIND_ONLY = frozenset({"numpy", "pandas", "scipy"}) | (
    sys.stdlib_module_names - {"antigravity", "this", "readline", "rlcompleter", "faulthandler"}
)


@dataclass(frozen=True, slots=True)
class UnreadImport:
    """A name that an import binds and that nobody reads.

    Parameters
    ----------
    name : str
        The name.
    home : CodeCell
        The cell of the import.
    statement : ast.Import or ast.ImportFrom
        The import.
    alias : ast.alias
        The part of it that binds the name.
    """

    name: str
    home: CodeCell
    statement: ast.Import | ast.ImportFrom
    alias: ast.alias

    def __str__(self) -> str:
        text = ast.unparse(ast.Import([self.alias])).removeprefix("import ")
        if isinstance(self.statement, ast.ImportFrom):
            text = f"{text} from {'.' * self.statement.level}{self.statement.module or ''}"
        return f"{text} (cell {self.home.cell.index + 1})"

    @property
    def binds_only(self) -> bool:
        """Whether the import does nothing that somebody else could need."""
        if isinstance(self.statement, ast.ImportFrom):
            dotted = self.statement.module or ""
            return not self.statement.level and dotted.partition(".")[0] in _BIND_ONLY
        # `import a.b` gives everybody who has `a` the attribute `b`.
        return self.alias.name in _BIND_ONLY


def unread_imports(before: Timeline, after: Timeline) -> tuple[UnreadImport, ...]:
    """Find the imports that only the definitions read that are gone.

    Parameters
    ----------
    before, after : Timeline
        The notebook before and after definitions were replaced.

    Returns
    -------
    tuple of UnreadImport
        In the notebook's order; none where text may read names unseen. Imports that nobody read
        before either are the user's own affair.
    """
    if after.hidden:
        return ()
    found: list[UnreadImport] = []
    spelt = _words_of_texts(after)
    for name, bindings in after.rebindings.items():
        was_read = bool(before.uses.get(name)) and not after.uses.get(name)
        if was_read and after.mention(name) is None and name not in spelt:
            parts = [_import_of(binding) for binding in bindings]
            # Where something else binds the name too, taking imports out changes what it is.
            found.extend(part for part in parts if part is not None and all(parts))
    return tuple(sorted(found, key=lambda one: (one.home.cell.index, one.alias.lineno)))


def _words_of_texts(notebook: Timeline) -> frozenset[str]:
    """List the words of all texts in the code: a query or a format may read what they name."""
    return frozenset().union(
        *(
            words(node.value)
            for home in notebook.cells
            for node in ast.walk(home.tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        )
    )


def _import_of(binding: Rebinding) -> UnreadImport | None:
    statement = binding.node
    if isinstance(statement, ast.alias):
        statement = binding.home.parents[statement]
    if not isinstance(statement, (ast.Import, ast.ImportFrom)):
        return None
    if not isinstance(binding.home.parents[statement], ast.Module):
        return None
    if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
        return None
    for alias in statement.names:
        if (alias.asname or alias.name.partition(".")[0]) == binding.name:
            return UnreadImport(binding.name, binding.home, statement, alias)
    return None


def prune(unread: Sequence[UnreadImport]) -> Iterator[Edit]:
    """Take imports out that bind only.

    Parameters
    ----------
    unread : sequence of UnreadImport
        What nobody reads; those that may do more than bind a name are left.

    Yields
    ------
    Edit
        One for each statement: it goes with its line, or is written again with the names that
        stay.
    """
    statements: dict[ast.Import | ast.ImportFrom, list[UnreadImport]] = {}
    for one in unread:
        if one.binds_only:
            statements.setdefault(one.statement, []).append(one)
    for statement, going in statements.items():
        home = going[0].home
        names = {one.alias for one in going}
        staying = [alias for alias in statement.names if alias not in names]
        if staying and _has_comment(home, statement):
            continue  # nobody can tell which name a comment between them is about
        yield _rewritten(home, statement, staying) if staying else _without(home, statement)


def _has_comment(home: CodeCell, statement: ast.stmt) -> bool:
    return "#" in home.cell.source[home.start(statement) : home.end(statement)]


def _rewritten(
    home: CodeCell, statement: ast.Import | ast.ImportFrom, staying: Sequence[ast.alias]
) -> Edit:
    bare = (
        ast.Import(list(staying))
        if isinstance(statement, ast.Import)
        else ast.ImportFrom(statement.module, list(staying), statement.level)
    )
    return Edit(home.cell.index, home.start(statement), home.end(statement), ast.unparse(bare))


def _without(home: CodeCell, statement: ast.stmt) -> Edit:
    """Take out a statement, with its line where it stands alone on it."""
    source = home.cell.source
    start, end = home.start(statement), home.end(statement)
    line = max(source.rfind("\n", 0, start), source.rfind("\r", 0, start)) + 1
    alone = not source[line:start].strip()
    behind = len(source[end:]) - len(source[end:].lstrip(" \t"))
    rest = source[end + behind :]
    if not alone or rest[:1] not in ("", "\n", "\r"):
        # Something else stands on its line: a statement that says nothing keeps the place.
        return Edit(home.cell.index, start, end, "pass")
    line_end = 2 if rest.startswith("\r\n") else min(1, len(rest))
    if not rest and line:
        # The last line takes the line end before it along.
        return Edit(home.cell.index, line - (2 if source[:line].endswith("\r\n") else 1), end, "")
    return Edit(home.cell.index, line, end + behind + line_end, "")
