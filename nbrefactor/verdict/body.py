"""The obligation *body*, where bodies differ: nothing lost, nothing new, arguments alike."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from nbrefactor.effects import known
from nbrefactor.effects.figures import Drawing, drawing
from nbrefactor.effects.values import Demand, Effect, Summary
from nbrefactor.model.reason import Reason
from nbrefactor.program.timeline import InlineDefinition
from nbrefactor.python.returns import describe, returned
from nbrefactor.python.signature import describe_default, same_default, signature
from nbrefactor.verdict.context import Candidate, Context
from nbrefactor.verdict.members import decorators
from nbrefactor.verdict.obligation import Answer, fails
from nbrefactor.verdict.roles import has_role, takes_alike

Function = ast.FunctionDef | ast.AsyncFunctionDef

_WORDS: Mapping[str, str] = {
    "prints": "prints",
    "displays": "displays something",
    "reads-files": "reads a file",
    "writes-files": "writes a file",
    "reads-environment": "looks at its surroundings",
    "random": "draws random numbers",
    "seeds": "seeds a random generator",
    "settings": "changes settings of a library",
    "warns": "warns",
    "logs": "logs",
    "runs-process": "runs a program",
    "network": "uses the network",
    "asks": "asks the user",
    "ends-process": "ends the process",
    "imports": "imports by name",
    "runs-text": "runs text as code",
    "frames": "looks at the frame in which it runs",
    "saves-figure": "saves its figure under a name of its own",
    "handles": "handles errors",
}


@dataclass(frozen=True, slots=True)
class Paired:
    """Parameters that correspond, and what is to be told of those that differ."""

    names: Mapping[str, str]
    notes: tuple[Reason, ...]


def paired_parameters(
    definition: InlineDefinition, candidate: Candidate, context: Context
) -> Paired:
    """Pair parameters by name; by position only where both bodies use them alike.

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
    Paired
        The target's name of each parameter that both have.
    """
    assert not isinstance(definition.node, ast.ClassDef)
    assert not isinstance(candidate.target.node, ast.ClassDef)
    inline, target = signature(definition.node.args), signature(candidate.target.node.args)
    names = {p.name: p.name for p in inline.parameters if p.name in target}
    notes: list[Reason] = []
    here, there = _summaries(definition, candidate, context)
    contract = candidate.contract
    for index, mine in enumerate(inline.positional):
        if mine.name in names or not mine.required or index >= len(target.positional):
            continue
        theirs = target.positional[index]
        if here is None:
            break
        if contract is not None:
            alike = has_role(mine.name, contract.roles.get(theirs.name, ""), here, contract)
        else:
            alike = _alike(here, mine.name, there, theirs.name)
        if theirs.required and theirs.name not in inline and alike:
            names[mine.name] = theirs.name
            notes.append(Reason("parameter-paired", mine.name, there=theirs.name))
    for mine in inline.parameters:
        if mine.name not in names:
            notes.append(Reason("parameter-unused", mine.name))
        elif mine.default is not None:
            theirs = target[names[mine.name]]
            if not same_default(mine.default, theirs.default):
                notes.append(Reason("default-differs", here=describe_default(mine, theirs)))
    return Paired(names, tuple(notes))


def body(
    definition: InlineDefinition, candidate: Candidate, context: Context, paired: Paired
) -> Answer:
    """Answer whether a body that differs does the same besides computing its result.

    Parameters
    ----------
    definition : InlineDefinition
        The inline definition.
    candidate : Candidate
        The target.
    context : Context
        The notebook.
    paired : Paired
        How the parameters correspond.

    Returns
    -------
    Answer
        It fails for each effect that would be lost or be new, for figures that are treated
        otherwise, and for arguments that the target takes for something else.
    """
    node, target = definition.node, candidate.target.node
    assert not isinstance(node, ast.ClassDef)
    assert not isinstance(target, ast.ClassDef)
    reasons: list[Reason] = [*_kind_differs(node, target)]
    here, there = _summaries(definition, candidate, context)
    if here is None:
        return fails(*reasons, Reason("too-deep"))
    contract = candidate.contract
    if contract is None and there is None:
        return fails(*reasons, Reason("too-deep"))
    mine = _renamed(here, paired.names)
    theirs = Summary() if there is None else there
    if contract is not None:
        theirs = replace(theirs, effects=contract_effects(contract))
    reasons.extend(_effects(mine, theirs, exact=contract is None))
    reasons.extend(_figures(here, theirs, contract))
    reasons.extend(takes_alike(here, theirs, paired.names, contract))
    return fails(*dict.fromkeys(reasons))


def _kind_differs(node: Function, target: Function) -> Iterator[Reason]:
    if decorators(node) != decorators(target):
        yield Reason("decorators-differ")
    elif node.decorator_list:
        yield Reason("decorated-differs")
    if isinstance(node, ast.AsyncFunctionDef) != isinstance(target, ast.AsyncFunctionDef):
        yield Reason("one-async")
    if ("a generator" in returned(node)) != ("a generator" in returned(target)):
        here, there = describe(returned(node)), describe(returned(target))
        yield Reason("returns-differ", here=here, there=there)


def _summaries(
    definition: InlineDefinition, candidate: Candidate, context: Context
) -> tuple[Summary | None, Summary | None]:
    return (
        context.summaries.of(definition.node),
        candidate.summaries.of(candidate.target.node),
    )


def _renamed(summary: Summary, names: Mapping[str, str]) -> Summary:
    """Give a summary with the target's names of the parameters."""

    def subject(text: str) -> str:
        kind, _, name = text.partition(" ")
        return f"parameter {names[name]}" if kind == "parameter" and name in names else text

    effects = frozenset(Effect(one.kind, subject(one.subject)) for one in summary.effects)
    demands = frozenset(
        Demand(names.get(one.parameter, one.parameter), one.what, one.detail)
        for one in summary.demands
    )
    return replace(summary, effects=effects, demands=demands)


def _effects(here: Summary, there: Summary, *, exact: bool) -> Iterator[Reason]:
    for effect in sorted(here.effects - there.effects, key=lambda one: (one.kind, one.subject)):
        yield _lost(effect)
    if not exact:
        return
    for effect in sorted(there.effects - here.effects, key=lambda one: (one.kind, one.subject)):
        yield _new(effect)


def _lost(effect: Effect) -> Reason:
    subject = effect.subject.removeprefix("parameter ").removeprefix("global ")
    match effect.kind:
        case "unknown":
            return Reason("effect-unknown", subject)
        case "changes" if effect.subject.startswith("parameter "):
            return Reason("changes-argument", subject)
        case "changes":
            return Reason("changes-global", subject)
        case "binds":
            return Reason("writes-global", subject)
        case "raises":
            return Reason("raises", here=subject)
    return Reason("effect-lost", here=_WORDS.get(effect.kind, effect.kind))


def _new(effect: Effect) -> Reason:
    subject = effect.subject.removeprefix("parameter ").removeprefix("global ")
    match effect.kind:
        case "unknown":
            return Reason("target-unknown", subject)
        case "changes" | "binds":
            return Reason("target-changes", subject)
        case "raises":
            return Reason("target-raises", here=subject)
    return Reason("effect-new", here=_WORDS.get(effect.kind, effect.kind))


def _figures(here: Summary, there: Summary, bundled: known.Contract | None) -> Iterator[Reason]:
    mine = drawing(here.events)
    theirs = Drawing("open") if bundled is not None else drawing(there.events)
    if mine.problem:
        yield Reason("figure-otherwise", here=mine.problem)
    elif theirs.problem:
        yield Reason("target-figure-otherwise", there=theirs.problem)
    elif (mine.ending is None) != (theirs.ending is None):
        which = (
            "draws nothing, the target draws a figure"
            if mine.ending is None
            else ("draws a figure, the target draws nothing")
        )
        yield Reason("figure-otherwise", here=which)
    elif mine.ending == "closed" and theirs.ending != "closed":
        yield Reason("closes-figure")
    elif bundled is not None and mine.panels and "history" not in bundled.roles.values():
        yield Reason("several-panels")
    elif not bundled and mine.ending == "open" and theirs.ending != "open":
        yield Reason("figure-ends", here=str(mine.ending), there=str(theirs.ending))


def contract_effects(contract: known.Contract) -> frozenset[Effect]:
    """Give the effects of a bundled plot: it saves where its caller says."""
    saved = [name for name, role in contract.roles.items() if role == "path"]
    return frozenset(
        Effect(kind, f"parameter {name}")
        for name in saved
        for kind in ("saves-figure", "writes-files")
    )


def _alike(here: Summary, mine: str, there: Summary | None, theirs: str) -> bool:
    """Tell whether two bodies ask the same of two parameters."""
    if there is None:
        return False
    return _asked(here, mine) == _asked(there, theirs) != set()


def _asked(summary: Summary, name: str) -> set[tuple[str, str]]:
    return {(one.what, one.detail) for one in summary.demands if one.parameter == name}
