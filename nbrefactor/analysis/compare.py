"""Compare one inline definition with one target: a level, and why."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, replace

from nbrefactor.analysis.canonical import Canonical
from nbrefactor.analysis.difference import difference, similarity
from nbrefactor.analysis.drawing import drawing_differences
from nbrefactor.analysis.meaning import Worlds, writes
from nbrefactor.analysis.members import class_differences, decorators
from nbrefactor.analysis.signature import (
    Keyword,
    Signature,
    describe_default,
    same_default,
    signature,
)
from nbrefactor.analysis.target import Target, TargetModule
from nbrefactor.analysis.timeline import InlineDefinition, Timeline, Use
from nbrefactor.analysis.uses import Pairing, judge_use
from nbrefactor.analysis.verdict import Match
from nbrefactor.outcome import Level


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A target with what a comparison needs to know of it.

    Parameters
    ----------
    module : TargetModule
        The module that the notebook would import from.
    target : Target
        The function or class.
    form : Canonical
        Its canonical form.
    worlds : Worlds
        The names of the notebook and of the target's file.
    """

    module: TargetModule
    target: Target
    form: Canonical
    worlds: Worlds


def compare(
    definition: InlineDefinition,
    form: Canonical,
    candidate: Candidate,
    notebook: Timeline,
    uses: Sequence[Use],
    *,
    named: bool,
) -> Match | None:
    """Compare an inline definition with a target.

    Parameters
    ----------
    definition : InlineDefinition
        The inline definition.
    form : Canonical
        Its canonical form.
    candidate : Candidate
        The target.
    notebook : Timeline
        The whole notebook.
    uses : sequence of Use
        The uses of the definition's name that would remain after the replacement.
    named : bool
        Whether the two are meant to be the same: by their name, or by an alias.

    Returns
    -------
    Match or None
        The verdict, not yet accepted; None where nothing says that the two belong together.
    """
    node, target = definition.node, candidate.target.node
    draft = Match(definition, candidate.module, candidate.target, "divergent", False)
    if isinstance(node, ast.ClassDef) != isinstance(target, ast.ClassDef):
        kinds = ("class", "function") if isinstance(node, ast.ClassDef) else ("function", "class")
        reason = f"is a {kinds[0]} here and a {kinds[1]} in {candidate.module.name}"
        return replace(draft, similarity=0.0, reasons=(reason,)) if named else None
    captures = candidate.worlds.captures(node, same_as=target)
    if form.shape == candidate.form.shape and not captures:
        same_name = candidate.target.name == definition.name
        level: Level = "exact" if form.text == candidate.form.text and same_name else "renamed"
        names = dict(zip(form.parameters, candidate.form.parameters, strict=True))
        draft = replace(draft, level=level, reasons=_what_is_renamed(definition, form, candidate))
        return _judged(draft, notebook, uses, Pairing(node, target, True, names), [])
    if not named:
        return None

    draft = replace(draft, similarity=similarity(node, target), difference=difference(node, target))
    if isinstance(node, ast.ClassDef) or isinstance(target, ast.ClassDef):
        reasons = [*class_differences(node, target), *(found.reason for found in captures)]
        return replace(draft, reasons=tuple(dict.fromkeys(reasons)))

    refusals = []
    if decorators(node) != decorators(target):
        refusals.append("decorators differ")
    elif node.decorator_list:
        refusals.append("is decorated, and the body differs")
    if isinstance(node, ast.AsyncFunctionDef) != isinstance(target, ast.AsyncFunctionDef):
        refusals.append("one of the two is async")
    refusals.extend(f'writes notebook global "{name}"' for name in writes(node))
    refusals.extend(drawing_differences(node, target))

    inline, other = signature(node.args), signature(target.args)
    names, notes = _pair_parameters(inline, other)
    given: list[Keyword] = []
    for capture in captures:
        if capture.kind == "data" and capture.name in other and capture.name not in inline:
            given.append(Keyword(capture.name, capture.name))
            notes.append(f'notebook global "{capture.name}" is passed to the target\'s parameter')
        elif capture.kind == "data":
            refusals.append(capture.reason)
        else:
            notes.append(capture.reason)
    draft = replace(draft, level="compatible", reasons=("the body differs", *notes))
    return _judged(draft, notebook, uses, Pairing(node, target, False, names, given), refusals)


def _judged(
    draft: Match, notebook: Timeline, uses: Sequence[Use], pair: Pairing, refusals: list[str]
) -> Match:
    """Check where a definition stands and how it is used; collect the calls that change."""
    definition = draft.definition
    if not definition.home.code.leaks:
        refusals.append("stands in a timed cell, whose names do not reach the notebook")
    if definition.inside in ("for", "while", "match"):
        refusals.append(f"is defined inside of a {definition.inside} statement")
    if definition.inside == "except":
        refusals.append("is what the cell falls back to when something else fails")
    refusals.extend(_repeated(definition, notebook))
    if not pair.same_calls and (mention := notebook.mention(definition.name)):
        refusals.append(f'{mention.what} names "{definition.name}"')
    calls = []
    for use in uses:
        edit, reasons = judge_use(use, pair)
        refusals.extend(reasons)
        if edit is not None:
            calls.append(edit)
    if refusals:
        return replace(draft, level="divergent", reasons=tuple(dict.fromkeys(refusals)))
    return replace(draft, calls=tuple(calls))


def _what_is_renamed(
    definition: InlineDefinition, form: Canonical, candidate: Candidate
) -> tuple[str, ...]:
    reasons = []
    if candidate.target.name != definition.name:
        reasons.append(f'is called "{candidate.target.name}" in the target module')
    renamed = [
        f'"{here}" is "{there}"'
        for here, there in zip(form.parameters, candidate.form.parameters, strict=True)
        if here != there
    ]
    if renamed:
        reasons.append(f"parameters have other names in the target: {', '.join(renamed)}")
    elif form.text != candidate.form.text:
        reasons.append("local names differ, the program is the same")
    return tuple(reasons)


def _repeated(definition: InlineDefinition, notebook: Timeline) -> tuple[str, ...]:
    """Each run of a definition makes a new object; an import brings in the one there is."""
    if sum(other.name == definition.name for other in notebook.definitions) < 2:
        return ()
    node = definition.node
    if isinstance(node, ast.ClassDef):
        return ("is defined more than once, and each definition makes a class of its own",)
    if any(
        isinstance(default, (ast.List, ast.Dict, ast.Set, ast.Call))
        for default in (*node.args.defaults, *node.args.kw_defaults)
    ):
        return ("is defined more than once, and each definition renews its mutable default",)
    return ()


def _pair_parameters(inline: Signature, target: Signature) -> tuple[dict[str, str], list[str]]:
    """Pair parameters by name; a required one without a namesake by its position."""
    names = {p.name: p.name for p in inline.parameters if p.name in target}
    notes = []
    for index, mine in enumerate(inline.positional):
        if mine.name in names or not mine.required or index >= len(target.positional):
            continue
        theirs = target.positional[index]
        if theirs.required and theirs.name not in inline:
            names[mine.name] = theirs.name
            notes.append(f'parameter "{mine.name}" is "{theirs.name}" in the target')
    for mine in inline.parameters:
        if mine.name not in names:
            notes.append(f'parameter "{mine.name}" does not exist in the target; no call passes it')
        elif mine.default is not None:
            theirs = target[names[mine.name]]
            if not same_default(mine.default, theirs.default):
                notes.append(f"{describe_default(mine, theirs)}; calls that rely on it say so")
    return names, notes
