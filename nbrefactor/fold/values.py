"""The frozen values of a fold: what is drawn, by which statements, and the call that draws it."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field

from nbrefactor.model.outcome import FoldLevel
from nbrefactor.model.reason import Reason
from nbrefactor.program.timeline import CodeCell


@dataclass(frozen=True, slots=True, eq=False)
class Round:
    """A loop around a drawing call: ``for target in iterable``."""

    target: ast.expr
    iterable: ast.expr


@dataclass(frozen=True, slots=True, eq=False)
class Guard:
    """A condition around a drawing call."""

    test: ast.expr


Scope = tuple[Round | Guard, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Element:
    """One thing that is drawn or set.

    Parameters
    ----------
    kind : str
        What it is, by the table of calls: ``image``, ``title``, ``color bar``.
    data, words, style : mapping of str to ast.expr
        Its arguments by name: what decides what is shown, what is written, and the look.
    scope : tuple of Round or Guard
        The loops and conditions around it, the outermost first.
    axes : str
        Which axes it belongs to, as the code says it; empty for the current ones.
    is_set : bool
        Whether the axes have one of it, which the last call sets.
    ends : bool
        Whether it does something with the whole figure, once it is drawn.
    statement : ast.stmt or None
        The statement of the block that draws it; None in a pattern.
    """

    kind: str
    data: Mapping[str, ast.expr]
    words: Mapping[str, ast.expr]
    style: Mapping[str, ast.expr]
    scope: Scope = ()
    axes: str = ""
    is_set: bool = False
    ends: bool = False
    statement: ast.stmt | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Statements of one suite that draw one plot.

    Parameters
    ----------
    home : CodeCell
        The cell.
    suite : list of ast.stmt
        The statements among which it stands.
    start, stop : int
        Positions of its first statement, and behind its last one.
    elements : tuple of Element
        What it draws, in order; the figure or panel that it begins with among them.
    axes : str
        How it names the axes it draws into: empty for the current ones, a name or an index
        (``ax``, ``axes[0]``).
    drawing : tuple of ast.stmt
        Its statements that draw; the others compute.
    handles : frozenset of str
        Names that it binds to figures, axes and artists.
    locals : mapping of str to ast.expr
        Names that it binds once to something computed, and what.
    reasons : tuple of Reason
        Why it cannot be read as a whole.
    """

    home: CodeCell
    suite: list[ast.stmt]
    start: int
    stop: int
    elements: tuple[Element, ...]
    axes: str = ""
    drawing: tuple[ast.stmt, ...] = ()
    handles: frozenset[str] = frozenset()
    locals: Mapping[str, ast.expr] = field(default_factory=dict)
    reasons: tuple[Reason, ...] = ()

    @property
    def statements(self) -> list[ast.stmt]:
        """Its statements, those that stand between drawing calls among them."""
        return self.suite[self.start : self.stop]


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """What a function draws for one way to call it.

    Parameters
    ----------
    module, name : str
        The function.
    elements : tuple of Element
        What it draws, in order, with its parameters as names.
    parameters : tuple of str
        All parameters that a call may give, in order.
    positional : frozenset of str
        Those that may be given by position.
    defaults : mapping of str to ast.expr
        What acts where a parameter is not given.
    chosen : mapping of str to ast.expr
        Parameters that this way fixes to a value.
    given : frozenset of str
        Parameters that this way needs given.
    axes : str
        The parameter that takes the axes, where it draws into given ones.
    makes_figure : bool
        Whether it begins a figure of its own.
    adds : tuple of str
        What it shows besides.
    returns : bool
        Whether it may return anything but None.
    """

    module: str
    name: str
    elements: tuple[Element, ...]
    parameters: tuple[str, ...]
    positional: frozenset[str]
    defaults: Mapping[str, ast.expr]
    chosen: Mapping[str, ast.expr]
    given: frozenset[str]
    axes: str = ""
    makes_figure: bool = False
    adds: tuple[str, ...] = ()
    returns: bool = True

    @property
    def dotted(self) -> str:
        """The function's full name."""
        return f"{self.module}.{self.name}"


@dataclass(frozen=True, slots=True, eq=False)
class Argument:
    """One argument of the call: the expression, from the block or made from pieces of it.

    Parameters
    ----------
    node : ast.expr
        The expression.
    statement : ast.stmt or None
        The statement of the block that evaluates it now; None for what the call itself says.
    """

    node: ast.expr
    statement: ast.stmt | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Unified:
    """A block and a pattern that draw the same.

    Parameters
    ----------
    block, pattern
        The two.
    arguments : mapping of str to Argument
        What the call gives, by parameter.
    used : frozenset of Element
        The block's elements that the call draws.
    differences : tuple of str
        In which words and looks the plots differ; empty where they do not.
    """

    block: Block
    pattern: Pattern
    arguments: Mapping[str, Argument]
    used: frozenset[Element]
    differences: tuple[str, ...]

    @property
    def level(self) -> FoldLevel:
        """How well the two agree."""
        return "restyled" if self.differences else "exact"
