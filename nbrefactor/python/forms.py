"""Comparable forms of definitions, each made once however often it is compared."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field
from typing import TypeVar

from nbrefactor.python.canonical import Canonical, canonical
from nbrefactor.python.difference import difference, similarity, tokens
from nbrefactor.python.scopes import DefinitionNode

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")
_Pair = tuple[DefinitionNode, DefinitionNode]


@dataclass(frozen=True, slots=True)
class Forms:
    """A store for the length of one matching.

    Parameters
    ----------
    others : tuple of Forms
        Stores that outlive it, each for the definitions that it `keeps`.
    keeps : frozenset of definitions
        The definitions that are this store's own.
    """

    others: tuple[Forms, ...] = ()
    keeps: frozenset[DefinitionNode] = frozenset()
    _canonical: dict[DefinitionNode, Canonical | None] = field(default_factory=dict)
    _tokens: dict[DefinitionNode, tuple[str, ...]] = field(default_factory=dict)
    _similarity: dict[_Pair, float] = field(default_factory=dict)
    _difference: dict[_Pair, str] = field(default_factory=dict)

    def form(self, node: DefinitionNode) -> Canonical | None:
        """Give the canonical form; None where the code is nested too deeply for one."""
        home = self._home(node)
        return _stored(home._canonical, node, lambda: _canonical_or_none(node))

    def text(self, node: DefinitionNode) -> str:
        """Give the program as text, names kept; empty where it is nested too deeply."""
        form = self.form(node)
        return "" if form is None else form.text

    def tokens(self, node: DefinitionNode) -> tuple[str, ...]:
        """Give the tokens that similarity compares."""
        return _stored(self._home(node)._tokens, node, lambda: tokens(node))

    def _home(self, node: DefinitionNode) -> Forms:
        return next((other for other in self.others if node in other.keeps), self)

    def similarity(self, one: DefinitionNode, other: DefinitionNode) -> float:
        """Give the share of code in common, 0 to 1."""
        return _stored(
            self._similarity,
            (one, other),
            lambda: similarity(self.tokens(one), self.tokens(other)),
        )

    def difference(self, one: DefinitionNode, other: DefinitionNode) -> str:
        """Give the diff of the normalised code."""
        return _stored(self._difference, (one, other), lambda: difference(one, other))


def _canonical_or_none(node: DefinitionNode) -> Canonical | None:
    try:
        return canonical(node)
    except RecursionError:
        return None


def _stored(store: MutableMapping[_Key, _Value], key: _Key, make: Callable[[], _Value]) -> _Value:
    if key not in store:
        store[key] = make()
    return store[key]
