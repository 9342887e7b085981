"""Whether two bodies take their arguments for the same kind of thing."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from nbrefactor.effects.known import Contract
from nbrefactor.effects.values import Demand, Event, Summary
from nbrefactor.model.reason import Reason

Function = ast.FunctionDef | ast.AsyncFunctionDef

# What a target asks that every argument answers alike.
_ASKED_OF_ANYTHING = frozenset({"truth", "none", "passed"})
_OF_NUMBERS = frozenset({"attribute", "method", "index", "operator", "passed", "compare"})
_OF_TEXT = frozenset({"passed", "operator", "truth", "none", "compare", "method"})
_OF_PAIRS = frozenset({"iterate", "truth", "none", "passed"})


def takes_alike(
    here: Summary,
    there: Summary,
    names: Mapping[str, str],
    contract: Contract | None,
) -> Iterator[Reason]:
    """Find arguments that the target takes for something else than the inline body does.

    Parameters
    ----------
    here, there : Summary
        What the two bodies do.
    names : mapping of str to str
        The target's name of each parameter that both have.
    contract : Contract or None
        What a bundled plot takes; without one the target's own body tells.

    Yields
    ------
    Reason
        One for each argument.
    """
    for mine, theirs in names.items():
        asked = {one for one in here.demands if one.parameter == mine}
        if contract is None:
            yield from _asks_more(mine, asked, {d for d in there.demands if d.parameter == theirs})
        elif theirs in contract.roles:
            role = contract.roles[theirs]
            if why := _other_role(mine, role, asked, here, contract):
                yield Reason("argument-otherwise", mine, here=why, there=_ROLES[role])


def has_role(name: str, role: str, here: Summary, contract: Contract) -> bool:
    """Tell whether a body uses a parameter in one of the roles of a bundled plot's parameters."""
    asked = {one for one in here.demands if one.parameter == name}
    return bool(asked) and not _other_role(name, role, asked, here, contract)


_ROLES: Mapping[str, str] = {
    "matrix": "a matrix that it draws as it is",
    "scaled": "a matrix of which it draws a share",
    "across": "numbers to draw from left to right, as they are",
    "up": "numbers to draw from bottom to top, as they are",
    "other": "something of its own",
    "colors": "colors",
    "axes": "axes to draw into",
    "stack": "a matrix, or a stack of which it draws one",
    "pairs": "pairs of row and column to mark",
    "text": "a text",
    "path": "a file to save the figure in",
    "number": "a number",
    "flag": "a flag",
    "size": "a size",
    "index": "an index",
    "history": "lists of numbers by name",
    "ratio": "a number or matrix to divide by",
}


def _asks_more(name: str, asked: set[Demand], there: set[Demand]) -> Iterator[Reason]:
    """Find what the target asks of an argument that the inline body did not ask."""
    mine = {(one.what, one.detail) for one in asked}
    for one in sorted(there, key=lambda demand: (demand.what, demand.detail)):
        if one.what not in _ASKED_OF_ANYTHING and (one.what, one.detail) not in mine:
            yield Reason("asks-more", name, there=_asking(one))
            return
    accepts_none = any(what == "none" for what, _ in mine)
    if accepts_none and not any(one.what == "none" for one in there):
        yield Reason("takes-none", name)


def _asking(demand: Demand) -> str:
    match demand.what:
        case "attribute" | "method":
            return f"its {demand.detail}"
        case "index":
            return f"its part [{demand.detail}]" if demand.detail != "?" else "its parts"
        case "iterate":
            return "its elements" if demand.detail == "0" else f"its elements of {demand.detail}"
        case "call":
            return "a call of it"
        case "operator":
            return "a sum or product of it"
    return demand.what


def _other_role(name: str, role: str, asked: set[Demand], here: Summary, contract: Contract) -> str:
    """Say as what else a body uses a parameter; empty where it uses it in its role."""
    kinds = {one.what for one in asked}
    drawn = [value for event in here.events if event.draws == "image" for value in event.data]
    match role:
        case "matrix" | "scaled" | "ratio" | "stack":
            if "none" in kinds:
                return "may be None"
            if kinds - _OF_NUMBERS - {"truth"}:
                return "is no matrix of numbers"
            if role == "matrix" and not any(value.same == name for value in drawn):
                return "is not drawn as it is"
            if role == "scaled" and not any(value.like == name for value in drawn):
                return "is not drawn"
            if role == "stack" and not any(value.part == name for value in drawn):
                return "is not drawn as it is"
        case "pairs":
            if kinds - _OF_PAIRS:
                return "is no list of pairs"
            if any(one.what == "iterate" and one.detail != "2" for one in asked):
                return "is no list of pairs"
            if "iterate" not in kinds:
                return "marks nothing"
            if not _marks(name, here.events):
                return "is not marked where it says"
        case "history":
            keys = {one.detail for one in asked if one.what == "index"}
            unknown = sorted(keys - {repr(key) for key in contract.keys} - {"?"})
            if unknown:
                return f"has {', '.join(unknown)}"
            if repr("step") not in keys:
                return "is used without its 'step'"
            if kinds - {"index", "method", "passed", "truth"}:
                return "is no mapping of lists"
        case "text":
            if kinds - _OF_TEXT:
                return "is no text"
        case "across" | "up":
            if "none" in kinds or kinds - _OF_NUMBERS - {"truth", "iterate"}:
                return "is no array of numbers"
            at = 0 if role == "across" else 1
            points = [event.arguments for event in here.events if event.draws == "points"]
            if not any(len(given) > at and given[at].same == name for given in points):
                return "is not drawn as it is"
        case "axes" | "colors":
            if kinds & {"call", "iterate"}:
                return "is something else"
        case "number" | "flag" | "index" | "size":
            if kinds & {"call", "iterate", "method"}:
                return "is something else"
    return ""


def _marks(name: str, events: tuple[Event, ...]) -> bool:
    """Tell whether all that is drawn with the parts of pairs stands at column and row."""
    using = [
        event
        for event in events
        if any(value.item and value.item[0] == name for value in event.arguments)
    ]
    return bool(using) and all(
        [value.item for value in event.arguments[:2]] == [(name, 1), (name, 0)] for event in using
    )
