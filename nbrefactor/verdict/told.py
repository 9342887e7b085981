"""What a bundled plot has to be told by a keyword, so that it draws what the inline body draws."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from nbrefactor.model.reason import Reason
from nbrefactor.program.timeline import InlineDefinition
from nbrefactor.python.signature import Keyword
from nbrefactor.verdict.context import Candidate, Context

_BARS = frozenset({"bars"})
_RUNNING = frozenset({"line"})


@dataclass(frozen=True, slots=True)
class Told:
    """Keywords that every call has to pass, and what cannot be told."""

    keywords: tuple[Keyword, ...] = ()
    refusals: tuple[Reason, ...] = ()


def told_by_keyword(definition: InlineDefinition, candidate: Candidate, context: Context) -> Told:
    """Find what calls have to say for a history's counts to be drawn as they are today.

    Parameters
    ----------
    definition : InlineDefinition
        The inline definition.
    candidate : Candidate
        The target.
    context : Context
        The notebook.

    Returns
    -------
    Told
        The keyword where the body draws all such counts as lines or steps, a refusal where it draws
        them in both ways or it cannot be seen how.
    """
    contract = candidate.contract
    summary = context.summaries.of(definition.node)
    if contract is None or summary is None or not contract.running:
        return Told()
    used = {
        node.value
        for node in ast.walk(definition.node)
        if isinstance(node, ast.Constant) and node.value in contract.running
    }
    ways: dict[str, set[str]] = {key: set() for key in used}
    for event in summary.events:
        if event.kind != "draws":
            continue
        # What is drawn stands in the call's positional arguments; a label is only a word.
        for argument in event.call.args:
            for node in ast.walk(argument):
                if isinstance(node, ast.Constant) and node.value in ways:
                    ways[node.value].add(event.draws)
    drawn = set().union(*ways.values()) if ways else set()
    if not used or (drawn <= _BARS and all(ways.values())):
        return Told()
    if drawn <= _RUNNING and all(ways.values()):
        return Told((Keyword(contract.running_keyword, "True"),))
    return Told(refusals=(Reason("counts-unclear", ", ".join(sorted(map(str, used)))),))
