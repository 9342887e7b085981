"""One replacement that might be made, with all that speaks for and against it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from nbrefactor.library.target import Target, TargetModule
from nbrefactor.model.outcome import Level
from nbrefactor.model.reason import Reason
from nbrefactor.program.timeline import InlineDefinition
from nbrefactor.verdict.match import CallEdit
from nbrefactor.verdict.obligation import Answer, Clause

WILL = "will"
"""The obligation that answers what the user asked for: levels, rules, opt-outs."""


@dataclass(frozen=True, slots=True, eq=False)
class Proposal:
    """A definition and a target that may take its place.

    Parameters
    ----------
    definition : InlineDefinition
        The inline definition.
    module : TargetModule
        The module of the target.
    target : Target
        The target.
    level : Level
        The level that it has if every obligation holds.
    answers : mapping of str to Answer
        What each obligation says, by its name, what matters most first.
    notes : tuple of Reason
        What is known of the pair besides.
    similarity : float
        Share of the code in common, 0 to 1.
    difference : str
        Diff of the two definitions.
    """

    definition: InlineDefinition
    module: TargetModule
    target: Target
    level: Level
    answers: Mapping[str, Answer]
    notes: tuple[Reason, ...] = ()
    similarity: float = 1.0
    difference: str = field(default="", repr=False)

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """All that speaks against it."""
        return tuple(clause for answer in self.answers.values() for clause in answer.clauses)

    @property
    def calls(self) -> tuple[CallEdit, ...]:
        """The calls that change with it."""
        return tuple(call for answer in self.answers.values() for call in answer.calls)
