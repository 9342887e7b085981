"""Which cells call what was replaced, directly or through a function that does."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable

from nbrefactor.model.outcome import Finding
from nbrefactor.program.timeline import Timeline, Use


def calling_cells(notebook: Timeline, names: Collection[str]) -> dict[int, tuple[str, ...]]:
    """Find the cells whose running calls one of some functions or classes.

    Parameters
    ----------
    notebook : Timeline
        The original notebook, with its definitions.
    names : collection of str
        Names of replaced definitions.

    Returns
    -------
    dict of int to tuple of str
        For each calling cell the names that it reaches, sorted. A cell that only defines a
        function which calls one is not among them.
    """
    calls: dict[int, set[str]] = {}
    for name in names:
        reaching = {name}
        waiting = [name]
        while waiting:
            current = waiting.pop()
            for use in notebook.uses.get(current, ()):
                carrier = _carrier(use, notebook)
                if carrier == "":
                    calls.setdefault(use.home.cell.index, set()).add(name)
                    carrier = _instance(use, notebook)
                if carrier and carrier not in reaching:
                    reaching.add(carrier)
                    waiting.append(carrier)
        for mention in notebook.mentions:
            if reaching & mention.words:
                calls.setdefault(mention.cell, set()).add(name)
    return {cell: tuple(sorted(found)) for cell, found in sorted(calls.items())}


def replacing_cells(notebook: Timeline, replaced: Iterable[Finding]) -> dict[int, tuple[str, ...]]:
    """Find the cells that call what was replaced, or that call a target for what they drew.

    Parameters
    ----------
    notebook : Timeline
        The original notebook, with its definitions.
    replaced : iterable of Finding
        The definitions and plotting statements that are replaced.

    Returns
    -------
    dict of int to tuple of str
        For each such cell the names, sorted.
    """
    listed = list(replaced)
    names = {found.name for found in listed if found.name and not found.fold}
    calls = {cell: set(found) for cell, found in calling_cells(notebook, names).items()}
    for found in listed:
        if found.fold and found.name and found.cell is not None:
            calls.setdefault(found.cell, set()).add(found.name)
    return {cell: tuple(sorted(called)) for cell, called in sorted(calls.items())}


def _carrier(use: Use, notebook: Timeline) -> str:
    """Name the function, class or variable that holds a use for later; empty if it runs now."""
    definitions = {id(definition.node): definition.name for definition in notebook.definitions}
    inside: ast.AST = use.node
    deferred = False
    for around in use.home.ancestors(use.node):
        if id(around) in definitions:
            # A decorator or a default runs where the function is defined.
            body = getattr(around, "body", ())
            if inside in body:
                return definitions[id(around)]
        deferred = deferred or (isinstance(around, ast.Lambda) and inside is around.body)
        if isinstance(around, ast.Assign) and inside is around.value:
            name = _only_target(around)
            if name and (deferred or _holds(around.value, use)):
                return name
        inside = around
    return ""


def _instance(use: Use, notebook: Timeline) -> str:
    """Name the variable that holds an object of a class; empty if there is none."""
    around = use.home.parents[use.node]
    outer = use.home.parents.get(around)
    classes = {found.name for found in notebook.definitions if isinstance(found.node, ast.ClassDef)}
    if use.role != "call" or use.name not in classes or not isinstance(outer, ast.Assign):
        return ""
    return _only_target(outer)


def _only_target(assignment: ast.Assign) -> str:
    if len(assignment.targets) == 1 and isinstance(assignment.targets[0], ast.Name):
        return assignment.targets[0].id
    return ""


def _holds(value: ast.expr, use: Use) -> bool:
    """Tell whether a value is the function itself, or it with some arguments, not its result."""
    if value is use.node:
        return True
    function = value.func if isinstance(value, ast.Call) else None
    named = getattr(function, "attr", getattr(function, "id", ""))
    return named == "partial" and isinstance(value, ast.Call) and value.args[:1] == [use.node]
