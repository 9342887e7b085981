"""The obligation *values*: what calls pass is what the body reads today."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from nbrefactor.model.reason import Reason
from nbrefactor.program.timeline import InlineDefinition, Rebinding
from nbrefactor.python.generalised import Filled, Instance, instance
from nbrefactor.verdict.context import Candidate, Context
from nbrefactor.verdict.names import OF_THE_MODULE
from nbrefactor.verdict.obligation import Answer, fails


def instance_of(definition: InlineDefinition, candidate: Candidate) -> Instance | None:
    """Find how a definition is its target with parameters filled in; None where it is not.

    Parameters
    ----------
    definition : InlineDefinition
        The inline definition.
    candidate : Candidate
        The target.

    Returns
    -------
    Instance or None
        None for classes, and where it would take more than values.
    """
    node, target = definition.node, candidate.target.node
    if isinstance(node, ast.ClassDef) or isinstance(target, ast.ClassDef):
        return None
    if type(node) is not type(target):
        return None
    try:
        return instance(node, target)
    except RecursionError:
        return None


def passing(definition: InlineDefinition, context: Context, filled: Sequence[Filled]) -> Answer:
    """Answer whether a name has at each call the value that the body reads during it.

    Parameters
    ----------
    definition : InlineDefinition
        The inline definition.
    context : Context
        The notebook.
    filled : sequence of Filled
        What calls pass; literals are the same everywhere.

    Returns
    -------
    Answer
        It fails where something may bind the name between the call and the reading, and where a
        call could want the name before it is bound, although the body would not have read it.
    """
    names = [one for one in filled if one.is_name]
    return fails(*(why for one in names for why in _reasons(one, definition, context)))


def _reasons(one: Filled, definition: InlineDefinition, context: Context) -> Iterator[Reason]:
    name, notebook = one.value, context.notebook
    if name in OF_THE_MODULE:
        yield Reason("own-module", name)
        return
    if writer := notebook.hidden_writer:
        yield Reason("value-by-text", name, here=str(writer))
    bound = notebook.rebindings.get(name, ())
    if any(place.deletes for place in bound):
        yield Reason("value-deleted", name, notebook.cells_that_bind(name))
    if inner := [place for place in bound if _is_in_function(place)]:
        yield Reason("value-bound-inside", name, _cells(inner))
    elif one.late and not (len(bound) == 1 and bound[0].is_sure):
        yield Reason("value-read-late", name, _cells(bound))
    if not one.certain and not _is_bound_before(bound, definition, context):
        yield Reason("value-maybe-unbound", name, _cells(bound))


def _is_bound_before(
    bound: Sequence[Rebinding], definition: InlineDefinition, context: Context
) -> bool:
    """Tell whether a name is surely bound above the definition, or above all of its calls."""
    sure = [place.place for place in bound if place.is_sure and not place.deletes]
    if not sure:
        return False
    here = (definition.home.cell.index, definition.node.lineno)
    uses = [(use.home.cell.index, use.row) for use in context.uses(definition) if not use.deferred]
    return min(sure) < here or (bool(uses) and min(sure) < min(uses))


def _is_in_function(place: Rebinding) -> bool:
    around = place.home.ancestors(place.node)
    functions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    return any(isinstance(node, functions) for node in around)


def _cells(places: Sequence[Rebinding]) -> tuple[int, ...]:
    return tuple(sorted({place.home.cell.index + 1 for place in places}))
