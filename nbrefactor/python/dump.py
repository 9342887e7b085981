"""A tree as text: the same for the same program, on every Python that parses it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import Any

# How a name is used, how a text was spelt and what a comment says is not the program.
_LEFT_OUT = frozenset({"ctx", "kind", "type_comment", "type_ignores"})


def dump(node: ast.AST, constant: Callable[[ast.Constant], str] | None = None) -> str:
    """Write a tree as text.

    Parameters
    ----------
    node : ast.AST
        The tree.
    constant : callable or None
        Writes a constant; None for its value.

    Returns
    -------
    str
        Without positions, contexts and whatever is empty, so that versions of Python which differ
        in these agree.
    """
    parts: list[str] = []
    _write(node, constant or _constant, parts)
    return "".join(parts)


def _write(node: Any, constant: Callable[[ast.Constant], str], parts: list[str]) -> None:
    if isinstance(node, ast.Constant):
        parts.append(constant(node))
    elif isinstance(node, ast.AST):
        parts.append(f"{type(node).__name__}(")
        for name in node._fields:
            value = getattr(node, name, None)
            if name in _LEFT_OUT or value is None or value == []:
                continue
            parts.append(f"{name}=")
            if name == "values" and isinstance(node, ast.JoinedStr):
                value = list(_merged(value))
            _write(value, constant, parts)
            parts.append(",")
        parts.append(")")
    elif isinstance(node, list):
        parts.append("[")
        for item in node:
            _write(item, constant, parts)
            parts.append(",")
        parts.append("]")
    else:
        parts.append(ascii(node))


def _constant(node: ast.Constant) -> str:
    return f"{type(node.value).__name__}:{node.value!a}"


def _merged(values: list[ast.expr]) -> Iterator[ast.expr]:
    """Join the texts of an f-string that stand side by side; Pythons part them differently."""
    text = ""
    for value in values:
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            text += value.value
            continue
        if text:
            yield ast.Constant(text)
        text = ""
        yield value
    if text:
        yield ast.Constant(text)
