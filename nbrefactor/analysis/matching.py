"""Pair the inline definitions of a notebook with targets, and decide which are replaced."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from nbrefactor.analysis.canonical import Canonical, canonical
from nbrefactor.analysis.compare import Candidate, compare
from nbrefactor.analysis.difference import difference, may_be_similar, similarity, tokens
from nbrefactor.analysis.environment import environment
from nbrefactor.analysis.meaning import Worlds
from nbrefactor.analysis.target import Target
from nbrefactor.analysis.timeline import InlineDefinition, Timeline, Use
from nbrefactor.analysis.verdict import Accepted, Match
from nbrefactor.outcome import Level

_SUGGESTED_FROM = 0.8
_ORDER: tuple[Level, ...] = ("exact", "renamed", "compatible", "divergent")


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
    forms = {definition: canonical(definition.node) for definition in notebook.definitions}
    pairs = _Pairs(notebook, aliases, forms, _candidates(notebook, modules))
    levels = {accepted.module.name: accepted.level for accepted in modules}
    replaced = frozenset(notebook.definitions)
    while True:
        found = [
            verdict
            for definition in notebook.definitions
            if (verdict := pairs.best(definition, replaced, levels)) is not None
        ]
        found = list(_agreeing(notebook, found))
        accepted = frozenset(verdict.definition for verdict in found if verdict.accepted)
        if replaced <= accepted:
            return tuple(found)
        # Uses inside a definition that stays count again, which may refuse others: once more.
        replaced &= accepted


def _candidates(notebook: Timeline, modules: Sequence[Accepted]) -> tuple[Candidate, ...]:
    where = {name: notebook.where_bound(name) for name in notebook.rebindings}
    worlds: dict[tuple[str, str], Worlds] = {}
    candidates = []
    for accepted in modules:
        for target in accepted.module.targets.values():
            source = target.module
            key = (accepted.module.name, source.name)
            if key not in worlds:
                names = environment(source.tree, source.package, main=False)
                worlds[key] = Worlds(
                    notebook.environment, names, source.name, accepted.module, where
                )
            candidates.append(
                Candidate(accepted.module, target, canonical(target.node), worlds[key])
            )
    return tuple(candidates)


@dataclass(frozen=True, slots=True, eq=False)
class _Pairs:
    """Everything that may belong together."""

    notebook: Timeline
    aliases: Mapping[str, str]
    forms: Mapping[InlineDefinition, Canonical]
    candidates: Sequence[Candidate]

    def best(
        self,
        definition: InlineDefinition,
        replaced: frozenset[InlineDefinition],
        levels: Mapping[str, Level],
    ) -> Match | None:
        """Compare a definition with every target and keep the best verdict."""
        wanted = self.aliases.get(definition.name, definition.name)
        form = self.forms[definition]
        uses = tuple(self._remaining_uses(definition.name, replaced))
        verdicts = []
        for candidate in self.candidates:
            named = candidate.target.name == wanted
            if named or candidate.form.shape == form.shape:
                verdict = compare(definition, form, candidate, self.notebook, uses, named=named)
                if verdict is not None:
                    verdicts.append(_accept(verdict, levels[candidate.module.name]))
        if not verdicts:
            verdicts = list(self._suggestions(definition, form))
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

    def _suggestions(self, definition: InlineDefinition, form: Canonical) -> Iterator[Match]:
        """Name near misses under another name: never replaced, only pointed out."""
        mine = tokens(definition.node)
        for candidate in self.candidates:
            target = candidate.target
            ratio = len(form.shape) / len(candidate.form.shape)
            if not 0.5 < ratio < 2 or definition.name in self.aliases:
                continue
            if type(target.node) is not type(definition.node):
                continue
            if not may_be_similar(mine, tokens(target.node), _SUGGESTED_FROM):
                continue
            alike = similarity(definition.node, target.node)
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
                    difference(definition.node, target.node),
                    alias=alias,
                )


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


def _agreeing(notebook: Timeline, found: Sequence[Match]) -> Iterator[Match]:
    """Refuse what depends on every definition of a name being replaced alike, where it is not."""
    targets: dict[ast.AST, Target | None] = {
        verdict.definition.node: verdict.target for verdict in found if verdict.accepted
    }
    for verdict in found:
        if not verdict.accepted or _indistinguishable(verdict):
            yield verdict
            continue
        name = verdict.definition.name
        others = [
            rebinding
            for rebinding in notebook.rebindings.get(name, ())
            if targets.get(rebinding.node) is not verdict.target
            and not _imports_target(rebinding.node, verdict)
        ]
        if not others:
            yield verdict
            continue
        verb = "deleted" if others[0].deletes else "bound to something else"
        cell = others[0].home.cell.index + 1
        yield replace(
            verdict,
            level="divergent",
            accepted=False,
            reasons=(f'"{name}" is {verb} in cell {cell}, so that a call may mean either',),
            calls=(),
        )


def _indistinguishable(verdict: Match) -> bool:
    """Tell whether the target is the same function, so that no use can tell the difference."""
    return verdict.level in ("exact", "renamed") and not verdict.calls


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
