"""The obligation *observations*: whether the notebook can tell a definition from its target."""

from __future__ import annotations

from nbrefactor.program.timeline import InlineDefinition
from nbrefactor.verdict.context import Candidate, Context
from nbrefactor.verdict.obligation import Answer, Clause
from nbrefactor.verdict.observed import Question, helpers, observed
from nbrefactor.verdict.uses import Pairing


def observing(
    definition: InlineDefinition, candidate: Candidate, context: Context, pair: Pairing
) -> Answer:
    """Answer whether anybody can tell a definition from its target.

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
        It fails where the object itself is looked at, shown, stored, changed or compared, and where
        it computes or keeps something when it is defined.
    """
    question = Question(
        definition,
        candidate.target,
        context.notebook,
        context.uses(definition),
        candidate.worlds,
        context.sight(),
        pair.same_program,
        pair.same_calls and not pair.given,
        context.namesakes[definition.name],
    )
    told = (Clause(reason) for reason in observed(question))
    return Answer((*told, *helpers(question)))
