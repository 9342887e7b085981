"""The obligation that other definitions and bindings of the name leave its calls one meaning."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from nbrefactor.model.reason import Reason
from nbrefactor.program.timeline import InlineDefinition
from nbrefactor.verdict.context import Candidate, Context
from nbrefactor.verdict.obligation import Answer, Clause, Replacement
from nbrefactor.verdict.uses import Pairing


def others(
    definition: InlineDefinition,
    candidate: Candidate,
    context: Context,
    pair: Pairing,
    *,
    recursive: bool,
) -> Answer:
    """Answer whether whoever else has the name, or the target, leaves the calls one meaning.

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
    recursive : bool
        Whether the body reads its own name.

    Returns
    -------
    Answer
        Another binding of the name is no obstacle where calls stay as they are, or where it is
        replaced by the same target.
    """
    if pair.same_calls and not recursive:
        # It is the same function: no use can tell the difference, whoever else has the name.
        return Answer()
    clauses = [*_rebound(definition, candidate, context, pair, recursive)]
    if recursive and (mention := context.notebook.mention(definition.name)):
        what = f"{mention.what}, while it calls itself,"
        clauses.append(Clause(Reason("named-by-text", definition.name, here=what)))
    return Answer(tuple(clauses))


def _rebound(
    definition: InlineDefinition,
    candidate: Candidate,
    context: Context,
    pair: Pairing,
    recursive: bool,
) -> Iterator[Clause]:
    inline = {other.node: other for other in context.notebook.definitions}
    mine = set(context.uses(definition))
    for rebinding in context.notebook.rebindings.get(definition.name, ()):
        node = rebinding.node
        if node is definition.node or _imports_target(node, definition, candidate):
            continue
        shared = mine & set(context.notebook.reached_by(rebinding))
        if not shared and not recursive:
            continue
        cell = (rebinding.home.cell.index + 1,)
        if node in inline:
            same_calls = pair.same_calls or _same_parameters(node, definition.node)
            alike = (frozenset({Replacement(node, pair.target)}),) if same_calls else ()
            yield Clause(Reason("defined-anew", cells=cell), alike)
            continue
        verb = "deleted" if rebinding.deletes else "bound to something else"
        why = "a call may mean either"
        if recursive and pair.same_calls:
            why = "it, which calls itself by its name, may call either"
        yield Clause(Reason("rebound", definition.name, cell, verb, why))


def _same_parameters(one: ast.AST, other: ast.AST) -> bool:
    """Tell whether calls of two functions change in the same way."""
    arguments = [getattr(node, "args", None) for node in (one, other)]
    return all(a is not None for a in arguments) and (
        ast.dump(arguments[0]) == ast.dump(arguments[1])  # type: ignore[arg-type]
    )


def _imports_target(node: ast.AST, definition: InlineDefinition, candidate: Candidate) -> bool:
    """Tell whether a statement of the notebook imports the very target already."""
    return (
        isinstance(node, ast.ImportFrom)
        and node.module == candidate.module.name
        and any(
            alias.name == candidate.target.name and (alias.asname or alias.name) == definition.name
            for alias in node.names
        )
    )
