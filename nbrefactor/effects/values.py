"""What an expression may be, as far as reading tells: frozen values for the reader of effects."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from nbrefactor.effects.folding import Folded


@dataclass(frozen=True, slots=True)
class Value:
    """What an expression may stand for.

    Parameters
    ----------
    roots : frozenset of str
        Names from outside (parameters and globals) whose objects it may be or be a part of.
    holds : frozenset of str
        Names from outside whose objects it may contain: changing it leaves them alone, changing
        what is taken out of it does not.
    origin : str
        Dotted place in a library, for modules, functions and classes; empty otherwise.
    type : str
        Name of its type in the tables of knowledge; empty where it is not known.
    functions : frozenset
        Readable functions, classes and lambdas that it may be.
    exactly : str
        The one parameter that it surely is; empty otherwise.
    like : str
        The one parameter whose numbers it holds in the same places, each for itself computed on.
    part : str
        The one parameter that it is, or is a part of, picked by indices alone.
    same : str
        The one parameter whose numbers it holds, none computed on, in their order.
    item : tuple of (str, int) or None
        Parameter and position, where it is a part of an element of that parameter.
    constant : Folded or None
        The constant that it surely is, where somebody has looked.
    """

    roots: frozenset[str] = frozenset()
    holds: frozenset[str] = frozenset()
    origin: str = ""
    type: str = ""
    functions: frozenset[ast.AST] = frozenset()
    exactly: str = ""
    like: str = ""
    part: str = ""
    same: str = ""
    item: tuple[str, int] | None = None
    constant: Folded | None = None

    @property
    def element(self) -> Value:
        """What is taken out of it: by an index, in a loop, by a method."""
        inside = self.roots | self.holds
        return Value(roots=inside, holds=inside, functions=self.functions)


NEW = Value()


def joined(*values: Value) -> Value:
    """Give what any of several values may be."""
    if not values:
        return NEW
    first = values[0]
    return Value(
        roots=frozenset().union(*(value.roots for value in values)),
        holds=frozenset().union(*(value.holds for value in values)),
        origin=first.origin if all(v.origin == first.origin for v in values) else "",
        type=first.type if all(v.type == first.type for v in values) else "",
        functions=frozenset().union(*(value.functions for value in values)),
        exactly=first.exactly if all(v.exactly == first.exactly for v in values) else "",
        like=first.like if all(v.like == first.like for v in values) else "",
        part=first.part if all(v.part == first.part for v in values) else "",
        same=first.same if all(v.same == first.same for v in values) else "",
        item=first.item if all(v.item == first.item for v in values) else None,
    )


def container(*values: Value, kind: str = "") -> Value:
    """Give a new object that holds others."""
    inside = frozenset().union(*(value.roots | value.holds for value in values))
    functions = frozenset().union(*(value.functions for value in values))
    return Value(holds=inside, type=kind, functions=functions)


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that code does besides computing its result.

    Parameters
    ----------
    kind : str
        A word of the tables' vocabulary, or ``changes`` (an object from outside), ``binds`` (a
        global name), ``raises``, ``suspends`` (a generator or coroutine) or ``unknown``.
    subject : str
        The name whose object is changed, the parameter that names the file, the exception that is
        raised, or the symbol whose effects are not known.
    """

    kind: str
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Demand:
    """One thing that a body asks of an argument, by the argument's parameter."""

    parameter: str
    what: str
    detail: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Event:
    """One call that concerns a figure, in the order in which they stand.

    Parameters
    ----------
    kind : str
        The effect, such as ``makes-figure``.
    origin : str
        Dotted name of what is called, or the method's name.
    call : ast.Call
        The call.
    conditional : str
        The parameter that decides whether it happens; ``?`` where something else does; empty where
        it always happens.
    within : tuple of ast.AST
        What decides it: the first statement of each branch or loop that it stands in.
    repeated : bool
        Whether it stands in a loop.
    draws, data
        What is drawn, and the values of the drawing's data.
    arguments : tuple of Value
        Values of the positional arguments.
    """

    kind: str
    origin: str
    call: ast.Call
    conditional: str = ""
    within: tuple[ast.AST, ...] = ()
    repeated: bool = False
    draws: str = ""
    data: tuple[Value, ...] = ()
    arguments: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """All that one function does besides computing its result.

    Parameters
    ----------
    effects : frozenset of Effect
        What it does.
    demands : frozenset of Demand
        What it asks of its arguments.
    events : tuple of Event
        What it does to figures, in order.
    result : Value
        What it returns.
    """

    effects: frozenset[Effect] = frozenset()
    demands: frozenset[Demand] = frozenset()
    events: tuple[Event, ...] = field(default=())
    result: Value = NEW
