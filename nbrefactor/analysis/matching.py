"""Pair inline definitions with targets and judge how well each pair matches."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from nbrefactor.analysis.canonical import Canonical, bare_definition, canonical
from nbrefactor.analysis.difference import difference, may_be_similar, similarity, tokens
from nbrefactor.analysis.environment import environment
from nbrefactor.analysis.meaning import Capture, Worlds, writes
from nbrefactor.analysis.returns import describe, returned
from nbrefactor.analysis.scopes import DefinitionNode
from nbrefactor.analysis.signature import (
    BindingError,
    CallChange,
    Keyword,
    Signature,
    change_call,
    interchangeable,
    names_differ,
    signature,
)
from nbrefactor.analysis.target import Target, TargetModule
from nbrefactor.analysis.timeline import InlineDefinition, Timeline, Use
from nbrefactor.outcome import Level

_SUGGESTED_FROM = 0.8
_ORDER: tuple[Level, ...] = ("exact", "renamed", "compatible", "divergent")
_READS_SOURCE = frozenset({"getsource", "getsourcelines", "getsourcefile", "findsource", "getfile"})
_STORES_BY_NAME = frozenset({"dump", "dumps"})
_HARMLESS_ATTRIBUTES = frozenset({"__name__", "__qualname__"})


@dataclass(frozen=True, slots=True)
class Accepted:
    """A module that may stand in, and the worst level that is accepted from it."""

    module: TargetModule
    level: Level


@dataclass(frozen=True, slots=True, eq=False)
class CallEdit:
    """A call that has to change for a replacement to mean the same.

    Parameters
    ----------
    use : Use
        The call site.
    change : CallChange
        What changes in its arguments.
    hide_result : bool
        Whether its cell must not show the result: the inline function returned nothing.
    """

    use: Use
    change: CallChange
    hide_result: bool


@dataclass(frozen=True, slots=True, eq=False)
class Match:
    """An inline definition, the target it was compared with, and the verdict.

    Parameters
    ----------
    definition : InlineDefinition
        The inline definition.
    module : TargetModule or None
        The module of the target; None where nothing was compared.
    target : Target or None
        The target.
    level : Level
        How well they match.
    accepted : bool
        Whether the definition is replaced.
    similarity : float
        Share of the code in common, 0 to 1.
    reasons : tuple of str
        Why the verdict is as it is.
    difference : str
        Diff of the normalised bodies; empty for ``exact`` and ``renamed``.
    calls : tuple of CallEdit
        The calls that change with the replacement.
    alias : str
        An ``--alias`` that would pair the two, where only their names keep them apart.
    """

    definition: InlineDefinition
    module: TargetModule | None
    target: Target | None
    level: Level
    accepted: bool
    similarity: float = 1.0
    reasons: tuple[str, ...] = ()
    difference: str = ""
    calls: tuple[CallEdit, ...] = ()
    alias: str = ""


def match(
    notebook: Timeline, modules: Sequence[Accepted], aliases: Mapping[str, str]
) -> tuple[Match, ...]:
    """Give every definition that has a counterpart its verdict.

    Parameters
    ----------
    notebook : Timeline
        The notebook's code.
    modules : sequence of Accepted
        The target modules; where several hold a counterpart the best level counts, then the
        order given.
    aliases : mapping of str to str
        Notebook names and the targets that the user says they stand for.

    Returns
    -------
    tuple of Match
        One for each definition with a counterpart, in the notebook's order.
    """
    replaced = frozenset(notebook.definitions)
    while True:
        judge = _Judge(notebook, replaced, aliases)
        found = [
            best
            for definition in notebook.definitions
            if (best := _best(judge.verdicts(definition, modules))) is not None
        ]
        found = list(_agree(notebook, found))
        accepted = frozenset(verdict.definition for verdict in found if verdict.accepted)
        if accepted == replaced:
            return tuple(found)
        # Uses inside a definition that stays count again, which may refuse others: once more.
        replaced &= accepted


def _best(verdicts: Iterator[Match]) -> Match | None:
    return min(
        verdicts,
        key=lambda v: (not v.accepted, _ORDER.index(v.level), bool(v.alias), -v.similarity),
        default=None,
    )


def _agree(notebook: Timeline, found: Sequence[Match]) -> Iterator[Match]:
    """Refuse what depends on every definition of the name being replaced alike, if it is not."""
    by_name: dict[str, list[Match]] = {}
    for verdict in found:
        by_name.setdefault(verdict.definition.name, []).append(verdict)
    for verdict in found:
        if not verdict.accepted or _keeps_every_use(verdict):
            yield verdict
            continue
        name = verdict.definition.name
        others = [
            rebinding
            for rebinding in notebook.rebindings.get(name, ())
            if not _brings_in(rebinding.node, verdict)
            and not any(
                other.accepted
                and other.definition.node is rebinding.node
                and other.target is verdict.target
                for other in by_name[name]
            )
        ]
        if others:
            cell = others[0].home.cell.index + 1
            verb = "deleted" if others[0].deletes else "bound otherwise"
            yield _refuse(
                verdict,
                f'"{name}" is {verb} in cell {cell}, so a call may mean either of the two',
            )
        else:
            yield verdict


def _brings_in(node: ast.AST, verdict: Match) -> bool:
    """Tell whether a statement of the notebook imports the very target already."""
    assert verdict.module is not None
    assert verdict.target is not None
    return (
        isinstance(node, ast.ImportFrom)
        and node.module == verdict.module.name
        and any(
            alias.name == verdict.target.name
            and (alias.asname or alias.name) == verdict.definition.name
            for alias in node.names
        )
    )


def _keeps_every_use(verdict: Match) -> bool:
    """Tell whether the target is the same function, so that no use can tell the difference."""
    return verdict.level in ("exact", "renamed") and not verdict.calls


def _refuse(verdict: Match, reason: str) -> Match:
    return replace(
        verdict,
        level="divergent",
        accepted=False,
        reasons=(*verdict.reasons, reason),
        calls=(),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Judge:
    """What every comparison needs: the notebook, what is taken to be replaced, the aliases."""

    notebook: Timeline
    replaced: frozenset[InlineDefinition]
    aliases: Mapping[str, str]

    def verdicts(
        self, definition: InlineDefinition, modules: Sequence[Accepted]
    ) -> Iterator[Match]:
        for accepted in modules:
            for target in accepted.module.targets.values():
                verdict = self._compare(definition, accepted, target)
                if verdict is not None:
                    yield verdict

    def _compare(
        self, definition: InlineDefinition, accepted: Accepted, target: Target
    ) -> Match | None:
        wanted = self.aliases.get(definition.name, definition.name)
        named = target.name == wanted
        if isinstance(definition.node, ast.ClassDef) != isinstance(target.node, ast.ClassDef):
            if not named:
                return None
            kinds = ("class", "function")
            here, there = kinds if isinstance(definition.node, ast.ClassDef) else kinds[::-1]
            reason = f"is a {here} here, and a {there} in {accepted.module.name}"
            return Match(definition, accepted.module, target, "divergent", False, 0.0, (reason,))
        mine, theirs = canonical(definition.node), canonical(target.node)
        if mine.shape != theirs.shape:
            if not named:
                return self._suggestion(definition, accepted, target)
            return self._near_miss(definition, accepted, target, mine)
        same_name = target.name == definition.name
        level: Level = "exact" if mine.text == theirs.text and same_name else "renamed"
        captures = self._captures(definition, accepted, target)
        if captures:
            return self._near_miss(definition, accepted, target, mine) if named else None
        reasons = self._clone_reasons(definition, target, mine, theirs)
        draft = Match(definition, accepted.module, target, level, False, 1.0, reasons)
        return self._with_uses(
            draft, accepted, dict(zip(mine.parameters, theirs.parameters, strict=True))
        )

    def _captures(
        self, definition: InlineDefinition, accepted: Accepted, target: Target
    ) -> tuple[Capture, ...]:
        package = target.module.package
        worlds = Worlds(
            self.notebook.environment,
            environment(target.module.tree, package, main=False),
            target.module.name,
            accepted.module,
            {name: self.notebook.where_bound(name) for name in self.notebook.rebindings},
        )
        return worlds.captures(definition.node, same_as=target.node)

    def _clone_reasons(
        self, definition: InlineDefinition, target: Target, mine: Canonical, theirs: Canonical
    ) -> tuple[str, ...]:
        reasons = []
        if target.name != definition.name:
            reasons.append(f'is called "{target.name}" in the target module')
        renamed = [
            f'"{here}" is "{there}"'
            for here, there in zip(mine.parameters, theirs.parameters, strict=True)
            if here != there
        ]
        if renamed:
            reasons.append(f"parameters have other names in the target: {', '.join(renamed)}")
        elif mine.text != theirs.text:
            reasons.append("local names differ, the program is the same")
        return tuple(reasons)

    def _suggestion(
        self, definition: InlineDefinition, accepted: Accepted, target: Target
    ) -> Match | None:
        """Name a near miss under another name: never replaced, only pointed out."""
        if definition.name in accepted.module.targets or definition.name in self.aliases:
            return None
        if not may_be_similar(tokens(definition.node), tokens(target.node), _SUGGESTED_FROM):
            return None
        alike = similarity(definition.node, target.node)
        if alike < _SUGGESTED_FROM:
            return None
        alias = f"{definition.name}={target.name}"
        reason = f'looks like "{target.name}"; if it is meant to be, say --alias {alias}'
        return Match(
            definition,
            accepted.module,
            target,
            "divergent",
            False,
            alike,
            (reason,),
            difference(definition.node, target.node),
            alias=alias,
        )

    def _near_miss(
        self,
        definition: InlineDefinition,
        accepted: Accepted,
        target: Target,
        mine: Canonical,
    ) -> Match:
        draft = Match(
            definition,
            accepted.module,
            target,
            "divergent",
            False,
            similarity(definition.node, target.node),
            (),
            difference(definition.node, target.node),
        )
        refusals: list[str] = []
        if isinstance(definition.node, ast.ClassDef) or isinstance(target.node, ast.ClassDef):
            refusals.extend(_class_differences(definition.node, target.node))
            refusals.extend(
                capture.reason for capture in self._captures(definition, accepted, target)
            )
            return replace(draft, reasons=tuple(dict.fromkeys(refusals)))
        if definition.node.decorator_list or target.node.decorator_list:
            if _decorators(definition.node) != _decorators(target.node):
                refusals.append("decorators differ")
            else:
                refusals.append("is decorated, and the body differs")
        if isinstance(definition.node, ast.AsyncFunctionDef) != isinstance(
            target.node, ast.AsyncFunctionDef
        ):
            refusals.append("one of the two is async")
        refusals.extend(f'writes notebook global "{name}"' for name in writes(definition.node))

        inline, other = signature(definition.node.args), signature(target.node.args)
        names, notes = _pair_parameters(inline, other)
        given: list[Keyword] = []
        for capture in self._captures(definition, accepted, target):
            if capture.kind == "code":
                continue
            if capture.name in other and capture.name not in inline:
                given.append(Keyword(capture.name, capture.name))
                notes.append(
                    f'notebook global "{capture.name}" is passed to the target\'s parameter'
                )
            else:
                refusals.append(capture.reason)
        if refusals:
            return replace(draft, reasons=tuple(dict.fromkeys(refusals)))
        draft = replace(
            draft, level="compatible", reasons=("the body differs from the target's", *notes)
        )
        return self._with_uses(draft, accepted, names, tuple(given))

    def _with_uses(
        self,
        draft: Match,
        accepted: Accepted,
        names: Mapping[str, str],
        given: tuple[Keyword, ...] = (),
    ) -> Match:
        """Check every use of the definition, and collect the calls that have to change."""
        assert draft.target is not None
        definition = draft.definition
        node, target = definition.node, draft.target.node
        refusals: list[str] = []
        calls: list[CallEdit] = []
        same = draft.level == "exact" or (
            draft.level == "renamed" and not any(a != b for a, b in names.items())
        )
        if not definition.home.code.leaks:
            refusals.append("stands in a timed cell, whose names do not reach the notebook")
        if definition.inside in ("for", "while", "match"):
            refusals.append(f"is defined inside of a {definition.inside} statement")
        refusals.extend(self._definitions_that_differ_when_repeated(definition))
        mention = self.notebook.mention(definition.name)
        if mention is not None and not same:
            refusals.append(f'{mention.what} names "{definition.name}"')
        if (module := definition.name) and _shadows_module(self.notebook, draft):
            refusals.append(f'"{module}" is also the name of the module that is imported')

        for use in self.notebook.uses.get(definition.name, ()):
            if self._vanishes(use):
                continue
            refusals.extend(_changes_the_object(use))
            if same and use.role != "value":
                continue
            if isinstance(node, ast.ClassDef) or isinstance(target, ast.ClassDef):
                if not same:
                    refusals.append(f"{_place(use)} uses it, and its parameters differ")
                continue
            inline, other = signature(node.args), signature(target.args)
            if use.call is None:
                refusals.extend(
                    _passes_on(use, node, target, inline, other, names, given, same=same)
                )
                continue
            try:
                change = change_call(
                    inline,
                    _with_given(other, given),
                    {**names, **{k.name: k.name for k in given}},
                    use.call,
                )
            except BindingError as error:
                refusals.append(f"the call in {_place(use)} {error}")
                continue
            missing = [k for k in given if not _visible(use, k.name)]
            if missing:
                refusals.append(f'"{missing[0].name}" is another name where {_place(use)} calls it')
                continue
            change = replace(change, added=(*change.added, *given))
            hides, why = (False, "") if draft.level == "renamed" else _result(use, node, target)
            if why:
                refusals.append(why)
            if change.needed or hides:
                calls.append(CallEdit(use, change, hides))

        notes = draft.reasons
        if refusals:
            return replace(
                draft, level="divergent", reasons=tuple(dict.fromkeys(refusals)), calls=()
            )
        ok = _ORDER.index(draft.level) <= _ORDER.index(accepted.level)
        if not ok:
            notes = (
                *notes,
                f"level {draft.level} is not accepted from {accepted.module.name} "
                f"(--accept {draft.level} does)",
            )
        return replace(draft, accepted=ok, reasons=notes, calls=tuple(calls))

    def _vanishes(self, use: Use) -> bool:
        """Tell whether a use stands in a definition that is replaced with it."""
        around = set(use.home.ancestors(use.node))
        return any(
            definition.home is use.home and definition.node in around
            for definition in self.replaced
        )

    def _definitions_that_differ_when_repeated(self, definition: InlineDefinition) -> Iterator[str]:
        """Each run of a definition makes a new object; an import brings in the one there is."""
        twice = [d for d in self.notebook.definitions if d.name == definition.name]
        if len(twice) < 2:
            return
        if isinstance(definition.node, ast.ClassDef):
            yield "is defined more than once, and each definition makes a class of its own"
        elif any(
            isinstance(default, (ast.List, ast.Dict, ast.Set, ast.Call))
            for default in (*definition.node.args.defaults, *definition.node.args.kw_defaults)
        ):
            yield "is defined more than once, and each definition renews its mutable default"


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
    return names, notes


def _with_given(target: Signature, given: Sequence[Keyword]) -> Signature:
    """Take parameters that every call will be given as optional while its calls are bound."""
    wanted = {keyword.name for keyword in given}
    none = ast.Constant(None)
    return Signature(
        tuple(
            replace(parameter, default=none) if parameter.name in wanted else parameter
            for parameter in target.parameters
        )
    )


def _visible(use: Use, name: str) -> bool:
    """Tell whether a name at a call site is the notebook's, not a local one."""
    from nbrefactor.analysis.scopes import function_locals

    return not any(
        isinstance(around, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        and name in function_locals(around)
        for around in use.home.ancestors(use.node)
    )


def _place(use: Use) -> str:
    return f"cell {use.home.cell.index + 1}"


def _changes_the_object(use: Use) -> Iterator[str]:
    """Find uses to which the function object itself matters, not only what it does."""
    around = use.home.parents[use.node]
    if isinstance(around, ast.Attribute):
        if isinstance(around.ctx, (ast.Store, ast.Del)):
            yield f"{_place(use)} changes its attribute {around.attr}"
        elif around.attr.startswith("__") and around.attr not in _HARMLESS_ATTRIBUTES:
            yield f"{_place(use)} looks at its {around.attr}"
    elif isinstance(around, ast.Call) and use.node in around.args:
        called = around.func
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        if name in _READS_SOURCE:
            yield f"{_place(use)} inspects its source"
        elif name in _STORES_BY_NAME:
            yield f"{_place(use)} stores it under the name of its module"
        elif name in ("setattr", "delattr", "vars"):
            yield f"{_place(use)} changes its attributes"
        elif name == "help":
            yield f"{_place(use)} shows its help"


def _passes_on(
    use: Use,
    node: ast.FunctionDef | ast.AsyncFunctionDef,
    target: ast.FunctionDef | ast.AsyncFunctionDef,
    inline: Signature,
    other: Signature,
    names: Mapping[str, str],
    given: Sequence[Keyword],
    *,
    same: bool,
) -> Iterator[str]:
    """Judge a use that is no call: whoever receives the function calls it unseen."""
    if same:
        if ast.dump(node.args) != ast.dump(target.args) and _annotated(node) != _annotated(target):
            yield f"{_place(use)} passes it on, and its annotations differ"
        return
    if use.role == "attribute":
        yield f"{_place(use)} uses an attribute of it"
    elif given:
        yield f"{_place(use)} passes it on, and calls need the notebook's values"
    elif names_differ(names):
        yield f"{_place(use)} passes it on, and its parameters have other names in the target"
    elif why := interchangeable(inline, other):
        yield f"{_place(use)} passes it on, and {why}"
    elif returned(node) != returned(target):
        yield (
            f"{_place(use)} passes it on; it returns {describe(returned(node))}, the target "
            f"returns {describe(returned(target))}"
        )


def _annotated(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    return [
        ast.dump(argument.annotation) if argument.annotation else ""
        for argument in ast.walk(node.args)
        if isinstance(argument, ast.arg)
    ]


def _result(
    use: Use,
    node: ast.FunctionDef | ast.AsyncFunctionDef,
    target: ast.FunctionDef | ast.AsyncFunctionDef,
) -> tuple[bool, str]:
    """Judge what becomes of a call's result.

    Returns
    -------
    tuple of (bool, str)
        Whether the cell must be kept from showing the result, and why the use is refused.
    """
    here, there = returned(node), returned(target)
    call = use.call
    assert call is not None
    around = use.home.parents[call]
    if here == there and len(here) == 1 and "a value" not in here:
        return False, ""
    if isinstance(around, ast.Expr):
        shown = use.home.tree.body and around is use.home.tree.body[-1] and not _hidden(use, call)
        if not shown or there == {"nothing"} == here:
            return False, ""
        if here == {"nothing"}:
            return True, ""
        how = "shows it"
    else:
        how = _how_used(around, call)
    return False, (
        f"returns {describe(here)}, the target returns {describe(there)}, and {_place(use)} {how}"
    )


def _how_used(around: ast.AST, call: ast.Call) -> str:
    if isinstance(around, ast.Assign) and isinstance(around.targets[0], (ast.Tuple, ast.List)):
        return "unpacks it"
    if isinstance(around, ast.Subscript) and around.value is call:
        return "indexes it"
    if isinstance(around, ast.Attribute):
        return f"uses its {around.attr}"
    if isinstance(around, ast.withitem):
        return "enters it as a context"
    if isinstance(around, (ast.For, ast.comprehension)):
        return "loops over it"
    if isinstance(around, ast.Await):
        return "awaits it"
    return "uses it"


def _hidden(use: Use, call: ast.Call) -> bool:
    """Tell whether a trailing semicolon keeps the cell from showing the call's result."""
    return use.home.cell.source[use.home.end(call) :].split("#")[0].strip().startswith(";")


def _decorators(node: DefinitionNode) -> list[str]:
    return [ast.dump(decorator) for decorator in node.decorator_list]


def _shadows_module(notebook: Timeline, draft: Match) -> bool:
    assert draft.module is not None
    return draft.definition.name == draft.module.name.partition(".")[0]


def _class_differences(one: DefinitionNode, other: DefinitionNode) -> Iterator[str]:
    """Name what differs between two classes, member by member."""
    if not (isinstance(one, ast.ClassDef) and isinstance(other, ast.ClassDef)):
        return
    if _decorators(one) != _decorators(other):
        yield "decorators differ"
    if [ast.dump(b) for b in (*one.bases, *one.keywords)] != [
        ast.dump(b) for b in (*other.bases, *other.keywords)
    ]:
        yield "base classes differ"
    mine, theirs = _members(one), _members(other)
    for name in dict.fromkeys((*mine, *theirs)):
        if name not in theirs:
            yield f'"{name}" does not exist in the target'
        elif name not in mine:
            yield f'"{name}" exists in the target only'
        elif mine[name] != theirs[name]:
            yield f'"{name}" differs'


def _members(node: ast.ClassDef) -> dict[str, list[str]]:
    members: dict[str, list[str]] = {}
    for statement in bare_definition(node).body:
        name = getattr(statement, "name", "")
        if not name and isinstance(statement, (ast.Assign, ast.AnnAssign)):
            first = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
            name = ast.unparse(first)
        members.setdefault(name or ast.unparse(statement), []).append(ast.dump(statement))
    return members
