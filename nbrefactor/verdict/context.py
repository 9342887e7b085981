"""What every obligation may look at: the notebook, the target, and how the two are compared."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from nbrefactor.effects import known
from nbrefactor.effects.known import Contract
from nbrefactor.effects.summary import Summaries
from nbrefactor.effects.values import Event
from nbrefactor.library.target import Target, TargetModule
from nbrefactor.model.outcome import Level
from nbrefactor.model.reason import Reason
from nbrefactor.program.timeline import CodeCell, InlineDefinition, Rebinding, Timeline, Use
from nbrefactor.python.forms import Forms
from nbrefactor.python.scopes import DefinitionNode
from nbrefactor.verdict.importing import Arrival
from nbrefactor.verdict.names import Worlds
from nbrefactor.verdict.observed_sight import Sight

Will = Callable[[InlineDefinition, Level, str], tuple[Reason, ...]]
"""What the user wants of a definition, given its level and the target's module."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A target with what a comparison needs to know of it.

    Parameters
    ----------
    module : TargetModule
        The module that the notebook would import from.
    target : Target
        The function or class.
    find_worlds : callable
        Gives the names of the notebook and of the target's file; they are read when first asked.
    summaries : Summaries
        What the functions of the target's file do.
    arrival : Arrival
        What imports from the module do where they would stand.
    made_of_copies : bool
        Whether the module was made of the notebooks' own copies.
    """

    module: TargetModule
    target: Target
    find_worlds: Callable[[], Worlds]
    summaries: Summaries
    arrival: Arrival
    made_of_copies: bool = False

    @property
    def worlds(self) -> Worlds:
        """The names of the notebook and of the target's file."""
        return self.find_worlds()

    @property
    def contract(self) -> Contract | None:
        """What the tables say of a bundled plot; None for every other target."""
        return known.contract(f"{self.module.name}.{self.target.name}")


@dataclass(frozen=True, slots=True)
class ImportedCall:
    """A call of something that the notebook has imported, and where that comes from."""

    home: CodeCell
    node: ast.Call
    origin: str


@dataclass(frozen=True, eq=False)
class Context:
    """The notebook, and what is asked of all its definitions alike.

    Parameters
    ----------
    notebook : Timeline
        The notebook's code.
    forms : Forms
        Comparable forms of definitions, each made once.
    summaries : Summaries
        What the notebook's functions do.
    sight : callable
        Gives what the notebook does with its definitions; it is looked through when first asked.
    will : callable
        What the user wants.
    forced : frozenset of str
        Names that the user has looked at and wants replaced.
    brief : bool
        Whether nobody asks what else speaks against a replacement that nothing can help.
    """

    notebook: Timeline
    forms: Forms
    summaries: Summaries
    sight: Callable[[], Sight]
    will: Will
    forced: frozenset[str] = field(default_factory=frozenset)
    brief: bool = False
    _events: dict[CodeCell, tuple[Event, ...]] = field(default_factory=dict)
    _uses: dict[InlineDefinition, tuple[Use, ...]] = field(default_factory=dict)
    _calls: list[tuple[ImportedCall, ...]] = field(default_factory=list)

    @cached_property
    def inline(self) -> frozenset[DefinitionNode]:
        """The definitions of the notebook."""
        return frozenset(one.node for one in self.notebook.definitions)

    @cached_property
    def namesakes(self) -> Mapping[str, int]:
        """How many definitions the notebook has of each name."""
        return Counter(one.name for one in self.notebook.definitions)

    def uses(self, definition: InlineDefinition) -> tuple[Use, ...]:
        """Give the places that read a definition's name and may see it."""
        if definition not in self._uses:
            place = Rebinding(definition.name, definition.node, definition.home, deletes=False)
            self._uses[definition] = self.notebook.reached_by(place)
        return self._uses[definition]

    def cell_events(self, home: CodeCell) -> tuple[Event, ...]:
        """Give what a cell does to figures, in order, through the functions that it calls."""
        if home not in self._events:
            self._events[home] = self.summaries.cell(home.tree.body, {}).events
        return self._events[home]

    def calls(self) -> tuple[ImportedCall, ...]:
        """Give every call of the notebook whose function is imported; they are read once."""
        if not self._calls:
            self._calls.append(tuple(self._all_calls()))
        return self._calls[0]

    def _all_calls(self) -> Iterator[ImportedCall]:
        for home in self.notebook.cells:
            for node in ast.walk(home.tree):
                if isinstance(node, ast.Call) and (origin := self.origin(node.func)):
                    yield ImportedCall(home, node, origin)

    def origin(self, node: ast.expr) -> str:
        """Give where a name, attribute or called thing comes from; empty where it is not known."""
        called = node.func if isinstance(node, ast.Call) else node
        return self.summaries.origin(called)
