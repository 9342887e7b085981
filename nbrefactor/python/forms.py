"""Comparable forms of definitions, each made once however often it is compared."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeVar

from nbrefactor.python.canonical import Canonical, canonical
from nbrefactor.python.difference import difference, similarity, tokens
from nbrefactor.python.scopes import DefinitionNode

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")
_Pair = tuple[DefinitionNode, DefinitionNode]


@dataclass(frozen=True, slots=True)
class Forms:
    """A store for the length of one matching."""

    _canonical: dict[DefinitionNode, Canonical | None] = field(default_factory=dict)
    _tokens: dict[DefinitionNode, tuple[str, ...]] = field(default_factory=dict)
    _similarity: dict[_Pair, float] = field(default_factory=dict)
    _difference: dict[_Pair, str] = field(default_factory=dict)

    def form(self, node: DefinitionNode) -> Canonical | None:
        """Give the canonical form; None where the code is nested too deeply for one."""
        return _stored(self._canonical, node, lambda: _canonical_or_none(node))

    def text(self, node: DefinitionNode) -> str:
        """Give the program as text, names kept; empty where it is nested too deeply."""
        form = self.form(node)
        return "" if form is None else form.text

    def tokens(self, node: DefinitionNode) -> tuple[str, ...]:
        """Give the tokens that similarity compares."""
        return _stored(self._tokens, node, lambda: _tokens(node))

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


# The definitions of target modules are compared with those of one notebook after the other.
_KEPT = 512


@lru_cache(_KEPT)
def _tokens(node: DefinitionNode) -> tuple[str, ...]:
    return tokens(node)


@lru_cache(_KEPT)
def _canonical_or_none(node: DefinitionNode) -> Canonical | None:
    try:
        return canonical(node)
    except RecursionError:
        return None


def _stored(store: MutableMapping[_Key, _Value], key: _Key, make: Callable[[], _Value]) -> _Value:
    if key not in store:
        store[key] = make()
    return store[key]
