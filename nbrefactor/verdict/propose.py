"""Turn a definition and a target into proposals: each with a level and what obligations answer."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from nbrefactor.library.target import Target
from nbrefactor.model.outcome import Level
from nbrefactor.model.reason import Reason
from nbrefactor.program.timeline import InlineDefinition, Timeline
from nbrefactor.python.canonical import Canonical, bare_definition
from nbrefactor.python.generalised import Instance
from nbrefactor.python.parts import differing_parts
from nbrefactor.python.scopes import DefinitionNode
from nbrefactor.python.signature import Keyword, describe_default, same_default, signature
from nbrefactor.verdict.body import body, paired_parameters
from nbrefactor.verdict.context import Candidate, Context
from nbrefactor.verdict.members import class_differences
from nbrefactor.verdict.names import Capture
from nbrefactor.verdict.obligation import HOLDS, Answer, Clause, fails
from nbrefactor.verdict.observing import observing
from nbrefactor.verdict.others import others
from nbrefactor.verdict.passing import instance_of, passing
from nbrefactor.verdict.place import place
from nbrefactor.verdict.proposal import WILL, Proposal
from nbrefactor.verdict.told import told_by_keyword
from nbrefactor.verdict.uses import Pairing
from nbrefactor.verdict.using import using

# Two bodies with more differences have little in common.
_MOST_TOLD = 3


def propose(
    definition: InlineDefinition, candidate: Candidate, context: Context, *, named: bool
) -> Iterator[Proposal]:
    """Propose what may replace a definition, the best first.

    Parameters
    ----------
    definition : InlineDefinition
        The inline definition.
    candidate : Candidate
        The target.
    context : Context
        The notebook.
    named : bool
        Whether the two are meant to be the same: by their name, or by an alias.

    Yields
    ------
    Proposal
        None where nothing says that the two belong together.
    """
    node, target = definition.node, candidate.target.node
    form, other = context.forms.form(node), context.forms.form(target)
    if form is None or other is None:
        if named:
            yield _refused(definition, candidate, Reason("too-deep"))
        return
    if isinstance(node, ast.ClassDef) != isinstance(target, ast.ClassDef):
        if named:
            kinds = ("class", "function")
            here, there = kinds if isinstance(node, ast.ClassDef) else reversed(kinds)
            reason = Reason("other-kind", candidate.module.name, here=here, there=there)
            yield _refused(definition, candidate, reason)
        return
    if form.shape != other.shape and not named:
        return
    told = None
    if form.shape != other.shape:
        told = instance_of(definition, candidate)
        if told is None and (hopeless := _hopeless(definition, candidate, context)) is not None:
            yield hopeless
            return
    captures = candidate.worlds.captures(node, same_as=target, forms=context.forms)
    if form.shape == other.shape and (named or not _says_little(node)):
        same_name = candidate.target.name == definition.name
        if named or same_name or not isinstance(node, ast.ClassDef):
            yield _same(definition, candidate, context, captures, form, other)
    elif told is not None:
        yield _filled_in(definition, candidate, context, captures, told)
    if named and (form.shape != other.shape or any(not one.unless for one in captures)):
        yield _different(definition, candidate, context, captures)


def _same(
    definition: InlineDefinition,
    candidate: Candidate,
    context: Context,
    captures: tuple[Capture, ...],
    form: Canonical,
    other: Canonical,
) -> Proposal:
    """Propose a target that is the same program."""
    node, target = definition.node, candidate.target
    same_name = target.name == definition.name
    level: Level = "exact" if form.text == other.text and same_name else "renamed"
    names = dict(zip(form.parameters, other.parameters, strict=True))
    pair = Pairing(node, target.node, True, names, definition.name, context.sight())
    kinds = HOLDS
    if isinstance(node, ast.ClassDef) and not same_name:
        kinds = fails(Reason("alias-class", there=target.name))
    answers = _answered(
        {
            "names": lambda: Answer(tuple(Clause(one.reason, one.unless) for one in captures)),
            "kind": lambda: kinds,
            "place": lambda: place(definition, context, candidate),
            "import": lambda: fails(*candidate.arrival.reasons(definition)),
            "observations": lambda: observing(definition, candidate, context, pair),
            "uses": lambda: using(definition, candidate, context, pair),
            "others": lambda: others(
                definition, candidate, context, pair, recursive=form.recursive
            ),
            WILL: lambda: _willing(definition, level, candidate, context),
        },
        definition,
        context,
    )
    notes = tuple(_what_is_renamed(definition, form, candidate, other))
    return Proposal(definition, candidate.module, target, level, answers, notes)


def _filled_in(
    definition: InlineDefinition,
    candidate: Candidate,
    context: Context,
    captures: tuple[Capture, ...],
    told: Instance,
) -> Proposal:
    """Propose a target that is the same program once calls pass what it asks for."""
    target = candidate.target
    names = dict(zip(told.form.parameters, told.parameters, strict=True))
    given = [Keyword(one.parameter, one.value) for one in told.filled]
    passed = {one.value for one in told.filled if one.is_name}
    defaults = list(_defaults(definition, target, names))
    pair = Pairing(
        definition.node,
        target.node,
        True,
        names,
        definition.name,
        context.sight(),
        given,
        same_defaults=not defaults,
    )
    left = (one for one in captures if one.name not in passed)
    # Whoever adds a call would not know that it has to say what the notebook has by default.
    quiet = bool(defaults) or any(one.optional for one in told.filled)
    level: Level = "compatible" if quiet and not candidate.made_of_copies else "renamed"
    answers = {
        "names": Answer(tuple(Clause(one.reason, one.unless) for one in left)),
        "values": passing(definition, context, told.filled),
        "place": place(definition, context, candidate),
        "import": fails(*candidate.arrival.reasons(definition)),
        "observations": observing(definition, candidate, context, pair),
        "uses": using(definition, candidate, context, pair),
        "others": others(definition, candidate, context, pair, recursive=told.form.recursive),
        WILL: _willing(definition, level, candidate, context),
    }
    notes = [*(Reason("value-filled", o.parameter, here=o.value) for o in told.filled), *defaults]
    if target.name != definition.name:
        notes.insert(0, Reason("other-name", there=target.name))
    return Proposal(definition, candidate.module, target, level, answers, tuple(notes))


def _defaults(
    definition: InlineDefinition, target: Target, names: Mapping[str, str]
) -> Iterator[Reason]:
    """Say which defaults differ, so that calls which rely on them say them."""
    assert not isinstance(definition.node, ast.ClassDef)
    assert not isinstance(target.node, ast.ClassDef)
    here, there = signature(definition.node.args), signature(target.node.args)
    for mine in here.parameters:
        theirs = there[names[mine.name]]
        if not same_default(mine.default, theirs.default):
            yield Reason("default-differs", here=describe_default(mine, theirs))


def _hopeless(
    definition: InlineDefinition, candidate: Candidate, context: Context
) -> Proposal | None:
    """Refuse at first sight, where only the verdict counts: bodies tell before names are asked."""
    node, target = definition.node, candidate.target.node
    either_is_class = isinstance(node, ast.ClassDef) or isinstance(target, ast.ClassDef)
    if not context.brief or either_is_class or definition.name in context.forced:
        return None
    answer = body(definition, candidate, context, paired_parameters(definition, candidate, context))
    if all(clause.unless for clause in answer.clauses):
        return None
    return Proposal(definition, candidate.module, candidate.target, "compatible", {"body": answer})


def _different(
    definition: InlineDefinition,
    candidate: Candidate,
    context: Context,
    captures: tuple[Capture, ...],
) -> Proposal:
    """Propose a target whose body differs, or whose names mean something else."""
    node, target = definition.node, candidate.target
    forms = context.forms
    if isinstance(node, ast.ClassDef) or isinstance(target.node, ast.ClassDef):
        return _other_class(definition, candidate, context, captures)
    paired = paired_parameters(definition, candidate, context)
    told = told_by_keyword(definition, candidate, context)
    given, captured, notes = _given(definition, candidate, context.notebook, captures)
    given.extend(told.keywords)
    pair = Pairing(
        node,
        target.node,
        False,
        paired.names,
        definition.name,
        context.sight(),
        given,
    )
    level: Level = "compatible"
    answers = _answered(
        {
            "body": lambda: body(definition, candidate, context, paired),
            "told": lambda: fails(*told.refusals),
            "names": lambda: captured,
            "place": lambda: place(definition, context, candidate),
            "import": lambda: fails(*candidate.arrival.reasons(definition)),
            "observations": lambda: observing(definition, candidate, context, pair),
            "uses": lambda: using(definition, candidate, context, pair),
            "others": lambda: others(definition, candidate, context, pair, recursive=False),
            WILL: lambda: _willing(definition, level, candidate, context),
        },
        definition,
        context,
    )
    made = Proposal(definition, candidate.module, target, level, answers)
    if WILL not in answers:
        return made
    return replace(
        made,
        notes=(*_differs(node, target.node), *paired.notes, *notes),
        similarity=forms.similarity(node, target.node),
        difference=forms.difference(node, target.node),
    )


def _answered(
    obligations: Mapping[str, Callable[[], Answer]], definition: InlineDefinition, context: Context
) -> dict[str, Answer]:
    """Ask one obligation after the other; where only the verdict counts, until one is hopeless."""
    answers: dict[str, Answer] = {}
    for name, ask in obligations.items():
        answers[name] = ask()
        hopeless = any(not clause.unless for clause in answers[name].clauses)
        if hopeless and context.brief and name != WILL and definition.name not in context.forced:
            break
    return answers


def _other_class(
    definition: InlineDefinition,
    candidate: Candidate,
    context: Context,
    captures: tuple[Capture, ...],
) -> Proposal:
    """Refuse a class whose members differ."""
    node, target = definition.node, candidate.target.node
    members = (Reason("member-differs", here=text) for text in class_differences(node, target))
    answers = {
        "body": fails(*members, *(one.reason for one in captures)),
        "import": fails(*candidate.arrival.reasons(definition)),
    }
    return Proposal(
        definition,
        candidate.module,
        candidate.target,
        "divergent",
        answers,
        (),
        context.forms.similarity(node, target),
        context.forms.difference(node, target),
    )


def _differs(here: DefinitionNode, there: DefinitionNode) -> tuple[Reason, ...]:
    parts = differing_parts(here, there)
    if not parts:
        return ()
    if len(parts) > _MOST_TOLD:
        return (Reason("body-differs"),)
    return (Reason("body-differs", here=f": {'; '.join(map(str, parts))}"),)


def _given(
    definition: InlineDefinition,
    candidate: Candidate,
    notebook: Timeline,
    captures: tuple[Capture, ...],
) -> tuple[list[Keyword], Answer, list[Reason]]:
    """Find the notebook's values that every call can pass, and those that cannot be passed."""
    inline = signature(definition.node.args)  # type: ignore[union-attr]
    target = signature(candidate.target.node.args)  # type: ignore[union-attr]
    given: list[Keyword] = []
    clauses: list[Clause] = []
    notes: list[Reason] = []
    for capture in captures:
        if capture.kind == "code":
            # A body of its own needs imports and helpers of its own: its effects are looked at.
            continue
        if (
            capture.name in target
            and capture.name not in inline
            and not any(one.deletes for one in notebook.rebindings.get(capture.name, ()))
        ):
            given.append(Keyword(capture.name, capture.name))
            notes.append(Reason("value-passed", capture.name))
        else:
            clauses.append(Clause(capture.reason, capture.unless))
    return given, Answer(tuple(clauses)), notes


def _willing(
    definition: InlineDefinition, level: Level, candidate: Candidate, context: Context
) -> Answer:
    return fails(*context.will(definition, level, candidate.module.name))


def _refused(definition: InlineDefinition, candidate: Candidate, reason: Reason) -> Proposal:
    return Proposal(
        definition,
        candidate.module,
        candidate.target,
        "divergent",
        {"kind": fails(reason)},
        similarity=0.0,
    )


def _what_is_renamed(
    definition: InlineDefinition, form: Canonical, candidate: Candidate, other: Canonical
) -> Iterator[Reason]:
    if candidate.target.name != definition.name:
        yield Reason("other-name", there=candidate.target.name)
    renamed = [
        f'"{here}" is "{there}"'
        for here, there in zip(form.parameters, other.parameters, strict=True)
        if here != there
    ]
    if renamed:
        yield Reason("parameters-renamed", there=", ".join(renamed))
    elif form.text != other.text:
        yield Reason("locals-renamed")


def _says_little(node: DefinitionNode) -> bool:
    """Tell whether a body is so small that being the same is no sign of belonging together."""
    statements = bare_definition(node).body
    if len(statements) > 1:
        return False
    match statements[0]:
        case ast.Pass() | ast.Raise() | ast.Return(value=None | ast.Name() | ast.Constant()):
            return True
        case ast.Expr(value=ast.Constant()):
            return True
    return False
