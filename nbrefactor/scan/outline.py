"""A program at a glance: its structure and its words, in one quick walk.

Programs with equal addresses have equal structures, so that only texts which share one are compared
at all. With equal words too they are the same program, names and all.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Any

_LEFT_OUT = frozenset({"annotation", "returns", "type_comment", "type_params", "ctx", "kind"})
_SELF = ("<self>",)
_LIST, _END = 1, 2
# Names in these can be a program's own, which do not count.
_NAMING = frozenset(
    {
        *(ast.arg, ast.ExceptHandler, ast.alias, ast.Global, ast.Nonlocal),
        *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef),
        *(ast.MatchAs, ast.MatchStar, ast.MatchMapping),
    }
)


@dataclass(frozen=True, slots=True)
class Outline:
    """What a definition or cell consists of.

    Parameters
    ----------
    structure : tuple
        The kinds of its nodes in order, without docstrings and annotations.
    words : tuple
        Its names and values in order; its own name stands as a mark.
    """

    structure: tuple[object, ...]
    words: tuple[object, ...]

    @property
    def values(self) -> tuple[object, ...]:
        """The words without names that can be a program's own."""
        return tuple(word for word in self.words if type(word) is tuple and word is not _SELF)


def outline(node: ast.AST) -> Outline:
    """Sum up a definition or cell."""
    kinds: list[object] = []
    words: list[object] = []
    own = getattr(node, "name", None)
    _walk(node, own, kinds, words)
    if own is not None:
        words[0] = _SELF
    return Outline(tuple(kinds), tuple(words))


def _walk(node: ast.AST, own: str | None, kinds: list[object], words: list[object]) -> None:
    kind = type(node)
    if kind is ast.Name:
        name: str = node.id  # type: ignore[attr-defined]
        kinds.append(kind)
        words.append(_SELF if name == own else name)
        return
    if kind is ast.Constant:
        value = node.value  # type: ignore[attr-defined]
        kinds.append(kind)
        words.append((type(value), repr(value) if type(value) in (float, complex) else value))
        return
    if kind is ast.Pass:
        return
    if kind is ast.AnnAssign:
        if node.value is None:  # type: ignore[attr-defined]
            # It may make a name local: told, but no part of the structure.
            words.append(("declared", ast.dump(node.target)))  # type: ignore[attr-defined]
            return
        kinds.extend((ast.Assign, _LIST))
        _walk(node.target, own, kinds, words)  # type: ignore[attr-defined]
        kinds.append(_END)
        _walk(node.value, own, kinds, words)  # type: ignore[attr-defined]
        return
    kinds.append(kind)
    for field in node._fields:
        if field in _LEFT_OUT:
            continue
        inner: Any = getattr(node, field, None)
        if isinstance(inner, ast.AST):
            _walk(inner, own, kinds, words)
        elif isinstance(inner, list):
            _walk_list(inner, kind, field, own, kinds, words)
        else:
            words.append(inner if kind in _NAMING else (inner,))


def _walk_list(
    items: list[Any],
    kind: type,
    field: str,
    own: str | None,
    kinds: list[object],
    words: list[object],
) -> None:
    kinds.append(_LIST)
    for item in items:
        if not isinstance(item, ast.AST):
            words.append(item if kind in _NAMING else (item,))
        elif kind is ast.JoinedStr and isinstance(item, ast.Constant):
            # Versions of Python part the texts of an f-string differently.
            words.append((item.value,))
        elif field == "body" and _is_text(item):
            continue
        else:
            if kind is ast.ClassDef and isinstance(item, ast.AnnAssign):
                # Of annotations in a class body dataclasses are made.
                words.append((ast.dump(item.annotation),))
            _walk(item, own, kinds, words)
    kinds.append(_END)


def _is_text(node: ast.AST) -> bool:
    """Tell whether a statement is a text alone: a docstring, or a comment written as one."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )
