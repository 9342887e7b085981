"""What the names of a module mean once all of its code has run."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Mapping, Sequence

from nbrefactor.python.bindings import Binding, bindings
from nbrefactor.python.meanings import (
    PLAIN_ASSIGNMENTS,
    STAR,
    Constant,
    Defined,
    Imported,
    Meaning,
    Starred,
    Unclear,
)
from nbrefactor.python.reach import facts_about, surely_bound

__all__ = [
    "STAR",
    "Constant",
    "Defined",
    "Imported",
    "Meaning",
    "Starred",
    "Unclear",
    "environment",
]


def environment(
    tree: ast.Module, package: str, *, main: bool | None = None
) -> Mapping[str, Meaning]:
    """Tell what every module-level name means once all of the code has run.

    Parameters
    ----------
    tree : ast.Module
        A module, or the bodies of several cells in one module.
    package : str
        Dotted package that relative imports start from; empty outside a package.
    main : bool or None
        Whether the code runs as ``__main__``: a notebook does, an imported module does not.
        None takes both as possible.

    Returns
    -------
    Mapping of str to Meaning
        Every bound name; ``*`` holds a `Starred` where names cannot be listed.
    """
    grouped: dict[str, list[Binding]] = {}
    for binding in bindings(tree, package, main=main):
        grouped.setdefault(binding.name, []).append(binding)
    sure = surely_bound(tree.body, facts_about(tree, main=main))
    meanings: dict[str, Meaning] = {
        name: _merged(found, certain=sure is None or name in sure)
        for name, found in grouped.items()
        if name != STAR
    }
    if STAR in grouped:
        meanings[STAR] = _starred(grouped[STAR])
    return meanings


def _merged(found: Sequence[Binding], *, certain: bool) -> Meaning:
    at_runtime = [binding for binding in found if binding.runtime]
    if not at_runtime:
        return Unclear("bound only in code that does not run")
    meanings = list(dict.fromkeys(binding.meaning for binding in at_runtime))
    if len(meanings) > 1:
        changes = [
            meaning
            for meaning in meanings
            if isinstance(meaning, Unclear) and not meaning.reason.startswith(PLAIN_ASSIGNMENTS)
        ]
        return changes[0] if changes else Unclear("bound more than once")
    if not certain and not isinstance(meanings[0], Unclear):
        return Unclear("bound only under a condition")
    return meanings[0]


def _starred(found: Sequence[Binding]) -> Starred:
    stars = [binding.meaning for binding in found if isinstance(binding.meaning, Starred)]
    modules = dict.fromkeys(itertools.chain.from_iterable(star.modules for star in stars))
    known = len(stars) == len(found)
    return Starred(tuple(modules), dynamic=not known or any(star.dynamic for star in stars))
