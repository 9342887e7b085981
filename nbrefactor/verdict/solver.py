"""The one solver: the largest set of replacements whose conditions are met."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property

from nbrefactor.program.timeline import InlineDefinition
from nbrefactor.verdict.obligation import Clause
from nbrefactor.verdict.proposal import Proposal


@dataclass(frozen=True)
class Solution:
    """What is replaced.

    Parameters
    ----------
    chosen : mapping of InlineDefinition to Proposal
        The replacements that are made.
    """

    chosen: Mapping[InlineDefinition, Proposal]

    def unmet(self, proposal: Proposal) -> tuple[Clause, ...]:
        """List what speaks against a proposal, given the replacements that are made."""
        return tuple(clause for clause in proposal.clauses if not _is_met(clause, self._targets))

    @cached_property
    def leaving(self) -> Set[ast.AST]:
        """The definitions that are replaced."""
        return self._targets.keys()

    @cached_property
    def _targets(self) -> Mapping[ast.AST, ast.AST]:
        return {one.definition.node: one.target.node for one in self.chosen.values()}


def solve(proposals: Mapping[InlineDefinition, Sequence[Proposal]]) -> Solution:
    """Choose for each definition the first proposal that can be made together with the others.

    Parameters
    ----------
    proposals : mapping of InlineDefinition to sequence of Proposal
        What might replace each definition, the best first.

    Returns
    -------
    Solution
        Everything is taken as made until something speaks against it. A definition moves on to
        its next proposal when one falls, and never back, so this ends; and because clauses are
        only ever met by more replacements, what is left is the largest set.
    """
    waiting = {definition: list(listed) for definition, listed in proposals.items()}
    for listed in waiting.values():
        # What nothing can help falls at once.
        listed[:] = [one for one in listed if all(clause.unless for clause in one.clauses)]
    while True:
        chosen = {definition: listed[0] for definition, listed in waiting.items() if listed}
        solution = Solution(chosen)
        fallen = [definition for definition, one in chosen.items() if solution.unmet(one)]
        if not fallen:
            return solution
        for definition in fallen:
            del waiting[definition][0]


def _is_met(clause: Clause, targets: Mapping[ast.AST, ast.AST]) -> bool:
    return any(
        all(one.inline in targets and one.target in (None, targets[one.inline]) for one in together)
        for together in clause.unless
    )
