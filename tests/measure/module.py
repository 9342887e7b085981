"""A module for a definition of one notebook that another notebook holds too."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from . import bindings, meanings
from .bindings import Constant, Defined, Import, Meaning, Other
from .meanings import Copy, Notebook


@dataclass(frozen=True)
class Module:
    """The text of a module and what its names are."""

    text: str
    names: frozenset[str]
    roots: frozenset[str]


@dataclass(frozen=True)
class NotThere:
    """Why no module can be made that means the same in both notebooks."""

    why: str


# These look into the module that the definition stands in.
_BY_TEXT = {"eval", "exec", "globals", "vars", "locals"}


@dataclass
class _Parts:
    """What is gathered for a module."""

    imports: dict[str, None] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    forms: set[str] = field(default_factory=set)
    roots: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)


def make(source: Notebook, other: Notebook, wanted: Copy) -> Module | NotThere:
    """Make a module of a definition and of what it needs.

    Parameters
    ----------
    source : Notebook
        Where the definition and what it needs are taken from.
    other : Notebook
        Where every name that is needed must mean the same.
    wanted : Copy
        A definition of `other`, of which `source` has an equal one.

    Returns
    -------
    Module or NotThere
        The module, or why there is none.
    """
    if source.futures != other.futures:
        return NotThere("another feature of a later Python is asked for")
    parts = _Parts()
    left = [wanted.form]
    while left:
        each = left.pop()
        if each in parts.forms:
            continue
        parts.forms.add(each)
        node = source.definitions[each]
        read = meanings.free_names(bindings.plain(node))
        # Annotations count for the module alone: it must be importable.
        for name in sorted(meanings.free_names(node)):
            here = source.meaning(name)
            there = other.meaning(name) if name in read else here
            if (why := _add(parts, name, here, there)) is not None:
                return NotThere(why)
            if isinstance(here, Defined):
                left.append(here.form)
    return Module(_text(source, parts), frozenset(parts.names), frozenset(parts.roots))


def _add(parts: _Parts, name: str, here: Meaning | None, there: Meaning | None) -> str | None:
    """Add what a name needs; a sentence where it cannot be."""
    if here is None and there is None and name in _BY_TEXT:
        return f"a function that reads names by text: {name}"
    if here is None and there is None:
        return None if meanings.is_builtin(name) else "a name that nothing binds"
    for meaning in (here, there):
        if isinstance(meaning, Other):
            return f"a name {meaning.why}: {name}"
    if here != there:
        return "a name that means something else"
    parts.names.add(name)
    if isinstance(here, Import):
        parts.imports.update(dict.fromkeys(here.statements))
        parts.roots.add(here.root)
    elif isinstance(here, Constant):
        parts.constants[name] = here.value
    return None


def _text(source: Notebook, parts: _Parts) -> str:
    futures = [f"from __future__ import {name}" for name in sorted(source.futures)]
    constants = [f"{name} = {value}" for name, value in parts.constants.items()]
    bodies = [
        f"\n\n{ast.unparse(node)}"
        for form, node in source.definitions.items()
        if form in parts.forms
    ]
    return "\n".join([*futures, *sorted(parts.imports), *constants, *bodies]) + "\n"
