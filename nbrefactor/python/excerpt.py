"""Code as it is quoted in a sentence: on one line, and not too long."""

from __future__ import annotations

import ast


def excerpt(node: ast.AST, *, most: int = 60) -> str:
    """Write an expression on one line, shortened where it is long."""
    return _cut(" ".join(ast.unparse(node).split()), most)


def first_line(node: ast.AST, *, most: int = 60) -> str:
    """Write the first line of a statement, shortened where it is long."""
    return _cut(" ".join(ast.unparse(node).partition("\n")[0].split()), most)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 3]}..."
