"""The obligation *place*: where a definition stands, an import can stand and mean the same."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from types import NoneType

from nbrefactor.model.reason import Reason
from nbrefactor.program.timeline import InlineDefinition
from nbrefactor.verdict.context import Candidate, Context
from nbrefactor.verdict.obligation import Answer, fails


def place(definition: InlineDefinition, context: Context, candidate: Candidate) -> Answer:
    """Answer whether a definition stands where an import does the same.

    Parameters
    ----------
    definition : InlineDefinition
        The inline definition.
    context : Context
        The notebook.
    candidate : Candidate
        The target.

    Returns
    -------
    Answer
        It fails in timed cells, in loops, around magics, and where each run of the definition
        makes something new.
    """
    reasons: list[Reason] = []
    home, node = definition.home, definition.node
    if not home.code.leaks:
        reasons.append(Reason("timed-cell"))
    if definition.inside in ("for", "while", "match"):
        reasons.append(Reason("inside", here=definition.inside))
    if definition.inside == "except" and not _same_name(definition, candidate):
        reasons.append(Reason("fallback"))
    if any(definition.start <= magic.start < definition.end for magic in home.code.magics):
        reasons.append(Reason("magic-inside", cells=(home.cell.index + 1,)))
    if context.namesakes[definition.name] > 1:
        if isinstance(node, ast.ClassDef):
            reasons.append(Reason("class-again"))
        elif node.decorator_list:
            reasons.append(Reason("decorated-again"))
        elif any(
            not isinstance(default, (ast.Constant, ast.Name, ast.Tuple, ast.UnaryOp, NoneType))
            for default in (*node.args.defaults, *node.args.kw_defaults)
        ):
            reasons.append(Reason("default-again"))
    reasons.extend(_bound_late(definition, context))
    return fails(*reasons)


def _bound_late(definition: InlineDefinition, context: Context) -> Iterator[Reason]:
    """Find names that are bound only after the first call, which fails today for want of them."""
    calls = [
        (use.home.cell.index, use.node.lineno)
        for use in context.uses(definition)
        if use.call is not None and not use.deferred
    ]
    form = context.forms.form(definition.node)
    for name in form.outside if calls and form is not None else ():
        places = [one.place for one in context.notebook.rebindings.get(name, ())]
        if places and min(places) > min(calls):
            yield Reason("captures-late", name, (min(places)[0] + 1,))


def _same_name(definition: InlineDefinition, candidate: Candidate) -> bool:
    """Tell whether a fallback's import brings in what the definition would have bound."""
    return definition.name == candidate.target.name
