"""What differs between two classes, member by member."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from nbrefactor.python.canonical import bare_definition
from nbrefactor.python.scopes import DefinitionNode


def decorators(node: DefinitionNode) -> list[str]:
    """Write a definition's decorators in a form that can be compared."""
    return [ast.dump(decorator) for decorator in node.decorator_list]


def class_differences(one: DefinitionNode, other: DefinitionNode) -> Iterator[str]:
    """Name what differs between two classes, member by member."""
    if not (isinstance(one, ast.ClassDef) and isinstance(other, ast.ClassDef)):
        return
    if decorators(one) != decorators(other):
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
