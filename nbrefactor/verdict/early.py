"""What happens when a definition runs, and what happens instead when its import does."""

from __future__ import annotations

import ast

from nbrefactor.effects.effects import stored_instances
from nbrefactor.effects.evaluation import computed_when_defined, renewed_state
from nbrefactor.model.reason import Reason
from nbrefactor.program.timeline import InlineDefinition
from nbrefactor.verdict.context import Candidate, Context
from nbrefactor.verdict.obligation import Answer, fails


def early(definition: InlineDefinition, candidate: Candidate, context: Context) -> Answer:
    """Answer whether an import does what running the definition does.

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
    Answer
        It fails where the definition computes, renews or stores something.
    """
    node = definition.node
    reasons = [Reason("renewed", name) for name in renewed_state(node)]
    if isinstance(node, ast.ClassDef) and (why := stored_instances(context.notebook)):
        reasons.append(Reason("stored", here=why))
    reasons.extend(
        Reason("computed-early", here=text)
        for text in computed_when_defined(node, candidate.worlds.notebook.names)
    )
    return fails(*reasons)
