"""All folds of a notebook: blocks found, matched with the targets, and judged."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from nbrefactor.effects.summary import Summaries
from nbrefactor.fold.blocks import find_blocks
from nbrefactor.fold.conditions import Conditions, Fold, fold_of
from nbrefactor.fold.matching import Miss, unify
from nbrefactor.fold.normal import Origin
from nbrefactor.fold.patterns import find_patterns
from nbrefactor.fold.values import Block, Pattern, Unified
from nbrefactor.fold.writing import Called, import_place, is_meant, ways_to_call
from nbrefactor.library.target import TargetModule
from nbrefactor.model.outcome import FoldLevel
from nbrefactor.model.reason import Reason
from nbrefactor.program.timeline import CodeCell, Timeline
from nbrefactor.python.environment import environment
from nbrefactor.python.meanings import Imported
from nbrefactor.rewrite.shown import shows_everything
from nbrefactor.verdict.importing import Arrival
from nbrefactor.verdict.match import Accepted

_PYPLOT = {"plt": Imported("matplotlib.pyplot")}


@dataclass(frozen=True, slots=True, eq=False)
class Folding:
    """What becomes of a block.

    Parameters
    ----------
    block : Block
        The block.
    fold : Fold or None
        The call that draws it; None where no target does.
    accepted : Accepted or None
        The module of the target.
    reasons : tuple of Reason
        Why the call cannot take its place; empty where it can.
    hides : bool
        Whether the call's result has to be kept from being shown.
    called : Called or None
        How the notebook calls the target; None where no name is free for it.
    differences : tuple of str
        In which looks the plots differ.
    """

    block: Block
    fold: Fold | None = None
    accepted: Accepted | None = None
    reasons: tuple[Reason, ...] = ()
    hides: bool = False
    called: Called | None = None
    differences: tuple[str, ...] = ()

    @property
    def level(self) -> FoldLevel:
        """How well block and call agree."""
        return "restyled" if self.differences else "exact"


@dataclass(frozen=True, slots=True)
class Drawings:
    """What the functions of the target modules draw, read once, however many notebooks there are.

    Parameters
    ----------
    modules : sequence of Accepted
        The target modules.
    """

    modules: Sequence[Accepted]

    def of(self, at: int) -> tuple[tuple[Pattern, Origin], ...]:
        """Give the patterns of one module, each with what its names mean."""
        offer = self.modules[at].offer
        if "patterns" not in offer.drawn:
            offer.drawn["patterns"] = tuple(_with_origins(offer.module))
        return offer.drawn["patterns"]


def _with_origins(module: TargetModule) -> Iterator[tuple[Pattern, Origin]]:
    origins: dict[str, Origin] = {}
    for pattern in find_patterns(module):
        target = module.targets[pattern.name]
        source = target.module
        if source.name not in origins:
            names = {**_PYPLOT, **environment(source.tree, source.package, main=False)}
            origins[source.name] = _remembered(Summaries(names))
        yield pattern, origins[source.name]


def find_folds(notebook: Timeline, drawings: Drawings) -> tuple[Folding, ...]:
    """Find the blocks of a notebook and the calls that draw them.

    Parameters
    ----------
    notebook : Timeline
        The notebook's code.
    drawings : Drawings
        What the targets draw.

    Returns
    -------
    tuple of Folding
        One for each block, in the notebook's order; none of those that can be folded overlap.
    """
    if not _names_pyplot(notebook):
        return ()
    summaries = Summaries(notebook.environment)
    folder = _Folder(notebook, drawings, summaries, _remembered(summaries))
    found = [folder.folding(block) for home in notebook.cells for block in folder.blocks(home)]
    return tuple(sorted(found, key=_place))


def _place(folding: Folding) -> tuple[int, int]:
    return folding.block.home.cell.index, folding.block.suite[folding.block.start].lineno


def _names_pyplot(notebook: Timeline) -> bool:
    return any(
        isinstance(meaning, Imported) and meaning.dotted.startswith("matplotlib")
        for meaning in notebook.environment.values()
    )


def _remembered(summaries: Summaries) -> Origin:
    """Give what names and dotted names mean, each looked up once."""
    known: dict[str, str] = {}

    def origin(node: ast.expr) -> str:
        text = _dotted(node)
        if text is None:
            return ""
        if text not in known:
            known[text] = summaries.origin(node)
        return known[text]

    return origin


def _dotted(node: ast.expr) -> str | None:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = _dotted(node.value)
        return None if before is None else f"{before}.{node.attr}"
    return None


@dataclass(slots=True)
class _Folder:
    notebook: Timeline
    drawings: Drawings
    summaries: Summaries
    origin: Origin
    _arrivals: dict[int, Arrival] = field(default_factory=dict)

    def blocks(self, home: CodeCell) -> Iterator[Block]:
        """Find the blocks of a cell, where its names are clear."""
        return find_blocks(home, self.origin)

    def folding(self, block: Block) -> Folding:
        """Find the call that draws a block, and ask what has to hold for it."""
        if block.reasons:
            return Folding(block, reasons=block.reasons)
        found: list[tuple[Unified, int, bool]] = []
        misses: list[Miss] = []
        for at in range(len(self.drawings.modules)):
            for pattern, there in self.drawings.of(at):
                match = self._match(pattern, block, there)
                if isinstance(match, Miss):
                    misses.append(match)
                else:
                    found.append((match, at, pattern.makes_figure))
        if not found:
            # Where not even an artist agrees, no target is near.
            near = [miss for miss in misses if miss.matched > 0]
            nearest = max(near, key=lambda miss: miss.matched, default=None)
            return Folding(block, reasons=() if nearest is None else (nearest.reason,))
        return self._judged(block, sorted(found, key=_rank))

    def _match(self, pattern: Pattern, block: Block, there: Origin) -> Unified | Miss:
        if pattern.makes_figure and not _begins_figure(block):
            return Miss(Reason("fold-draws-less", "figure", there=pattern.name), -1)
        if not pattern.makes_figure and not pattern.axes and block.axes:
            return Miss(Reason("fold-several-axes"), -1)
        return unify(pattern, block, self.origin, there, whole=pattern.makes_figure)

    def _judged(self, block: Block, found: list[tuple[Unified, int, bool]]) -> Folding:
        """Take the best call that may stand there."""
        first: Folding | None = None
        for unified, at, whole in found:
            other = next(
                (u for u, _, _ in found if u.pattern.dotted != unified.pattern.dotted), None
            )
            fold = fold_of(unified, whole=whole)
            reasons = self._reasons(fold, at)
            if other is not None and (unified.differences or not other.differences):
                names = (unified.pattern.name, other.pattern.name)
                reasons = (*reasons, Reason("fold-ambiguous", here=names[0], there=names[1]))
            hides, loses = self._display(fold)
            lost = ("the value of the last line is shown no more",) if loses else ()
            folding = Folding(
                block,
                fold,
                self.drawings.modules[at],
                reasons,
                hides,
                self._called(unified.pattern),
                (*unified.differences, *lost),
            )
            if not reasons:
                return folding
            first = first or folding
        assert first is not None
        return first

    def _reasons(self, fold: Fold, at: int) -> tuple[Reason, ...]:
        notebook, pattern = self.notebook, fold.unified.pattern
        reasons = list(Conditions(notebook, self.summaries).reasons(fold))
        if fold.whole:
            between = [s for s in fold.kept if s not in fold.unified.block.drawing]
            reasons += [
                Reason("fold-between", ast.unparse(s).partition("\n")[0])
                for s in between
                if self._touches(s, fold)
            ]
        if shows_everything(notebook):
            reasons.append(Reason("fold-shown"))
        if (writer := notebook.hidden_writer) is not None:
            reasons.append(Reason("fold-name-unclear", writer.what))
        if self._called(pattern) is None:
            cells = self.notebook.cells_that_bind(pattern.name)
            reasons.append(Reason("fold-name-taken", pattern.name, cells))
        if at not in self._arrivals:
            self._arrivals[at] = Arrival(notebook, self.drawings.modules[at].offer)
        place = (fold.unified.block.home.cell.index, import_place(fold).lineno)
        return tuple(dict.fromkeys([*reasons, *self._arrivals[at].reasons_at(place)]))

    def _touches(self, statement: ast.stmt, fold: Fold) -> bool:
        """Tell whether a statement that stays needs the figure that the call is to make."""
        handles = fold.unified.block.handles
        return any(
            (isinstance(node, ast.Name) and node.id in handles)
            or (
                isinstance(node, (ast.Name, ast.Attribute))
                and self.origin(node).startswith("matplotlib")
            )
            for node in ast.walk(statement)
        )

    def _called(self, pattern: Pattern) -> Called | None:
        """Choose how to call the target: by a name that is free, or that it has already."""
        return next((c for c in ways_to_call(pattern) if self._is_free(c)), None)

    def _is_free(self, called: Called) -> bool:
        if is_meant(self.notebook, called):
            return True
        name = called.name
        mentioned = any(name in mention.words for mention in self.notebook.mentions)
        used = name in self.notebook.uses or name in self.notebook.rebindings
        return not (mentioned or used or hasattr(builtins, name))

    def _display(self, fold: Fold) -> tuple[bool, bool]:
        """Tell whether the cell would show the call's result, and whether it showed a value."""
        home, last = fold.unified.block.home, fold.gone[-1]
        if not home.tree.body or home.tree.body[-1] is not last:
            return False, False
        silent = all(e.ends for e in fold.unified.block.elements if e.statement is last)
        loses = isinstance(last, ast.Expr) and not silent and not home.is_silenced(last)
        return fold.unified.pattern.returns, loses


def _begins_figure(block: Block) -> bool:
    first = block.elements[0]
    return (
        first.kind == "figure"
        and not any(name in first.data for name in ("nrows", "ncols"))
        and not any(element.kind == "panel" for element in block.elements)
    )


def _rank(found: tuple[Unified, int, bool]) -> tuple[bool, bool, int, int, int]:
    unified, at, whole = found
    return (
        bool(unified.differences),
        not whole,
        len(unified.differences),
        len(unified.arguments),
        at,
    )
