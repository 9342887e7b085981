"""What a name of a program can stand for, as far as somebody could tell two definitions apart."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from nbrefactor.python.scopes import FunctionNode, bound_names, function_locals

Sees = Literal["doc", "annotations", "name", "module", "defaults"]
Kind = Literal["origin", "definition", "instance", "generator", "bound"]
How = Literal["itself", "inside", "held"]
Code = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef | ast.Call

MAIN = "__main__"
"""The name under which a notebook's own names are found."""


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that an expression can give.

    Parameters
    ----------
    kind : Kind
        ``origin``: something imported, by its full name, ``lib.Maker()`` for what a call gives.
        ``definition``: a function or class of code that can be read; ``instance``, ``generator``
        (or coroutine) and ``bound`` (a method with its object): what such a one gives.
    of : str or ast.AST
        The full name, or the node of the definition; for a class that is made by a call, the call.
    how : How
        Whether it is the value ``itself``, an element ``inside`` of it, or something that the
        value ``held`` on to in some way that cannot be followed.
    """

    kind: Kind
    of: str | Code
    how: How = "itself"


Things = frozenset[Thing]
NOTHING: Things = frozenset()


def put_inside(things: Iterable[Thing]) -> Things:
    """Give what a container has inside if these are put into it; results of unread code are not."""
    return frozenset(
        Thing(thing.kind, thing.of, "held" if thing.how == "held" else "inside")
        for thing in things
        if not isinstance(thing.of, str) or "()" not in thing.of
    )


def held_by(things: Iterable[Thing]) -> Things:
    """Give what a value holds that was made from these in an unknown way."""
    return frozenset(
        Thing(thing.kind, thing.of, "held") for thing in things if thing.kind != "origin"
    )


def taken_out(things: Iterable[Thing]) -> Things:
    """Give what is taken out of a container, whose elements may be containers again."""
    inside = [thing for thing in things if thing.how == "inside"]
    return frozenset((*inside, *(Thing(thing.kind, thing.of) for thing in inside)))


def themselves(things: Iterable[Thing]) -> Iterator[Thing]:
    """Leave out what is only inside of a value."""
    return (thing for thing in things if thing.how == "itself")


def origins(things: Iterable[Thing]) -> frozenset[str]:
    """Give the full names among what a value can be."""
    return frozenset(thing.of for thing in themselves(things) if isinstance(thing.of, str))


@dataclass(frozen=True, slots=True, eq=False)
class Scope:
    """Where names are bound: a module or notebook, a function, a class, a comprehension."""

    kind: Literal["module", "function", "class", "comprehension"]
    bound: frozenset[str]
    around: Scope | None = None
    outermost: frozenset[str] = frozenset()

    @property
    def module(self) -> Scope:
        """The module or notebook around it."""
        scope = self
        while scope.around is not None:
            scope = scope.around
        return scope

    def of(self, name: str) -> Scope:
        """Give the scope whose name this is where it is used."""
        if name in self.outermost:
            return self.module
        scope = self
        while scope.around is not None:
            if name in scope.bound and (scope is self or scope.kind != "class"):
                return scope
            scope = scope.around
        return scope


def function_scope(node: FunctionNode, around: Scope) -> Scope:
    """Give the scope of a function's body."""
    declared = {
        name for inner in ast.walk(node) if isinstance(inner, ast.Global) for name in inner.names
    }
    return Scope("function", function_locals(node), around, frozenset(declared))


def class_scope(node: ast.ClassDef, around: Scope) -> Scope:
    """Give the scope of a class body."""
    return Scope("class", bound_names(node.body), around)


def comprehension_scope(generators: Sequence[ast.comprehension], around: Scope) -> Scope:
    """Give the scope of a comprehension."""
    targets = bound_names([generator.target for generator in generators])
    return Scope("comprehension", targets, around)


class Slot(NamedTuple):
    """A place that keeps things: a name of a scope, an attribute of that name, a result."""

    where: Scope | ast.AST | str
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """Code that is read as a whole: the notebook, or a module of its project.

    Parameters
    ----------
    name : str
        Its dotted name.
    scope : Scope
        Its names.
    parts : tuple of (int, ast.Module)
        Its code in order, each with the number of its cell, or 0.
    package : str
        Dotted package that relative imports start from.
    shown : frozenset of ast.AST
        Statements whose value the notebook shows.
    """

    name: str
    scope: Scope = field(repr=False)
    parts: tuple[tuple[int, ast.Module], ...] = field(repr=False)
    package: str = ""
    shown: frozenset[ast.AST] = frozenset()


EventKind = Literal[
    "looks", "shows", "stores", "compares", "changes", "hands", "calls", "keeps", "unread"
]


@dataclass(frozen=True, slots=True, eq=False)
class Event:
    """A place where something is done with things that goes beyond calling them.

    Parameters
    ----------
    kind : EventKind
        What is done.
    node : ast.AST
        Where.
    cell : int
        Number of the cell; 0 in a module.
    unit : str
        Dotted name of the module; ``__main__`` for the notebook.
    detail : str
        The attribute that is looked at or changed; ``display`` or ``text`` where it is shown; the
        receiver of what is handed on.
    sees : tuple of Sees
        What is looked at.
    things : Things
        To what it is done.
    within : tuple of ast.AST
        The functions and classes around, the innermost last.
    """

    kind: EventKind
    node: ast.AST
    cell: int
    unit: str
    detail: str
    sees: tuple[Sees, ...]
    things: Things
    within: tuple[ast.AST, ...]

    @property
    def of_anything(self) -> bool:
        """Whether nothing is known of what it is done to."""
        found = [thing for thing in self.things if thing.how == "itself"]
        return not found or all(isinstance(thing.of, str) and "()" in thing.of for thing in found)
