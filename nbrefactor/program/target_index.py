"""The functions of the target modules by name and by outline: most definitions cost one look."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from nbrefactor.library.target import TargetModule
from nbrefactor.program.cell_facts import outline_text, shape
from nbrefactor.python.outline import size
from nbrefactor.python.scopes import DefinitionNode


@dataclass(frozen=True, slots=True)
class TargetIndex:
    """Target modules, indexed.

    Parameters
    ----------
    names : frozenset of str
        The names of all targets.
    by_outline : mapping of str to sequence of DefinitionNode
        The targets of each outline.
    known : mapping of str to frozenset of str
        The names that each module is known to have.
    public : sequence of DefinitionNode
        The targets that somebody may be pointed to.
    """

    names: frozenset[str]
    by_outline: Mapping[str, Sequence[DefinitionNode]]
    known: Mapping[str, frozenset[str]]
    public: Sequence[DefinitionNode]
    _sizes: dict[DefinitionNode, int] = field(default_factory=dict, repr=False)
    _tokens: dict[DefinitionNode, tuple[str, ...]] = field(default_factory=dict, repr=False)
    _shapes: dict[str, frozenset[str]] = field(default_factory=dict, repr=False)

    def shapes(self, outline: str) -> frozenset[str]:
        """Give the shapes of the targets of one outline, which a renamed copy has too."""
        if outline not in self._shapes:
            found = (shape(node) for node in self.by_outline.get(outline, ()))
            self._shapes[outline] = frozenset(one for one in found if one)
        return self._shapes[outline]

    def may_resemble(self, node: DefinitionNode) -> bool:
        """Tell whether a target may be so much like a definition that it is pointed out."""
        from nbrefactor.python.difference import as_large, may_be_near, tokens

        if not self._sizes:
            self._sizes.update((target, size(target)) for target in self.public)
        mine = size(node)
        near = [one for one, theirs in self._sizes.items() if as_large(mine, theirs)]
        near = [one for one in near if type(one) is type(node)]
        try:
            words = tokens(node) if near else ()
            for one in near:
                if one not in self._tokens:
                    self._tokens[one] = tokens(one)
            return any(may_be_near(words, self._tokens[one]) for one in near)
        except RecursionError:
            return True


def index(modules: Iterable[TargetModule]) -> TargetIndex:
    """Index target modules."""
    modules = list(modules)
    by_outline: dict[str, list[DefinitionNode]] = {}
    for module in modules:
        for target in module.targets.values():
            by_outline.setdefault(outline_text(target.node), []).append(target.node)
    return TargetIndex(
        frozenset(name for module in modules for name in module.targets),
        by_outline,
        {
            module.name: frozenset((*module.targets, *module.ambiguous, *module.exports))
            for module in modules
        },
        [
            target.node
            for module in modules
            for target in module.targets.values()
            if not target.name.startswith("_")
        ],
    )
