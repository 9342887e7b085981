"""What has to hold for a call to take a block's place: each obligation answers with reasons."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from nbrefactor.effects.summary import Summaries
from nbrefactor.fold.values import Argument, Round, Unified
from nbrefactor.model.reason import Reason
from nbrefactor.program.timeline import CodeCell, Timeline, Use
from nbrefactor.python.scopes import bound_names, references

# What an argument may do where it is moved below other statements of the plot, and what these may
# do: changing something is looked at more closely.
_MAY_STAND_BETWEEN = frozenset({"prints", "random", "changes"})


@dataclass(frozen=True, slots=True, eq=False)
class Fold:
    """A block, the call that draws it, and which statements go.

    Parameters
    ----------
    unified : Unified
        Block and call.
    whole : bool
        Whether the statement that begins the figure or panel goes too.
    gone : tuple of ast.stmt
        The statements whose place the call takes; it stands where the last of them stood.
    kept : tuple of ast.stmt
        The statements of the block that stay.
    """

    unified: Unified
    whole: bool
    gone: tuple[ast.stmt, ...]
    kept: tuple[ast.stmt, ...]


def fold_of(unified: Unified, *, whole: bool) -> Fold:
    """Tell which statements of a block go for a call.

    Parameters
    ----------
    unified : Unified
        Block and call.
    whole : bool
        Whether the call makes the figure.
    """
    block = unified.block
    stays = {
        element.statement
        for element in block.elements
        if element not in unified.used
        and (
            element.ends
            or (element.kind in ("figure", "panel") and not _is_panel(element.statement))
        )
    }
    gone = tuple(one for one in block.drawing if one not in stays)
    return Fold(unified, whole, gone, tuple(one for one in block.statements if one not in gone))


def _is_panel(statement: ast.stmt | None) -> bool:
    """Tell whether a statement only chooses a panel, and gives nobody a name for it."""
    return isinstance(statement, ast.Expr) and not ast.unparse(statement).partition("(")[
        0
    ].endswith("figure")


@dataclass(frozen=True, slots=True)
class Conditions:
    """Asks the obligations of folds in one notebook.

    Parameters
    ----------
    notebook : Timeline
        The notebook.
    summaries : Summaries
        What its code does besides computing.
    """

    notebook: Timeline
    summaries: Summaries

    def reasons(self, fold: Fold) -> tuple[Reason, ...]:
        """Say why a call cannot take the place of a block; empty where it can."""
        found = [
            *self._names(fold),
            *self._arguments(fold),
            *self._dropped(fold),
            *self._between(fold),
            *self._changed(fold),
            *_lines(fold),
        ]
        return tuple(dict.fromkeys(found))

    def _names(self, fold: Fold) -> Iterator[Reason]:
        """See that nobody reads what the statements that go would have bound."""
        home = fold.unified.block.home
        # Contexts such as Load are one object for the whole tree.
        gone: set[ast.AST] = {
            node
            for statement in fold.gone
            for node in ast.walk(statement)
            if isinstance(node, (ast.stmt, ast.expr))
        }
        bound = {ref.name for ref in references(fold.gone) if ref.context != "read"}
        for name in sorted(bound):
            readers: set[int] = set()
            for place in self.notebook.rebindings.get(name, ()):
                if place.home is home and place.node in gone:
                    readers |= {
                        use.home.cell.index + 1
                        for use in self.notebook.reached_by(place)
                        if use.node not in gone and not _is_bound_before(use, gone)
                    }
            mention = self.notebook.mention(name)
            if mention is not None:
                readers.add(mention.cell + 1)
            if readers:
                yield Reason("fold-name-read", name, tuple(sorted(readers)))
        if bound and self.notebook.hidden:
            yield Reason("fold-name-unclear", self.notebook.hidden[0].what)

    def _arguments(self, fold: Fold) -> Iterator[Reason]:
        """See that moving an argument to the call moves nothing but a value."""
        for argument in fold.unified.arguments.values():
            if argument.statement is None:
                continue
            effects = self.summaries.cell([_alone(argument.node)], {}).effects
            for effect in sorted(effects, key=str):
                if effect.kind != "changes":
                    told = " ".join(filter(None, (effect.kind, effect.subject)))
                    yield Reason("fold-argument", ast.unparse(argument.node), here=told)

    def _dropped(self, fold: Fold) -> Iterator[Reason]:
        """See that what nobody evaluates any more did nothing but give a value."""
        kept = {id(argument.node) for argument in fold.unified.arguments.values()}
        for element in fold.unified.block.elements:
            if element.statement not in fold.gone:
                continue
            scoped = [p.iterable if isinstance(p, Round) else p.test for p in element.scope]
            given = (*element.data.values(), *element.words.values(), *element.style.values())
            for node in (*given, *scoped):
                if id(node) in kept:
                    continue
                for effect in sorted(self.summaries.cell([_alone(node)], {}).effects, key=str):
                    told = " ".join(filter(None, (effect.kind, effect.subject)))
                    yield Reason("fold-argument", ast.unparse(node), here=told)

    def _between(self, fold: Fold) -> Iterator[Reason]:
        """See that the statements that stay do nothing that drawing could see or be seen by."""
        drawing = set(fold.unified.block.drawing)
        for statement in fold.kept:
            if statement in drawing:
                continue
            if isinstance(statement, (ast.FunctionDef, ast.Pass)):
                continue
            effects = self.summaries.cell([statement], {}).effects
            if any(one.kind not in _MAY_STAND_BETWEEN for one in effects):
                yield Reason("fold-between", ast.unparse(statement).partition("\n")[0])

    def _changed(self, fold: Fold) -> Iterator[Reason]:
        """See that an argument has at the call the value that it had where it stands."""
        block = fold.unified.block
        for argument in fold.unified.arguments.values():
            if argument.statement is None:
                continue
            own = {ref.name for ref in references([argument.node]) if ref.context == "read"}
            for name in sorted(self._touched(fold, argument) & own):
                yield Reason("fold-argument-changes", name)
            later = [s for s in fold.kept if s.lineno > argument.statement.lineno]
            later = [s for s in later if s in block.statements and s not in block.drawing]
            if own and any(
                effect.kind == "changes" for effect in self.summaries.cell(later, {}).effects
            ):
                yield Reason("fold-argument-changes", ", ".join(sorted(own)))

    def _touched(self, fold: Fold, argument: Argument) -> set[str]:
        """Give what the block binds at or after an argument, and all that is bound no more."""
        assert argument.statement is not None
        found: set[str] = set()
        for statement in fold.unified.block.statements:
            bound = {ref.name for ref in references([statement]) if ref.context != "read"}
            if statement in fold.gone or statement.lineno >= argument.statement.lineno:
                found |= bound
        return found


def _is_bound_before(use: Use, gone: set[ast.AST]) -> bool:
    """Tell whether a name is bound on the straight way to where it is read, with no block between.

    Parameters
    ----------
    use : Use
        Where it is read.
    gone : set of ast.AST
        The nodes of the block.
    """
    inside: ast.AST = use.node
    for around in use.home.ancestors(use.node):
        if isinstance(around, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            return False
        for part in ("body", "orelse", "finalbody"):
            suite = getattr(around, part, None)
            if not isinstance(suite, list) or inside not in suite:
                continue
            for statement in reversed(suite[: suite.index(inside)]):
                if any(node in gone for node in ast.walk(statement)):
                    return False
                if isinstance(statement, (ast.Assign, ast.For)) and _binds(statement, use.name):
                    return isinstance(statement, ast.Assign)
            is_loop = isinstance(around, ast.For) and part == "body"
            if is_loop and use.name in bound_names([around.target]):  # type: ignore[attr-defined]
                return not any(node in gone for node in ast.walk(around))
        inside = around
    return False


def _binds(statement: ast.stmt, name: str) -> bool:
    return any(ref.name == name and ref.context == "bind" for ref in references([statement]))


def _alone(node: ast.expr) -> ast.stmt:
    return ast.copy_location(ast.Expr(node), node) if hasattr(node, "lineno") else ast.Expr(node)


def _lines(fold: Fold) -> Iterator[Reason]:
    """See that the statements that go have lines of their own."""
    home, gone = fold.unified.block.home, fold.gone
    rows: dict[int, int] = {}
    for statement in fold.unified.block.suite:
        for row in range(statement.lineno, (statement.end_lineno or statement.lineno) + 1):
            rows[row] = rows.get(row, 0) + 1
    for statement in gone:
        around = (home.cell.source[line_start(home, statement) : home.start(statement)]).strip()
        lines = range(statement.lineno, (statement.end_lineno or statement.lineno) + 1)
        if around or any(rows[row] > 1 for row in lines) or not is_plain(home, statement):
            yield Reason("fold-one-line")
            return
    start, end = home.start(gone[0]), home.end(gone[-1])
    for magic in home.code.magics:
        if start <= magic.start < end:
            yield Reason("fold-between", magic.text)


def line_start(home: CodeCell, statement: ast.stmt) -> int:
    """Give where the line begins on which a statement does."""
    return home.cell.source.rfind("\n", 0, home.start(statement)) + 1


def is_plain(home: CodeCell, statement: ast.stmt) -> bool:
    """Tell whether a cell's text of a statement is that statement: no prompts between its lines."""
    text = home.cell.source[home.start(statement) : home.end(statement)]
    try:
        parsed = ast.parse(text)
    except SyntaxError:
        return False
    return ast.dump(parsed) == ast.dump(ast.Module([statement], []))
