"""Pair the inline definitions of a notebook with targets, and decide which are replaced."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from nbrefactor.effects.effects import changes_of_module, effects_of_import
from nbrefactor.library.stars import world
from nbrefactor.library.target import SourceModule, TargetModule
from nbrefactor.model.outcome import Level
from nbrefactor.program.timeline import InlineDefinition, Timeline, Use
from nbrefactor.python.difference import may_be_similar
from nbrefactor.python.environment import environment
from nbrefactor.python.forms import Forms
from nbrefactor.python.outline import outline
from nbrefactor.python.scopes import DefinitionNode
from nbrefactor.python.signature import CallChange
from nbrefactor.verdict.compare import Candidate, compare
from nbrefactor.verdict.match import Accepted, Match
from nbrefactor.verdict.meaning import Worlds
from nbrefactor.verdict.observed_definition import keeps_state, lasting_values, renewed_state
from nbrefactor.verdict.observed_sight import sight

_SUGGESTED_FROM = 0.8
# Below this, two functions look alike because they are small.
_SUGGESTED_TOKENS = 20
_ORDER: tuple[Level, ...] = ("exact", "renamed", "compatible", "divergent")


def match(
    notebook: Timeline,
    modules: Sequence[Accepted],
    aliases: Mapping[str, str],
    *,
    suggest: bool = True,
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
    suggest : bool
        Whether near misses under another name are looked for, which takes most of the time.

    Returns
    -------
    tuple of Match
        One for each definition with a counterpart, in the notebook's order.
    """
    if not notebook.definitions:
        return ()
    pairs = _Pairs(notebook, aliases, _candidates(notebook, modules), Forms(), suggest)
    levels = {accepted.module.name: accepted.level for accepted in modules}
    # Everything may go until something says otherwise: what is used by definitions that go is
    # used no more, and copies of one class become one class. What stays once stays for good.
    replaced = frozenset(notebook.definitions)
    becomes: dict[ast.AST, ast.AST] | None = None
    settled: dict[InlineDefinition, Match | None] = {}
    while True:
        verdicts = {
            definition: settled[definition]
            if definition in settled
            else pairs.best(definition, replaced, becomes, levels)
            for definition in notebook.definitions
        }
        found = _agreeing(notebook, pairs, [v for v in verdicts.values() if v is not None])
        verdicts.update((verdict.definition, verdict) for verdict in found)
        chosen: dict[ast.AST, ast.AST] = {
            verdict.definition.node: verdict.target.node
            for verdict in found
            if verdict.accepted and verdict.target is not None
        }
        kept = frozenset(
            definition
            for definition in replaced
            if definition.node in chosen
            and (becomes is None or becomes[definition.node] is chosen[definition.node])
        )
        if kept == replaced and becomes is not None:
            break
        # What stays counts again, which may refuse others: once more.
        settled.update((gone, _refused(verdicts[gone])) for gone in replaced - kept)
        replaced = kept
        becomes = {definition.node: chosen[definition.node] for definition in kept}
    # Why something stays is best said in view of all that stays.
    for definition, verdict in settled.items():
        again = pairs.best(definition, replaced, becomes, levels)
        verdicts[definition] = verdict if again is not None and again.accepted else again
    return tuple(verdict for verdict in verdicts.values() if verdict is not None)


def _refused(verdict: Match | None) -> Match | None:
    if verdict is None or not verdict.accepted:
        return verdict
    reason = "its best counterpart depends on definitions that stay"
    return replace(verdict, level="divergent", accepted=False, reasons=(reason,), calls=())


def _candidates(notebook: Timeline, modules: Sequence[Accepted]) -> tuple[Candidate, ...]:
    where = {name: notebook.where_bound(name) for name in notebook.rebindings}
    roots = tuple(
        accepted.module.importable_from
        for accepted in modules
        if accepted.module.importable_from is not None
    )
    here = world(notebook.environment, roots)
    here = replace(here, values=lasting_values(notebook.joined, "", here.names))
    stateful = frozenset(
        name for name, uses in notebook.uses.items() if any(u.role == "attribute" for u in uses)
    )
    before_star = notebook.before_star if here.unknown else frozenset()
    worlds: dict[tuple[str, str], Worlds] = {}
    seen = cache(lambda: sight(notebook, roots))
    candidates = []
    for accepted in modules:
        for target in accepted.module.targets.values():
            source = target.module
            key = (accepted.module.name, source.name)
            if key not in worlds:
                names = environment(source.tree, source.package, main=False)
                there = world(names, roots)
                values = lasting_values(source.tree, source.package, there.names)
                worlds[key] = Worlds(
                    here,
                    replace(there, values=values),
                    source.name,
                    accepted.module,
                    where,
                    stateful,
                    before_star,
                    tuple(_effects(notebook, accepted.module, source)),
                )
            candidates.append(Candidate(accepted.module, target, worlds[key], seen))
    return tuple(candidates)


def _effects(notebook: Timeline, module: TargetModule, source: SourceModule) -> Iterator[str]:
    yield from changes_of_module(notebook, frozenset({module.name, source.name}))
    for read in {module.name: module.source, source.name: source}.values():
        yield from effects_of_import(read, notebook)


@dataclass(frozen=True, slots=True, eq=False)
class _Pairs:
    """Everything that may belong together."""

    notebook: Timeline
    aliases: Mapping[str, str]
    candidates: Sequence[Candidate]
    forms: Forms
    suggest: bool

    def best(
        self,
        definition: InlineDefinition,
        replaced: frozenset[InlineDefinition],
        becomes: Mapping[ast.AST, ast.AST] | None,
        levels: Mapping[str, Level],
    ) -> Match | None:
        """Compare a definition with every target and keep the best verdict."""
        wanted = self.aliases.get(definition.name, definition.name)
        uses = tuple(self._remaining_uses(definition.name, replaced))
        alike = outline(definition.node)

        def unites(here: DefinitionNode, there: DefinitionNode) -> bool:
            if becomes is None or becomes.get(here) is there:
                return True
            return here not in becomes and self._is_left_behind(here, replaced)

        verdicts = []
        for candidate in self.candidates:
            named = candidate.target.name == wanted
            if not named and outline(candidate.target.node) != alike:
                continue
            form = self.forms.form(definition.node)
            other = self.forms.form(candidate.target.node)
            if form is None or other is None:
                if named:
                    verdicts.append(_too_deep(definition, candidate))
                continue
            if named or other.shape == form.shape:
                verdict = compare(
                    definition,
                    self.forms,
                    candidate,
                    self.notebook,
                    uses,
                    named=named,
                    unites=unites,
                )
                if verdict is not None:
                    verdicts.append(_accept(verdict, levels[candidate.module.name]))
        if not verdicts and self.suggest:
            verdicts = list(self._suggestions(definition))
        # The first of equals wins, which is the order in which the modules were given.
        return min(
            verdicts,
            key=lambda v: (not v.accepted, _ORDER.index(v.level), -v.similarity),
            default=None,
        )

    def _remaining_uses(self, name: str, replaced: frozenset[InlineDefinition]) -> Iterator[Use]:
        """Leave out what vanishes with the definitions that are replaced."""
        leaving = {definition.node for definition in replaced}
        for use in self.notebook.uses.get(name, ()):
            if not any(around in leaving for around in use.home.ancestors(use.node)):
                yield use

    def _is_left_behind(self, node: DefinitionNode, replaced: frozenset[InlineDefinition]) -> bool:
        """Tell whether nobody but a definition itself names it once others are replaced."""
        if any(True for _ in renewed_state(node)):
            return False
        remaining = self._remaining_uses(node.name, replaced)
        return self.notebook.mention(node.name) is None and all(
            node in use.home.ancestors(use.node) for use in remaining
        )

    def _suggestions(self, definition: InlineDefinition) -> Iterator[Match]:
        """Name near misses under another name: never replaced, only pointed out."""
        node = definition.node
        if definition.name in self.aliases or self.forms.form(node) is None:
            return
        mine = self.forms.tokens(node)
        for candidate in self.candidates:
            target = candidate.target
            if type(target.node) is not type(node) or self.forms.form(target.node) is None:
                continue
            theirs = self.forms.tokens(target.node)
            if min(len(mine), len(theirs)) < _SUGGESTED_TOKENS:
                continue
            if not may_be_similar(mine, theirs, _SUGGESTED_FROM):
                continue
            alike = self.forms.similarity(node, target.node)
            if alike >= _SUGGESTED_FROM:
                alias = f"{definition.name}={target.name}"
                yield Match(
                    definition,
                    candidate.module,
                    target,
                    "divergent",
                    False,
                    alike,
                    (f'looks like "{target.name}"; if it is meant to be, say --alias {alias}',),
                    self.forms.difference(node, target.node),
                    alias=alias,
                )


def _too_deep(definition: InlineDefinition, candidate: Candidate) -> Match:
    reason = "is nested too deeply to be compared"
    target, module = candidate.target, candidate.module
    return Match(definition, module, target, "divergent", False, 0.0, (reason,))


def _accept(verdict: Match, worst: Level) -> Match:
    if verdict.level == "divergent":
        return verdict
    if _ORDER.index(verdict.level) <= _ORDER.index(worst):
        return replace(verdict, accepted=True)
    assert verdict.module is not None
    reason = (
        f"{verdict.level} is not accepted from {verdict.module.name}; "
        f"--accept {verdict.level} would replace it"
    )
    return replace(verdict, reasons=(*verdict.reasons, reason))


def _agreeing(notebook: Timeline, pairs: _Pairs, found: Sequence[Match]) -> list[Match]:
    """Refuse what depends on other definitions being replaced alike, where they are not."""
    verdicts = list(found)
    while True:
        accepted = [verdict for verdict in verdicts if verdict.accepted]
        checked = [
            replace(verdict, level="divergent", accepted=False, reasons=(why,), calls=())
            if verdict.accepted and (why := _disagreement(notebook, pairs, verdict, accepted))
            else verdict
            for verdict in verdicts
        ]
        if checked == verdicts:
            return checked
        verdicts = checked


def _disagreement(
    notebook: Timeline, pairs: _Pairs, verdict: Match, accepted: Sequence[Match]
) -> str:
    """Say why a definition cannot be replaced as long as others are not replaced alike."""
    definition, target = verdict.definition, verdict.target
    assert target is not None
    for other in accepted:
        if other.definition.name == definition.name and _changes(other) != _changes(verdict):
            # One of them needs other calls than the other; the one that needs none may go.
            if verdict.calls or not other.calls:
                cell = other.definition.home.cell.index + 1
                return f"is defined anew in cell {cell}, so that a call may mean either"
        elif (
            other.definition.name != definition.name
            and other.target is not None
            and other.target.node is target.node
            and _minds_company(notebook, pairs, definition)
        ):
            return f'would become one object with "{other.definition.name}", which is another now'
    form = pairs.forms.form(definition.node)
    recursive = form is not None and form.recursive
    if verdict.level in ("exact", "renamed") and not verdict.calls and not recursive:
        # It is the same function: no use can tell the difference, whoever else has the name.
        return ""
    why = "calls itself by its name" if recursive and not verdict.calls else ""
    alike = {other.definition.node for other in accepted if other.target is target}
    for rebinding in notebook.rebindings.get(definition.name, ()):
        # An import of the target asks for calls as they are.
        is_target = _imports_target(rebinding.node, verdict) and not verdict.calls
        if rebinding.node not in alike and not is_target:
            verb = "deleted" if rebinding.deletes else "bound to something else"
            cell = rebinding.home.cell.index + 1
            consequence = why or "a call may mean either"
            return f'"{definition.name}" is {verb} in cell {cell}, so that {consequence}'
    if why and (mention := notebook.mention(definition.name)):
        return f'{mention.what} names "{definition.name}", and it {why}'
    return ""


def _changes(verdict: Match) -> dict[ast.AST, tuple[CallChange, bool]]:
    return {edit.use.node: (edit.change, edit.hide_result) for edit in verdict.calls}


def _minds_company(notebook: Timeline, pairs: _Pairs, definition: InlineDefinition) -> bool:
    """Tell whether it would be noticed that two definitions have become one object."""
    if keeps_state(definition.node):
        return True
    return any(use.role != "call" for use in notebook.uses.get(definition.name, ()))


def _imports_target(node: ast.AST, verdict: Match) -> bool:
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
