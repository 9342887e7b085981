"""What surrounds a call of a function whose body differs: handlers, contexts, what comes next."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nbrefactor.effects import known
from nbrefactor.effects.figures import Ending
from nbrefactor.effects.values import Event, Summary
from nbrefactor.model.reason import Reason
from nbrefactor.program.timeline import CodeCell, InlineDefinition, Use
from nbrefactor.verdict.context import Candidate, Context

_EVERYTHING = frozenset({"Exception", "BaseException"})
# They choose a backend, or whether figures stay open at a cell's end.
_BACKENDS = frozenset(
    {
        *("matplotlib.use", "matplotlib.pyplot.switch_backend", "matplotlib.pyplot.ioff"),
        *("matplotlib_inline.backend_inline.set_matplotlib_close", "matplotlib.interactive"),
    }
)
_CURRENT = ("matplotlib.pyplot.", "pylab.", "matplotlib.pylab.")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around one call."""

    refusals: tuple[Reason, ...] = ()
    notes: tuple[Reason, ...] = ()


def surroundings(
    use: Use,
    definition: InlineDefinition,
    candidate: Candidate,
    context: Context,
    ending: Ending | None,
) -> Surroundings:
    """Judge what stands around a call, where the target's body differs.

    Parameters
    ----------
    use : Use
        The call.
    definition : InlineDefinition
        What is called today.
    candidate : Candidate
        What would be called.
    context : Context
        The notebook.
    ending : {"open", "shown", "closed"} or None
        What the inline body leaves of its figure.

    Returns
    -------
    Surroundings
        A handler of everything is only noted. One of particular classes stands in the way where
        the target raises them and the inline body does not.
    """
    cell = (use.home.cell.index + 1,)
    refusals: list[Reason] = []
    notes: list[Reason] = []
    for handler in _handlers(use):
        classes = _classes(handler)
        if classes is None or classes & _EVERYTHING:
            notes.append(Reason("errors-handled", cells=cell))
        elif caught := sorted(classes & _raised_anew(definition, candidate, context)):
            refusals.append(Reason("handles-new-error", cells=cell, there=", ".join(caught)))
    if ending is not None:
        refusals.extend(_backend(context))
        refusals.extend(_goes_on(use, definition, context, ending))
        if ending == "shown":
            refusals.extend(_inside_contexts(use, context))
    return Surroundings(tuple(refusals), tuple(notes))


def _backend(context: Context) -> Iterator[Reason]:
    """Find where the notebook chooses how figures are shown, which the cells' ends rely on."""
    for home in context.notebook.cells:
        cell = (home.cell.index + 1,)
        for magic in home.code.magics:
            name, _, backend = magic.text.strip().partition(" ")
            if name == "%matplotlib" and backend.strip() not in ("", "inline"):
                yield Reason("backend", cells=cell, here=magic.text.strip())
    for call in context.calls():
        if call.origin in _BACKENDS:
            cell = (call.home.cell.index + 1,)
            yield Reason("backend", cells=cell, here=ast.unparse(call.node.func))


def _handlers(use: Use) -> Iterator[ast.ExceptHandler]:
    inner: ast.AST = use.node
    for around in use.home.ancestors(use.node):
        handlers = getattr(around, "handlers", [])
        if handlers and inner in getattr(around, "body", []):
            yield from handlers
        inner = around


def _classes(handler: ast.ExceptHandler) -> frozenset[str] | None:
    """Name the classes that a handler catches; None where it catches everything."""
    if handler.type is None:
        return None
    listed = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return frozenset(ast.unparse(one).rpartition(".")[2] for one in listed)


def _raised_anew(
    definition: InlineDefinition, candidate: Candidate, context: Context
) -> frozenset[str]:
    """Name the classes of errors that the target raises by itself, and the inline body does not."""
    contract = candidate.contract
    if contract is not None:
        theirs = frozenset(contract.raises)
    else:
        theirs = _raised(candidate.summaries.of(candidate.target.node))
    return theirs - _raised(context.summaries.of(definition.node))


def _raised(summary: Summary | None) -> frozenset[str]:
    if summary is None:
        return frozenset()
    raised = (one.subject for one in summary.effects if one.kind == "raises")
    return frozenset(
        "AssertionError" if text.startswith("assert ") else text.partition("(")[0]
        for text in raised
    )


def _goes_on(
    use: Use, definition: InlineDefinition, context: Context, ending: Ending
) -> Iterator[Reason]:
    """Find what a cell does to pyplot's current figure behind a call, up to the next figure."""
    for home in context.notebook.cells:
        events = context.cell_events(home)
        if not _calls_here(use, events, home):
            continue
        if why := _next(events, definition, ending):
            yield Reason("goes-on", cells=(home.cell.index + 1,), here=why)


def _calls_here(use: Use, events: Sequence[Event], home: CodeCell) -> bool:
    """Tell whether a cell reaches this use: it stands there, or in a function that it calls."""
    return home is use.home or any(
        event.kind == "calls" and event.call is use.call for event in events
    )


def _next(events: Sequence[Event], definition: InlineDefinition, ending: Ending) -> str:
    """Say what comes next that would meet another figure; empty where nothing does."""
    inside = {id(node) for node in ast.walk(definition.node)}
    own = [
        at
        for at, event in enumerate(events)
        if event.kind == "calls" and event.origin == definition.name
    ]
    for start in own:
        following = list(events[start + 1 :])
        if events[start].repeated:
            # What stands above the call in a loop comes next in its next round.
            following += [event for event in events[:start] if event.repeated]
        for event in following:
            if event.kind == "calls" or id(event.call) in inside:
                continue
            if not event.origin.startswith(_CURRENT):
                continue
            sure = set(event.within) <= set(events[start].within)
            if event.kind in ("makes-figure", "shows") or (
                event.kind == "closes" and ending == "open"
            ):
                if sure:
                    break
                continue
            return ast.unparse(event.call.func)
    return ""


def _inside_contexts(use: Use, context: Context) -> Iterator[Reason]:
    """Find contexts around a call in which a picture that is shown later would be missed."""
    for around in use.home.ancestors(use.node):
        if not isinstance(around, (ast.With, ast.AsyncWith)):
            continue
        for item in around.items:
            origin = context.origin(item.context_expr)
            found = known.function(origin) if origin else None
            if found is None or found.effects:
                text = ast.unparse(item.context_expr)
                yield Reason("inside-context", cells=(use.home.cell.index + 1,), here=text)
