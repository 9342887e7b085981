"""Compare one inline definition with one target: a level, and why."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from types import NoneType

from nbrefactor.effects.drawing import drawing_differences
from nbrefactor.effects.side_effects import side_effects
from nbrefactor.library.target import Target, TargetModule
from nbrefactor.model.outcome import Level
from nbrefactor.program.timeline import InlineDefinition, Timeline, Use
from nbrefactor.python.canonical import Canonical, bare_definition
from nbrefactor.python.environment import Imported
from nbrefactor.python.forms import Forms
from nbrefactor.python.returns import describe, returned
from nbrefactor.python.scopes import DefinitionNode
from nbrefactor.python.signature import (
    Keyword,
    Signature,
    describe_default,
    same_default,
    signature,
)
from nbrefactor.verdict.match import Match
from nbrefactor.verdict.meaning import Unites, Worlds, writes
from nbrefactor.verdict.members import class_differences, decorators
from nbrefactor.verdict.observed import Question, observed
from nbrefactor.verdict.observed_sight import Sight
from nbrefactor.verdict.uses import Pairing, judge_use


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A target with what a comparison needs to know of it.

    Parameters
    ----------
    module : TargetModule
        The module that the notebook would import from.
    target : Target
        The function or class.
    worlds : Worlds
        The names of the notebook and of the target's file.
    sight : callable
        Gives what the notebook does with its definitions; it is looked through when first asked.
    """

    module: TargetModule
    target: Target
    worlds: Worlds
    sight: Callable[[], Sight]


def compare(
    definition: InlineDefinition,
    forms: Forms,
    candidate: Candidate,
    notebook: Timeline,
    uses: Sequence[Use],
    *,
    named: bool,
    unites: Unites,
) -> Match | None:
    """Compare an inline definition with a target.

    Parameters
    ----------
    definition : InlineDefinition
        The inline definition.
    forms : Forms
        Gives canonical forms, which both have.
    candidate : Candidate
        The target.
    notebook : Timeline
        The whole notebook.
    uses : sequence of Use
        The uses of the definition's name that would remain after the replacement.
    named : bool
        Whether the two are meant to be the same: by their name, or by an alias.
    unites : callable
        Tells whether a notebook's definition becomes a certain one of the module.

    Returns
    -------
    Match or None
        The verdict, not yet accepted; None where nothing says that the two belong together.
    """
    node, target = definition.node, candidate.target.node
    form, other = forms.form(node), forms.form(target)
    assert form is not None
    assert other is not None
    draft = Match(definition, candidate.module, candidate.target, "divergent", False)
    if isinstance(node, ast.ClassDef) != isinstance(target, ast.ClassDef):
        kinds = ("class", "function") if isinstance(node, ast.ClassDef) else ("function", "class")
        reason = f"is a {kinds[0]} here and a {kinds[1]} in {candidate.module.name}"
        return replace(draft, similarity=0.0, reasons=(reason,)) if named else None
    worlds = candidate.worlds
    captures = worlds.captures(node, same_as=target, forms=forms, unites=unites)
    early = [*worlds.effects]

    def observations(pair: Pairing) -> list[str]:
        question = Question(
            definition,
            candidate.target,
            notebook,
            uses,
            worlds,
            candidate.sight(),
            unites,
            pair.same_program,
            pair.same_calls and not pair.given,
        )
        return [str(reason) for reason in observed(question)]

    if form.shape == other.shape and not captures:
        same_name = candidate.target.name == definition.name
        level: Level = "exact" if form.text == other.text and same_name else "renamed"
        names = dict(zip(form.parameters, other.parameters, strict=True))
        draft = replace(
            draft, level=level, reasons=_what_is_renamed(definition, form, candidate, other)
        )
        pair = Pairing(node, target, True, names, definition.name, notebook, candidate.sight())
        if isinstance(node, ast.ClassDef) and not same_name:
            if not named:
                return None
            early.append(f'its instances would say that they are of class "{target.name}"')
        elif not named and _says_little(node):
            return None
        early.extend(observations(pair))
        return _judged(draft, notebook, uses, pair, early)
    if not named:
        return None

    draft = replace(
        draft,
        similarity=forms.similarity(node, target),
        difference=forms.difference(node, target),
    )
    if isinstance(node, ast.ClassDef) or isinstance(target, ast.ClassDef):
        members = (*class_differences(node, target), *(found.reason for found in captures), *early)
        return replace(draft, reasons=tuple(dict.fromkeys(members)))

    refusals = early
    if decorators(node) != decorators(target):
        refusals.append("decorators differ")
    elif node.decorator_list:
        refusals.append("is decorated, and the body differs")
    if isinstance(node, ast.AsyncFunctionDef) != isinstance(target, ast.AsyncFunctionDef):
        refusals.append("one of the two is async")
    if ("a generator" in returned(node)) != ("a generator" in returned(target)):
        here, there = describe(returned(node)), describe(returned(target))
        refusals.append(f"returns {here}, the target returns {there}")
    refusals.extend(f'writes notebook global "{name}"' for name in writes(node))
    refusals.extend(drawing_differences(node, target))
    refusals.extend(
        f'the target reads "{name}", which its module does not bind'
        for name in worlds.unbound(other.outside)
    )

    paired = _pair_parameters(signature(node.args), signature(target.args))
    refusals.extend(side_effects(node, target, paired.names))
    given: list[Keyword] = []
    notes: list[str] = []
    for capture in captures:
        if capture.kind != "data":
            # A body of its own needs imports of its own: that says nothing.
            needs = form.shape != other.shape and isinstance(
                worlds.notebook.names.get(capture.name), Imported
            )
            if not needs or capture.name in worlds.module.names:
                notes.append(capture.reason)
        elif capture.name in signature(target.args) and capture.name not in signature(node.args):
            given.append(Keyword(capture.name, capture.name))
            notes.append(f'notebook global "{capture.name}" is passed to the target\'s parameter')
        else:
            refusals.append(capture.reason)
    sight = candidate.sight()
    pair = Pairing(node, target, False, paired.names, definition.name, notebook, sight, given)
    refusals.extend(observations(pair))
    reasons = ("the body differs", *(f"{text}{more}" for text, more in paired.notes), *notes)
    judged = _judged(
        replace(draft, level="compatible", reasons=reasons), notebook, uses, pair, refusals
    )
    if judged.level == "divergent":
        differing = (*judged.reasons, *(text for text, _ in paired.notes), *notes)
        return replace(judged, reasons=tuple(dict.fromkeys(differing)))
    return judged


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
        refusals.extend(str(reason) for reason in reasons)
        if edit is not None:
            calls.append(edit)
    if refusals:
        return replace(draft, level="divergent", reasons=tuple(dict.fromkeys(refusals)))
    return replace(draft, calls=tuple(calls))


def _what_is_renamed(
    definition: InlineDefinition, form: Canonical, candidate: Candidate, other: Canonical
) -> tuple[str, ...]:
    reasons = []
    if candidate.target.name != definition.name:
        reasons.append(f'is called "{candidate.target.name}" in the target module')
    renamed = [
        f'"{here}" is "{there}"'
        for here, there in zip(form.parameters, other.parameters, strict=True)
        if here != there
    ]
    if renamed:
        reasons.append(f"parameters have other names in the target: {', '.join(renamed)}")
    elif form.text != other.text:
        reasons.append("local names differ, the program is the same")
    return tuple(reasons)


def _repeated(definition: InlineDefinition, notebook: Timeline) -> tuple[str, ...]:
    """Each run of a definition makes a new object; an import brings in the one there is."""
    if sum(other.name == definition.name for other in notebook.definitions) < 2:
        return ()
    node = definition.node
    if isinstance(node, ast.ClassDef):
        return ("is defined more than once, and each definition makes a class of its own",)
    if node.decorator_list:
        return ("is decorated and defined more than once, and each definition decorates anew",)
    if any(
        not isinstance(default, (ast.Constant, ast.Name, ast.Tuple, ast.UnaryOp, NoneType))
        for default in (*node.args.defaults, *node.args.kw_defaults)
    ):
        return ("is defined more than once, and each definition renews its mutable default",)
    return ()


@dataclass(frozen=True, slots=True)
class _Paired:
    """Parameters that correspond, and for each difference what it is and what becomes of it."""

    names: dict[str, str]
    notes: list[tuple[str, str]]


def _pair_parameters(inline: Signature, target: Signature) -> _Paired:
    """Pair parameters by name; a required one without a namesake by its position."""
    names = {p.name: p.name for p in inline.parameters if p.name in target}
    notes = []
    for index, mine in enumerate(inline.positional):
        if mine.name in names or not mine.required or index >= len(target.positional):
            continue
        theirs = target.positional[index]
        if theirs.required and theirs.name not in inline:
            names[mine.name] = theirs.name
            notes.append((f'parameter "{mine.name}" is "{theirs.name}" in the target', ""))
    for mine in inline.parameters:
        if mine.name not in names:
            missing = f'parameter "{mine.name}" does not exist in the target'
            notes.append((missing, "; no call passes it"))
        elif mine.default is not None:
            theirs = target[names[mine.name]]
            if not same_default(mine.default, theirs.default):
                notes.append((describe_default(mine, theirs), "; calls that rely on it say so"))
    return _Paired(names, notes)


def _says_little(node: DefinitionNode) -> bool:
    """Tell whether a body is so small that being the same is no sign of belonging together."""
    body = bare_definition(node).body
    if len(body) > 1:
        return False
    match body[0]:
        case ast.Pass() | ast.Raise() | ast.Return(value=None | ast.Name() | ast.Constant()):
            return True
        case ast.Expr(value=ast.Constant()):
            return True
    return False
