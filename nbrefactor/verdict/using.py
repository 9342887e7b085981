"""The obligation *uses*: calls bind, results are used."""

from __future__ import annotations

import ast

from nbrefactor.effects.figures import Ending, drawing
from nbrefactor.model.reason import Reason
from nbrefactor.program.timeline import InlineDefinition
from nbrefactor.python.signature import interchangeable, names_differ, signature
from nbrefactor.verdict.called import surroundings
from nbrefactor.verdict.context import Candidate, Context
from nbrefactor.verdict.match import CallEdit
from nbrefactor.verdict.obligation import Answer, Clause, Replacement
from nbrefactor.verdict.uses import Pairing, judge_use


def using(
    definition: InlineDefinition, candidate: Candidate, context: Context, pair: Pairing
) -> Answer:
    """Answer whether every use of a definition's name would mean the same.

    Parameters
    ----------
    definition : InlineDefinition
        The inline definition.
    candidate : Candidate
        The target.
    context : Context
        The notebook.
    pair : Pairing
        What is called today, and what would be called.

    Returns
    -------
    Answer
        With the calls that change. A use inside of a definition that goes too vanishes with it.
    """
    clauses: list[Clause] = []
    calls: list[CallEdit] = []
    notes: list[Reason] = []
    if not _calls_alike(pair) and (mention := context.notebook.mention(definition.name)):
        clauses.append(Clause(Reason("named-by-text", definition.name, here=mention.what)))
    if not _calls_alike(pair) and context.notebook.hidden:
        found = context.notebook.hidden[0]
        clauses.append(Clause(Reason("named-by-text", definition.name, here=f"maybe {found}")))
    ending = None if pair.same_program else figure_ending(definition, context)
    for use in context.uses(definition):
        edit, refusals = judge_use(use, pair)
        around = (node for node in use.home.ancestors(use.node) if node in context.inline)
        # A use goes with the definitions that it stands in.
        unless = tuple(frozenset({Replacement(node)}) for node in around)
        clauses.extend(Clause(reason, unless) for reason in refusals)
        if use.call is not None and not pair.same_program:
            beside = surroundings(use, definition, candidate, context, ending)
            clauses.extend(Clause(reason, unless) for reason in beside.refusals)
            notes.extend(beside.notes)
        if edit is not None:
            calls.append(edit)
    return Answer(tuple(clauses), tuple(calls), tuple(dict.fromkeys(notes)))


def _calls_alike(pair: Pairing) -> bool:
    """Tell whether a call that nobody sees binds to the target as it does today."""
    if pair.same_calls:
        return True
    if isinstance(pair.inline, ast.ClassDef) or isinstance(pair.target, ast.ClassDef):
        return False
    if pair.given or names_differ(pair.names):
        return False
    return not interchangeable(signature(pair.inline.args), signature(pair.target.args))


def figure_ending(definition: InlineDefinition, context: Context) -> Ending | None:
    """Tell what an inline body leaves of its figure; None where it makes none."""
    summary = context.summaries.of(definition.node)
    return None if summary is None else drawing(summary.events).ending
